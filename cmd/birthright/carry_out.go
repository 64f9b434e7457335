package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"birthright/app"
	"birthright/grants"
	"birthright/grants/desk"
	"birthright/reconcile"
	"birthright/store"
)

// touched is a grant that a command has changed, and who has it.
type touched struct{ user, grant string }

// carryOut brings those users up to what was decided just now, so that no server
// need be running, and remarks how their grants stand then. What could not be done
// yet is what it returns a verdict of, for when everything was printed.
func (p *program) carryOut(ctx context.Context, a *app.App, concerned []touched) (unfinished func() error) {
	var faults []error
	reports := map[string]reconcile.Report{}
	bringUp := func(user string) {
		report, err := a.Sync(ctx, reconcile.Request{User: user, Actor: a.Actor})
		if err != nil {
			faults = append(faults, fmt.Errorf("it is decided, and could not be carried out: %w", err))
		}
		if _, again := reports[user]; !again {
			reports[user] = report
		}
	}
	for _, c := range concerned {
		if _, done := reports[c.user]; !done {
			bringUp(c.user)
		}
	}
	for _, c := range concerned {
		g, err := a.Desk.Grant(ctx, desk.Operator(a.Actor), c.grant)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		if g.State == grants.Active {
			bringUp(c.user) // its end is known only now, and stands with the membership
		}
		faults = append(faults, p.remarkGrant(ctx, a, g, reports[c.user]))
	}
	return func() error {
		if err := errors.Join(faults...); err != nil {
			return codeError{exitPart, err}
		}
		return nil
	}
}

// remarkGrant says in a sentence how a grant stands; where it is not yet as it should
// be, that is the error.
func (p *program) remarkGrant(ctx context.Context, a *app.App, g desk.Grant, report reconcile.Report) error {
	names := targetsOf(a, g.Group)
	switch g.State {
	case grants.Active:
		p.remark("%s is active until %s, on %s", g.ID, until(g.EndsAt, a.Now()), onTargets(names))
	case grants.Scheduled:
		p.remark("%s begins at %s; `birthright serve`, or a `birthright sync` from then on, gives it", g.ID, until(g.StartsAt, a.Now()))
	case grants.Ended:
		p.remark("%s is over, and gone from %s", g.ID, onTargets(names))
	case grants.Activating:
		if name := p.neverRead(ctx, a, names); name != "" {
			p.remark("%s is under way. Nobody has looked at %s yet: the first `birthright sync`, or `birthright serve`, does, and gives it", g.ID, name)
			return nil
		}
		return fmt.Errorf("%s is under way, and not on every target yet%s; the next sync, or `birthright serve` by itself, goes on", g.ID, troubleOf(report, names))
	case grants.Ending:
		return fmt.Errorf("%s is over, and not gone from %s yet%s; the next sync, or `birthright serve` by itself, goes on",
			g.ID, strings.Join(g.LeftOn, " and "), troubleOf(report, names))
	case grants.Failed:
		return fmt.Errorf("%s failed: %s", g.ID, g.Reason)
	}
	return nil
}

func onTargets(names []string) string {
	if len(names) == 0 {
		return "no target: its group carries nothing"
	}
	return count(len(names), "target", "targets")
}

// neverRead is one of some targets that no run has read yet, "" where there is none: of
// such a one nobody can tell what is on it.
func (p *program) neverRead(ctx context.Context, a *app.App, names []string) (unread string) {
	err := a.Store.View(ctx, func(tx *store.Tx) error {
		for _, name := range names {
			status, err := reconcile.Status(ctx, tx, name)
			if err != nil {
				return err
			}
			if status.LastFullAt.IsZero() {
				unread = name
			}
		}
		return nil
	})
	if err != nil {
		return ""
	}
	return unread
}

// targetsOf lists the targets on which a group gives something.
func targetsOf(a *app.App, group string) []string {
	var names []string
	for _, name := range append([]string{group}, a.Engine().Around(group)...) {
		definition, _ := a.Engine().Group(name)
		for _, e := range definition.Access {
			names = append(names, e.Target)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// troubleOf says what went wrong on some targets: ": handout: it does not answer".
func troubleOf(report reconcile.Report, names []string) string {
	var parts []string
	note := func(target, what string) {
		if what = strings.TrimSpace(what); what != "" && slices.Contains(names, target) {
			parts = append(parts, target+": "+what)
		}
	}
	for _, run := range report.Runs {
		note(run.Target, run.Error)
		for _, c := range run.Changes {
			note(run.Target, c.Error)
		}
		for _, w := range run.Waiting {
			note(run.Target, w.Reason)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(slices.Compact(parts), "; ")
}
