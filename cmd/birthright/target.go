package main

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/config"
	"birthright/identity"
	"birthright/reconcile"
	"birthright/store"
	"birthright/targets"
)

func (p *program) targetCommand() *cobra.Command {
	return p.family("target", "Targets: the systems that access is synced to",
		p.targetListCommand(), p.targetCheckCommand(), p.targetCatalogCommand())
}

func (p *program) targetListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the configured targets, when they were last read, and what they are owed",
		Args:  takes(0, 0),
		RunE: p.with(func(ctx context.Context, a *app.App, _ []string) error {
			l := listing{
				header: []string{"target", "kind", "managed", "overdue", "last_full_at", "last_error"},
				empty:  "No targets are configured.",
			}
			data := []map[string]any{}
			err := a.Store.View(ctx, func(tx *store.Tx) error {
				for _, t := range a.Config.Targets {
					s, err := reconcile.Status(ctx, tx, t.Name)
					if err != nil {
						return err
					}
					data = append(data, map[string]any{
						"name": t.Name, "kind": t.Kind, "simulated": t.Simulated(), "unmanaged": t.Unmanaged, "managed": s.Managed, "overdue": s.Overdue,
						"overdue_seconds": int64(s.OldestOverdue.Seconds()), "last_full_at": timeOrNil(s.LastFullAt), "last_error": s.LastError,
					})
					l.rows = append(l.rows, []string{
						t.Name, kindText(t), strconv.Itoa(s.Managed), strconv.Itoa(s.Overdue), timeText(s.LastFullAt), s.LastError,
					})
				}
				return nil
			})
			if err != nil {
				return err
			}
			l.data = data
			return p.print(l)
		}),
	}
}

// knownTargets checks that names are names of targets.
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
	return &cobra.Command{
		Use:   "check [TARGET…]",
		Short: "Check connection and rights, with a clear verdict; changes nothing",
		Args:  takes(0, anyNumber),
		RunE: p.offline(func(ctx context.Context, a *app.App, names []string) error {
			chosen, err := chosenTargets(a, names)
			if err != nil {
				return err
			}
			checks := []checkView{}
			for _, d := range chosen {
				checks = append(checks, checkTarget(ctx, d)...)
			}
			return p.checkListing(checks)
		}),
	}
}

func checkTarget(ctx context.Context, d reconcile.Destination) []checkView {
	report, err := d.Target.Probe(ctx)
	if err != nil {
		return []checkView{failedCheck(d.Name(), err)}
	}
	checks := []checkView{}
	for _, f := range report.Findings {
		checks = append(checks, checkView{Check: d.Name() + ": " + f.Check, OK: f.OK, Detail: f.Detail, Remedy: f.Remedy})
	}
	if len(checks) == 0 {
		checks = append(checks, checkView{Check: d.Name(), OK: report.Reachable, Detail: report.Version})
	}
	return checks
}

func (p *program) targetCatalogCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "catalog [TARGET…]",
		Short: "List the entitlements that targets have, and how many hold each",
		Args:  takes(0, anyNumber),
		RunE: p.offline(func(ctx context.Context, a *app.App, names []string) error {
			chosen, err := chosenTargets(a, names)
			if err != nil {
				return err
			}
			entries := []catalogEntry{}
			for _, d := range chosen {
				c := &catalog{members: map[identity.Entitlement]int{}}
				end, err := d.Target.Read(ctx, targets.Query{}, c)
				if err == nil && !end.Complete {
					err = &identity.Error{Kind: identity.Incomplete, Op: "read target " + d.Name()}
				}
				if err != nil {
					return err
				}
				entries = append(entries, c.list()...)
			}
			l := listing{data: entries, header: []string{"entitlement", "title", "members", "read_only"}, empty: "There are no entitlements."}
			for _, e := range entries {
				l.rows = append(l.rows, []string{e.Entitlement, e.Title, strconv.Itoa(e.Members), strconv.FormatBool(e.ReadOnly)})
			}
			return p.print(l)
		}),
	}
}

// catalogEntry is one entitlement of a target.
type catalogEntry struct {
	Entitlement string `json:"entitlement"`
	Title       string `json:"title"`
	Members     int    `json:"members"`
	ReadOnly    bool   `json:"read_only"`
}

// catalog receives a whole read and keeps its entitlements.
type catalog struct {
	found   []targets.Entitlement
	members map[identity.Entitlement]int
}

// Account implements targets.Sink.
func (c *catalog) Account(targets.Account) error { return nil }

// Entitlement implements targets.Sink.
func (c *catalog) Entitlement(e targets.Entitlement) error {
	c.found = append(c.found, e)
	return nil
}

// Assignment implements targets.Sink.
func (c *catalog) Assignment(a targets.Assignment) error {
	c.members[a.Entitlement]++
	return nil
}

func (c *catalog) list() []catalogEntry {
	out := make([]catalogEntry, 0, len(c.found))
	for _, e := range c.found {
		out = append(out, catalogEntry{Entitlement: e.Address.String(), Title: e.Title, Members: c.members[e.Address], ReadOnly: e.ReadOnly})
	}
	slices.SortFunc(out, func(a, b catalogEntry) int { return cmp.Compare(a.Entitlement, b.Entitlement) })
	return out
}

// kindText is a target's kind, and whether it is only simulated.
func kindText(t config.Target) string {
	if t.Simulated() {
		return t.Kind + " (simulated)"
	}
	return t.Kind
}
