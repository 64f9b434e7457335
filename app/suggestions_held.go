package app

import (
	"context"

	"birthright/hub"
	"birthright/hub/trial"
	"birthright/identity"
	"birthright/reviews/suggest"
	"birthright/store"
)

// unseen names the targets that nothing is concluded from, or only in part.
func (a *App) unseen(ctx context.Context, tx *store.Tx) ([]hub.Unseen, error) {
	out := []hub.Unseen{}
	for _, target := range a.Config.Targets {
		state, err := tx.TargetState(ctx, target.Name)
		if err != nil && identity.KindOf(err) != identity.NotFound {
			return nil, err
		}
		sighting, err := tx.Sighting(ctx, state.N)
		switch {
		case err != nil:
			return nil, err
		case sighting.Last.IsZero():
			out = append(out, hub.Unseen{Target: target.Name, Reason: "it was never read whole"})
		case state.LastError != "":
			out = append(out, hub.Unseen{Target: target.Name, Reason: "the last attempt to read it failed: " + state.LastError})
		case sighting.Gap != "":
			out = append(out, hub.Unseen{Target: target.Name, Reason: sighting.Gap})
		}
	}
	return out, nil
}

// held looks for rules in what people hold on the targets, as of the last look at
// all of each, beside the drafts that there are.
func (a *App) held(ctx context.Context, d trial.Directory, in suggest.Input, t suggest.HeldThresholds, beside []suggest.Draft) (suggest.HeldReport, error) {
	var holdings []suggest.Holding
	for _, target := range a.Config.Targets {
		known, err := d.Tx.Entitlements(ctx, target.Name)
		if err != nil {
			return suggest.HeldReport{}, err
		}
		address, ns := make(map[int64]identity.Entitlement, len(known)), make([]int64, len(known))
		for i, e := range known {
			address[e.N], ns[i] = e.Address, e.N
		}
		layers, err := d.Tx.HoldingsOf(ctx, ns)
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
	return suggest.FromHeld(in, each, t, beside...), nil
}
