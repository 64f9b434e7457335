package app

import (
	"slices"

	"birthright/identity"
	"birthright/reviews/evidence"
	"birthright/store"
)

// holding is a time during which somebody was seen to have something.
type holding struct {
	store.PastHolding
	indirect bool
}

// holdings writes them with names, which are looked up for some at once.
type holdings struct {
	*collector
	put     func(any) error
	targets map[int64]string
	batch   []holding
}

func (h *holdings) add(one holding) error {
	if h.batch = append(h.batch, one); len(h.batch) < peopleAtOnce {
		return nil
	}
	return h.flush()
}

// past adds what is gone, also what went after the period. It is bounded by what went
// since its beginning: names cannot be looked up while rows are read.
func (h *holdings) past() error {
	var gone []holding
	err := h.tx.EachPastHolding(h.ctx, h.manifest.From, h.manifest.Until, func(p store.PastHolding) error {
		if h.overlaps(p.Since, p.Until) {
			gone = append(gone, holding{PastHolding: p})
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, one := range gone {
		if err := h.add(one); err != nil {
			return err
		}
	}
	return h.flush()
}

func (h *holdings) flush() error {
	names, err := h.holderNames()
	if err != nil {
		return err
	}
	var ns []int64
	for _, one := range h.batch {
		ns = append(ns, one.EntN)
	}
	slices.Sort(ns)
	rows, err := h.tx.EntitlementsByN(h.ctx, slices.Compact(ns))
	if err != nil {
		return err
	}
	addresses := map[int64]string{}
	for _, e := range rows {
		addresses[e.N] = e.Address.String()
	}
	for _, one := range h.batch {
		row := evidence.Holding{
			Target: h.targets[one.TargetN], Entitlement: addresses[one.EntN], Holder: names[one.Holder], Indirect: one.indirect,
			FirstSeen: one.Since, Gone: h.by(one.Until),
		}
		if err := h.put(row); err != nil {
			return err
		}
	}
	h.batch = h.batch[:0]
	return nil
}

// holderNames are the names of those in the batch.
func (h *holdings) holderNames() (map[int64]string, error) {
	var users, strangers []int64
	for _, one := range h.batch {
		if one.Holder >= int64(identity.FirstStranger) {
			strangers = append(strangers, one.Holder)
		} else {
			users = append(users, one.Holder)
		}
	}
	names := map[int64]string{}
	known, err := h.tx.UsersByN(h.ctx, users)
	if err != nil {
		return nil, err
	}
	for _, u := range known {
		names[u.N] = "user:" + u.UserName
	}
	others, err := h.tx.StrangersByN(h.ctx, strangers)
	for _, s := range others {
		names[s.N] = "account:" + s.Name
	}
	return names, err
}
