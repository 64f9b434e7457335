package targets

import (
	"cmp"
	"context"
	"slices"

	"birthright/identity"
)

// State is a target's contents as one value: what a read found, or what a test
// wants to be there. It is a Sink that remembers everything.
type State struct {
	Accounts     []Account
	Entitlements []Entitlement
	Assignments  []Assignment
}

// Account remembers a.
func (s *State) Account(a Account) error { s.Accounts = append(s.Accounts, a); return nil }

// Entitlement remembers e.
func (s *State) Entitlement(e Entitlement) error {
	s.Entitlements = append(s.Entitlements, e)
	return nil
}

// Assignment remembers a.
func (s *State) Assignment(a Assignment) error { s.Assignments = append(s.Assignments, a); return nil }

// Sort puts everything into one order, so that equal contents are equal values.
func (s *State) Sort() {
	slices.SortFunc(s.Accounts, func(a, b Account) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(s.Entitlements, func(a, b Entitlement) int {
		return identity.CompareEntitlements(a.Address, b.Address)
	})
	slices.SortFunc(s.Assignments, func(a, b Assignment) int {
		return cmp.Or(cmp.Compare(a.AccountID, b.AccountID), identity.CompareEntitlements(a.Entitlement, b.Entitlement))
	})
}

// ReadState reads what q asks for and returns it sorted. A read that is not
// complete is an error, so that nobody takes half a picture for the whole one.
func ReadState(ctx context.Context, t Target, q Query) (State, error) {
	var s State
	end, err := t.Read(ctx, q, &s)
	if err != nil {
		return State{}, err
	}
	if !end.Complete {
		return State{}, &identity.Error{Kind: identity.Incomplete, Op: "read target"}
	}
	s.Sort()
	return s, nil
}
