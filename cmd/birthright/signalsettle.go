package main

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/audit"
	"birthright/identity"
	"birthright/signals/delivery"
	"birthright/store"
)

// signalFlags say which signals a person settles.
type signalFlags struct{ receiver, reason string }

func (p *program) signalRetryCommand() *cobra.Command {
	var f signalFlags
	cmd := &cobra.Command{
		Use:   "retry ID… | --receiver RECEIVER",
		Short: "Let refused signals be delivered again, and others at once",
		RunE: p.with(func(ctx context.Context, a *app.App, ids []string) error {
			rows, err := f.settle(ctx, a, ids, func(tx *store.Tx, ids []string, rows []store.SignalRow) error {
				return tx.RetrySignals(ctx, ids, eventsOf(rows, func(s store.SignalRow) audit.Event { return delivery.Retried(a.Actor, s) })...)
			})
			if err == nil {
				p.remark("%s due again.", count(len(rows), "signal is", "signals are"))
			}
			return err
		}, f.check),
	}
	cmd.Flags().StringVar(&f.receiver, "receiver", "", "everything that this `RECEIVER` is owed")
	return cmd
}

func (p *program) signalDropCommand() *cobra.Command {
	var f signalFlags
	cmd := &cobra.Command{
		Use:   "drop ID… | --receiver RECEIVER",
		Short: "Forget signals that need not be delivered any more",
		RunE: p.with(func(ctx context.Context, a *app.App, ids []string) error {
			rows, err := f.settle(ctx, a, ids, func(tx *store.Tx, ids []string, rows []store.SignalRow) error {
				return tx.EndSignals(ctx, ids, eventsOf(rows, func(s store.SignalRow) audit.Event { return delivery.Dropped(a.Actor, s, f.reason) })...)
			})
			if err == nil {
				p.remark("%s forgotten.", count(len(rows), "signal was", "signals were"))
			}
			return err
		}, f.check, func(*app.App, []string) error {
			return required("reason", f.reason, "say why; it goes into the audit log")
		}),
	}
	cmd.Flags().StringVar(&f.receiver, "receiver", "", "everything that this `RECEIVER` is owed; it need not be configured any more")
	cmd.Flags().StringVar(&f.reason, "reason", "", "why it is right; required")
	return cmd
}

func (f *signalFlags) check(_ *app.App, ids []string) error {
	if (f.receiver == "") == (len(ids) == 0) {
		return usageError{errors.New("name the signals, or a receiver with --receiver; `birthright signal list` shows both")}
	}
	return nil
}

// settle does something with the chosen signals, in one transaction; one unknown
// identifier settles nothing.
func (f *signalFlags) settle(ctx context.Context, a *app.App, ids []string, do func(*store.Tx, []string, []store.SignalRow) error) (rows []store.SignalRow, err error) {
	err = a.Store.Update(ctx, func(tx *store.Tx) error {
		filter := store.SignalFilter{Receiver: f.receiver}
		if f.receiver == "" {
			filter.IDs = ids
		}
		if rows, err = tx.Signals(ctx, filter); err != nil {
			return err
		}
		known := make([]string, len(rows))
		for i, row := range rows {
			known[i] = row.ID
		}
		for _, id := range ids {
			if !slices.Contains(known, id) {
				return &identity.Error{
					Kind: identity.NotFound, Op: "settle signal", Object: id, Err: errors.New("no signal is owed under that id"),
					Hint: "`birthright signal list` shows them; nothing was changed",
				}
			}
		}
		return do(tx, known, rows)
	})
	return rows, err
}

func eventsOf(rows []store.SignalRow, event func(store.SignalRow) audit.Event) []audit.Event {
	events := make([]audit.Event, len(rows))
	for i, row := range rows {
		events[i] = event(row)
	}
	return events
}

func sortedNames[V any](m map[string]V) []string { return slices.SortedFunc(maps.Keys(m), cmp.Compare) }
