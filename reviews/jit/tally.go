package jit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"birthright/grants"
)

// What a finding needs.
const (
	// fewest is how many answers somebody must have given to be told of.
	fewest = 10
	// nearlyAll and quick say what approving at once is.
	nearlyAll = 0.95
	quick     = time.Minute
	// window and burst say what a burst is.
	window = 10 * time.Second
	burst  = 5
	// mutual is how often two must have approved each other.
	mutual = 3
	// often is from how many grants on access is repeated.
	often = 3
)

// Tally takes in what there is, page by page.
type Tally struct {
	since, at time.Time
	summary   Summary
	times     []time.Duration
	groups    map[string]*group
	people    map[string]*person
	deciders  map[string]*decider
	held      map[holding]*Repeated
	pairs     map[[2]string]int // who approved whom, how often
	waiting   []Waiting
	glass     []Glass
	denied    map[holding][]answered
	approved  map[holding][]answered
}

type holding struct{ user, group string }

// answered is a request that was decided on.
type answered struct {
	id          string
	created, at time.Time
}

type group struct {
	Group
	people map[string]bool
	times  []time.Duration
}

type person struct {
	Person
	groups map[string]bool
}

type decider struct {
	Decider
	times    []time.Duration
	approved []time.Time
}

// NewTally starts a tally of what was asked for from an instant on.
func NewTally(since, at time.Time) *Tally {
	return &Tally{
		since: since, at: at, groups: map[string]*group{}, people: map[string]*person{}, deciders: map[string]*decider{}, held: map[holding]*Repeated{},
		pairs: map[[2]string]int{}, denied: map[holding][]answered{}, approved: map[holding][]answered{},
	}
}

// Take takes in some requests, in any order, with all their answers and grants.
func (t *Tally) Take(requests []grants.Request, votes []grants.Vote, given []grants.Grant) {
	byN := make(map[int64]*grants.Request, len(requests))
	for i := range requests {
		byN[requests[i].N] = &requests[i]
		t.request(&requests[i])
	}
	for i := range votes {
		if r := byN[votes[i].RequestN]; r != nil {
			t.vote(r, &votes[i])
		}
	}
	for i := range given {
		t.grant(&given[i])
	}
}

func (t *Tally) request(r *grants.Request) {
	switch r.Kind {
	case grants.KindBreakGlass:
		t.summary.Glass++
		t.glass = append(t.glass, Glass{ID: r.ID, User: r.User, Group: r.Group, At: r.Created.UTC(), Reason: r.Reason, Verdict: r.Review.Verdict, By: name(r.Review.By)})
		return
	case grants.KindOverlap:
		t.summary.Overlaps++
		return
	case grants.KindReview:
		return
	}
	t.summary.Requests++
	g, p := t.groupOf(r.Group), t.personOf(r.User)
	g.Requests++
	p.Requests++
	g.people[r.User], p.groups[r.Group] = true, true
	switch state := r.State(t.at); {
	case state == grants.Approved && r.Auto != "":
		t.summary.Auto++
		g.Auto++
		p.Approved++
	case state == grants.Approved:
		t.summary.Approved++
		g.Approved++
		p.Approved++
		t.decided(g, r, t.approved)
	case state == grants.Denied:
		t.summary.Denied++
		g.Denied++
		p.Denied++
		t.decided(g, r, t.denied)
	case state == grants.Expired:
		t.summary.Expired++
	case state == grants.Cancelled:
		t.summary.Cancelled++
	default:
		t.summary.Waiting++
		t.waiting = append(t.waiting, Waiting{ID: r.ID, User: r.User, Group: r.Group, Seconds: int64(t.at.Sub(r.Created) / time.Second)})
	}
}

func (t *Tally) decided(g *group, r *grants.Request, how map[holding][]answered) {
	took := max(r.DecidedAt.Sub(r.Created), 0)
	t.times, g.times = append(t.times, took), append(g.times, took)
	key := holding{r.User, r.Group}
	how[key] = append(how[key], answered{r.ID, r.Created, r.DecidedAt})
}

// again finds what was denied, asked for again and approved: of each denial the first
// request after it.
func (t *Tally) again() []Again {
	out := []Again{}
	for key, denied := range t.denied {
		approved := t.approved[key]
		slices.SortFunc(approved, func(a, b answered) int { return cmp.Or(a.created.Compare(b.created), cmp.Compare(a.id, b.id)) })
		slices.SortFunc(denied, func(a, b answered) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })
		for i, d := range denied {
			at := slices.IndexFunc(approved, func(a answered) bool { return a.created.After(d.at) })
			if at < 0 || i+1 < len(denied) && !approved[at].created.Before(denied[i+1].at) {
				continue // it was denied once more before that
			}
			out = append(out, Again{User: key.user, Group: key.group, Denied: d.id, Approved: approved[at].id, At: approved[at].at.UTC()})
		}
	}
	slices.SortFunc(out, func(a, b Again) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Approved, b.Approved)) })
	return out
}

func (t *Tally) vote(r *grants.Request, v *grants.Vote) {
	d := t.deciders[name(v.By)]
	if d == nil {
		d = &decider{Decider: Decider{User: name(v.By)}}
		t.deciders[d.User] = d
	}
	d.Answers++
	d.times = append(d.times, max(v.At.Sub(r.Created), 0))
	if !v.Approve {
		return
	}
	d.Approvals++
	if strings.TrimSpace(v.Note) == "" {
		d.Bare++
	}
	d.approved = append(d.approved, v.At)
	t.pairs[[2]string{d.User, r.User}]++
}

func (t *Tally) grant(g *grants.Grant) {
	if g.ActivatedAt.IsZero() || g.Kind == grants.KindOverlap || g.Kind == grants.KindBreakGlass {
		return
	}
	key := holding{g.User, g.Group}
	if t.held[key] == nil {
		t.held[key] = &Repeated{User: g.User, Group: g.Group}
	}
	from, until := g.ActivatedAt, g.End()
	if from.Before(t.since) {
		from = t.since
	}
	if until.After(t.at) {
		until = t.at
	}
	t.held[key].Grants++
	t.held[key].Seconds += int64(max(until.Sub(from), 0) / time.Second)
}

func (t *Tally) groupOf(of string) *group {
	if t.groups[of] == nil {
		t.groups[of] = &group{Group: Group{Group: of}, people: map[string]bool{}}
	}
	return t.groups[of]
}

func (t *Tally) personOf(of string) *person {
	if t.people[of] == nil {
		t.people[of] = &person{Person: Person{User: of}, groups: map[string]bool{}}
	}
	return t.people[of]
}

// Report is what was found in all that was taken in.
func (t *Tally) Report() *Report {
	r := &Report{
		Since: t.since.UTC(), At: t.at.UTC(), Summary: t.summary, Findings: []Finding{}, Groups: []Group{}, People: []Person{}, Deciders: []Decider{}, Repeated: []Repeated{},
		Waiting: append([]Waiting{}, t.waiting...), Glass: append([]Glass{}, t.glass...), Again: t.again(),
	}
	r.Summary.Times = timesOf(t.times)
	for _, g := range t.groups {
		g.People, g.Times = len(g.people), timesOf(g.times)
		r.Groups = append(r.Groups, g.Group)
	}
	for _, p := range t.people {
		p.Groups = len(p.groups)
		r.People = append(r.People, p.Person)
	}
	for _, d := range t.deciders {
		d.Times, d.Burst = timesOf(d.times), mostWithin(d.approved)
		r.Deciders = append(r.Deciders, d.Decider)
	}
	for _, h := range t.held {
		if h.Grants >= often {
			h.Share = share(int(h.Seconds), int(t.at.Sub(t.since)/time.Second))
			r.Repeated = append(r.Repeated, *h)
		}
	}
	slices.SortFunc(r.Groups, func(a, b Group) int { return cmp.Or(b.Requests-a.Requests, cmp.Compare(a.Group, b.Group)) })
	slices.SortFunc(r.People, func(a, b Person) int { return cmp.Or(b.Requests-a.Requests, cmp.Compare(a.User, b.User)) })
	slices.SortFunc(r.Deciders, func(a, b Decider) int { return cmp.Or(b.Answers-a.Answers, cmp.Compare(a.User, b.User)) })
	slices.SortFunc(r.Repeated, func(a, b Repeated) int {
		return cmp.Or(b.Grants-a.Grants, cmp.Compare(b.Seconds, a.Seconds), cmp.Compare(a.User, b.User), cmp.Compare(a.Group, b.Group))
	})
	slices.SortFunc(r.Glass, func(a, b Glass) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID, b.ID)) })
	slices.SortFunc(r.Waiting, func(a, b Waiting) int { return cmp.Or(cmp.Compare(b.Seconds, a.Seconds), cmp.Compare(a.ID, b.ID)) })
	r.Findings = append(stamping(r.Deciders), t.eachOther()...)
	return r
}

// stamping finds those who approve without a look.
func stamping(deciders []Decider) []Finding {
	out := []Finding{}
	for _, d := range deciders {
		approves := share(d.Approvals, d.Answers)
		if d.Answers >= fewest && approves >= nearlyAll && d.Times.Median <= int64(quick/time.Second) {
			out = append(out, Finding{AtOnce, []string{d.User}, fmt.Sprintf("%d of %d answers are approvals, %d of them without a word, and half of the answers came within %d seconds", d.Approvals, d.Answers, d.Bare, d.Times.Median)})
		}
		if d.Burst >= burst {
			out = append(out, Finding{InBursts, []string{d.User}, fmt.Sprintf("%d approvals within %d seconds", d.Burst, int(window/time.Second))})
		}
	}
	return out
}

// eachOther finds pairs who approve what the other asks for.
func (t *Tally) eachOther() []Finding {
	var out []Finding
	for _, pair := range slices.SortedFunc(maps.Keys(t.pairs), func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }) {
		there, back := t.pairs[pair], t.pairs[[2]string{pair[1], pair[0]}]
		if pair[0] < pair[1] && there >= mutual && back >= mutual {
			out = append(out, Finding{EachOther, pair[:], fmt.Sprintf("%s approved %s %d times, and %s approved %s %d times", pair[0], pair[1], there, pair[1], pair[0], back)})
		}
	}
	return out
}

// timesOf is the middle and the ninth tenth of some durations.
func timesOf(list []time.Duration) Times {
	if len(list) == 0 {
		return Times{}
	}
	slices.Sort(list)
	at := func(part float64) int64 {
		return int64(list[min(int(part*float64(len(list))), len(list)-1)] / time.Second)
	}
	return Times{Decisions: len(list), Median: at(0.5), P90: at(0.9)}
}

// mostWithin is the most instants within a window.
func mostWithin(list []time.Time) int {
	slices.SortFunc(list, time.Time.Compare)
	most, from := 0, 0
	for i, at := range list {
		for at.Sub(list[from]) > window {
			from++
		}
		most = max(most, i-from+1)
	}
	return most
}

func share(part, whole int) float64 {
	if whole <= 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

func name(actor string) string { return strings.TrimPrefix(actor, "user:") }
