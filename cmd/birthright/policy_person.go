package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"birthright/hub/trial"
	"birthright/rules"
)

// personListing shows what a person would get; as CSV the groups.
func personListing(v trial.Person) listing {
	l := listing{data: v, header: []string{"group", "risk", "because", "ends_at", "change"}}
	for _, m := range v.Memberships {
		change := ""
		if slices.Contains(v.Gains, m.Group) {
			change = "gain"
		}
		l.rows = append(l.rows, []string{m.Group, m.Risk, because(m.Causes), momentText(m.EndsAt), change})
	}
	for _, g := range v.Losses {
		l.rows = append(l.rows, []string{g, "", "", "", "loss"})
	}
	l.text = personText(v, l)
	return l
}

func personText(v trial.Person, groups listing) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s, would be in %s", v.User, v.State, count(len(v.Memberships), "group", "groups"))
	if v.Compared {
		fmt.Fprintf(&b, ": %d more and %d fewer than today", len(v.Gains), len(v.Losses))
	}
	b.WriteString(".\n")
	section := func(header []string, rows [][]string) {
		if len(rows) > 0 {
			b.WriteString("\n")
			_ = printTable(&b, header, rows) // it cannot fail on a text
		}
	}
	section(groups.header, groups.rows)
	var access, refused [][]string
	for _, e := range v.Entitlements {
		access = append(access, []string{e.Target, e.Entitlement, strings.Join(e.Groups, ", ")})
	}
	for _, r := range v.Refused {
		refused = append(refused, []string{r.Group, why(r)})
	}
	section([]string{"target", "entitlement", "through"}, access)
	section([]string{"refused", "because"}, refused)
	return b.String()
}

// momentText is a time as programs read it, "" for none.
func momentText(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}

// why says what keeps a group from somebody.
func why(r rules.Refusal) string {
	if r.Kind == rules.RefusedByConstraint {
		return fmt.Sprintf("constraint %s: %s is kept", r.Name, r.Kept)
	}
	if r.Kind == rules.RefusedByReview {
		return fmt.Sprintf("review %s: %s", r.Name, r.Reason)
	}
	text := "exclusion: " + r.Reason
	if !r.Until.IsZero() {
		text += ", until " + timeText(r.Until)
	}
	return text
}
