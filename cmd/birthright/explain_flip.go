package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"birthright/reconcile"
	"birthright/rules"
)

// writeFlips tells the smallest changes as sentences.
func writeFlips(b *strings.Builder, x reconcile.Explained) {
	f := x.Flips
	if f == nil {
		return
	}
	would := "lose"
	if f.Held {
		would = "get"
	}
	switch {
	case len(f.Ways) > 0:
		fmt.Fprintf(b, "\n  Would %s it if:\n", would)
	case f.GaveUp:
		fmt.Fprintf(b, "\n  No small change was found by which %s would %s it; the search gave up after %d tries.\n", x.User, would, f.Tried)
	default:
		fmt.Fprintf(b, "\n  No change of what the policy names would make %s %s it.\n", x.User, would)
	}
	for i, way := range f.Ways {
		lead := "    "
		if i > 0 {
			lead = "    or "
		}
		var parts []string
		for _, c := range way.Changes {
			parts = append(parts, changeText(c, x.At))
		}
		b.WriteString(lead + strings.Join(parts, ", and ") + "\n")
	}
	if f.More > 0 {
		fmt.Fprintf(b, "    or in %s of the same size\n", count(f.More, "other way", "other ways"))
	}
	if len(f.Ways) > 0 && f.GaveUp {
		fmt.Fprintf(b, "    The search gave up after %d tries: there may be others.\n", f.Tried)
	}
}

// changeText is one change: what would have to be, and what is now.
func changeText(c rules.Otherwise, now time.Time) string {
	if c.Must == rules.MustHold || c.Must == rules.MustNotHold {
		return factText(c)
	}
	text := c.Attribute + " "
	switch c.Must {
	case rules.MustBe:
		text += "were " + alternatives(c.Values, "or")
	case rules.MustNotBe:
		text += "were anything but " + alternatives(c.Values, "and")
	case rules.MustInclude:
		text += "had " + alternatives(c.Values, "and")
	case rules.MustNotInclude:
		text += "had no " + alternatives(c.Values, "or")
	}
	is := []string{"now " + quoted(c.Evidence)}
	for _, part := range []string{sayer(c.Evidence), age(c.Evidence, now)} {
		if part != "" {
			is = append(is, part)
		}
	}
	return text + " (" + strings.Join(is, ", ") + ")"
}

// factTexts say of each function what it means for somebody, and what it means not.
var factTexts = map[string][2]string{
	"oncall":    {"were on call for %s", "were not on call for %s"},
	"hasTicket": {"had a ticket in %s", "had no ticket in %s"},
	"reportsTo": {"reported to %s", "did not report to %s"},
}

func factText(c rules.Otherwise) string {
	function, argument, _ := strings.Cut(strings.TrimSuffix(c.Attribute, ")"), "(")
	texts := factTexts[function]
	if c.Must == rules.MustHold {
		return "they " + fmt.Sprintf(texts[0], argument)
	}
	return "they " + fmt.Sprintf(texts[1], argument)
}

// alternatives joins values with a word: "a", "b" or "c".
func alternatives(values []string, word string) string {
	parts := make([]string, len(values))
	for i, v := range values {
		if parts[i] = strconv.Quote(v); v == "" {
			parts[i] = "nothing"
		}
	}
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " " + word + " " + parts[len(parts)-1]
}
