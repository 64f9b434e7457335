package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/identity"
	"birthright/internal/duration"
	"birthright/signals/delivery"
	"birthright/store"
)

// defaultSignalWait is how long `signal test` waits for a receiver that polls.
const defaultSignalWait = "30s"

func (p *program) signalTestCommand() *cobra.Command {
	var text string
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "test RECEIVER",
		Short: "Send a verification event, and say whether it was accepted",
		Long: `Sends the receiver a verification event, which asks it to do nothing. It is pushed at
once; a receiver that polls is given it at its next poll, and has --wait to
acknowledge it.`,
		Args: takes(1, 1),
		RunE: p.with(func(ctx context.Context, a *app.App, args []string) error {
			r, err := a.Receiver(args[0])
			if err != nil {
				return err
			}
			t, err := a.Transmitter(ctx, a.Config.Server.PublicURL)
			if err != nil {
				return err
			}
			if r.Endpoint == nil {
				err = p.testPolled(ctx, a, t, r, wait)
			} else {
				err = t.Try(ctx, r, a.Actor)
			}
			return p.tested(r, err)
		}, receiverSecrets, func(*app.App, []string) (err error) {
			if wait, err = duration.Parse(text); err != nil || wait < 0 {
				return usageError{fmt.Errorf("--wait %s: write how long, such as 30s or 5m", text)}
			}
			return nil
		}),
	}
	cmd.Flags().StringVar(&text, "wait", defaultSignalWait, "how long a receiver that polls has to acknowledge")
	return cmd
}

// tested prints what came of a test; a failed one ends with exit code 1.
func (p *program) tested(r delivery.Receiver, err error) error {
	accepted, reason, verdict := err == nil, "", "accepted"
	if err != nil {
		reason, verdict = err.Error(), "not accepted"
	}
	if err := p.print(listing{
		data:   map[string]any{"receiver": r.Name, "accepted": accepted, "error": reason},
		header: []string{"receiver", "verdict", "error"}, rows: [][]string{{r.Name, verdict, reason}},
	}); err != nil {
		return err
	}
	if !accepted {
		return codeError{code: exitFailed}
	}
	return nil
}

// testPolled waits until the receiver fetched and acknowledged a verification
// event. One that it did not is taken back: it would be answered to nobody.
func (p *program) testPolled(ctx context.Context, a *app.App, t *delivery.Transmitter, r delivery.Receiver, wait time.Duration) error {
	id, err := t.Offer(ctx, r, a.Actor)
	if err != nil {
		return err
	}
	p.remark("waiting %s for %s to poll at %s/signals/poll/%s", wait, r.Name, a.Config.Server.PublicURL, r.Name)
	fault := p.acknowledged(ctx, a, r, id, wait)
	if fault == nil {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	if err := a.Store.Update(ctx, func(tx *store.Tx) error { return tx.EndSignals(ctx, []string{id}) }); err != nil {
		return err
	}
	return fault
}

// acknowledged returns nil once a signal is no longer owed.
func (p *program) acknowledged(ctx context.Context, a *app.App, r delivery.Receiver, id string, wait time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	look := time.NewTicker(200 * time.Millisecond)
	defer look.Stop()
	var last store.SignalRow
	for {
		var rows []store.SignalRow
		err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
			rows, err = tx.Signals(ctx, store.SignalFilter{IDs: []string{id}})
			return err
		})
		switch {
		case err == nil && len(rows) == 0:
			return nil
		case err == nil:
			last = rows[0]
		case ctx.Err() == nil:
			return err
		}
		if !last.RefusedAt.IsZero() {
			return fmt.Errorf("it was refused: %s", last.LastError)
		}
		select {
		case <-look.C:
			continue
		case <-ctx.Done():
		}
		if last.Attempts > 0 {
			return fmt.Errorf("it was fetched and not acknowledged within %s", wait)
		}
		return fmt.Errorf("it was not fetched within %s", wait)
	}
}

func (p *program) signalSendCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "send [RECEIVER…]",
		Short: "Push once what is due; for hubs that run from cron, without `birthright serve`",
		Args:  takes(0, anyNumber),
		RunE: p.with(func(ctx context.Context, a *app.App, names []string) error {
			chosen, err := chosenReceivers(a, names)
			if err != nil {
				return err
			}
			l := listing{header: []string{"receiver", "sent", "refused", "failed", "remark"}, empty: "No receiver is pushed to."}
			data := []map[string]any{}
			bad := false
			var t *delivery.Transmitter
			for _, r := range chosen {
				if t == nil {
					if t, err = a.Transmitter(ctx, a.Config.Server.PublicURL); err != nil {
						return err
					}
				}
				n, err := t.Deliver(ctx, r)
				if err != nil {
					return err
				}
				remark := ""
				if n.Busy {
					remark = "another process delivers to it"
				}
				bad = bad || n.Refused+n.Failed > 0
				data = append(data, map[string]any{"receiver": r.Name, "sent": n.Sent, "refused": n.Refused, "failed": n.Failed, "busy": n.Busy})
				l.rows = append(l.rows, []string{r.Name, fmt.Sprint(n.Sent), fmt.Sprint(n.Refused), fmt.Sprint(n.Failed), remark})
			}
			l.data = data
			if err := p.print(l); err != nil {
				return err
			}
			if bad {
				return codeError{code: exitPart}
			}
			return nil
		}, receiverSecrets, func(a *app.App, names []string) error {
			_, err := chosenReceivers(a, names)
			return err
		}),
	}
}

// chosenReceivers returns the named receivers, or all, that are pushed to.
func chosenReceivers(a *app.App, names []string) ([]delivery.Receiver, error) {
	var out []delivery.Receiver
	if len(names) == 0 {
		for _, r := range a.Receivers() {
			if r.Endpoint != nil {
				out = append(out, r)
			}
		}
		return out, nil
	}
	for _, name := range names {
		r, err := a.Receiver(name)
		if err != nil {
			return nil, err
		}
		if r.Endpoint == nil {
			return nil, &identity.Error{Kind: identity.Invalid, Op: "send", Object: name, Err: fmt.Errorf("it polls: there is nothing to push")}
		}
		out = append(out, r)
	}
	return out, nil
}
