package hub

import (
	"context"
	"slices"
	"time"

	"birthright/grants/approval"
	"birthright/live"
	"birthright/rights"
	"birthright/store"
)

// pollEvery is how often it is looked how far a run of another process is.
const pollEvery = time.Second

// Watch hears what happens in this process from now on, or from behind the event of that
// id. With a run, it hears that one, wherever it is carried out. The caller stops it.
func (h *Hub) Watch(ctx context.Context, a approval.Actor, run, after string) (*live.Watcher, error) {
	var row store.RunRow
	err := h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadRuns, rights.Relation{}); err != nil || run == "" {
			return err
		}
		var err error
		row, err = s.tx.Run(ctx, run)
		return noRun(err, run)
	})
	switch {
	case err != nil:
		return nil, err
	case run == "":
		return h.Live.Watch(after, nil), nil
	}
	concerned := (&session{Hub: h}).targetsOf(row)
	w := h.Live.Watch(after, func(e live.Event) bool {
		return e.Run == run || e.Kind == live.Missed || e.Kind == live.Progress && slices.Contains(concerned, e.Target)
	})
	if h.orders.has(run) {
		return w, nil
	}
	w.Stop()
	return h.watchElsewhere(ctx, row), nil
}

// Last reports whether an event is the last one about a run.
func Last(run string) func(live.Event) bool {
	return func(e live.Event) bool { return run != "" && e.Kind == live.Finished && e.Run == run }
}

// watchElsewhere hears of a run that another process carries out, or that is over: what
// it says in its row.
func (h *Hub) watchElsewhere(ctx context.Context, row store.RunRow) *live.Watcher {
	feed := live.New(live.Options{})
	w := feed.Watch("", nil)
	go func() {
		defer feed.Close()
		again := time.NewTicker(pollEvery)
		defer again.Stop()
		for goesOn := true; goesOn; {
			err := h.Store.View(ctx, func(tx *store.Tx) error {
				found, err := tx.Run(ctx, row.ID)
				if err == nil {
					goesOn = tellRow(feed, found, tx.Now())
				}
				return err
			})
			if err != nil || !goesOn {
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-again.C:
			}
		}
	}()
	return w
}

// tellRow tells what the row of a run says, and reports whether it goes on.
func tellRow(feed *live.Feed, row store.RunRow, now time.Time) bool {
	run := viewRun(row, now)
	for _, step := range run.Steps {
		feed.Progress(step.Target, step.Step, step.Done, step.Total)
	}
	if run.State == RunRunning {
		return true
	}
	feed.Tell(live.Event{Kind: live.Finished, Run: row.ID, Step: row.Kind, State: run.State, Error: row.Error})
	return false
}
