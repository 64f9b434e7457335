package receiver

import (
	"birthright/internal/handoff"
	"birthright/targets"
)

// SeedState puts s in as somebody else would: what is there already stays.
func (r *Receiver) SeedState(s targets.State) {
	r.Seed(func(m *handoff.Model) {
		for _, a := range s.Accounts {
			m.Put(handoff.Account{ID: a.ID, Name: a.Name, Active: a.Active, Attributes: a.Attributes})
		}
		for _, e := range s.Entitlements {
			m.PutEntitlement(handoff.Entitlement{Kind: e.Address.Kind, ID: e.Address.ID, Title: e.Title, ReadOnly: e.ReadOnly})
		}
		for _, a := range s.Assignments {
			h := handoff.Holding{Indirect: a.Indirect}
			if !a.NotAfter.IsZero() {
				h.NotAfter = &a.NotAfter
			}
			m.PutHolding(a.AccountID, handoff.Entitlement{Kind: a.Entitlement.Kind, ID: a.Entitlement.ID}, h)
		}
	})
}
