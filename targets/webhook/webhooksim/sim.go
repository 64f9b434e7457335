// Package webhooksim is a receiver of the webhook protocol within the program: the
// reference receiver itself, which a simulation fills.
package webhooksim

import (
	"birthright/internal/handoff"
	"birthright/internal/handoff/receiver"
	"birthright/targets"
)

// System is a simulated receiver.
type System struct{ *receiver.Receiver }

// New makes one that holds nothing.
func New(o receiver.Options) *System { return &System{receiver.New(o)} }

// Memory implements sim.System.
func (s *System) Memory() any { return s.Receiver.Memory() }

// Seed implements sim.System.
func (s *System) Seed(state targets.State) {
	accounts := make([]handoff.Account, len(state.Accounts))
	for i, a := range state.Accounts {
		accounts[i] = handoff.Account{ID: a.ID, Name: a.Name, Active: a.Active, Attributes: a.Attributes}
	}
	s.Receiver.Seed(func(m *handoff.Model) { seed(m, accounts, state) })
}

func seed(m *handoff.Model, accounts []handoff.Account, state targets.State) {
	for _, a := range accounts {
		m.Put(a)
	}
	for _, e := range state.Entitlements {
		m.PutEntitlement(handoff.Entitlement{Kind: e.Address.Kind, ID: e.Address.ID, Title: e.Title, ReadOnly: e.ReadOnly})
	}
	for _, a := range state.Assignments {
		h := handoff.Holding{Indirect: a.Indirect}
		if !a.NotAfter.IsZero() {
			h.NotAfter = &a.NotAfter
		}
		m.PutHolding(a.AccountID, handoff.Entitlement{Kind: a.Entitlement.Kind, ID: a.Entitlement.ID}, h)
	}
}
