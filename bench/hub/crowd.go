package hub

import (
	"context"
	"errors"
	"time"

	"birthright/identity"
	"birthright/internal/company"
	"birthright/reconcile"
	"birthright/rules"
	"birthright/sources"
	"birthright/store"
	"birthright/targets"
	"birthright/targets/memory"
)

// Fill takes a made-up company into the hub as what its pushing source said,
// much faster than by HTTP.
func (h *Hub) Fill(ctx context.Context, people int) error {
	_, err := h.Intake.Pull(ctx, Source, crowd{company.Generate(3, people, h.Now())})
	return err
}

// crowd tells of a company as a source.
type crowd struct{ company.Company }

// Probe implements sources.Source.
func (crowd) Probe(context.Context) (sources.Report, error) {
	return sources.Report{Reachable: true}, nil
}

// Pull implements sources.Source.
func (c crowd) Pull(_ context.Context, _ sources.Cursor, sink sources.Sink) (sources.Checkpoint, error) {
	for _, p := range c.People {
		p.Start, p.End = time.Time{}, time.Time{} // everybody works here
		if err := sink.Record(RecordOf(p, c.Now)); err != nil {
			return sources.Checkpoint{}, err
		}
	}
	return sources.Checkpoint{Complete: true, Seen: len(c.People)}, nil
}

// Provision makes target hold what the policy gives everybody, as if somebody
// had done it by hand. Adopt makes it the hub's: together, the quick way to a
// world in which nothing is left to do.
func (h *Hub) Provision(ctx context.Context, target *memory.Target, name string) error {
	return h.Store.View(ctx, func(tx *store.Tx) error {
		return tx.EachUser(ctx, func(u identity.User) error {
			one := targets.State{Accounts: []targets.Account{{Name: u.UserName, Active: true, Attributes: u.Attributes}}}
			for _, m := range h.Engine().Memberships(u, rules.World{}) {
				group, ok := h.Engine().Group(m.Group)
				if !ok {
					return errors.New("the policy gives a group that it does not know: " + m.Group)
				}
				for _, access := range group.Access {
					if access.Target == name {
						one.Assignments = append(one.Assignments, targets.Assignment{AccountID: u.UserName, Entitlement: access})
					}
				}
			}
			target.Seed(one)
			return nil
		})
	})
}

// Adopt has the hub read every target whole, and do what it then still has to.
func (h *Hub) Adopt(ctx context.Context) error {
	report, err := h.Runner.Sync(ctx, reconcile.Request{Full: true, Actor: "operator:bench"})
	for _, run := range report.Runs {
		if run.Error != "" {
			err = errors.Join(err, errors.New(run.Error))
		}
	}
	return err
}

// Memberships counts everybody's memberships.
func (h *Hub) Memberships(ctx context.Context) (n int, err error) {
	err = h.Store.View(ctx, func(tx *store.Tx) error {
		return tx.EachMembership(ctx, func(store.MembershipRow) error { n++; return nil })
	})
	return n, err
}

// Records returns the identifiers of n of the source's records, spread evenly
// over all.
func (h *Hub) Records(ctx context.Context, n int) (ids []string, err error) {
	err = h.Store.View(ctx, func(tx *store.Tx) error {
		_, total, err := tx.Records(ctx, store.RecordQuery{Source: Source, Limit: 1})
		if err != nil {
			return err
		}
		for i := range n {
			one, _, err := tx.Records(ctx, store.RecordQuery{Source: Source, AfterN: int64(i * total / n), Limit: 1})
			if err != nil {
				return err
			}
			ids = append(ids, one[0].ID)
		}
		return nil
	})
	return ids, err
}
