package intake

import (
	"context"

	"birthright/identity"
	"birthright/signin"
)

// endSessions logs out of the console whoever is not active any more, in the transaction
// that makes them so: somebody who comes back a moment later logs in again.
func (b *batch) endSessions(ctx context.Context) error {
	var gone []int64
	for _, p := range b.order {
		if !p.isNew() && p.old.State == identity.Active && p.next.State != identity.Active {
			gone = append(gone, p.next.N)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	open, err := b.tx.OpenSessions(ctx, gone, 0)
	if err != nil || len(open) == 0 {
		return err
	}
	for i := range open {
		open[i].EndedWhy = signin.EndPerson
		b.events = append(b.events, signin.Ended(signin.Session(open[i]), b.actor))
	}
	return b.tx.EndSessions(ctx, open)
}
