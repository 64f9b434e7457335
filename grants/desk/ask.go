package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/internal/duration"
	"birthright/internal/strictyaml"
	"birthright/rules"
	"birthright/store"
)

// farthestStart is how far ahead something can be asked for.
const farthestStart = 366 * 24 * time.Hour

// Wish is what somebody asks for.
type Wish struct {
	// User gets it; "" is the one who asks.
	User string
	// Groups are names of groups and bundles, and addresses of entitlements.
	Groups []string
	// For is how long; 0 for as long as is usual.
	For    time.Duration
	Reason string
	Ticket string
	// Start is when; zero for at once.
	Start time.Time
}

// Ask makes one request for each group. Either all of them are made or none: the
// error tells everything that stands in the way.
func (d *Desk) Ask(ctx context.Context, a approval.Actor, w Wish) (made []Request, err error) {
	err = d.update(ctx, a, func(s *session) error {
		made = nil
		requests, err := s.ask(w)
		if err != nil {
			return err
		}
		made, err = s.describe(requests)
		return err
	})
	return made, err
}

func (s *session) ask(w Wish) ([]grants.Request, error) {
	u, err := s.beneficiary(w.User)
	if err != nil {
		return nil, err
	}
	names, err := s.expand(w.Groups)
	if err != nil {
		return nil, err
	}
	var faults []error
	var made []*grants.Request
	for _, name := range names {
		r, err := s.draft(u, name, w)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		made = append(made, r)
	}
	if err := together(faults); err != nil {
		return nil, err
	}
	if err := s.file(made); err != nil {
		return nil, err
	}
	out := make([]grants.Request, len(made))
	for i, r := range made {
		out[i] = *r
	}
	return out, nil
}

// together is one error for several, of the kind of the first.
func together(faults []error) error {
	if len(faults) < 2 {
		return errors.Join(faults...)
	}
	return &identity.Error{Kind: identity.KindOf(faults[0]), Err: errors.Join(faults...)}
}

// beneficiary returns who is to get something.
func (s *session) beneficiary(name string) (identity.User, error) {
	n := s.actor.UserN
	if name != "" {
		if n = s.people.Named(name); n == 0 {
			return identity.User{}, &identity.Error{
				Kind: identity.NotFound, Field: "user", Err: fmt.Errorf("there is no user %q", name), Hint: "`birthright user list` shows the users",
			}
		}
	}
	u, known := s.people.User(n)
	switch {
	case n == 0 || !known:
		return u, wrong("user", "--user NAME", "say who is to get it")
	case u.State != identity.Active:
		return u, conflict("", "%s is %s and cannot be given anything", u.UserName, u.State)
	}
	return u, nil
}

// expand resolves bundles; each group is asked for once.
func (s *session) expand(names []string) ([]string, error) {
	if len(names) == 0 {
		return nil, wrong("groups", "", "say what is asked for: at least one group")
	}
	var out []string
	for _, name := range names {
		groups := []string{name}
		if b := s.engine.Bundle(name); b != nil {
			groups = b.Groups
		}
		for _, g := range groups {
			if !slices.Contains(out, g) {
				out = append(out, g)
			}
		}
	}
	return out, nil
}

// draft makes the request for one group if it may be made.
func (s *session) draft(u identity.User, group string, w Wish) (*grants.Request, error) {
	definition, known := s.engine.Group(group)
	policy := s.engine.Request(group)
	switch {
	case !known:
		return nil, s.noGroup(group)
	case policy == nil:
		return nil, conflict("`birthright catalog` shows what can be", "%s cannot be asked for", group)
	}
	r := &grants.Request{
		Kind: grants.KindRequest, UserN: u.N, User: u.UserName, ByN: s.actor.UserN, By: s.actor.Name, Group: group,
		Reason: strings.TrimSpace(w.Reason), Ticket: strings.TrimSpace(w.Ticket), Start: w.Start, Duration: w.For,
		Created: s.now, ExpiresAt: s.now.Add(policy.Patience()), Revision: 1, Terms: s.engine.Terms(group),
	}
	if r.Duration == 0 {
		r.Duration = policy.Usual()
	}
	m := s.matter(r, definition, policy)
	if err := s.mayAsk(m); err != nil {
		return nil, err
	}
	if err := s.ahead(w.Start); err != nil {
		return nil, err
	}
	if err := s.proper(m); err != nil {
		return nil, err
	}
	return r, s.possible(m, u)
}

// noGroup says that nothing has this name, and what was probably meant.
func (s *session) noGroup(name string) error {
	known := s.engine.GroupNames()
	for i := range s.engine.Policy().Bundles {
		known = append(known, s.engine.Policy().Bundles[i].Name)
	}
	err := fmt.Errorf("there is no group %q", name)
	if near := strictyaml.Nearest(name, known); near != "" {
		err = fmt.Errorf("there is no group %q; did you mean %q?", name, near)
	}
	return &identity.Error{Kind: identity.NotFound, Field: "groups", Err: err, Hint: "`birthright catalog` shows what can be asked for"}
}

// matter is a request with all that decides on it, without votes.
func (s *session) matter(r *grants.Request, definition identity.Group, policy *rules.Request) approval.Matter {
	return approval.Matter{Request: r, Policy: policy, Owners: definition.Owners, Terms: s.engine.Terms(r.Group), Now: s.now}
}

// mayAsk checks that the actor may ask for this user.
func (s *session) mayAsk(m approval.Matter) error {
	r := m.Request
	if r.UserN == s.actor.UserN {
		return s.may(approval.Ask, approval.Relation{Beneficiary: true, Requester: true})
	}
	return s.may(approval.AskForOther, approval.Relation{Requester: true, ForOthers: s.forOthers(m)})
}

// forOthers reports whether the policy lets the actor ask for others.
func (s *session) forOthers(m approval.Matter) bool {
	return s.actor.UserN != 0 && slices.ContainsFunc(m.Policy.ForOthers, func(term string) bool { return m.Names(s.actor.UserN, term, s.people) })
}

// ahead refuses a start that is in the past. One that passes while people decide is no
// fault: then it begins at once.
func (s *session) ahead(start time.Time) error {
	if !start.IsZero() && start.Before(s.now.Add(-time.Minute)) {
		return wrong("start", "", "%s is in the past", moment(start))
	}
	return nil
}

// proper checks what a request must bring and how long it may ask for, and that the
// policy lets this user have it. It tells all that is amiss at once.
func (s *session) proper(m approval.Matter) error {
	if err := together(s.amiss(m)); err != nil {
		return err
	}
	return s.fits(m)
}

// fits checks what the policy allows, which may have changed since it was asked for:
// for how long, and to whom.
func (s *session) fits(m approval.Matter) error {
	r := m.Request
	if u, _ := s.people.User(r.UserN); u.State != identity.Active {
		return conflict("", "%s is %s and cannot be given anything", r.User, u.State)
	}
	if longest := m.Policy.Longest(); r.Duration > longest {
		return wrong("for", "", "%s can be had for %s at most, not for %s", r.Group, duration.Format(longest), duration.Format(r.Duration))
	}
	return s.allowed(m, m.Policy.Allow)
}

// amiss lists what a request lacks, or has too much of.
func (s *session) amiss(m approval.Matter) (faults []error) {
	r := m.Request
	fault := func(field, hint, format string, args ...any) {
		faults = append(faults, wrong(field, hint, format, args...))
	}
	switch longest := m.Policy.Longest(); {
	case r.Duration < time.Second:
		fault("for", "", "%s: %s is no time: ask for at least a second", r.Group, duration.Format(r.Duration))
	case r.Duration > longest:
		fault("for", "", "%s can be had for %s at most, not for %s", r.Group, duration.Format(longest), duration.Format(r.Duration))
	}
	if r.Start.After(s.now.Add(farthestStart)) {
		fault("start", "", "%s is more than a year ahead", moment(r.Start))
	}
	if m.Policy.Requires(rules.RequireReason) && r.Reason == "" {
		fault("reason", "--reason TEXT", "%s needs a reason", r.Group)
	}
	if m.Policy.Requires(rules.RequireTicket) && r.Ticket == "" {
		fault("ticket", "--ticket ID", "%s needs a ticket", r.Group)
	}
	return faults
}

// allowed checks a condition on who may have the group.
func (s *session) allowed(m approval.Matter, c rules.Condition) error {
	holds, err := s.holds(m.Request, c)
	if err != nil {
		return refused("%s may not have %s: %v", m.Request.User, m.Request.Group, err)
	}
	if !holds {
		return refused("%s may not have %s: the policy asks that %s", m.Request.User, m.Request.Group, c.Source)
	}
	return nil
}

// holds asks a condition of the policy about a request.
func (s *session) holds(r *grants.Request, c rules.Condition) (bool, error) {
	if c.IsZero() {
		return true, nil
	}
	u, _ := s.people.User(r.UserN)
	w, ok := s.people.worldOf(r.UserN)
	if !ok {
		return false, s.people.err
	}
	in, err := s.inquiry(r)
	if err != nil {
		return false, err
	}
	return s.engine.HoldsOf(c, u, w, in)
}

// recently is how far back conditions see what was asked for before.
const recently = 90 * 24 * time.Hour

// inquiry is what conditions may read of a request: see docs/requests.md.
func (s *session) inquiry(r *grants.Request) (rules.Inquiry, error) {
	approved, denied := 0, 0
	before, err := s.askedBefore(r.UserN)
	if err != nil {
		return rules.Inquiry{}, err
	}
	for i := range before {
		switch {
		case before[i].N == r.N || before[i].Group != r.Group:
		case before[i].Outcome == grants.Approved:
			approved++
		case before[i].Outcome == grants.Denied:
			denied++
		}
	}
	ticket, err := s.ticket(r)
	if err != nil {
		return rules.Inquiry{}, err
	}
	start := r.Start
	if start.IsZero() {
		start = s.now
	}
	return rules.Inquiry{
		Request: map[string]any{
			"group": r.Group, "reason": r.Reason, "ticket": r.Ticket, "kind": r.Kind, "seconds": int64(r.Duration / time.Second),
			"duration": r.Duration, "start": start, "forSelf": r.ByN == r.UserN, "approvedBefore": int64(approved), "deniedBefore": int64(denied),
		},
		Ticket: ticket, Now: s.now,
	}, nil
}

// mostAsked bounds how many requests of one person conditions can see.
const mostAsked = 5000

// askedBefore returns what a user asked for lately; it is read once.
func (s *session) askedBefore(userN int64) ([]grants.Request, error) {
	if known, ok := s.asked[userN]; ok {
		return known, nil
	}
	before, err := s.tx.Requests(s.ctx, store.RequestFilter{UserN: userN, From: s.now.Add(-recently), Limit: mostAsked})
	if err == nil {
		s.asked[userN] = before
	}
	return before, err
}

// ticket is what the hub knows of the ticket that a request names.
func (s *session) ticket(r *grants.Request) (map[string]any, error) {
	t := map[string]any{"id": r.Ticket, "known": false, "queue": "", "assigned": false}
	if r.Ticket == "" {
		return t, nil
	}
	facts, err := s.tx.FactsOfUsers(s.ctx, []int64{r.UserN})
	for _, f := range facts {
		if f.Kind == identity.FactTicket && strings.EqualFold(f.Key, r.Ticket) && f.Begun(s.now) && !f.Over(s.now) {
			t["known"], t["queue"], t["assigned"] = true, f.Name, true
		}
	}
	return t, err
}

// possible checks that the request can lead to anything: the user does not have it
// already, and nothing keeps it from the user.
func (s *session) possible(m approval.Matter, u identity.User) error {
	r := m.Request
	if err := s.noDuplicate(r); err != nil {
		return err
	}
	w, ok := s.people.worldOf(u.N)
	if !ok {
		return s.people.err
	}
	return s.notKept(r, u, w)
}

// lacking says of which stage there are too few people to approve it, "" where there
// are enough for each. Such a request waits all the same: owners come and go, and
// whoever runs the hub can decide.
func (s *session) lacking(m approval.Matter) string {
	for i, stage := range m.Policy.Stages() {
		if n := len(m.PanelOf(i, s.people)); n < stage.Count {
			return fmt.Sprintf("it takes %d of %s to approve it, and there are %d: the owners of the group, its policy, or whoever runs the hub must help", stage.Count, stage.By, n)
		}
	}
	return ""
}

// noDuplicate refuses to ask twice for the same.
func (s *session) noDuplicate(r *grants.Request) error {
	before, err := s.tx.Requests(s.ctx, store.RequestFilter{UserN: r.UserN, Group: r.Group, Outcomes: []string{""}})
	if err != nil {
		return err
	}
	for i := range before {
		if b := &before[i]; b.Open(s.now) && b.N != r.N && b.Kind == r.Kind {
			return conflict("`birthright cancel "+b.ID+"` takes it back", "%s already asks for %s for %s", b.ID, r.Group, r.User)
		}
	}
	open, err := s.tx.OpenGrantsOf(s.ctx, []int64{r.UserN})
	if err != nil || r.Kind == grants.KindExtension {
		return err
	}
	for i := range open {
		if g := &open[i]; g.Group == r.Group && !g.IsOver(s.now) && r.Kind != grants.KindBreakGlass {
			return conflict("`birthright grant extend "+g.ID+"` makes it longer", "%s has %s already, by %s until %s", r.User, r.Group, g.ID, moment(g.End()))
		}
	}
	return nil
}

// notKept refuses what the user has without an end, and what exclusions and
// constraints would keep from the user.
func (s *session) notKept(r *grants.Request, u identity.User, w rules.World) error {
	now := s.engine.Decide(u, w)
	for _, m := range now.Memberships {
		if m.Group == r.Group && m.EndsAt.IsZero() {
			return conflict("", "%s has %s already: %s", r.User, r.Group, m.Causes[0])
		}
	}
	have, err := s.haveByGrants(u.N)
	if err != nil {
		return err
	}
	asked := rules.Overlay{Group: r.Group, Cause: identity.Cause{Kind: identity.CauseGrant, Name: "asked"}, Start: w.At}
	w.Overlay = rules.Overlays{u.N: append(have, asked)}
	w.Held = func(int64) []string { return slices.Sorted(maps.Keys(s.people.groupsOf(u.N))) }
	for _, refusal := range s.engine.Decide(u, w).Refused {
		if refusal.Group != r.Group {
			continue
		}
		if refusal.Kind == rules.RefusedByExclusion {
			return conflict("", "%s is excluded from %s: %s", r.User, r.Group, refusal.Reason)
		}
		return conflict("", "%s cannot have %s together with %s: constraint %s", r.User, r.Group, refusal.Kept, refusal.Name)
	}
	return nil
}

// haveByGrants is what grants give a user now: that stays, and what is asked for must
// go together with it.
func (s *session) haveByGrants(userN int64) ([]rules.Overlay, error) {
	open, err := s.tx.OpenGrantsOf(s.ctx, []int64{userN})
	var out []rules.Overlay
	for i := range open {
		if g := &open[i]; g.Gives(s.now) && !g.BegunAt.IsZero() {
			out = append(out, rules.Overlay{Group: g.Group, Cause: identity.Cause{Kind: identity.CauseGrant, Name: g.ID}})
		}
	}
	return out, err
}

// file keeps new requests, and approves those that need nobody.
func (s *session) file(made []*grants.Request) error {
	for _, r := range made {
		r.RemindAt = s.firstReminder(r)
	}
	if err := s.tx.AddRequests(s.ctx, made); err != nil {
		return err
	}
	for _, r := range made {
		detail := map[string]any{"request": r.ID, "group": r.Group, "for": duration.Format(r.Duration), "reason": r.Reason}
		if r.Ticket != "" {
			detail["ticket"] = r.Ticket
		}
		if r.Extends != 0 {
			detail["extends"] = r.Extends
		}
		if err := s.tx.SaveRequests(s.ctx, []*grants.Request{r}, s.event("request.created", "user:"+r.User, detail)); err != nil {
			return err
		}
		if err := s.decideAlone(r); err != nil {
			return err
		}
	}
	return nil
}

// decideAlone approves a request that needs nobody, and tells those who must decide
// on any other.
func (s *session) decideAlone(r *grants.Request) error {
	m, err := s.load(r)
	if err != nil {
		return err
	}
	auto, err := s.approvesItself(m)
	if err != nil {
		return err
	}
	if auto {
		r.Auto, r.DecidedBy = m.Policy.AutoApprove.Source, "policy"
		return s.approve(m)
	}
	told := m.Panel(approval.Judge(m, s.people), s.people)
	if s.lacking(m) != "" {
		told = append(told, s.watchers(m)...)
	}
	return s.tell("request.waiting", r, nil, told)
}

// approvesItself reports whether the policy approves the request without anybody: its
// condition holds, and it asks for no longer than is given so.
func (s *session) approvesItself(m approval.Matter) (bool, error) {
	if m.Policy.AutoApprove.IsZero() || m.Request.Duration > m.Policy.LongestAuto() {
		return false, nil
	}
	holds, err := s.holds(m.Request, m.Policy.AutoApprove)
	if err != nil && s.people.err == nil {
		return false, nil // a condition that fails approves nothing
	}
	return holds, s.people.err
}

// load gathers everything that decides on a request.
func (s *session) load(r *grants.Request) (approval.Matter, error) {
	votes, err := s.tx.Votes(s.ctx, []int64{r.N})
	return s.matterOf(r, votes), err
}
