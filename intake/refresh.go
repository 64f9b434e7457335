package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"time"

	"birthright/store"
)

// Refresh computes users anew from their records as of now and stores those that
// differ: a start or end date passed. It returns their numbers and leaves no
// work for them, because whoever calls it is about to look at them.
func (s *Service) Refresh(ctx context.Context, userNs []int64, now time.Time) (changed []int64, err error) {
	var b *batch
	err = s.db.Update(ctx, func(tx *store.Tx) error {
		b = s.newBatch(tx, "", "hub")
		b.now, b.quiet = now, true
		if err := b.refresh(ctx, userNs); err != nil {
			return err
		}
		changed = changed[:0]
		for _, p := range b.order {
			if p.matters() {
				changed = append(changed, p.n)
			}
		}
		return nil
	})
	s.notifySignals(b, err)
	return changed, err
}

// refresh builds and saves known users.
func (b *batch) refresh(ctx context.Context, userNs []int64) error {
	if err := b.meet(ctx, userNs); err != nil {
		return err
	}
	for _, n := range userNs {
		if p := b.people[n]; p.touch() {
			b.order = append(b.order, p)
		}
	}
	b.build()
	if err := b.settleNames(ctx); err != nil {
		return err
	}
	return b.save(ctx)
}

// Settings stands for the configured correlation and authority: when it differs
// from what it was when RefreshAll last ran, RefreshAll should run again.
func (s *Service) Settings() string {
	sum := sha256.Sum256([]byte(s.correlate.String() + "\n" + s.authority.String()))
	return hex.EncodeToString(sum[:8])
}

// RefreshAll computes every user and every match key anew: correlation or
// authority in the configuration may have changed. It leaves work for users that
// differ and returns how many do. Records that are linked stay with their user;
// held ones are looked at again.
func (s *Service) RefreshAll(ctx context.Context) (changed int, err error) {
	for after, more := int64(0), true; more; {
		err := s.change(ctx, "", "hub", func(b *batch) error {
			users, err := b.tx.UsersAfter(ctx, after, s.batch)
			if err != nil {
				return err
			}
			more = len(users) == s.batch
			ns := make([]int64, len(users))
			for i, u := range users {
				ns[i], after = u.N, u.N
			}
			if err := b.refresh(ctx, ns); err != nil {
				return err
			}
			changed += len(b.worked)
			return b.rekeyPeople(ctx)
		})
		if err != nil {
			return changed, err
		}
	}
	return changed, s.reconsiderAll(ctx)
}

// rekeyPeople writes the match keys of all records of the batch's people.
func (b *batch) rekeyPeople(ctx context.Context) error {
	keys := map[int64][]string{}
	for _, n := range slices.Sorted(maps.Keys(b.people)) {
		for _, r := range b.people[n].records {
			keys[r.N] = b.s.correlate.Keys(r)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	return b.tx.SetMatchKeys(ctx, keys)
}
