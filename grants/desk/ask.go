package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/internal/strictyaml"
	"birthright/rules"
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
	if err := s.ahead(w.Start); err != nil {
		faults = append(faults, err)
	}
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

// beneficiary returns who is to get something, in whatever state they are: that is told
// only those who may ask for them.
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
	if err := s.proper(m); err != nil {
		return nil, err
	}
	return r, s.possible(m, u)
}

// mostNear is how many groups are named that may have been meant.
const mostNear = 3

// noGroup says that nothing has this name, and what was probably meant.
func (s *session) noGroup(name string) error {
	err := fmt.Errorf("there is no group %q", name)
	if near := s.near(name); len(near) > 0 {
		err = fmt.Errorf("there is no group %q; did you mean %s?", name, strings.Join(near, " or "))
	}
	return &identity.Error{Kind: identity.NotFound, Field: "groups", Err: err, Hint: "`birthright catalog` shows what can be asked for"}
}

// near are what the actor could have meant by a name: what it differs from by a slip, or
// else what it finds in the actor's own catalog, quoted, the best first.
func (s *session) near(name string) (out []string) {
	known := s.engine.GroupNames()
	for i := range s.engine.Policy().Bundles {
		known = append(known, s.engine.Policy().Bundles[i].Name)
	}
	if nearest := strictyaml.Nearest(name, known); nearest != "" {
		return []string{strconv.Quote(nearest)}
	}
	shelf, err := s.browse(s.actor.UserN, Browse{Search: name, Limit: mostNear})
	if s.people.fail(err) {
		return nil
	}
	for _, o := range shelf.Offers {
		quoted := strconv.Quote(o.Name)
		if o.Title != "" && o.Title != o.Name {
			quoted += " (" + o.Title + ")"
		}
		out = append(out, quoted)
	}
	return out
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
