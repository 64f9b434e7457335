package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"birthright/hub"
	"birthright/internal/duration"
	"birthright/reviews/suggest"
)

// suggestionsText is suggestions, for people.
type suggestionsText struct{ *hub.Suggestions }

// draftText and unusedText are one of them.
type (
	draftText  struct{ *hub.Draft }
	unusedText struct{ *hub.Unused }
)

// listing is what spreadsheets get: one line for each suggestion.
func (v suggestionsText) listing() listing {
	l := listing{data: v.Suggestions, header: []string{
		"kind", "group", "risk", "condition", "requests", "askers", "approval", "median", "per_person", "precision", "coverage", "would_gain", "new_memberships", "rule",
	}}
	for _, d := range v.Drafts {
		l.rows = append(l.rows, []string{
			d.Kind, d.Group, d.Risk, d.Condition, strconv.Itoa(d.Evidence.Requests), strconv.Itoa(d.Evidence.Askers), number(d.Evidence.ApprovalRate), median(d.Evidence),
			number(d.Evidence.PerPerson), number(d.Precision), number(d.Coverage), strconv.Itoa(d.WouldGain.Count), strconv.Itoa(d.NewMemberships), d.Rule,
		})
	}
	for _, h := range v.Held {
		l.rows = append(l.rows, []string{"held", h.Group, "", h.Condition, "", "", "", "", "", number(h.Precision), number(h.Recall), strconv.Itoa(h.OverGranted.Count), strconv.Itoa(h.Explained + h.OverGranted.Count), h.Rule})
	}
	for _, u := range v.Unused {
		l.rows = append(l.rows, []string{"unused", u.Group, "", u.Keep, "", "", "", "", "", "", "", "", strconv.Itoa(-u.Taken), u.Rule})
	}
	return l
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func median(e hub.DraftEvidence) string {
	return duration.Format(time.Duration(e.MedianSeconds) * time.Second)
}

// sentence says in one line what was found.
func (v suggestionsText) sentence() string {
	text := fmt.Sprintf("%s for %s since %s: %s", count(v.Requests, "request", "requests"), count(v.Groups, "group", "groups"),
		v.Since.Format(time.DateOnly), count(len(v.Drafts), "suggestion", "suggestions"))
	if n := len(v.Unused); n > 0 {
		text += "; " + count(n, "group lies", "groups lie") + " unused"
	}
	if n := len(v.Held); n > 0 {
		text += "; " + count(n, "rule", "rules") + " from held access"
	}
	return text + "."
}

// text is the report for people at a terminal.
func (v suggestionsText) text() string {
	var b strings.Builder
	b.WriteString(v.sentence() + "\n")
	for i := range v.Drafts {
		b.WriteString("\n" + draftText{&v.Drafts[i]}.text())
	}
	for i := range v.Unused {
		b.WriteString("\n" + unusedText{&v.Unused[i]}.text())
	}
	for i := range v.Held {
		b.WriteString("\n" + heldText{&v.Held[i]}.text())
	}
	section := func(header []string, rows [][]string) {
		if len(rows) > 0 {
			b.WriteString("\n")
			_ = printTable(&b, header, rows) // it cannot fail on a text
		}
	}
	section([]string{"left_out", "requests", "askers", "because"}, v.leftOutRows())
	section([]string{"left_out", "rule", "members", "not_in_file", "because"}, v.notUnusedRows())
	section([]string{"held_left_out", "holders", "because"}, v.heldLeftOutRows())
	if len(v.NotConsidered) > 0 {
		fmt.Fprintf(&b, "\nNothing is suggested about %s: people can change that about themselves.\n", strings.Join(v.NotConsidered, ", "))
	}
	return b.String()
}

func (v suggestionsText) leftOutRows() [][]string {
	var rows [][]string
	for _, l := range v.LeftOut {
		rows = append(rows, []string{l.Group, strconv.Itoa(l.Requests), strconv.Itoa(l.Askers), l.Reason})
	}
	return rows
}

func (v suggestionsText) notUnusedRows() [][]string {
	var rows [][]string
	for _, l := range v.UnusedLeftOut {
		rows = append(rows, []string{l.Group, l.Rule, strconv.Itoa(l.Members), strconv.Itoa(l.NotInFile), l.Reason})
	}
	return rows
}

// headline says what is suggested.
func (d draftText) headline() string {
	switch d.Kind {
	case suggest.AsRule:
		return fmt.Sprintf("%s as birthright where %s", d.Group, d.Condition)
	case suggest.AsAuto:
		return fmt.Sprintf("%s without waiting where %s", d.Group, d.Condition)
	}
	return fmt.Sprintf("%s for longer: %s unless asked otherwise", d.Group, d.Default)
}

// lines are the evidence, for people.
func (d draftText) lines() []string {
	e := d.Evidence
	out := []string{
		fmt.Sprintf("%s by %s, %s approved, for %s at the median, %s times a person", count(e.Requests, "request", "requests"),
			count(e.Askers, "person", "people"), suggest.Percent(e.ApprovalRate), median(e), number(e.PerPerson)),
		fmt.Sprintf("%s: %s asked for it, and so did %s of all who asked", d.Condition, suggest.Percent(d.Precision), suggest.Percent(d.Coverage)),
	}
	if d.Why != "" {
		out = append(out, "not as standing access: "+d.Why)
	}
	switch {
	case d.Kind == suggest.AsRule:
		out = append(out, fmt.Sprintf("%s, %s", count(d.NewMemberships, "new membership", "new memberships"), others(d.WouldGain, "did not ask")))
	case d.Kind == suggest.AsAuto:
		out = append(out, others(d.WouldGain, "would not have to wait either"))
	}
	if d.Except != "" {
		out = append(out, "but not where "+d.Except+": a property of the policy guards it")
	}
	if len(d.Entitlements) > 0 {
		out = append(out, "gives "+strings.Join(d.Entitlements, ", "))
	}
	if len(d.Around) > 0 {
		out = append(out, "whoever is in it is in "+strings.Join(d.Around, ", ")+", too")
	}
	if len(d.AskedBy) > 0 {
		out = append(out, "more may follow by "+strings.Join(d.AskedBy, ", ")+": asks who is in it")
	}
	return out
}

// others says how many more people there are, and who.
func others(x hub.SomePeople, what string) string {
	if x.Count == 0 {
		return "nobody else"
	}
	text := fmt.Sprintf("%s %s: %s", count(x.Count, "person", "people"), what, strings.Join(x.First, ", "))
	if more := x.Count - len(x.First); more > 0 {
		text += fmt.Sprintf(", … and %d more", more)
	}
	if x.Denied > 0 {
		text += fmt.Sprintf("; %d of these asked and were denied", x.Denied)
	}
	return text
}

func (d draftText) text() string { return paragraph(d.headline(), d.lines(), d.YAML) }

func (u unusedText) headline() string {
	return fmt.Sprintf("%s out of rule %s (%s), to be asked for", u.Group, u.Rule, u.Position)
}

func (u unusedText) lines() []string {
	out := []string{fmt.Sprintf("%d of %s do not use it, %d do, %d are not in the file", u.Unused.Unused, count(u.Members, "member", "members"), u.Used, u.NotInFile)}
	if u.Keep != "" {
		out = append(out, fmt.Sprintf("%s: %d keep it", u.Keep, u.Kept))
	}
	if u.MustAsk.Count > 0 {
		out = append(out, others(u.MustAsk, "would have to ask for what they use"))
	}
	if u.Requestable {
		return append(out, "it can be asked for already")
	}
	return append(out, fmt.Sprintf("for %s, or %s at most: %s", u.Default, u.Max, u.HowUsed))
}

func (u unusedText) text() string { return paragraph(u.headline(), u.lines(), u.YAML) }

// paragraph is one suggestion at a terminal.
func paragraph(headline string, lines []string, yaml string) string {
	var b strings.Builder
	b.WriteString(visible(headline) + "\n")
	for _, line := range lines {
		b.WriteString("  " + visible(line) + "\n")
	}
	for line := range strings.Lines(yaml) {
		b.WriteString("    " + visible(strings.TrimSuffix(line, "\n")) + "\n")
	}
	return b.String()
}

// comment is the report in Markdown.
func (v suggestionsText) comment() string {
	c := &comment{}
	c.add("### What people ask for again and again\n\n" + v.sentence() + "\n")
	for i := range v.Drafts {
		c.add(chapter(draftText{&v.Drafts[i]}.headline(), draftText{&v.Drafts[i]}.lines(), v.Drafts[i].YAML))
	}
	for i := range v.Unused {
		c.add(chapter(unusedText{&v.Unused[i]}.headline(), unusedText{&v.Unused[i]}.lines(), v.Unused[i].YAML))
	}
	for i := range v.Held {
		c.add(chapter(heldText{&v.Held[i]}.headline(), heldText{&v.Held[i]}.lines(), v.Held[i].YAML))
	}
	c.table("Left out,Requests,Askers,Because", v.leftOutRows())
	c.table("Left out,Rule,Members,Not in the file,Because", v.notUnusedRows())
	c.table("Held and left out,Holders,Because", v.heldLeftOutRows())
	if c.left > 0 {
		fmt.Fprintf(&c.Builder, "\n%s had no room here.\n", count(c.left, "part", "parts"))
	}
	return c.String()
}

func chapter(headline string, lines []string, yaml string) string {
	var b strings.Builder
	b.WriteString("\n#### " + escaped(headline) + "\n\n")
	for _, line := range lines {
		b.WriteString("- " + escaped(line) + "\n")
	}
	if yaml != "" {
		b.WriteString("\n```yaml\n" + yaml + "```\n")
	}
	return b.String()
}
