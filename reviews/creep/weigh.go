package creep

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"birthright/identity"
)

// weigher is one run of Weigh.
type weigher struct {
	s      *Surplus
	d      Details
	circle *circle
	// users and strangers are what is held in surplus, by holder.
	users, strangers map[uint32][]Entry
	givers           map[string][]string // the rules that give a group, looked up once
}

// Weigh makes the report of a surplus and what was looked up about it.
func Weigh(s *Surplus, d Details) *Report {
	w := &weigher{s: s, d: d, circle: newCircle(s.in.Population), users: map[uint32][]Entry{}, strangers: map[uint32][]Entry{}, givers: map[string][]string{}}
	w.circle.gather(w.places())
	for i := range s.excess {
		w.excess(&s.excess[i])
	}
	r := &Report{
		At: s.in.At.UTC(), Version: d.Version, Formula: Formula, Users: w.people(), Orphans: w.orphans(), Incomplete: w.incomplete(),
		RepeatedJIT: w.repeated(), Dormant: w.dormant(), SoD: w.sod(), Inputs: w.inputs(),
	}
	r.sum()
	r.Summary = Summary{
		At: r.At, People: s.in.Population.Len(), Holdings: s.observed, Explained: s.observed - s.surplus, Users: len(r.Users),
		Surplus: s.surplus, Orphans: len(r.Orphans), Incomplete: len(r.Incomplete), Targets: r.Targets,
	}
	for i := range r.Users {
		r.Summary.Score += r.Users[i].Score
	}
	r.Trend = trend(r, d)
	return r
}

// places are where the users with surplus are.
func (w *weigher) places() iter.Seq[combination] {
	return func(yield func(combination) bool) {
		for p := range w.s.Pairs() {
			if !identity.IsStranger(int64(p.Holder)) && !yield(w.circle.place(p.Holder, w.d.People[p.Holder])) {
				return
			}
		}
	}
}

// excess weighs what is held of one entitlement.
func (w *weigher) excess(x *excess) {
	w.circle.look(x.holders)
	said, address := w.s.catalog.of(x.Entitlement), x.Entitlement.String()
	since := x.sinces(x.all())
	risk, owners, groups := said.risk, listed(said.owners), listed(said.groups)
	add := func(to map[uint32][]Entry, n uint32) {
		h := held{excess: x, n: n, since: since[n], facts: w.d.Facts[Pair{n, x.Entitlement}], who: w.d.People[n]}
		if !identity.IsStranger(int64(n)) {
			h.place = w.circle.place(n, h.who)
		}
		e := w.entry(&h)
		e.Entitlement, e.Risk, e.Owners, e.Groups = address, risk, owners, groups
		to[n] = append(to[n], e)
	}
	each(x.direct, func(n uint32) { add(w.users, n) })
	each(x.indirect, func(n uint32) { add(w.users, n) })
	each(x.strangers, func(n uint32) { add(w.strangers, n) })
}

func (w *weigher) entry(h *held) Entry {
	at := w.s.in.At
	e := Entry{
		Pair: Pair{h.n, h.Entitlement}, Target: h.Entitlement.Target, Account: h.facts.Account, FirstSeen: h.since.UTC(), AtLatest: h.atLatest(),
		AgeDays: days(at.Sub(h.since)), Through: []string{}, OrderedAt: h.facts.OrderedAt.UTC(),
	}
	if identity.IsStranger(int64(h.n)) {
		e.Account = cmp.Or(e.Account, h.who.Name)
	}
	if e.Cause, e.How = w.cause(h); e.Cause == Indirect {
		e.Through = listed(h.through())
	}
	e.Removable = e.Cause != Indirect
	use := h.use()
	e.Use, e.LastUsed = told(use)
	e.Peers = w.circle.peers(h.n, h.place)
	p := parts{risk: weightOf(w.s.catalog.of(h.Entitlement).risk), age: portion(at.Sub(h.since), fullAge), disuse: disuse(use, at), distance: e.Peers.distance()}
	e.Score = p.score()
	return e
}

// through returns what an indirect holder has it by, as far as that is known.
func (h *held) through() []string {
	var out []string
	for _, outer := range h.Through {
		for i := range h.target.Observed {
			if o := &h.target.Observed[i]; o.Entitlement == outer && o.shows(h.n) {
				out = append(out, outer.String())
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// use is what is known of when it was used last: what is told of the entitlement
// itself, or else of the account.
func (h *held) use() Use {
	if h.facts.Use.Known || !h.target.Tells {
		return h.facts.Use
	}
	return Use{Known: true, Last: h.target.Uses[int64(h.n)]}
}

func told(u Use) (string, time.Time) {
	switch {
	case !u.Known:
		return UseUnknown, time.Time{}
	case u.Last.IsZero():
		return NeverUsed, time.Time{}
	}
	return Used, u.Last.UTC()
}

func days(d time.Duration) int { return int(max(d, 0) / (24 * time.Hour)) }

func listed(list []string) []string { return append([]string{}, list...) }

// people are the users with surplus, the highest score first.
func (w *weigher) people() []User {
	out := make([]User, 0, len(w.users))
	for n, entries := range w.users {
		u := w.user(n)
		u.Surplus, u.Score = ranked(entries)
		out = append(out, u)
	}
	slices.SortFunc(out, func(a, b User) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), compareText(a.User, b.User), cmp.Compare(a.N, b.N))
	})
	return out
}

// user says who a holder is: the population knows best where somebody is now.
func (w *weigher) user(n uint32) User {
	p := w.d.People[n]
	u := User{N: n, User: p.Name, Display: p.Display, State: string(p.State), Department: p.Department, Team: p.Team, Title: p.Title, Manager: p.Manager}
	pop := w.s.in.Population
	if !pop.Has(n) {
		return u
	}
	face := pop.Face(n)
	u.State = string(face.State())
	u.Department, u.Team, u.Title, u.Manager = face.Text(department), face.Text(team), face.Text(title), face.Text(manager)
	return u
}

// ranked sorts entries, the highest score first, and adds up their scores.
func ranked(entries []Entry) ([]Entry, int) {
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), identity.CompareEntitlements(a.Pair.Entitlement, b.Pair.Entitlement))
	})
	score := 0
	for i := range entries {
		score += entries[i].Score
	}
	return entries, score
}

func (w *weigher) orphans() []Orphan {
	out := make([]Orphan, 0, len(w.strangers))
	for n, entries := range w.strangers {
		o := Orphan{N: n, Target: entries[0].Target, Account: entries[0].Account}
		o.Holds, o.Score = ranked(entries)
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b Orphan) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), compareText(a.Target, b.Target), compareText(a.Account, b.Account), cmp.Compare(a.N, b.N))
	})
	return out
}
