package main

import (
	"fmt"
	"strings"
	"time"

	"birthright/rules"
)

// readRows lists what was read: what, its value, who says so, and how long ago.
func readRows(reads []rules.Evidence, now time.Time) [][]string {
	rows := make([][]string, 0, len(reads))
	for _, r := range reads {
		rows = append(rows, []string{r.Attribute, quoted(r), sayer(r), age(r, now)})
	}
	return rows
}

func quoted(r rules.Evidence) string {
	switch {
	case strings.HasSuffix(r.Attribute, ")"):
		return map[string]string{"true": "yes"}[r.Value] + map[string]string{"false": "no"}[r.Value]
	case r.Value == "":
		return "nothing"
	}
	return fmt.Sprintf("%q", r.Value)
}

func sayer(r rules.Evidence) string {
	switch {
	case r.Source != "":
		return "says " + r.Source
	case r.Value == "":
		return "no source says"
	}
	return ""
}

// age says how old the knowledge is, and for how long it has been the same.
func age(r rules.Evidence, now time.Time) string {
	if r.AsOf == nil {
		return ""
	}
	text := ago(*r.AsOf, now)
	if r.Since != nil && r.AsOf.Sub(*r.Since) >= time.Minute {
		text += ", the same since " + minute(*r.Since)
	}
	return text
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

// oneLine is a clause without the line breaks that it was written with.
func oneLine(clause string) string { return strings.Join(strings.Fields(visible(clause)), " ") }

// ago says how long ago something was.
func ago(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case d < time.Second:
		return "just now"
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days ago", int(d.Hours()/24))
	}
}
