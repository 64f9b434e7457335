package file

import (
	"context"
	"maps"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// Read hands out the accounts, entitlements and assignments of the list.
func (t *Target) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	if err := ctx.Err(); err != nil {
		return targets.End{}, err
	}
	table, _, err := t.load()
	if err != nil {
		return targets.End{}, err
	}
	names := chosen(table, q)
	for _, name := range names {
		if err := sink.Account(table.accountOf(name)); err != nil {
			return targets.End{}, err
		}
	}
	wanted := t.wanted(q)
	if err := t.handEntitlements(table, wanted, sink); err != nil {
		return targets.End{}, err
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return targets.End{}, err
		}
		for _, held := range table.holds(name) {
			if !wanted(held) {
				continue
			}
			if err := sink.Assignment(targets.Assignment{AccountID: name, Entitlement: t.address(held)}); err != nil {
				return targets.End{}, err
			}
		}
	}
	return targets.End{Complete: true}, nil
}

func (t *Target) handEntitlements(table *table, wanted func(string) bool, sink targets.Sink) error {
	all := map[string]bool{}
	for _, line := range table.rows {
		if line.entitlement != "" && wanted(line.entitlement) {
			all[line.entitlement] = true
		}
	}
	for _, e := range slices.Sorted(maps.Keys(all)) {
		if err := sink.Entitlement(targets.Entitlement{Address: t.address(e)}); err != nil {
			return err
		}
	}
	return nil
}

// chosen returns the names that q asks for and the list has, sorted.
func chosen(table *table, q targets.Query) []string {
	if q.Accounts == nil {
		return slices.Sorted(maps.Keys(table.byAccount))
	}
	names := map[string]bool{}
	for _, a := range q.Accounts {
		if name := nameOf(a); len(table.byAccount[name]) > 0 {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// wanted returns whether q asks for an entitlement column's value.
func (t *Target) wanted(q targets.Query) func(string) bool {
	if q.Entitlements == nil {
		return func(string) bool { return true }
	}
	asked := map[identity.Entitlement]bool{}
	for _, e := range q.Entitlements {
		asked[e] = true
	}
	return func(held string) bool { return asked[t.address(held)] }
}

// address makes an address of an entitlement column's value.
func (t *Target) address(held string) identity.Entitlement {
	kind, id, _ := strings.Cut(held, "/")
	return identity.Entitlement{Target: t.name, Kind: kind, ID: id}
}
