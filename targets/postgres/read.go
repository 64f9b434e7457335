package postgres

import (
	"context"

	"birthright/identity"
	"birthright/targets"
)

// Read hands out what q asks for, all of it as it was at one moment.
func (t *Target) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	s, err := t.server.begin(ctx, reading)
	if err != nil {
		return targets.End{}, err
	}
	defer s.end()
	r := &reader{session: s, t: t, q: q, sink: sink, accounts: map[string]bool{}, entitlements: map[string]string{}}
	if err := r.principals(); err != nil {
		return targets.End{}, r.failure(err)
	}
	if err := r.members(); err != nil {
		return targets.End{}, r.failure(err)
	}
	return targets.End{Complete: true}, nil
}

// reader is one call of Read.
type reader struct {
	session
	t            *Target
	q            targets.Query
	sink         targets.Sink
	full         bool              // the sink would take no more
	accounts     map[string]bool   // handed out, by oid
	entitlements map[string]string // name by oid
}

// failure passes the sink's own error on, and explains all others.
func (r *reader) failure(err error) error {
	if r.full {
		return err
	}
	return r.t.explained("read", err)
}

// principals hands out accounts, and entitlements after them.
func (r *reader) principals() error {
	var names, oids []string
	if r.q.Accounts != nil && r.q.Entitlements != nil {
		names, oids = r.named()
	}
	all, err := r.roles(names, oids)
	if err != nil {
		return err
	}
	var entitlements []*role
	for _, found := range all {
		switch {
		case r.t.ignored(found.name):
		case !found.isAccount():
			entitlements = append(entitlements, found)
		case r.wantsAccount(found):
			r.accounts[found.oid] = true
			if err := r.hand(r.sink.Account(found.account())); err != nil {
				return err
			}
		}
	}
	return r.handEntitlements(entitlements)
}

// named is what the query names, in the letter case in which it is looked for.
func (r *reader) named() (names, oids []string) {
	names, oids = []string{}, []string{}
	for _, a := range r.q.Accounts {
		if a.ID == "" {
			names = append(names, fold(a.Name), a.Name)
		} else if isOID(a.ID) {
			oids = append(oids, a.ID)
		}
	}
	for _, e := range r.q.Entitlements {
		names = append(names, e.ID)
	}
	return names, oids
}

func (r *reader) wantsAccount(found *role) bool {
	if r.q.Accounts == nil {
		return true
	}
	for _, a := range r.q.Accounts {
		if a.ID == found.oid || a.ID == "" && fold(a.Name) == fold(found.name) {
			return true
		}
	}
	return false
}

func (r *reader) handEntitlements(found []*role) error {
	wanted := map[identity.Entitlement]bool{}
	for _, e := range r.q.Entitlements {
		wanted[e] = true
	}
	for _, e := range found {
		address := r.t.address(e.name)
		if r.q.Entitlements != nil && !wanted[address] {
			continue
		}
		r.entitlements[e.oid] = e.name
		shown := targets.Entitlement{Address: address, Title: e.title(), ReadOnly: r.t.untouchable(e, r.where().self) != nil}
		if err := r.hand(r.sink.Entitlement(shown)); err != nil {
			return err
		}
	}
	return nil
}

// members hands out who is in which role, directly or through others.
func (r *reader) members() error {
	if len(r.accounts) == 0 || len(r.entitlements) == 0 {
		return nil
	}
	var members []string
	if r.q.Accounts != nil {
		for oid := range r.accounts {
			members = append(members, oid)
		}
	}
	held, err := r.holdings(members)
	if err != nil {
		return err
	}
	for _, h := range held {
		name, given := r.entitlements[h.given]
		if !given || !r.accounts[h.member] {
			continue
		}
		if err := r.hand(r.sink.Assignment(targets.Assignment{AccountID: h.member, Entitlement: r.t.address(name), Indirect: !h.direct})); err != nil {
			return err
		}
	}
	return nil
}

// hand notes whether the sink takes more.
func (r *reader) hand(err error) error {
	r.full = r.full || err != nil
	return err
}
