package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/audit"
	"birthright/config"
	"birthright/identity"
	"birthright/migrations"
	"birthright/reconcile"
	"birthright/store"
)

// probeTimeout bounds what doctor waits for each peer.
const probeTimeout = 15 * time.Second

func (p *program) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Look at everything: configuration, secrets, policy, database, log, sources, targets, grants, signals, channels",
		Args:  takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.checkListing(p.examine(cmd.Context()))
		},
	}
}

// examine goes on after a bad finding as far as it makes sense: somebody who
// asks the doctor wants to hear everything.
func (p *program) examine(ctx context.Context) []checkView {
	cfg, err := config.Load(p.configPath(), kinds(), p.env)
	if err != nil {
		return []checkView{failedCheck("configuration", err)}
	}
	checks := []checkView{good("configuration", cfg.File)}
	for _, w := range cfg.Warnings {
		checks = append(checks, checkView{Check: "configuration", OK: true, Detail: "warning: " + w})
	}
	for _, c := range cfg.CheckSecrets(ctx) {
		if c.Err != nil {
			checks = append(checks, failedCheck("secret "+c.Path, c.Err))
			continue
		}
		checks = append(checks, good("secret "+c.Path, "found at "+c.Reference))
	}
	a, err := app.Prepare(app.Options{Config: cfg, Now: time.Now, Log: p.log(), Actor: operator()})
	if err != nil {
		return append(checks, p.examineFaulty(ctx, cfg, err)...)
	}
	defer func() { _ = a.Close() }() // nothing was written
	policy := a.Engine().Policy()
	checks = append(checks, good("policy", count(len(policy.Groups), "group", "groups")+", "+count(len(policy.Rules), "rule", "rules")))
	for _, w := range policy.Warnings {
		checks = append(checks, good("policy", "warning: "+w.Error()))
	}
	checks = append(checks, p.examineDatabase(ctx, a)...)
	for _, s := range a.Sources() {
		checks = append(checks, within(ctx, func(ctx context.Context) []checkView { return prefixed("source ", checkSource(ctx, s)) })...)
	}
	for _, d := range a.Destinations() {
		checks = append(checks, within(ctx, func(ctx context.Context) []checkView { return prefixed("target ", checkTarget(ctx, d)) })...)
	}
	return checks
}

// examineDatabase looks at the database without making one.
func (p *program) examineDatabase(ctx context.Context, a *app.App) []checkView {
	url, err := a.Config.DatabaseURL(ctx)
	if err != nil {
		return []checkView{failedCheck("database", err)}
	}
	steps, err := store.MigrationStatus(ctx, url, store.Options{Log: p.log()})
	fresh := !slices.ContainsFunc(steps, func(s migrations.Step) bool { return s.Applied })
	switch {
	case identity.KindOf(err) == identity.NotFound, err == nil && fresh:
		return []checkView{good("database", "not there yet; the first import makes it")}
	case err == nil:
		err = a.Connect(ctx)
	}
	if err != nil {
		return []checkView{failedCheck("database", err)}
	}
	return examineStore(ctx, a)
}

func good(name, detail string) checkView { return checkView{Check: name, OK: true, Detail: detail} }

func within(ctx context.Context, look func(context.Context) []checkView) []checkView {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	return look(ctx)
}

func prefixed(prefix string, checks []checkView) []checkView {
	for i := range checks {
		checks[i].Check = prefix + checks[i].Check
	}
	return checks
}

// examineStore looks at the database, the log, what is held and what is owed.
func examineStore(ctx context.Context, a *app.App) []checkView {
	var checks []checkView
	err := a.Store.View(ctx, func(tx *store.Tx) error {
		users, err := tx.CountUsers(ctx)
		if err != nil {
			return err
		}
		checks = append(checks, good("database", fmt.Sprintf("%d users", users)))
		inForce, err := policyCheck(ctx, tx, a.Engine().Policy().Hash)
		if err != nil {
			return err
		}
		checks = append(checks, inForce)
		head, err := tx.AuditHead(ctx)
		if err != nil {
			return err
		}
		verdict, err := audit.Verify(allRecords(ctx, tx), audit.Head{}, head)
		if err != nil {
			return err
		}
		checks = append(checks, auditCheck(verdict))
		held, err := tx.Held(ctx, store.HeldFilter{Open: true})
		if err != nil {
			return err
		}
		checks = append(checks, heldCheck(len(held)))
		for _, d := range a.Destinations() {
			status, err := reconcile.Status(ctx, tx, d.Name())
			if err != nil {
				return err
			}
			checks = append(checks, owedCheck(d.Name(), status))
		}
		signals, err := signalChecks(ctx, a, tx)
		checks = append(checks, signals...)
		if err != nil {
			return err
		}
		channels, err := channelChecks(ctx, a, tx)
		checks = append(checks, channels...)
		return err
	})
	if err == nil {
		var granted []checkView
		granted, err = grantChecks(ctx, a)
		checks = append(checks, granted...)
	}
	if err != nil {
		checks = append(checks, failedCheck("database", err))
	}
	return checks
}

func auditCheck(v audit.Verdict) checkView {
	if v.OK {
		return good("audit log", fmt.Sprintf("whole, %d records", v.Records))
	}
	return checkView{
		Check: "audit log", Detail: fmt.Sprintf("changed at record %d: %s", v.FirstBad, v.Reason),
		Remedy: "keep this database as evidence and compare with an exported log",
	}
}

func heldCheck(n int) checkView {
	if n == 0 {
		return good("guards", "nothing is held")
	}
	return checkView{Check: "guards", Detail: fmt.Sprintf("%d held", n), Remedy: "look at `birthright held list`"}
}

func owedCheck(target string, s reconcile.TargetStatus) checkView {
	name := "target " + target + ": owed"
	switch {
	case s.Overdue > 0:
		return checkView{
			Check: name, Detail: fmt.Sprintf("%d users, the first for %s", s.Overdue, s.OldestOverdue.Round(time.Second)),
			Remedy: "see why with `birthright target check " + target + "`; the hub goes on trying",
		}
	case s.LastFullAt.IsZero():
		return checkView{Check: name, OK: true, Detail: "never synced"}
	default:
		return good(name, "nothing")
	}
}
