package aws

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"birthright/identity"
	"birthright/targets"
)

// Read hands out what q asks for, whole or with an error.
func (t *Target) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	at, err := t.where(ctx)
	if err == nil {
		r := &reader{t: t, ctx: ctx, at: at, q: q, sink: sink, known: map[string]bool{}, sets: map[string]string{}, members: map[string][]string{}}
		err = r.read()
	}
	if err != nil {
		return targets.End{}, &identity.Error{Kind: kindOf(err), Err: err} // whoever asked names the target
	}
	return targets.End{Complete: true}, nil
}

// reader is one read on its way.
type reader struct {
	t    *Target
	ctx  context.Context
	at   instance
	q    targets.Query
	sink targets.Sink
	// known are the ids of the users that were handed out, whose order is users.
	known map[string]bool
	users []string
	// groups are those asked for; sets the names of permission sets by
	// ARN, and places the accounts on which they are asked for, by ARN.
	groups []group
	sets   map[string]string
	places map[string][]string
	// members are the users of groups that were read, by group id.
	members map[string][]string
}

func (r *reader) read() error {
	for _, step := range []func() error{r.people, r.wantedGroups, r.wantedSets, r.catalog, r.assignments} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) people() error {
	if r.q.Accounts == nil {
		return r.t.eachUser(r.ctx, r.at.store, r.user)
	}
	for _, a := range r.q.Accounts {
		u, err := r.t.find(r.ctx, r.at.store, a)
		if errors.Is(err, errNoAccount) {
			continue
		}
		if err == nil {
			err = r.user(u)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) user(u *types.User) error {
	a := r.t.account(u)
	if r.known[a.ID] {
		return nil // asked for twice, or moved to another page meanwhile
	}
	r.known[a.ID] = true
	r.users = append(r.users, a.ID)
	return r.sink.Account(a)
}

// wantedGroups finds the groups that are asked for.
func (r *reader) wantedGroups() error {
	seen := map[string]bool{}
	keep := func(g group) error {
		if !seen[g.id] {
			seen[g.id] = true
			r.groups = append(r.groups, g)
		}
		return nil
	}
	if r.q.Entitlements == nil {
		return r.t.eachGroup(r.ctx, r.at.store, keep)
	}
	for _, e := range r.q.Entitlements {
		if e.Target != r.t.name || e.Kind != Group {
			continue
		}
		r.t.memory.forgetGroup(e.ID)
		g, _, err := r.t.group(r.ctx, r.at.store, e.ID)
		if errors.Is(err, errNoEntitlement) {
			continue
		}
		if err != nil {
			return err
		}
		_ = keep(g)
	}
	return nil
}

// wantedSets finds the permission sets that are asked for, and on which accounts.
func (r *reader) wantedSets() error {
	r.places = map[string][]string{}
	if r.q.Entitlements != nil && !slices.ContainsFunc(r.q.Entitlements, r.isSet) {
		return nil
	}
	names, err := r.t.permissionSets(r.ctx, r.at.arn)
	if err != nil || len(names) == 0 {
		return err
	}
	list := r.t.accounts
	if r.q.Accounts != nil {
		list = r.t.knownAccounts
	}
	accounts, err := list(r.ctx)
	if err != nil {
		return err
	}
	for arn, name := range names {
		r.sets[arn] = name
		for _, account := range accounts {
			if r.q.Entitlements == nil || slices.Contains(r.q.Entitlements, r.t.entitlement(PermissionSet, name+"@"+account)) {
				r.places[arn] = append(r.places[arn], account)
			}
		}
	}
	return nil
}

func (r *reader) isSet(e identity.Entitlement) bool {
	return e.Target == r.t.name && e.Kind == PermissionSet
}

// arns are the permission sets in the order of their names.
func (r *reader) arns() []string {
	var out []string
	for arn := range r.places {
		out = append(out, arn)
	}
	slices.SortFunc(out, func(a, b string) int {
		if r.sets[a] < r.sets[b] {
			return -1
		}
		return 1
	})
	return out
}

// catalog hands out what can be given: groups, and each permission set on each account.
func (r *reader) catalog() error {
	for _, g := range r.groups {
		if err := r.sink.Entitlement(targets.Entitlement{Address: r.t.entitlement(Group, g.name), ReadOnly: g.external}); err != nil {
			return err
		}
	}
	for _, arn := range r.arns() {
		for _, account := range r.places[arn] {
			if err := r.sink.Entitlement(targets.Entitlement{Address: r.t.entitlement(PermissionSet, r.sets[arn]+"@"+account)}); err != nil {
				return err
			}
		}
	}
	return nil
}
