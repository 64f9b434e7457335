package main

import (
	"cmp"
	"context"
	"errors"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
)

// forOperators refuses --as: what follows is for whoever runs the hub.
func (p *program) forOperators(*app.App, []string) error {
	if p.as != "" {
		return usageError{errors.New("--as: this is for whoever runs the hub, not for a user")}
	}
	return nil
}

func revocationListing(rows []hub.Revocation) listing {
	l := listing{data: rows, header: []string{"id", "user", "group", "by", "at", "reason", "item", "lifted"}, empty: "No review keeps anybody out of a group."}
	for _, r := range rows {
		lifted := ""
		if r.LiftedAt != nil {
			lifted = minute(*r.LiftedAt) + " by " + who(r.LiftedBy)
		}
		l.rows = append(l.rows, []string{r.ID, r.User, r.Group, who(r.By), minute(r.At), r.Reason, r.Item, lifted})
	}
	return l
}

func (p *program) reviewRevocationsCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "revocations",
		Short: "List the memberships that reviews took away, whatever gives them",
		Args:  takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			found, err := o.Hub.Revocations(ctx, actor, hub.TakenQuery{All: all})
			if err != nil {
				return err
			}
			return p.print(revocationListing(found.Items))
		}, p.forOperators),
	}
	cmd.Flags().BoolVar(&all, "all", false, "those that were lifted, too")
	return cmd
}

func (p *program) reviewLiftCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "lift ID…",
		Short: "Let whoever gives it give a membership again that a review took away",
		Args:  takes(1, 1000),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			rows, err := o.Hub.Lift(ctx, actor, args, reason)
			if err != nil {
				return err
			}
			return p.print(revocationListing(rows))
		}, p.forOperators, func(*app.App, []string) error { return required("reason", reason, "it stands in the audit log") }),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why; required")
	return cmd
}

func orderListing(rows []hub.Order) listing {
	l := listing{data: rows, header: []string{"id", "target", "account", "entitlement", "by", "at", "reason", "item", "outcome"}, empty: "Nothing is ordered to go."}
	for _, o := range rows {
		l.rows = append(l.rows, []string{o.ID, o.Target, o.Account, o.Entitlement, who(o.By), minute(o.At), o.Reason, o.Item, cmp.Or(o.Outcome, "open")})
	}
	return l
}

func (p *program) reviewOrdersCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "orders",
		Short: "List the access on targets that somebody ordered to go and that was not seen to be gone",
		Args:  takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			found, err := o.Hub.Orders(ctx, actor, hub.TakenQuery{All: all})
			if err != nil {
				return err
			}
			return p.print(orderListing(found.Items))
		}, p.forOperators),
	}
	cmd.Flags().BoolVar(&all, "all", false, "those that are carried out or withdrawn, too")
	return cmd
}

func (p *program) reviewWithdrawCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "withdraw ORDER…",
		Short: "Let access stay that was ordered to go and is there still",
		Args:  takes(1, 1000),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			rows, err := o.Hub.Withdraw(ctx, actor, args, reason)
			if err != nil {
				return err
			}
			return p.print(orderListing(rows))
		}, p.forOperators, func(*app.App, []string) error { return required("reason", reason, "it stands in the audit log") }),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why; required")
	return cmd
}
