package mysql

import (
	"context"
	"slices"

	"birthright/identity"
	"birthright/targets"
)

// Read hands out what q asks for.
func (t *Target) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	k, err := t.see(ctx, q)
	if err != nil {
		return targets.End{}, t.explained("read", err)
	}
	r := reading{known: k, q: q, sink: sink, roles: map[id]bool{}}
	if err := r.hand(); err != nil {
		return targets.End{}, err
	}
	return targets.End{Complete: true}, nil
}

// see reads what a query may need: everything, or all roles and some accounts.
func (t *Target) see(ctx context.Context, q targets.Query) (*known, error) {
	s, err := t.server.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer s.end()
	var of *scope
	if q.Accounts != nil {
		of = newScope()
		for _, a := range q.Accounts {
			t.include(of, a)
		}
	}
	c, err := s.contents(ctx, of)
	if err != nil {
		return nil, err
	}
	return t.knowing(s.where(), c), nil
}

// reading is one call of Read.
type reading struct {
	*known
	q     targets.Query
	sink  targets.Sink
	roles map[id]bool // those that are handed out
}

// hand hands out accounts, then entitlements, then who holds what.
func (r *reading) hand() error {
	var accounts []*principal
	for _, p := range r.all(false) {
		if !r.wanted(p) {
			continue
		}
		accounts = append(accounts, p)
		if err := r.sink.Account(r.t.shown(p)); err != nil {
			return err
		}
	}
	if err := r.entitlements(); err != nil {
		return err
	}
	for _, p := range accounts {
		if err := r.assignments(p); err != nil {
			return err
		}
	}
	return nil
}

// shown is an account as the engine sees it.
func (t *Target) shown(p *principal) targets.Account {
	return targets.Account{ID: p.String(), Name: p.name(t.config.Host), Active: !p.locked, Attributes: identity.Attributes{}}
}

func (r *reading) wanted(p *principal) bool {
	return r.q.Accounts == nil || slices.ContainsFunc(r.q.Accounts, func(a targets.Account) bool {
		return a.ID == p.String() || a.ID == "" && r.t.accountID(a.Name) == p.id
	})
}

func (r *reading) entitlements() error {
	for _, p := range r.all(true) {
		address := r.t.address(roleName(r.dialect, p.id))
		if r.q.Entitlements != nil && !slices.Contains(r.q.Entitlements, address) {
			continue
		}
		r.roles[p.id] = true
		if err := r.sink.Entitlement(targets.Entitlement{Address: address, ReadOnly: r.untouchable(p.id) != nil}); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) assignments(p *principal) error {
	held := r.reached(p.id)
	for _, role := range r.sorted(held) {
		if !r.roles[role] {
			continue
		}
		a := targets.Assignment{AccountID: p.String(), Entitlement: r.t.address(roleName(r.dialect, role)), Indirect: !held[role]}
		if err := r.sink.Assignment(a); err != nil {
			return err
		}
	}
	return nil
}
