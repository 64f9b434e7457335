package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"birthright/app"
	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/reconcile"
)

// touched is a grant that a command has changed, and who has it.
type touched struct{ user, grant string }

// carryOut brings those users up to what was decided just now, so that no server
// need be running, and remarks how their grants stand then; where a hub runs, it waits
// for that. What could not be done yet is what it returns a verdict of, for when
// everything was printed.
func (p *program) carryOut(ctx context.Context, o office, actor approval.Actor, concerned []touched) (unfinished func() error) {
	var faults []error
	if o.App == nil {
		faults = p.await(ctx, o, actor, concerned)
	} else {
		faults = p.bringAbout(ctx, o.App, concerned)
	}
	return func() error {
		if err := errors.Join(faults...); err != nil {
			return codeError{exitPart, err}
		}
		return nil
	}
}

// bringAbout carries out what was decided.
func (p *program) bringAbout(ctx context.Context, a *app.App, concerned []touched) (faults []error) {
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
		faults = append(faults, p.remarkGrant(g, a.Now(), troubleOf(reports[c.user], targetsOf(g))))
	}
	return faults
}

// remarkGrant says in a sentence how a grant stands; where it is not yet as it should
// be, that is the error, with what went wrong.
func (p *program) remarkGrant(g desk.Grant, now time.Time, trouble string) error {
	switch g.State {
	case grants.Active:
		p.remark("%s is active until %s, on %s", g.ID, until(g.EndsAt, now), onTargets(g))
	case grants.Scheduled:
		p.remark("%s begins at %s; `birthright serve`, or a `birthright sync` from then on, gives it", g.ID, until(g.StartsAt, now))
	case grants.Ended:
		p.remark("%s is over, and gone from %s", g.ID, onTargets(g))
	case grants.Activating:
		if name := neverRead(g); name != "" {
			p.remark("%s is under way. Nobody has looked at %s yet: the first `birthright sync`, or `birthright serve`, does, and gives it", g.ID, name)
			return nil
		}
		return fmt.Errorf("%s is under way, and not on every target yet%s; the next sync, or `birthright serve` by itself, goes on", g.ID, trouble)
	case grants.Ending:
		return fmt.Errorf("%s is over, and not gone from %s yet%s; the next sync, or `birthright serve` by itself, goes on",
			g.ID, strings.Join(g.LeftOn, " and "), trouble)
	case grants.Failed:
		return fmt.Errorf("%s failed: %s", g.ID, g.Reason)
	}
	return nil
}

func onTargets(g desk.Grant) string {
	if len(g.Targets) == 0 {
		return "no target: its group carries nothing"
	}
	return count(len(g.Targets), "target", "targets")
}

// neverRead is a target of a grant that no run has read yet, "" where there is none: of
// such a one nobody can tell what is on it.
func neverRead(g desk.Grant) string {
	for _, place := range g.Targets {
		if place.Unread {
			return place.Target
		}
	}
	return ""
}

// targetsOf lists the targets on which a grant gives something.
func targetsOf(g desk.Grant) []string {
	names := make([]string, len(g.Targets))
	for i, place := range g.Targets {
		names[i] = place.Target
	}
	return names
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
	return afterColon(slices.Compact(parts))
}

// afterColon adds details to a sentence.
func afterColon(parts []string) string {
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, "; ")
}
