package main

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/store"
)

// forOperators refuses --as: what follows is for whoever runs the hub.
func (p *program) forOperators(*app.App, []string) error {
	if p.as != "" {
		return usageError{errors.New("--as: this is for whoever runs the hub, not for a user")}
	}
	return nil
}

// revocationView is a membership that was taken away, as programs read it.
type revocationView struct {
	ID       string     `json:"id"`
	User     string     `json:"user"`
	Group    string     `json:"group"`
	By       string     `json:"by"`
	Reason   string     `json:"reason"`
	Item     string     `json:"item"`
	At       time.Time  `json:"at"`
	LiftedAt *time.Time `json:"lifted_at"`
	LiftedBy string     `json:"lifted_by"`
}

func revocationListing(rows []store.RevocationRow) listing {
	views := make([]revocationView, len(rows))
	l := listing{header: []string{"id", "user", "group", "by", "at", "reason", "item", "lifted"}, empty: "No review keeps anybody out of a group."}
	for i, r := range rows {
		views[i] = revocationView{r.ID, r.User, r.Group, r.By, r.Reason, r.Source, r.At, known(r.LiftedAt), r.LiftedBy}
		lifted := ""
		if !r.LiftedAt.IsZero() {
			lifted = minute(r.LiftedAt) + " by " + who(r.LiftedBy)
		}
		l.rows = append(l.rows, []string{r.ID, r.User, r.Group, who(r.By), minute(r.At), r.Reason, r.Source, lifted})
	}
	l.data = views
	return l
}

func (p *program) reviewRevocationsCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "revocations",
		Short: "List the memberships that reviews took away, whatever gives them",
		Args:  takes(0, 0),
		RunE: p.with(func(ctx context.Context, a *app.App, _ []string) error {
			var rows []store.RevocationRow
			err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
				if all {
					rows, err = tx.Revocations(ctx)
				} else {
					rows, err = tx.OpenRevocations(ctx)
				}
				return err
			})
			if err != nil {
				return err
			}
			return p.print(revocationListing(rows))
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
		RunE: p.with(func(ctx context.Context, a *app.App, args []string) error {
			rows, err := a.LiftRevocations(ctx, args, a.Actor, reason)
			if err != nil {
				return err
			}
			return p.print(revocationListing(rows))
		}, p.forOperators, func(*app.App, []string) error { return required("reason", reason, "it stands in the audit log") }),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why; required")
	return cmd
}

// orderView is access on a target that is to go, as programs read it.
type orderView struct {
	ID          string     `json:"id"`
	Target      string     `json:"target"`
	Account     string     `json:"account"`
	Entitlement string     `json:"entitlement"`
	By          string     `json:"by"`
	Reason      string     `json:"reason"`
	Item        string     `json:"item"`
	At          time.Time  `json:"at"`
	DoneAt      *time.Time `json:"done_at"`
	Outcome     string     `json:"outcome"`
}

func orderListing(rows []store.OrderRow) listing {
	views := make([]orderView, len(rows))
	l := listing{header: []string{"id", "target", "account", "entitlement", "by", "at", "reason", "item", "outcome"}, empty: "Nothing is ordered to go."}
	for i, o := range rows {
		views[i] = orderView{o.ID, o.Target, o.Account, o.Entitlement.String(), o.By, o.Reason, o.Source, o.At, known(o.DoneAt), o.Outcome}
		l.rows = append(l.rows, []string{o.ID, o.Target, o.Account, o.Entitlement.String(), who(o.By), minute(o.At), o.Reason, o.Source, cmp.Or(o.Outcome, "open")})
	}
	l.data = views
	return l
}

func (p *program) reviewOrdersCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "orders",
		Short: "List the access on targets that somebody ordered to go and that was not seen to be gone",
		Args:  takes(0, 0),
		RunE: p.with(func(ctx context.Context, a *app.App, _ []string) error {
			var rows []store.OrderRow
			err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
				if all {
					rows, err = tx.Orders(ctx)
				} else {
					rows, err = tx.OpenOrders(ctx, "", nil)
				}
				return err
			})
			if err != nil {
				return err
			}
			return p.print(orderListing(rows))
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
		RunE: p.with(func(ctx context.Context, a *app.App, args []string) error {
			rows, err := a.WithdrawOrders(ctx, args, a.Actor, reason)
			if err != nil {
				return err
			}
			return p.print(orderListing(rows))
		}, p.forOperators, func(*app.App, []string) error { return required("reason", reason, "it stands in the audit log") }),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why; required")
	return cmd
}
