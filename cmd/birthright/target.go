package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
	"birthright/reconcile"
)

func (p *program) targetCommand() *cobra.Command {
	return p.family("target", "Targets: the systems that access is synced to",
		reaching(p.targetListCommand()), reaching(p.targetCheckCommand()), reaching(p.targetCatalogCommand()), p.targetForgetCommand())
}

func (p *program) targetListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the configured targets, when they were last read, and what they are owed",
		Args:  takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			found, err := o.Hub.AllTargets(ctx, actor)
			if err != nil {
				return err
			}
			l := listing{
				data: found, header: []string{"target", "kind", "managed", "overdue", "last_full_at", "last_error"},
				empty: "No targets are configured.",
			}
			for _, t := range found {
				l.rows = append(l.rows, []string{
					t.Name, kindText(t), strconv.Itoa(t.Managed), strconv.Itoa(t.Overdue), atText(t.LastFullAt), t.LastError,
				})
			}
			return p.print(l)
		}),
	}
}

// knownTargets checks that names are names of targets; of those of a hub elsewhere, it
// knows nothing.
func knownTargets(a *app.App, names []string) error {
	if a.Config == nil { // the hub that is asked knows
		return nil
	}
	_, err := chosenTargets(a, names)
	return err
}

// chosenTargets returns the named destinations, or all of them.
func chosenTargets(a *app.App, names []string) ([]reconcile.Destination, error) {
	if len(names) == 0 {
		return a.Destinations(), nil
	}
	var out []reconcile.Destination
	for _, name := range names {
		d, err := a.Destination(name)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

func (p *program) targetCheckCommand() *cobra.Command {
	here := p.offline(func(ctx context.Context, a *app.App, names []string) error {
		chosen, err := chosenTargets(a, names)
		if err != nil {
			return err
		}
		checks := []checkView{}
		for _, d := range chosen {
			checks = append(checks, checkTarget(ctx, d)...)
		}
		return p.checkListing(checks)
	})
	return &cobra.Command{
		Use:   "check [TARGET…]",
		Short: "Check connection and rights, with a clear verdict; changes nothing",
		Args:  takes(0, anyNumber),
		RunE: p.hereOr(here, p.through(func(ctx context.Context, o office, actor approval.Actor, names []string) error {
			checks, err := o.Hub.CheckTargets(ctx, actor, names)
			if err != nil {
				return err
			}
			return p.checkListing(checks)
		})),
	}
}

func checkTarget(ctx context.Context, d reconcile.Destination) []checkView {
	return hub.CheckTarget(ctx, d)
}

func (p *program) targetCatalogCommand() *cobra.Command {
	here := p.offline(func(ctx context.Context, a *app.App, names []string) error {
		chosen, err := chosenTargets(a, names)
		if err != nil {
			return err
		}
		found, err := hub.ReadCatalog(ctx, chosen)
		if err != nil {
			return err
		}
		return p.print(catalogListing(found))
	})
	return &cobra.Command{
		Use:   "catalog [TARGET…]",
		Short: "List the entitlements that targets have, and how many hold each",
		Args:  takes(0, anyNumber),
		RunE: p.hereOr(here, p.through(func(ctx context.Context, o office, actor approval.Actor, names []string) error {
			found, err := o.Hub.Catalog(ctx, actor, names)
			if err != nil {
				return err
			}
			return p.print(catalogListing(found))
		})),
	}
}

func catalogListing(found []hub.TargetEntitlement) listing {
	l := listing{data: found, header: []string{"entitlement", "title", "members", "read_only"}, empty: "There are no entitlements."}
	for _, e := range found {
		l.rows = append(l.rows, []string{e.Entitlement, e.Title, strconv.Itoa(e.Members), strconv.FormatBool(e.ReadOnly)})
	}
	return l
}

// kindText is a target's kind, and whether it is only simulated.
func kindText(t hub.Target) string {
	if t.Simulated {
		return t.Kind + " (simulated)"
	}
	return t.Kind
}
