package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/reconcile"
)

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
	if err := p.print(l); err != nil {
		return err
	}
	for _, run := range report.Runs {
		p.remarkRun(run)
	}
	return nil
}

func because(causes []identity.Cause) string {
	parts := make([]string, len(causes))
	for i, c := range causes {
		parts[i] = c.String()
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
	counts := map[string]int{}
	for _, c := range run.Changes {
		counts[c.Outcome]++
	}
	if n := len(run.Held); n > 0 {
		counts["held"] = n
	}
	if n := len(run.Drift); n > 0 {
		counts["drift"] = n
	}
	var parts []string
	for name, n := range counts {
		parts = append(parts, fmt.Sprintf("%d %s", n, name))
	}
	slices.SortFunc(parts, cmp.Compare[string])
	text := cmp.Or(strings.Join(parts, ", "), "nothing to do")
	if !run.Complete {
		text = "not complete; " + text
	}
	p.remark("%s: %s", run.Target, text)
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

func describeDrift(d reconcile.Drift) string {
	if d.Kind == "vanished" {
		return "somebody took from " + d.Account
	}
	return "somebody gave to " + d.Account
}
