package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

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

// stoppedRows are grants that end, or cannot begin, at most so many.
func stoppedRows(list []stoppedView, limit int) [][]string {
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
