package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/store"
)

func (p *program) signalCommand() *cobra.Command {
	return p.family("signal", "Security events that receivers are owed when somebody was deactivated or deleted",
		p.signalListCommand(), p.signalTestCommand(), p.signalSendCommand(), p.signalRetryCommand(), p.signalDropCommand())
}

func (p *program) signalListCommand() *cobra.Command {
	var receiver string
	var limit int
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List what is owed, to whom, since when, and why it is not delivered",
		Args:  takes(0, 0),
		RunE: p.with(func(ctx context.Context, a *app.App, _ []string) error {
			var rows []store.SignalRow
			err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
				rows, err = tx.Signals(ctx, store.SignalFilter{Receiver: receiver, Limit: limit})
				return err
			})
			if err != nil {
				return err
			}
			return p.print(signalListing(a, rows))
		}, func(*app.App, []string) error { return notNegative("limit", limit) }),
	}
	cmd.Flags().StringVar(&receiver, "receiver", "", "only what this `RECEIVER` is owed")
	cmd.Flags().IntVar(&limit, "limit", 100, "at most so many, oldest first; 0 means all")
	return cmd
}

func signalListing(a *app.App, rows []store.SignalRow) listing {
	l := listing{
		header: []string{"id", "receiver", "event", "user", "state", "created_at", "attempts", "due_at", "last_error"},
		empty:  "No receiver is owed anything.",
	}
	data := make([]map[string]any, 0, len(rows))
	for _, s := range rows {
		state := signalState(a, s)
		var due any
		dueText := ""
		if state == "waiting" {
			due, dueText = timeOrNil(s.DueAt), timeText(s.DueAt)
		}
		data = append(data, map[string]any{
			"id": s.ID, "receiver": s.Receiver, "event": s.Event, "user": s.UserName, "state": state, "created_at": timeOrNil(s.Created),
			"attempts": s.Attempts, "due_at": due, "refused_at": timeOrNil(s.RefusedAt), "last_error": s.LastError,
			"age_seconds": int64(a.Now().Sub(s.Created).Seconds()),
		})
		l.rows = append(l.rows, []string{
			s.ID, s.Receiver, s.Event, s.UserName, state, timeText(s.Created), strconv.Itoa(s.Attempts), dueText, s.LastError,
		})
	}
	l.data = data
	return l
}

// signalState says in a word what a signal waits for: for its turn or another
// attempt (waiting), for the receiver to poll (offered, if it was given it
// already), for a person (refused, orphaned).
func signalState(a *app.App, s store.SignalRow) string {
	r, err := a.Receiver(s.Receiver)
	switch {
	case err != nil:
		return "orphaned" // its receiver is no longer configured
	case !s.RefusedAt.IsZero():
		return "refused"
	case r.Endpoint == nil && s.Attempts > 0:
		return "offered"
	case r.Endpoint == nil:
		return "unpolled"
	}
	return "waiting"
}

// unpolledTooLong is how old what a receiver polls for may be before doctor
// takes it to be away.
const unpolledTooLong = time.Hour

// signalChecks says what each receiver is owed.
func signalChecks(ctx context.Context, a *app.App, tx *store.Tx) ([]checkView, error) {
	counts, err := a.SignalCounts(ctx, tx)
	if err != nil {
		return nil, err
	}
	var checks []checkView
	for _, r := range a.Receivers() {
		checks = append(checks, signalCheck(r.Name, r.Endpoint == nil, counts[r.Name], tx.Now()))
		delete(counts, r.Name)
	}
	for _, name := range sortedNames(counts) {
		checks = append(checks, checkView{
			Check: "receiver " + name + ": owed", Detail: fmt.Sprintf("%d signals, and it is no longer configured", counts[name].Owed+counts[name].Refused),
			Remedy: "configure it again, or `birthright signal drop --receiver " + name + " --reason …`",
		})
	}
	return checks, nil
}

func signalCheck(name string, polls bool, c store.SignalCount, now time.Time) checkView {
	check := checkView{Check: "receiver " + name + ": owed", Remedy: "see why with `birthright signal list --receiver " + name + "`"}
	age := now.Sub(c.Oldest).Round(time.Second)
	switch {
	case c.Refused > 0:
		check.Detail = fmt.Sprintf("%d signals were refused; %d more are owed", c.Refused, c.Owed)
		check.Remedy += ", then `birthright signal retry` or `drop`"
	case c.Failed > 0:
		check.Detail = fmt.Sprintf("%d signals, the first for %s", c.Owed, age)
		check.Remedy += "; the hub goes on trying"
	case polls && c.Owed > 0 && age > unpolledTooLong:
		check.Detail = fmt.Sprintf("%d signals that it did not acknowledge, the first for %s", c.Owed, age)
		check.Remedy = "see that the receiver polls, and acknowledges what it got"
	case c.Owed > 0:
		return good(check.Check, fmt.Sprintf("%d signals on their way", c.Owed))
	default:
		return good(check.Check, "nothing")
	}
	return check
}
