package main

import (
	"fmt"
	"strings"

	"birthright/hub/trial"
)

// printImpact prints an impact; limit bounds the names in tables and comments.
func (p *program) printImpact(v trial.Outcome, limit int) error {
	if p.output == markdown {
		_, err := fmt.Fprint(p.out, impactComment(v, limit))
		return err
	}
	l := listing{data: v, header: []string{"change", "user", "group"}}
	for _, one := range v.Gains {
		l.rows = append(l.rows, []string{"gain", one.User, one.Group})
	}
	for _, one := range v.Losses {
		l.rows = append(l.rows, []string{"loss", one.User, one.Group})
	}
	if p.output == "table" {
		l.text = impactText(v, limit)
	}
	return p.print(l)
}

// impactSentence says in one line what a change would do.
func impactSentence(v trial.Outcome) string {
	if !v.Changes() {
		return fmt.Sprintf("Nothing would change for any of %s.", count(v.People, "person", "people"))
	}
	memberships, entitlements := v.Removals()
	text := fmt.Sprintf("Of %s, %d would gain and %d would lose memberships, in %s",
		count(v.People, "person", "people"), peopleIn(v.Gains), peopleIn(v.Losses), count(len(v.Groups), "group", "groups"))
	if memberships == 0 && entitlements > 0 {
		text += "; " + count(entitlements, "entitlement", "entitlements") + " on targets would be lost"
	}
	if broken := broken(v.Constraints) + broken(v.Properties); broken > 0 {
		text += "; " + count(broken, "constraint or property", "constraints and properties") + " would break"
	}
	return text + "."
}

// peopleIn counts the people of memberships, which are sorted by user.
func peopleIn(pairs []trial.Pair) int {
	n := 0
	for i := range pairs {
		if i == 0 || pairs[i].User != pairs[i-1].User {
			n++
		}
	}
	return n
}

// broken counts the findings that break for somebody.
func broken(findings []trial.Broken) int {
	n := 0
	for _, f := range findings {
		if len(f.Breaks) > 0 {
			n++
		}
	}
	return n
}

// impactText is an impact for people at a terminal.
func impactText(v trial.Outcome, limit int) string {
	var b strings.Builder
	b.WriteString(impactSentence(v) + "\n")
	section := func(header []string, rows [][]string) {
		if len(rows) > 0 {
			b.WriteString("\n")
			_ = printTable(&b, header, rows) // it cannot fail on a text
		}
	}
	section([]string{"group", "risk", "gains", "losses", "before", "after", "note"}, groupRows(v))
	section([]string{"group", "change", "user"}, nameRows(v, limit))
	section([]string{"target", "adds", "removes"}, targetRows(v))
	section([]string{"entitlement", "adds", "removes"}, accessRows(v))
	section([]string{"constraint", "mode", "for", "user", "groups"}, findingRows(v.Constraints, limit))
	section([]string{"property", "for", "user", "groups"}, withoutMode(findingRows(v.Properties, limit)))
	section([]string{"needless_grant", "user", "group"}, needlessRows(v))
	section([]string{"ending_grant", "user", "group", "because"}, stoppedRows(v.EndingGrants, limit))
	section([]string{"failing_grant", "user", "group", "because"}, stoppedRows(v.FailingGrants, limit))
	return b.String()
}
