package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// impactListing prints an impact; limit bounds the names in tables and comments.
func (p *program) printImpact(v impactView, limit int) error {
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

// sentence says in one line what a change would do.
func (v impactView) sentence() string {
	if !v.changes() {
		return fmt.Sprintf("Nothing would change for any of %s.", count(v.People, "person", "people"))
	}
	memberships, entitlements := v.removals()
	text := fmt.Sprintf("Of %s, %d would gain and %d would lose memberships, in %s",
		count(v.People, "person", "people"), v.gainers, v.losers, count(len(v.Groups), "group", "groups"))
	if memberships == 0 && entitlements > 0 {
		text += "; " + count(entitlements, "entitlement", "entitlements") + " on targets would be lost"
	}
	if broken := broken(v.Constraints) + broken(v.Properties); broken > 0 {
		text += "; " + count(broken, "constraint or property", "constraints and properties") + " would break"
	}
	return text + "."
}

// broken counts the findings that break for somebody.
func broken(findings []findingView) int {
	n := 0
	for _, f := range findings {
		if len(f.Breaks) > 0 {
			n++
		}
	}
	return n
}

// impactText is an impact for people at a terminal.
func impactText(v impactView, limit int) string {
	var b strings.Builder
	b.WriteString(v.sentence() + "\n")
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
	return b.String()
}

func groupRows(v impactView) [][]string {
	var rows [][]string
	for _, g := range v.Groups {
		rows = append(rows, []string{
			g.Group, g.Risk, signed("+", g.Gains), signed("-", g.Losses), strconv.Itoa(g.Before), strconv.Itoa(g.After), g.note(),
		})
	}
	return rows
}

// note says what becomes of the group itself.
func (g groupImpactView) note() string {
	switch {
	case g.Appears:
		return "appears"
	case g.Vanishes:
		return "vanishes"
	case g.Empties:
		return "becomes empty"
	}
	return ""
}

func signed(sign string, n int) string {
	if n == 0 {
		return "0"
	}
	return sign + strconv.Itoa(n)
}

// nameRows are who gains and loses, at most so many of each a group.
func nameRows(v impactView, limit int) [][]string {
	var rows [][]string
	for _, g := range v.Groups {
		for _, side := range []struct {
			change string
			names  []string
		}{{"loss", g.losing}, {"gain", g.gaining}} {
			names, more := bounded(side.names, limit)
			for _, name := range names {
				rows = append(rows, []string{g.Group, side.change, name})
			}
			if more > 0 {
				rows = append(rows, []string{g.Group, side.change, fmt.Sprintf("… and %d more", more)})
			}
		}
	}
	return rows
}

// bounded is the first of a list, and how many follow; a limit of 0 is no bound.
func bounded[T any](list []T, limit int) ([]T, int) {
	if limit == 0 || len(list) <= limit {
		return list, 0
	}
	return list[:limit], len(list) - limit
}

func targetRows(v impactView) [][]string {
	var rows [][]string
	for _, t := range v.Targets {
		rows = append(rows, []string{t.Target, signed("+", t.Adds), signed("-", t.Removes)})
	}
	return rows
}

func accessRows(v impactView) [][]string {
	var rows [][]string
	for _, e := range v.Entitlements {
		rows = append(rows, []string{e.Entitlement, signed("+", len(e.Adds)), signed("-", len(e.Removes))})
	}
	return rows
}

func findingRows(findings []findingView, limit int) [][]string {
	var rows [][]string
	for _, f := range findings {
		for _, side := range []struct {
			word string
			list []violationView
		}{{"breaks", f.Breaks}, {"mends", f.Mends}} {
			list, more := bounded(side.list, limit)
			for _, x := range list {
				rows = append(rows, []string{f.Name, f.Mode, side.word, x.User, f.against(x)})
			}
			if more > 0 {
				rows = append(rows, []string{f.Name, f.Mode, side.word, fmt.Sprintf("… and %d more", more), ""})
			}
		}
	}
	return rows
}

// against says what is held against a constraint or property, or refused by it.
func (f findingView) against(x violationView) string {
	if f.Mode == "enforce" && len(x.Groups) == 2 {
		return x.Groups[0] + " refused, " + x.Groups[1] + " kept"
	}
	return strings.Join(x.Groups, ", ")
}

func withoutMode(rows [][]string) [][]string {
	for i := range rows {
		rows[i] = slices.Delete(rows[i], 1, 2)
	}
	return rows
}

func needlessRows(v impactView) [][]string {
	var rows [][]string
	for _, g := range v.NeedlessGrants {
		rows = append(rows, []string{g.Cause.Name, g.User, g.Group})
	}
	return rows
}
