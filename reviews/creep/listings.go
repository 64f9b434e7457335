package creep

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"birthright/identity"
)

// incomplete names the targets of which it is not known, or not well, what is held
// there. One that was partly read, long ago, is told twice.
func (w *weigher) incomplete() []Incomplete {
	out, at := []Incomplete{}, w.s.in.At
	for i := range w.s.in.Targets {
		t := &w.s.in.Targets[i]
		tell := func(reason, detail string) {
			out = append(out, Incomplete{Target: t.Name, Reason: reason, Detail: detail, SeenAt: t.SeenAt.UTC()})
		}
		switch {
		case t.SeenAt.IsZero():
			tell(Unread, cmp.Or(t.Gap, "it was never read whole"))
			continue
		case t.Gap != "":
			tell(Partly, t.Gap)
		}
		if age := at.Sub(t.SeenAt); w.s.in.MaxAge > 0 && age > w.s.in.MaxAge {
			tell(Stale, fmt.Sprintf("it was last read %s ago, and %s are allowed", age.Truncate(time.Second), w.s.in.MaxAge))
		}
	}
	slices.SortStableFunc(out, func(a, b Incomplete) int { return compareText(a.Target, b.Target) })
	return out
}

// inputs are the targets, and how well each was known.
func (w *weigher) inputs() []Seen {
	out := make([]Seen, len(w.s.in.Targets))
	for i := range w.s.in.Targets {
		t := &w.s.in.Targets[i]
		out[i] = Seen{Target: t.Name, At: t.SeenAt, Complete: !t.SeenAt.IsZero() && t.Gap == ""}
	}
	slices.SortFunc(out, func(a, b Seen) int { return compareText(a.Target, b.Target) })
	return out
}

// repeated are those who are granted a group again and again.
func (w *weigher) repeated() []RepeatedJIT {
	out := []RepeatedJIT{}
	for m := range w.s.Granted() {
		grants := w.d.Grants[m]
		if !grants.often() {
			continue
		}
		g, _ := w.s.in.Engine.Group(m.Group)
		out = append(out, RepeatedJIT{
			N: m.User, User: w.d.People[m.User].Name, Group: m.Group, Risk: g.Risk, Owners: listed(g.Owners),
			Grants: grants.Count, Renewed: grants.Renewed, Last: grants.Last.UTC(),
		})
	}
	slices.SortFunc(out, func(a, b RepeatedJIT) int {
		return cmp.Or(cmp.Compare(b.Grants+b.Renewed, a.Grants+a.Renewed), compareText(a.User, b.User), compareText(a.Group, b.Group), cmp.Compare(a.N, b.N))
	})
	return out
}

// dormant are the accounts that nobody used for long, target by target, the ones
// longest unused first.
func (w *weigher) dormant() []Dormant {
	out := []Dormant{}
	for _, i := range w.s.idle {
		d := Dormant{Target: i.target.Name, Known: i.target.Tells, Unknown: i.unknown, Accounts: []IdleAccount{}}
		each(i.accounts, func(n uint32) {
			a := IdleAccount{N: n, LastUsed: i.target.Uses[int64(n)]}
			a.User, a.Account = w.names(n)
			if !a.LastUsed.IsZero() {
				a.LastUsed = a.LastUsed.UTC()
				a.Days = days(w.s.in.At.Sub(a.LastUsed))
			}
			d.Accounts = append(d.Accounts, a)
		})
		slices.SortFunc(d.Accounts, func(a, b IdleAccount) int {
			return cmp.Or(a.LastUsed.Compare(b.LastUsed), compareText(a.User, b.User), compareText(a.Account, b.Account), cmp.Compare(a.N, b.N))
		})
		out = append(out, d)
	}
	return out
}

// names returns the user name of a holder, or that of an account without a user.
func (w *weigher) names(n uint32) (user, account string) {
	name := w.d.People[n].Name
	if identity.IsStranger(int64(n)) {
		return "", name
	}
	return name, ""
}

// sod are those who hold together what constraints keep apart.
func (w *weigher) sod() []SoD {
	out := []SoD{}
	for i := range w.s.clashes {
		c := &w.s.clashes[i]
		from := len(out)
		each(c.holders, func(n uint32) {
			x := SoD{N: n, Constraint: c.Name, Mode: c.Mode, Sides: []SoDSide{}}
			x.User, x.Account = w.names(n)
			for k := range c.sides {
				if s := &c.sides[k]; s.members.Contains(n) || s.observed.Contains(n) {
					x.Sides = append(x.Sides, w.sodSide(s, n))
				}
			}
			x.Since = together(x.Sides)
			out = append(out, x)
		})
		slices.SortFunc(out[from:], func(a, b SoD) int {
			return cmp.Or(compareText(a.User, b.User), compareText(a.Account, b.Account), cmp.Compare(a.N, b.N))
		})
	}
	return out
}

func (w *weigher) sodSide(s *side, n uint32) SoDSide {
	x := SoDSide{Group: s.group, Member: s.members.Contains(n), Observed: []string{}}
	earlier := func(t time.Time) {
		if !t.IsZero() && (x.Since.IsZero() || t.Before(x.Since)) {
			x.Since = t.UTC()
		}
	}
	if x.Member {
		earlier(w.d.Since[Member{n, s.group}])
	}
	for _, o := range s.by {
		if s.observed.Contains(n) && o.shows(n) {
			x.Observed = append(x.Observed, o.Entitlement.String())
			earlier(o.since(n))
		}
	}
	return x
}

// together is since when two of the sides are known to be held: the second earliest.
func together(sides []SoDSide) time.Time {
	var known []time.Time
	for i := range sides {
		if !sides[i].Since.IsZero() {
			known = append(known, sides[i].Since)
		}
	}
	if len(known) < 2 {
		return time.Time{}
	}
	slices.SortFunc(known, time.Time.Compare)
	return known[1]
}
