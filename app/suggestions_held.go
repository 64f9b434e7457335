package app

import (
	"context"

	"birthright/identity"
	"birthright/reviews/suggest"
)

// held looks for rules in what people hold on the targets, as of the last look at
// all of each.
func (a *App) held(ctx context.Context, d directoryPeople, in suggest.Input, t suggest.HeldThresholds) (suggest.HeldReport, error) {
	var holdings []suggest.Holding
	for _, target := range a.Config.Targets {
		known, err := d.tx.Entitlements(ctx, target.Name)
		if err != nil {
			return suggest.HeldReport{}, err
		}
		address, ns := make(map[int64]identity.Entitlement, len(known)), make([]int64, len(known))
		for i, e := range known {
			address[e.N], ns[i] = e.Address, e.N
		}
		layers, err := d.tx.HoldingsOf(ctx, ns)
		if err != nil {
			return suggest.HeldReport{}, err
		}
		for _, l := range layers {
			if l.Indirect { // whoever holds it has it from something else on the target
				continue
			}
			holdings = append(holdings, suggest.Holding{Entitlement: address[l.EntN], Holders: l.Holders})
		}
	}
	each := func(yield func(suggest.Holding) bool) {
		for _, h := range holdings {
			if !yield(h) {
				return
			}
		}
	}
	return suggest.FromHeld(in, each, t), nil
}
