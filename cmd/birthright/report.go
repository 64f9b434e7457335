package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/reconcile"
	"birthright/rules"
)

// screenful is how many lines of a report people get on a terminal.
const screenful = 40

// printReport prints a plan or what became of it.
func (p *program) printReport(report reconcile.Report) error {
	l := listing{
		data:   report,
		header: []string{"target", "action", "account", "entitlement", "because", "outcome"},
	}
	for _, run := range report.Runs {
		for _, c := range run.Changes {
			l.rows = append(l.rows, []string{run.Target, string(c.Action), c.Account, c.Entitlement, because(c.Causes), outcome(c)})
		}
		for _, h := range run.Held {
			l.rows = append(l.rows, []string{run.Target, string(h.Action), h.Account, h.Entitlement, h.Reason, "held " + h.ID})
		}
	}
	if rest := len(l.rows) - screenful; rest > 0 && p.output == "table" && p.onTerminal() {
		l.rows = append(l.rows[:screenful], []string{fmt.Sprintf("… and %d more: --output csv", rest), "", "", "", "", ""})
	}
	if err := p.print(l); err != nil {
		return err
	}
	for _, run := range report.Runs {
		p.remarkRun(run)
	}
	p.remarkRefused(report.Refused)
	p.remarkConflicts(report.Conflicts)
	return nil
}

// remarkRefused tells what rules give and something keeps from people.
func (p *program) remarkRefused(refused []reconcile.Refused) {
	remarkSome(p, refused, "are kept out of groups", func(r reconcile.Refused) string {
		return fmt.Sprintf("%s is kept out of %s by %s", r.User, r.Group, refusalText(r.Refusal))
	})
}

// remarkConflicts tells what people hold together and should not.
func (p *program) remarkConflicts(conflicts []reconcile.Conflict) {
	remarkSome(p, conflicts, "hold together what they should not", func(c reconcile.Conflict) string {
		return fmt.Sprintf("%s is in %s together: constraint %s reports it", c.User, strings.Join(c.Groups, " and "), c.Constraint)
	})
}

// remarkSome tells the first few of a list, and how many there are besides.
func remarkSome[T any](p *program, list []T, what string, line func(T) string) {
	const most = 10
	for _, one := range list[:min(most, len(list))] {
		p.remark("%s", line(one))
	}
	if rest := len(list) - most; rest > 0 {
		p.remark("… and %d more %s; --output json has all of them", rest, what)
	}
}

// refusalText says what keeps somebody out of a group.
func refusalText(r rules.Refusal) string {
	if r.Kind == rules.RefusedByConstraint {
		return fmt.Sprintf("constraint %s, as a member of %s", r.Name, r.Kept)
	}
	if r.Kind == rules.RefusedByReview {
		return fmt.Sprintf("a review (%s: %s)", r.Name, r.Reason)
	}
	text := fmt.Sprintf("an exclusion (%s)", r.Reason)
	if !r.Until.IsZero() {
		text += " until " + r.Until.Format(time.DateTime)
	}
	return text
}

func because(causes []identity.Cause) string {
	parts := make([]string, len(causes))
	for i, c := range causes {
		parts[i] = c.String()
		if c.Kind == identity.CauseNone {
			parts[i] = c.Name
		}
	}
	return strings.Join(parts, ", ")
}

func outcome(c reconcile.Change) string {
	if c.Error != "" {
		return c.Outcome + ": " + c.Error
	}
	return c.Outcome
}

// remarkRun sums up one target for people.
func (p *program) remarkRun(run reconcile.Run) {
	if !run.Complete && len(run.Changes) == 0 {
		return // the error says all there is
	}
	p.remark("%s: %s", run.Target, summary(run))
	for _, d := range run.Drift {
		p.remark("  drift: %s %s", describeDrift(d), d.Entitlement)
	}
	for i, w := range run.Waiting {
		if i == 10 {
			p.remark("  … and %d more wait", len(run.Waiting)-i)
			break
		}
		p.remark("  waiting: %s for %s: %s", w.User, strings.Join(w.Entitlements, ", "), w.Reason)
	}
}

// summary counts a run's changes by what became of them: "3 done (2 add, 1
// remove), 1 held".
func summary(run reconcile.Run) string {
	outcomes, actions := map[string]int{}, map[string]map[string]int{}
	for _, c := range run.Changes {
		outcomes[c.Outcome]++
		if actions[c.Outcome] == nil {
			actions[c.Outcome] = map[string]int{}
		}
		actions[c.Outcome][string(c.Action)]++
	}
	var parts []string
	for _, outcome := range slices.Sorted(maps.Keys(outcomes)) {
		var kinds []string
		for _, action := range slices.Sorted(maps.Keys(actions[outcome])) {
			kinds = append(kinds, fmt.Sprintf("%d %s", actions[outcome][action], action))
		}
		parts = append(parts, fmt.Sprintf("%d %s (%s)", outcomes[outcome], outcome, strings.Join(kinds, ", ")))
	}
	if n := len(run.Held); n > 0 {
		parts = append(parts, fmt.Sprintf("%d held", n))
	}
	return cmp.Or(strings.Join(parts, ", "), "nothing to do") + cost(run)
}

// cost is what a run took, where that is worth a word: "; 12.3s, 210 requests".
func cost(run reconcile.Run) string {
	var parts []string
	if took := run.Finished.Sub(run.Started); took >= time.Second {
		parts = append(parts, took.Round(100*time.Millisecond).String())
	}
	if run.Calls > 0 {
		parts = append(parts, count(int(run.Calls), "request", "requests"))
	}
	if len(parts) == 0 {
		return ""
	}
	return "; " + strings.Join(parts, ", ")
}

func describeDrift(d reconcile.Drift) string {
	if d.Kind == "vanished" {
		return "somebody took from " + d.Account
	}
	return "somebody gave to " + d.Account
}
