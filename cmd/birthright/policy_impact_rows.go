package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"birthright/hub/trial"
)

func groupRows(v trial.Outcome) [][]string {
	var rows [][]string
	for _, g := range v.Groups {
		rows = append(rows, []string{
			g.Group, g.Risk, signed("+", g.Gains), signed("-", g.Losses), strconv.Itoa(g.Before), strconv.Itoa(g.After), groupNote(g),
		})
	}
	return rows
}

// groupNote says what becomes of the group itself.
func groupNote(g trial.GroupOutcome) string {
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
func nameRows(v trial.Outcome, limit int) [][]string {
	var rows [][]string
	losing, gaining := byGroup(v.Losses), byGroup(v.Gains)
	for _, g := range v.Groups {
		for _, side := range []struct {
			change string
			names  []string
		}{{"loss", losing[g.Group]}, {"gain", gaining[g.Group]}} {
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

// byGroup are the users of memberships, which are sorted, by group.
func byGroup(pairs []trial.Pair) map[string][]string {
	out := map[string][]string{}
	for _, one := range pairs {
		out[one.Group] = append(out[one.Group], one.User)
	}
	return out
}

// bounded is the first of a list, and how many follow; a limit of 0 is no bound.
func bounded[T any](list []T, limit int) ([]T, int) {
	if limit == 0 || len(list) <= limit {
		return list, 0
	}
	return list[:limit], len(list) - limit
}

func targetRows(v trial.Outcome) [][]string {
	var rows [][]string
	for _, t := range v.Targets {
		rows = append(rows, []string{t.Target, signed("+", t.Adds), signed("-", t.Removes)})
	}
	return rows
}

func accessRows(v trial.Outcome) [][]string {
	var rows [][]string
	for _, e := range v.Entitlements {
		rows = append(rows, []string{e.Entitlement, signed("+", len(e.Adds)), signed("-", len(e.Removes))})
	}
	return rows
}

func findingRows(findings []trial.Broken, limit int) [][]string {
	var rows [][]string
	for _, f := range findings {
		for _, side := range []struct {
			word string
			list []trial.Violation
		}{{"breaks", f.Breaks}, {"mends", f.Mends}} {
			list, more := bounded(side.list, limit)
			for _, x := range list {
				rows = append(rows, []string{f.Name, f.Mode, side.word, x.User, against(f, x)})
			}
			if more > 0 {
				rows = append(rows, []string{f.Name, f.Mode, side.word, fmt.Sprintf("… and %d more", more), ""})
			}
		}
	}
	return rows
}

// against says what is held against a constraint or property, or refused by it.
func against(f trial.Broken, x trial.Violation) string {
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

func needlessRows(v trial.Outcome) [][]string {
	var rows [][]string
	for _, g := range v.NeedlessGrants {
		rows = append(rows, []string{g.Cause.Name, g.User, g.Group})
	}
	return rows
}

// stoppedRows are grants that end, or cannot begin, at most so many.
func stoppedRows(list []trial.StoppedGrant, limit int) [][]string {
	var rows [][]string
	shown, more := bounded(list, limit)
	for _, g := range shown {
		rows = append(rows, []string{g.Cause.Name, g.User, g.Group, g.Why})
	}
	if more > 0 {
		rows = append(rows, []string{fmt.Sprintf("… and %d more", more), "", "", ""})
	}
	return rows
}
