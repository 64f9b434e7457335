package github

import (
	"context"
	"slices"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// Read hands to sink what q asks for: everything is read before the first of it is
// handed out, so that whoever came into a team meanwhile is among the accounts.
func (t *Target) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	r := &reading{t: t, ctx: ctx, scoped: q.Accounts != nil, people: map[int64]*person{}, teams: map[string][]teamMember{}}
	steps := []func(targets.Query) error{r.readPeople, r.readTeams, r.readRepos, func(targets.Query) error { return r.readNames() }}
	for _, step := range steps {
		if err := step(q); err != nil {
			return targets.End{}, readError(err)
		}
	}
	r.readOrg(q)
	if err := r.hand(sink); err != nil {
		return targets.End{}, err
	}
	return targets.End{Complete: true}, ctx.Err()
}

// readError gives an error its kind, for programs.
func readError(err error) error {
	kind := identity.KindOf(err)
	if f := httpkit.AsFailure(err); f != nil {
		kind = f.Kind()
	}
	return &identity.Error{Kind: kind, Op: "read github", Err: err}
}

// person is somebody who is there.
type person struct {
	user
	member, owner bool
	nameID        string // at the identity provider
}

// reading is one read on its way.
type reading struct {
	t      *Target
	ctx    context.Context
	scoped bool // to accounts: nobody else is handed out
	people map[int64]*person
	// teams are the members of teams that were read, by slug.
	teams       map[string][]teamMember
	found       []targets.Entitlement
	assignments []targets.Assignment
	base        string // what members have in every repository; "" until asked
}

// asked returns whether q wants the entitlement of address a.
func (r *reading) asked(q targets.Query, a address) bool {
	return q.Entitlements == nil || slices.Contains(q.Entitlements, r.t.entitlement(a))
}

// wanted returns the names of one kind that q asks for; all is true where that is
// everything.
func (r *reading) wanted(q targets.Query, kind string) (names []string, all bool) {
	if q.Entitlements == nil {
		return nil, r.t.has(kind)
	}
	for _, e := range q.Entitlements {
		a, ok := parse(e)
		if ok && e.Target == r.t.name && a.kind == kind && r.t.has(kind) && !slices.Contains(names, a.name) {
			names = append(names, a.name)
		}
	}
	return names, false
}

// entitlement notes one that is there, where it was asked for.
func (r *reading) entitlement(q targets.Query, a address, title string, readOnly bool) {
	if r.asked(q, a) {
		r.found = append(r.found, targets.Entitlement{Address: r.t.entitlement(a), Title: title, ReadOnly: readOnly})
	}
}

// holds notes that u holds a.
func (r *reading) holds(q targets.Query, u user, a address, indirect bool) {
	if !r.asked(q, a) {
		return
	}
	if r.people[u.ID] == nil {
		if r.scoped {
			return
		}
		r.people[u.ID] = &person{user: u, member: true} // came since the list of members was read
	}
	r.assignments = append(r.assignments, targets.Assignment{AccountID: accountID(u.ID), Entitlement: r.t.entitlement(a), Indirect: indirect})
}

// readOrg notes who is in the organisation.
func (r *reading) readOrg(q targets.Query) {
	if !r.t.has(kindOrg) {
		return
	}
	member, owner := address{kind: kindOrg, name: orgMember}, address{kind: kindOrg, name: orgOwner}
	r.entitlement(q, member, "member of "+r.t.org, false)
	r.entitlement(q, owner, "owner of "+r.t.org, false)
	for _, p := range r.people {
		if p.member {
			r.holds(q, p.user, member, false)
		}
		if p.owner {
			r.holds(q, p.user, owner, false)
		}
	}
}

// hand gives sink what was found.
func (r *reading) hand(sink targets.Sink) error {
	for _, p := range r.people {
		if err := sink.Account(r.t.account(p)); err != nil {
			return err
		}
	}
	for _, e := range r.found {
		if err := sink.Entitlement(e); err != nil {
			return err
		}
	}
	for _, a := range r.assignments {
		if err := sink.Assignment(a); err != nil {
			return err
		}
	}
	return nil
}
