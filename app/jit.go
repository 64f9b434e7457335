package app

import (
	"context"
	"time"

	"birthright/reviews/jit"
	"birthright/store"
)

// usualWindow is how far back the report of just-in-time access looks where nobody says
// otherwise.
const usualWindow = 90 * 24 * time.Hour

// JIT looks at what was asked for since some time ago, as of one moment.
func (a *App) JIT(ctx context.Context, since time.Duration) (report *jit.Report, err error) {
	err = a.Store.View(ctx, func(tx *store.Tx) error {
		from := tx.Now().Add(-since)
		t := jit.NewTally(from, tx.Now())
		f := store.RequestFilter{From: from, Limit: grantsPerPage}
		for done := 0; ; {
			page, err := tx.Requests(ctx, f)
			if err != nil {
				return err
			}
			ns := make([]int64, len(page))
			for i := range page {
				ns[i] = page[i].N
			}
			votes, err := tx.Votes(ctx, ns)
			if err != nil {
				return err
			}
			given, err := tx.GrantsOfRequests(ctx, ns)
			if err != nil {
				return err
			}
			t.Take(page, votes, given)
			done += len(page)
			a.Progress("", "reading requests", done, 0)
			if len(page) < f.Limit {
				report = t.Report()
				return nil
			}
			f.BeforeN = page[len(page)-1].N
		}
	})
	return report, err
}
