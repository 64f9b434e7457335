package desk

import (
	"context"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
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
	// OverdueSeconds is for how long something of it has been left on a target.
	OverdueSeconds int64      `json:"overdue_seconds"`
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
	votes, err := s.tx.Votes(s.ctx, ns)
	if err != nil {
		return nil, err
	}
	byRequest := map[int64][]grants.Vote{}
	for _, v := range votes {
		byRequest[v.RequestN] = append(byRequest[v.RequestN], v)
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
		out[i] = s.show(&requests[i], byRequest[requests[i].N], grantOf[requests[i].N])
	}
	return out, s.people.err
}

func (s *session) describeOne(r grants.Request) (Request, error) {
	out, err := s.describe([]grants.Request{r})
	if err != nil {
		return Request{}, err
	}
	return out[0], nil
}

// show puts together what is seen of one request.
func (s *session) show(r *grants.Request, votes []grants.Vote, g *grants.Grant) Request {
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
	if r.Extends != 0 {
		if extended, err := s.tx.GrantByN(s.ctx, r.Extends); err == nil {
			out.Extends = extended.ID
		}
	}
	definition, _ := s.engine.Group(r.Group)
	m := s.matter(r, definition, s.engine.Request(r.Group))
	m.Votes = votes
	var verdict approval.Verdict
	if r.Open(s.now) && m.Policy != nil {
		verdict = approval.Judge(m, s.people)
		out.Stage = &Stage{
			Number: verdict.Stage + 1, Of: verdict.Stages, By: m.Policy.Stages()[verdict.Stage].By, Have: verdict.Have, Need: verdict.Need,
			Approvers: s.people.names(m.Panel(verdict, s.people)),
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
	return out, nil
}

// Query selects requests and grants. Empty fields do not filter.
type Query struct {
	// User is who gets or asked for it, Group what; Approver who may decide on it now.
	User, Group, Approver string
	Kind                  string
	// States are states of requests or grants.
	States []string
	// Text is looked for in users, groups, reasons and tickets.
	Text     string
	From, To time.Time
	// Before continues behind a page: the N of its last entry.
	Before int64
	Limit  int
}

// Requests returns what a query selects, newest first, of what the actor may see:
// whoever may not see everybody's sees their own and those to decide on.
func (d *Desk) Requests(ctx context.Context, a approval.Actor, q Query) (out []Request, err error) {
	err = d.view(ctx, a, func(s *session) error {
		found, err := s.find(q)
		if err != nil {
			return err
		}
		out, err = s.describe(found)
		return err
	})
	return out, err
}

func (s *session) find(q Query) ([]grants.Request, error) {
	f := store.RequestFilter{Group: q.Group, Kind: q.Kind, Text: q.Text, From: q.From, To: q.To, BeforeN: q.Before, Outcomes: outcomes(q.States)}
	if q.User != "" {
		n := s.people.Named(q.User)
		if n == 0 {
			return nil, errUnknown(q.User)
		}
		f.UserN, f.ByN = n, n
	}
	approver := int64(0)
	if q.Approver != "" {
		if approver = s.people.Named(q.Approver); approver == 0 {
			return nil, errUnknown(q.Approver)
		}
		f.Outcomes = []string{""}
	}
	all := s.may(approval.ReadAll, approval.Relation{}) == nil
	var out []grants.Request
	for {
		f.Limit = pageOf(q.Limit, len(out))
		page, err := s.tx.Requests(s.ctx, f)
		if err != nil {
			return nil, err
		}
		for i := range page {
			r := page[i]
			if !matchesState(r.State(s.now), q.States) || !all && !s.sees(&r) || approver != 0 && !s.decides(&r, approver) {
				continue
			}
			if out = append(out, r); q.Limit > 0 && len(out) == q.Limit {
				return out, nil
			}
		}
		if len(page) < f.Limit || f.Limit == 0 {
			return out, s.people.err
		}
		f.BeforeN = page[len(page)-1].N
	}
}

// pageOf is how many rows to read for what a query still lacks.
func pageOf(limit, have int) int {
	if limit == 0 {
		return 0
	}
	return max(2*(limit-have), 50)
}

// outcomes are those stored for some states; an open request may be pending or expired.
func outcomes(states []string) []string {
	var out []string
	for _, state := range states {
		switch state {
		case grants.Pending:
			out = append(out, "")
		case grants.Expired:
			out = append(out, "", grants.Expired)
		default:
			out = append(out, state)
		}
	}
	return out
}

func matchesState(state string, states []string) bool {
	if len(states) == 0 {
		return true
	}
	for _, s := range states {
		if s == state {
			return true
		}
	}
	return false
}

// sees reports whether the actor may read a request.
func (s *session) sees(r *grants.Request) bool {
	if r.Concerns(s.actor.UserN) {
		return true
	}
	m, err := s.load(r)
	return err == nil && s.maySee(m) == nil
}

// decides reports whether a user may decide on a request now.
func (s *session) decides(r *grants.Request, userN int64) bool {
	m, err := s.load(r)
	if err != nil || m.Policy == nil || !r.Open(s.now) {
		return false
	}
	return len(m.Standing(userN, approval.Judge(m, s.people), s.people).For) > 0
}

// Request returns one request.
func (d *Desk) Request(ctx context.Context, a approval.Actor, id string) (out Request, err error) {
	err = d.view(ctx, a, func(s *session) error {
		r, err := s.tx.RequestByID(s.ctx, id)
		if err != nil {
			return err
		}
		m, err := s.load(&r)
		if err != nil {
			return err
		}
		if err := s.maySee(m); err != nil {
			return err
		}
		out, err = s.describeOne(r)
		return err
	})
	return out, err
}

// Grant returns one grant.
func (d *Desk) Grant(ctx context.Context, a approval.Actor, id string) (out Grant, err error) {
	err = d.view(ctx, a, func(s *session) error {
		g, m, err := s.grant(id)
		if err != nil {
			return err
		}
		if err := s.maySee(m); err != nil {
			return err
		}
		out, err = s.describeGrant(g)
		return err
	})
	return out, err
}

// Grants returns what a query selects, newest first, of what the actor may see. Without
// states it is what is not over: the history is asked for by its states.
func (d *Desk) Grants(ctx context.Context, a approval.Actor, q Query) (out []Grant, err error) {
	err = d.view(ctx, a, func(s *session) error {
		found, err := s.findGrants(q)
		if err != nil {
			return err
		}
		out, err = s.describeGrants(found)
		return err
	})
	return out, err
}

func (s *session) findGrants(q Query) ([]grants.Grant, error) {
	f := store.GrantFilter{Group: q.Group, Kind: q.Kind, Text: q.Text, From: q.From, To: q.To, BeforeN: q.Before, Open: onlyOpen(q.States)}
	if q.User != "" {
		if f.UserN = s.people.Named(q.User); f.UserN == 0 {
			return nil, errUnknown(q.User)
		}
	}
	all := s.may(approval.ReadAll, approval.Relation{}) == nil
	var out []grants.Grant
	for {
		f.Limit = pageOf(q.Limit, len(out))
		page, err := s.tx.Grants(s.ctx, f)
		if err != nil {
			return nil, err
		}
		for i := range page {
			if !matchesState(page[i].State(s.now), q.States) || !all && !s.seesGrant(&page[i]) {
				continue
			}
			if out = append(out, page[i]); q.Limit > 0 && len(out) == q.Limit {
				return out, nil
			}
		}
		if len(page) < f.Limit || f.Limit == 0 {
			return out, s.people.err
		}
		f.BeforeN = page[len(page)-1].N
	}
}

// onlyOpen reports whether no state is asked for that a settled grant can have.
func onlyOpen(states []string) bool {
	if len(states) == 0 {
		return false
	}
	return !matchesState(grants.Ended, states) && !matchesState(grants.Failed, states)
}

func (s *session) seesGrant(g *grants.Grant) bool {
	if g.UserN == s.actor.UserN {
		return true
	}
	r, err := s.tx.RequestByN(s.ctx, g.RequestN)
	return err == nil && s.sees(&r)
}

// Overdue returns the grants that are over and of which something is left on a target,
// oldest first.
func (d *Desk) Overdue(ctx context.Context) (out []Grant, err error) {
	err = d.view(ctx, Operator("hub"), func(s *session) error {
		found, err := s.tx.OverdueGrants(s.ctx)
		if err != nil {
			return err
		}
		out, err = s.describeGrants(found)
		return err
	})
	return out, err
}

// Delegations returns the delegations in force or ahead: from or to a user, or, for
// those who see everybody's, every one there was.
func (d *Desk) Delegations(ctx context.Context, a approval.Actor) (out []grants.Delegation, err error) {
	err = d.view(ctx, a, func(s *session) error {
		if s.may(approval.ReadAll, approval.Relation{}) == nil {
			out, err = s.tx.Delegations(s.ctx)
			return err
		}
		if out, err = s.tx.DelegationsFrom(s.ctx, a.UserN); err != nil {
			return err
		}
		to, err := s.tx.DelegationsTo(s.ctx, a.UserN)
		out = append(out, to...)
		return err
	})
	return out, err
}
