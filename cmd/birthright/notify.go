package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/audit"
	"birthright/identity"
	"birthright/store"
)

func (p *program) notifyCommand() *cobra.Command {
	return p.family("notify", "Messages by which people are told about requests and grants",
		p.notifyListCommand(), p.notifySendCommand(), p.notifyRetryCommand(), p.notifyTestCommand())
}

func (p *program) notifyListCommand() *cobra.Command {
	var channel string
	var failed bool
	var limit int
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List messages that were not brought yet or were given up, and why",
		Args:  takes(0, 0),
		RunE: p.with(func(ctx context.Context, a *app.App, _ []string) error {
			var l listing
			var untold int64
			err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
				if untold, err = tx.CountNotices(ctx); err != nil {
					return err
				}
				rows, err := tx.Deliveries(ctx, store.DeliveryFilter{Channel: channel, GivenUp: failed, Limit: limit})
				if err == nil {
					l, err = deliveryListing(ctx, tx, rows)
				}
				return err
			})
			if err != nil {
				return err
			}
			if untold > 0 {
				l.empty = ""
				p.remark("%s nobody has passed on to the channels yet: `birthright serve` does by itself, `birthright notify send` once", count(int(untold), "notice that", "notices that"))
			}
			return p.print(l)
		}, func(*app.App, []string) error { return notNegative("limit", limit) }),
	}
	cmd.Flags().StringVar(&channel, "channel", "", "only those of this `CHANNEL`")
	cmd.Flags().BoolVar(&failed, "failed", false, "only those that were given up")
	cmd.Flags().IntVar(&limit, "limit", 100, "at most so many, oldest first; 0 means all")
	return cmd
}

// deliveryListing shows deliveries with the names of those whom they are for.
func deliveryListing(ctx context.Context, tx *store.Tx, rows []store.DeliveryRow) (listing, error) {
	l := listing{
		header: []string{"id", "channel", "kind", "to", "state", "created_at", "attempts", "due_at", "last_error"}, empty: "Everybody was told everything.",
	}
	var ns []int64
	for _, d := range rows {
		ns = append(ns, d.UserN)
	}
	users, err := tx.UsersByN(ctx, ns)
	if err != nil {
		return l, err
	}
	names := map[int64]string{}
	for _, u := range users {
		names[u.N] = u.UserName
	}
	data := make([]map[string]any, 0, len(rows))
	for _, d := range rows {
		state, dueText := "waiting", timeText(d.DueAt)
		due := timeOrNil(d.DueAt)
		if !d.GivenUpAt.IsZero() {
			state, due, dueText = "given up", nil, ""
		}
		data = append(data, map[string]any{
			"id": d.ID, "channel": d.Channel, "kind": d.Kind, "to": names[d.UserN], "state": state, "created_at": timeOrNil(d.Created), "attempts": d.Attempts,
			"due_at": due, "given_up_at": timeOrNil(d.GivenUpAt), "last_error": d.LastError, "update": d.Refresh,
		})
		l.rows = append(l.rows, []string{d.ID, d.Channel, d.Kind, names[d.UserN], state, timeText(d.Created), strconv.Itoa(d.Attempts), dueText, d.LastError})
	}
	l.data = data
	return l, nil
}

// longestSending bounds `notify send`.
const longestSending = 10 * time.Minute

func (p *program) notifySendCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "send",
		Short: "Bring once what people are to be told: for hubs that run from cron",
		Long: `Brings each message that is due once, and says how many are still owed. A running hub
does so by itself, and ` + "`birthright sync`" + ` when it is done; ` + "`birthright notify list`" + ` says why
a message was not brought.`,
		Args: takes(0, 0),
		RunE: p.with(func(ctx context.Context, a *app.App, _ []string) error {
			left, err := a.Tell(ctx, longestSending)
			if err != nil {
				return err
			}
			if left.Owed > 0 {
				return codeError{exitPart, fmt.Errorf("%s still owed; `birthright notify list` says why", count(left.Owed, "message is", "messages are"))}
			}
			p.remark("Everybody was told everything.")
			return nil
		}, channelSecrets),
	}
}

func (p *program) notifyRetryCommand() *cobra.Command {
	var channel string
	cmd := &cobra.Command{
		Use:   "retry ID… | --channel CHANNEL",
		Short: "Let messages that were given up be tried again for three days, and others at once",
		Args:  takes(0, anyNumber),
		RunE: p.with(func(ctx context.Context, a *app.App, args []string) error {
			var found []string
			err := a.Store.Update(ctx, func(tx *store.Tx) error {
				rows, err := tx.Deliveries(ctx, store.DeliveryFilter{Channel: channel})
				if err != nil {
					return err
				}
				if found, err = chosen(rows, args); err != nil || len(found) == 0 {
					return err
				}
				return tx.RetryDeliveries(ctx, found, audit.Event{
					Actor: a.Actor, Action: "notice.retried", Subject: "channel:" + channel, Detail: map[string]any{"deliveries": found},
				})
			})
			if err != nil {
				return err
			}
			p.remark("%s; a running hub tries at once", count(len(found), "message", "messages"))
			return nil
		}, func(_ *app.App, args []string) error {
			if (len(args) == 0) == (channel == "") {
				return usageError{errors.New("name messages, or all of a channel with --channel")}
			}
			return nil
		}),
	}
	cmd.Flags().StringVar(&channel, "channel", "", "all messages of this `CHANNEL`")
	return cmd
}

// chosen are the identifiers to retry: those that were named, all of which must be
// there, or else every one.
func chosen(rows []store.DeliveryRow, named []string) ([]string, error) {
	there := map[string]bool{}
	var all []string
	for _, d := range rows {
		there[d.ID], all = true, append(all, d.ID)
	}
	if len(named) == 0 {
		return all, nil
	}
	for _, id := range named {
		if !there[id] {
			return nil, &identity.Error{Kind: identity.NotFound, Err: fmt.Errorf("there is no message %q", id), Hint: "`birthright notify list` shows them"}
		}
	}
	return named, nil
}

func (p *program) notifyTestCommand() *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:   "test CHANNEL",
		Short: "Send a test message now, and say what came of it",
		Args:  takes(1, 1),
		RunE: p.with(func(ctx context.Context, a *app.App, args []string) error {
			s, err := a.Notifier(a.Config.Server.PublicURL)
			if err != nil {
				return err
			}
			if _, err := s.Way(args[0]); err != nil {
				return err
			}
			return p.toldBy(args[0], s.Try(ctx, args[0], to, a.Actor))
		}, channelSecrets),
	}
	cmd.Flags().StringVar(&to, "to", "", "the `USER` to send it to; without it, whoever listens to the channel")
	return cmd
}

// toldBy prints what came of a test; a failed one ends with exit code 1.
func (p *program) toldBy(channel string, err error) error {
	if kind := identity.KindOf(err); err != nil && (kind == identity.NotFound || kind == identity.Invalid) {
		return err // it was not tried
	}
	verdict, reason := "sent", ""
	if err != nil {
		verdict, reason = "not sent", err.Error()
	}
	if err := p.print(listing{
		data:   map[string]any{"channel": channel, "sent": err == nil, "error": reason},
		header: []string{"channel", "verdict", "error"}, rows: [][]string{{channel, verdict, reason}},
	}); err != nil {
		return err
	}
	if err != nil {
		return codeError{code: exitFailed}
	}
	return nil
}

// channelChecks says how each channel fares.
func channelChecks(ctx context.Context, a *app.App, tx *store.Tx) ([]checkView, error) {
	states, err := tx.Channels(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := tx.CountDeliveries(ctx)
	if err != nil {
		return nil, err
	}
	var checks []checkView
	for _, c := range a.Config.Notify {
		checks = append(checks, channelCheck(c.Name, states[c.Name], counts[c.Name], tx.Now()))
	}
	return checks, nil
}

func channelCheck(name string, s store.ChannelRow, c store.DeliveryCount, now time.Time) checkView {
	check := checkView{Check: "channel " + name, Remedy: "see why with `birthright notify list --channel " + name + "`, and try with `birthright notify test " + name + "`"}
	owed := fmt.Sprintf("%d owed, %d given up", c.Owed, c.GivenUp)
	worked := "never used"
	if !s.SucceededAt.IsZero() {
		worked = "worked last " + now.Sub(s.SucceededAt).Round(time.Second).String() + " ago"
	}
	switch {
	case s.Stopped != "":
		check.Detail = "the other side wants nothing more: " + s.LastError
		check.Remedy = "take the channel out of the configuration, or correct its url"
	case s.FailedAt.After(s.SucceededAt):
		check.Detail = fmt.Sprintf("%s; %s; failed %s ago: %s", worked, owed, now.Sub(s.FailedAt).Round(time.Second), s.LastError)
	default:
		return good(check.Check, worked+"; "+owed)
	}
	return check
}
