package hub

import (
	"slices"

	"birthright/reconcile"
)

// Account is somebody's presence on one target.
type Account struct {
	Target       string   `json:"target"`
	Account      string   `json:"account"`
	Active       bool     `json:"active"`
	Managed      bool     `json:"managed"`
	Entitlements []string `json:"entitlements" nullable:"false"`
}

// accounts are what is remembered of somebody on each target.
func (s *session) accounts(userN int64) ([]Account, error) {
	var out []Account
	for _, target := range s.Targets {
		one, err := s.account(target, userN)
		if err != nil {
			return nil, err
		}
		if one != nil {
			out = append(out, *one)
		}
	}
	return out, nil
}

// account is what is remembered of somebody on one target, nil for nothing.
func (s *session) account(target string, userN int64) (*Account, error) {
	state, err := reconcile.Status(s.ctx, s.tx, target)
	if err != nil || state.N == 0 {
		return nil, err
	}
	accounts, err := s.tx.AccountsOfUsers(s.ctx, state.N, []int64{userN})
	if err != nil {
		return nil, err
	}
	rows, err := s.tx.AssignmentsOfUsers(s.ctx, state.N, []int64{userN})
	if err != nil || len(accounts)+len(rows) == 0 {
		return nil, err
	}
	out := &Account{Target: target, Entitlements: []string{}}
	if len(accounts) > 0 && accounts[0].NativeID != "" { // else it was asked for and not seen yet
		out.Account, out.Active, out.Managed = accounts[0].Name, accounts[0].Active, accounts[0].Managed
	}
	var ns []int64
	for _, row := range rows {
		if row.Observed {
			ns = append(ns, row.EntN)
		}
	}
	entitlements, err := s.tx.EntitlementsByN(s.ctx, ns)
	for _, e := range entitlements {
		out.Entitlements = append(out.Entitlements, e.Address.String())
	}
	slices.Sort(out.Entitlements)
	return out, err
}
