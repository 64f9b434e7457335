package creep

import (
	"cmp"
	"slices"
)

// lineKey is what an entry is known by: a user who was renamed is the same one.
type lineKey struct {
	holder      uint32
	entitlement string
}

func (l Line) key() lineKey { return lineKey{l.Holder, l.Entitlement} }

// Lines are the surplus of users as it is kept for the next report to be compared with.
func (r *Report) Lines() []Line {
	out := []Line{}
	for i := range r.Users {
		for k := range r.Users[i].Surplus {
			out = append(out, Line{r.Users[i].N, r.Users[i].User, r.Users[i].Surplus[k].Entitlement})
		}
	}
	sortLines(out)
	return out
}

func sortLines(lines []Line) {
	slices.SortFunc(lines, func(a, b Line) int {
		return cmp.Or(compareText(a.User, b.User), compareText(a.Entitlement, b.Entitlement), cmp.Compare(a.Holder, b.Holder))
	})
}

// trend compares a report with those before it.
func trend(r *Report, d Details) Trend {
	t := Trend{Points: append(slices.Clone(d.Earlier), r.Summary), New: []Line{}, Gone: []Line{}, Compared: len(d.Earlier) > 0}
	slices.SortStableFunc(t.Points, func(a, b Summary) int { return a.At.Compare(b.At) })
	if t.Compared {
		now := r.Lines()
		t.New, t.Gone = missing(now, d.Last), missing(d.Last, now)
	}
	return t
}

// missing returns those lines that are not among others.
func missing(lines, others []Line) []Line {
	known := make(map[lineKey]bool, len(others))
	for _, l := range others {
		known[l.key()] = true
	}
	out := []Line{}
	for _, l := range lines {
		if !known[l.key()] {
			out = append(out, l)
		}
	}
	sortLines(out)
	return out
}
