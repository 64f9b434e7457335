package jira

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// Read hands to sink what q asks for, once all of it was read.
func (t *Target) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	r := &reading{t: t, ctx: ctx, q: q, people: map[string]user{}, groups: map[string][]user{}, others: map[string]user{}}
	for _, step := range []func() error{r.readUsers, r.readGroups, r.readRoles} {
		if err := step(); err != nil {
			return targets.End{}, readError(err)
		}
	}
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
	return &identity.Error{Kind: kind, Op: "read jira", Err: err}
}

// reading is one read on its way.
type reading struct {
	t           *Target
	ctx         context.Context
	q           targets.Query
	people      map[string]user   // by accountId
	groups      map[string][]user // members that were read, by groupId
	others      map[string]user   // accounts that the list of users did not have
	found       []targets.Entitlement
	assignments []targets.Assignment
}

func (r *reading) asked(e identity.Entitlement) bool {
	return r.q.Entitlements == nil || slices.Contains(r.q.Entitlements, e)
}

// readUsers finds all users, or those that are asked for.
func (r *reading) readUsers() error {
	if r.q.Accounts == nil {
		all, err := r.t.users(r.ctx)
		for _, u := range all {
			if u.person() {
				r.people[u.AccountID] = u
			}
		}
		return err
	}
	for _, a := range r.q.Accounts {
		u, err := r.t.find(r.ctx, a)
		switch {
		case errors.Is(err, errNobody):
		case err != nil:
			return err
		default:
			r.people[u.AccountID] = u
		}
	}
	return nil
}

// readGroups notes groups and who is in them.
func (r *reading) readGroups() error {
	groups, err := r.groupsOf()
	if err != nil {
		return err
	}
	for _, g := range groups {
		members, err := r.members(g)
		if err != nil {
			return err
		}
		e := r.t.group(g.Name)
		r.found = append(r.found, targets.Entitlement{Address: e, Title: g.Name, ReadOnly: r.t.foreign(g.Name)})
		for _, m := range members {
			r.holds(m, e, false)
		}
	}
	return nil
}

// groupsOf returns the groups that the query asks for.
func (r *reading) groupsOf() ([]group, error) {
	query := url.Values{}
	for _, e := range r.q.Entitlements {
		if e.Target == r.t.name && e.Kind == kindGroup && e.ID != "" && !slices.Contains(query["groupName"], e.ID) {
			query.Add("groupName", e.ID)
		}
	}
	if !r.t.has(kindGroup) || r.q.Entitlements != nil && len(query) == 0 {
		return nil, nil
	}
	all, err := list[group](r.ctx, r.t, "/rest/api/3/group/bulk", query)
	return slices.DeleteFunc(all, func(g group) bool { return !r.asked(r.t.group(g.Name)) }), err
}

// members tells who is in a group, asked once. The inactive are members too. Where
// the read is about some people, their own lists of groups tell, if they are whole.
func (r *reading) members(g group) ([]user, error) {
	if r.q.Accounts != nil && r.tell() {
		return r.among(g), nil
	}
	if known, ok := r.groups[g.ID]; ok {
		return known, nil
	}
	members, err := list[user](r.ctx, r.t, "/rest/api/3/group/member", url.Values{"groupId": {g.ID}, "includeInactiveUsers": {"true"}})
	if err == nil {
		r.groups[g.ID] = members
	}
	return members, err
}

// tell reports whether everybody's list of groups is whole.
func (r *reading) tell() bool {
	for _, u := range r.people {
		if u.Groups.Size != len(u.Groups.Items) {
			return false
		}
	}
	return true
}

// among returns those of the people who have the group in their list.
func (r *reading) among(g group) (in []user) {
	for _, u := range r.people {
		if u.in(g) {
			in = append(in, u)
		}
	}
	return in
}

// holds notes that u holds e.
func (r *reading) holds(u user, e identity.Entitlement, indirect bool) {
	if _, known := r.people[u.AccountID]; !known {
		if r.q.Accounts != nil || !u.person() {
			return
		}
		r.people[u.AccountID] = u // came since the users were read
	}
	r.assignments = append(r.assignments, targets.Assignment{AccountID: u.AccountID, Entitlement: e, Indirect: indirect})
}

// hand gives sink what was found.
func (r *reading) hand(sink targets.Sink) error {
	for _, u := range r.people {
		if err := sink.Account(r.t.account(u)); err != nil {
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

var errNobody = errors.New("no such account")

// find returns the user that an account names: by accountId, else by name.
func (t *Target) find(ctx context.Context, a targets.Account) (user, error) {
	if a.ID != "" {
		return t.user(ctx, a.ID)
	}
	if a.Name == "" {
		return user{}, errNobody
	}
	for start := 0; ; start += t.page {
		var page []user
		if err := t.get(ctx, "/rest/api/3/user/search", at(url.Values{"query": {a.Name}}, start, t.page), &page); err != nil {
			return user{}, err
		}
		for _, u := range page {
			if u.person() && u.called(a.Name) {
				return t.user(ctx, u.AccountID)
			}
		}
		if len(page) == 0 {
			return t.user(ctx, a.Name) // whose address is hidden is called by the accountId
		}
	}
}

// user asks for an account, with its groups.
func (t *Target) user(ctx context.Context, accountID string) (user, error) {
	var u user
	err := t.get(ctx, "/rest/api/3/user", url.Values{"accountId": {accountID}, "expand": {"groups"}}, &u)
	switch {
	case status(err) == http.StatusNotFound, err == nil && (u.AccountID != accountID || !u.person()):
		return user{}, errNobody
	}
	return u, err
}

// status is that of a refused request, 0 where it is none.
func status(err error) int {
	if f := httpkit.AsFailure(err); f != nil {
		return f.Status
	}
	return 0
}
