package desk

import (
	"maps"
	"slices"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/store"
)

// Request is a request as people and programs see it.
type Request struct {
	ID     string `json:"id"`
	Batch  string `json:"batch"`
	Kind   string `json:"kind"`
	User   string `json:"user"`
	Group  string `json:"group"`
	State  string `json:"state"`
	By     string `json:"by"`
	Reason string `json:"reason"`
	Ticket string `json:"ticket"`
	// Start is when it is wanted, null for at once; EndsAt when the grant ends, or
	// would if it were active at once.
	Start     *time.Time `json:"start"`
	Seconds   int64      `json:"seconds"`
	EndsAt    time.Time  `json:"ends_at"`
	Created   time.Time  `json:"created"`
	ExpiresAt time.Time  `json:"expires_at"`
	Revision  int        `json:"revision"`
	// Extends and Grant name the grant that is to be longer, and the one that was made.
	Extends string `json:"extends,omitempty"`
	Grant   string `json:"grant,omitempty"`
	// DecidedAt, DecidedBy and Note say how it ended; Because is the condition of the
	// policy that approved it.
	DecidedAt *time.Time `json:"decided_at"`
	DecidedBy string     `json:"decided_by"`
	Note      string     `json:"note"`
	Because   string     `json:"because,omitempty"`
	// Stage is how far the approval is; nil where nothing is open.
	Stage  *Stage  `json:"stage"`
	Votes  []Vote  `json:"votes"`
	Review *Review `json:"review"`

	// N is the number behind ID, for paging.
	N int64 `json:"-"`
}

// Stage is the step of an approval that is open.
type Stage struct {
	Number int    `json:"number"` // from 1
	Of     int    `json:"of"`
	By     string `json:"by"`
	Have   int    `json:"have"`
	Need   int    `json:"need"`
	// Approvers are those who may decide, at most 200.
	Approvers []string `json:"approvers"`
	// Lacking says that there are too few people to approve it, and what to do.
	Lacking string `json:"lacking,omitempty"`
}

// Vote is an answer to a request.
type Vote struct {
	By      string    `json:"by"`
	For     string    `json:"for,omitempty"`
	Stage   int       `json:"stage"` // from 1
	Approve bool      `json:"approve"`
	Note    string    `json:"note"`
	At      time.Time `json:"at"`
	// Void says why it does not count any more.
	Void string `json:"void,omitempty"`
}

// Review is the look at a broken glass; At is null while it is owed.
type Review struct {
	At      *time.Time `json:"at"`
	By      string     `json:"by"`
	Verdict string     `json:"verdict"`
	Note    string     `json:"note"`
}

// Grant is a grant as people and programs see it.
type Grant struct {
	ID      string `json:"id"`
	Request string `json:"request"`
	Kind    string `json:"kind"`
	User    string `json:"user"`
	Group   string `json:"group"`
	State   string `json:"state"`
	Seconds int64  `json:"seconds"`
	// StartsAt is when it was to begin; ActivatedAt when every target had it; EndsAt
	// when it ends or ended. Until it is active, EndsAt is the end if it were so at once.
	StartsAt    time.Time  `json:"starts_at"`
	ActivatedAt *time.Time `json:"activated_at"`
	EndsAt      time.Time  `json:"ends_at"`
	// Targets are those on which it gives something, and whether it is there.
	Targets []Place `json:"targets"`
	// OverdueSeconds is for how long something of it has been left on a target, and
	// LeftOn which targets those are.
	OverdueSeconds int64      `json:"overdue_seconds"`
	LeftOn         []string   `json:"left_on,omitempty"`
	EndedAt        *time.Time `json:"ended_at"`
	// Ended says how it ended: time, returned, revoked …; EndedBy and Reason by whom
	// and why.
	Ended   string `json:"ended,omitempty"`
	EndedBy string `json:"ended_by,omitempty"`
	Reason  string `json:"reason,omitempty"`
	// While is what must stay true.
	While string `json:"while,omitempty"`

	N int64 `json:"-"`
}

// describe shows requests.
func (s *session) describe(requests []grants.Request) ([]Request, error) {
	ns := make([]int64, len(requests))
	for i := range requests {
		ns[i] = requests[i].N
	}
	byRequest, err := s.votes(requests)
	if err != nil {
		return nil, err
	}
	extended, err := s.extended(requests)
	if err != nil {
		return nil, err
	}
	given, err := s.tx.GrantsOfRequests(s.ctx, ns)
	if err != nil {
		return nil, err
	}
	grantOf := map[int64]*grants.Grant{}
	for i := range given {
		grantOf[given[i].RequestN] = &given[i] // the last one
	}
	out := make([]Request, len(requests))
	for i := range requests {
		out[i] = s.show(&requests[i], byRequest[requests[i].N], grantOf[requests[i].N], extended)
	}
	return out, s.people.err
}

// votes returns the answers to requests, by the number of the request.
func (s *session) votes(requests []grants.Request) (map[int64][]grants.Vote, error) {
	ns := make([]int64, len(requests))
	for i := range requests {
		ns[i] = requests[i].N
	}
	all, err := s.tx.Votes(s.ctx, ns)
	out := map[int64][]grants.Vote{}
	for _, v := range all {
		out[v.RequestN] = append(out[v.RequestN], v)
	}
	return out, err
}

// extended returns the IDs of the grants that requests would make longer, by number.
func (s *session) extended(requests []grants.Request) (map[int64]string, error) {
	var ns []int64
	for i := range requests {
		if n := requests[i].Extends; n != 0 {
			ns = append(ns, n)
		}
	}
	out := map[int64]string{}
	if len(ns) == 0 {
		return out, nil
	}
	found, err := s.tx.GrantsByN(s.ctx, ns)
	for i := range found {
		out[found[i].N] = found[i].ID
	}
	return out, err
}

func (s *session) describeOne(r grants.Request) (Request, error) {
	out, err := s.describe([]grants.Request{r})
	if err != nil {
		return Request{}, err
	}
	return out[0], nil
}

// show puts together what is seen of one request.
func (s *session) show(r *grants.Request, votes []grants.Vote, g *grants.Grant, extended map[int64]string) Request {
	out := Request{
		ID: r.ID, Batch: r.Batch, Kind: r.Kind, User: r.User, Group: r.Group, State: r.State(s.now), By: r.By, Reason: r.Reason, Ticket: r.Ticket,
		Start: known(r.Start), Seconds: int64(r.Duration / time.Second), Created: r.Created, ExpiresAt: r.ExpiresAt, Revision: r.Revision,
		DecidedAt: known(r.DecidedAt), DecidedBy: r.DecidedBy, Note: r.Note, Because: r.Auto, Votes: []Vote{}, N: r.N,
	}
	start := r.Start
	if start.Before(s.now) {
		start = s.now
	}
	if !r.Open(s.now) {
		start = later(r.Start, r.Created)
	}
	out.EndsAt = start.Add(r.Duration)
	if g != nil {
		out.Grant, out.EndsAt = g.ID, endOf(g)
	}
	out.Extends = extended[r.Extends]
	definition, _ := s.engine.Group(r.Group)
	m := s.matter(r, definition, s.engine.Request(r.Group))
	m.Votes = votes
	var verdict approval.Verdict
	if r.Open(s.now) && m.Policy != nil {
		verdict = approval.Judge(m, s.people)
		out.Stage = &Stage{
			Number: verdict.Stage + 1, Of: verdict.Stages, By: m.Policy.Stages()[verdict.Stage].By, Have: verdict.Have, Need: verdict.Need,
			Approvers: s.people.names(m.Panel(verdict, s.people)), Lacking: s.lacking(m),
		}
	}
	for _, v := range votes {
		shown := Vote{By: v.By, Stage: v.Stage + 1, Approve: v.Approve, Note: v.Note, At: v.At}
		if v.For != v.ByN {
			shown.For = first(s.people.names([]int64{v.For}))
		}
		for _, void := range verdict.Void {
			if void.Vote == v {
				shown.Void = void.Why
			}
		}
		out.Votes = append(out.Votes, shown)
	}
	if r.Kind == grants.KindBreakGlass {
		out.Review = &Review{At: known(r.Review.At), By: r.Review.By, Verdict: r.Review.Verdict, Note: r.Review.Note}
	}
	return out
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// known is nil for a time that has not come.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// endOf is when a grant ends, ended, or would end if it were active at once.
func endOf(g *grants.Grant) time.Time {
	if !g.OverAt.IsZero() {
		return g.OverAt
	}
	return g.EndsAt
}

func (s *session) describeGrant(g grants.Grant) (Grant, error) {
	out, err := s.describeGrants([]grants.Grant{g})
	if err != nil {
		return Grant{}, err
	}
	return out[0], nil
}

func (s *session) describeGrants(given []grants.Grant) ([]Grant, error) {
	ns := make([]int64, len(given))
	for i := range given {
		ns[i] = given[i].RequestN
	}
	requests, err := s.tx.RequestsByN(s.ctx, ns)
	if err != nil {
		return nil, err
	}
	id := make(map[int64]string, len(requests))
	for i := range requests {
		id[requests[i].N] = requests[i].ID
	}
	out := make([]Grant, len(given))
	for i := range given {
		g := &given[i]
		out[i] = Grant{
			ID: g.ID, Request: id[g.RequestN], Kind: g.Kind, User: g.User, Group: g.Group, State: g.State(s.now), Seconds: int64(g.Duration / time.Second),
			StartsAt: g.StartsAt, ActivatedAt: known(g.ActivatedAt), EndsAt: endOf(g), OverdueSeconds: int64(g.Overdue(s.now) / time.Second),
			EndedAt: known(g.SettledAt), Ended: g.Over, EndedBy: g.OverBy, Reason: g.OverReason, While: g.While, N: g.N,
		}
	}
	if err := s.sayWhere(given, out); err != nil {
		return nil, err
	}
	return out, s.places(given, out)
}

// sayWhere fills in on which targets something is left of the grants that are over.
func (s *session) sayWhere(given []grants.Grant, out []Grant) error {
	var over, users, ents []int64
	for i := range given {
		if g := &given[i]; g.SettledAt.IsZero() && !g.BegunAt.IsZero() && g.IsOver(s.now) {
			over, users = append(over, g.N), append(users, g.UserN)
		}
	}
	if len(over) == 0 {
		return nil
	}
	access, err := s.tx.GrantAccess(s.ctx, over)
	if err != nil {
		return err
	}
	for _, given := range access {
		ents = slices.AppendSeq(ents, maps.Keys(given))
	}
	held, err := s.tx.HeldEntitlements(s.ctx, users, ents)
	if err != nil {
		return err
	}
	for i := range given {
		for n, e := range access[given[i].N] {
			if _, there := held[store.Holding{UserN: given[i].UserN, EntN: n}]; there && !s.byRule(given[i].UserN, e) {
				out[i].LeftOn = append(out[i].LeftOn, e.Target)
			}
		}
		slices.Sort(out[i].LeftOn)
		out[i].LeftOn = slices.Compact(out[i].LeftOn)
	}
	return nil
}

// byRule reports whether rules give an entitlement to a user, whatever was granted.
func (s *session) byRule(userN int64, e identity.Entitlement) bool {
	u, _ := s.people.User(userN)
	w, ok := s.people.worldOf(userN)
	return ok && slices.ContainsFunc(s.engine.Decide(u, w).Memberships, func(m identity.Membership) bool {
		group, _ := s.engine.Group(m.Group)
		return slices.Contains(group.Access, e)
	})
}
