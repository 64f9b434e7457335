package main

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"birthright/grants"
	"birthright/grants/approval"
)

// delegationView is a delegation as programs see it.
type delegationView struct {
	ID       string `json:"id"`
	From     string `json:"from"`
	To       string `json:"to"`
	State    string `json:"state"`
	StartsAt any    `json:"starts_at"`
	EndsAt   any    `json:"ends_at"`
	EndedAt  any    `json:"ended_at"`
	Reason   string `json:"reason"`
}

// delegationState is how far a delegation is.
func delegationState(d grants.Delegation, now time.Time) string {
	switch {
	case !d.RevokedAt.IsZero() || !now.Before(d.End):
		return "ended"
	case d.Holds(now):
		return "active"
	}
	return "scheduled"
}

func (p *program) delegateListCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List who decides in whose place, now or later",
		Args:  takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			found, err := o.Desk.Delegations(ctx, actor)
			if err != nil {
				return err
			}
			if !all {
				found = slices.DeleteFunc(found, func(d grants.Delegation) bool { return delegationState(d, o.now()) == "ended" })
			}
			return p.printDelegations(o.now(), found, false)
		}),
	}
	cmd.Flags().BoolVar(&all, "all", false, "also those that are over")
	return cmd
}

func (p *program) delegateEndCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "end ID",
		Short: "Take a delegation back",
		Long:  `Ends a delegation before its time. What the delegate has approved and has not begun yet does not count any more.`,
		Args:  takes(1, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			d, err := o.Desk.EndDelegation(ctx, actor, args[0])
			if err != nil {
				return noSuch(err, "delegation", args[0])
			}
			return p.printDelegations(o.now(), []grants.Delegation{d}, true)
		}),
	}
}

// printDelegations shows delegations, one as an object.
func (p *program) printDelegations(now time.Time, found []grants.Delegation, one bool) error {
	l := listing{header: []string{"id", "from", "to", "state", "starts_at", "ends_at", "reason"}, empty: "Nobody decides in another's place."}
	views := make([]delegationView, 0, len(found))
	for _, d := range found {
		v := delegationView{
			ID: d.ID, From: d.From, To: d.To, State: delegationState(d, now), Reason: d.Reason,
			StartsAt: timeOrNil(d.Start), EndsAt: timeOrNil(d.End), EndedAt: timeOrNil(d.RevokedAt),
		}
		views = append(views, v)
		l.rows = append(l.rows, []string{v.ID, v.From, v.To, v.State, timeText(d.Start), timeText(d.End), v.Reason})
	}
	if l.data = views; one {
		l.data = views[0]
	}
	return p.print(l)
}
