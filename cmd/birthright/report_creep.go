package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
	"birthright/reviews/creep"
	"birthright/reviews/paper"
)

// creepFlags choose a part of the surplus, and what is to become of it.
type creepFlags struct {
	heldFlags
	creep.Filter
	plan, apply, yes bool
	reason           string
}

func (p *program) reportCreepCommand() *cobra.Command {
	var f creepFlags
	cmd := &cobra.Command{
		Use:   "creep",
		Short: "What people hold on targets that nothing explains, since when, how it came and how much it matters",
		Long: `What people hold on targets and no rule, grant, shift or ticket of theirs explains,
as the last look at each target showed it: since when, how it came, its risk, its
use, how many peers hold it, and a score. A target that was not read, or not
wholly, is named and never counted as clean.

--plan lists what would remove it, --apply orders that, whole or the part that the
flags choose: people lose it at once, accounts that belong to nobody with the next
look at their target. What went leaves the report as soon as the target was seen
without it. docs/reports.md explains the figures.`,
		Args: takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			return p.reportCreep(ctx, o, actor, &f)
		}, f.check),
	}
	f.heldFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringArrayVar(&f.Users, "user", nil, "only this `USER`; may be given several times")
	flags.StringArrayVar(&f.Targets, "target", nil, "only on this `TARGET`; may be given several times")
	flags.StringArrayVar(&f.Entitlements, "entitlement", nil, "only this `ENTITLEMENT`, such as github:team/platform; may be given several times")
	flags.IntVar(&f.MinScore, "min-score", 0, "only what scores at least `N`")
	flags.IntVar(&f.MinUserScore, "min-user-score", 0, "only of people who score at least `N`")
	flags.BoolVar(&f.Orphans, "orphans", false, "with --plan or --apply, also what accounts hold that belong to nobody")
	flags.BoolVar(&f.plan, "plan", false, "list what would remove it")
	flags.BoolVar(&f.apply, "apply", false, "order it removed; needs --reason")
	flags.StringVar(&f.reason, "reason", "", "why it is removed, for the audit `LOG`")
	flags.BoolVar(&f.yes, "yes", false, "do not ask")
	return cmd
}

func (f *creepFlags) check(a *app.App, args []string) error {
	faults := []error{f.heldFlags.check(a, args), knownTargets(a, f.Targets), notNegative("min-score", f.MinScore), notNegative("min-user-score", f.MinUserScore)}
	switch {
	case f.apply && strings.TrimSpace(f.reason) == "":
		faults = append(faults, usageError{errors.New("--apply: say why with --reason")})
	case !f.apply && f.reason != "":
		faults = append(faults, usageError{errors.New("--reason: only with --apply")})
	case f.file != "" && (f.plan || f.apply || f.chooses()):
		faults = append(faults, usageError{errors.New("--file: a report that is kept is whole; leave out what chooses a part of it, and --plan and --apply")})
	}
	return errors.Join(faults...)
}

func (f *creepFlags) chooses() bool {
	return len(f.Users)+len(f.Targets)+len(f.Entitlements)+f.MinScore+f.MinUserScore > 0
}

func (p *program) reportCreep(ctx context.Context, o office, actor approval.Actor, f *creepFlags) error {
	q := hub.ReportQuery{Kind: hub.ReportCreep, Looking: f.looking, Filter: f.Filter}
	if (f.plan || f.apply) && f.file == "" {
		return p.creepPlan(ctx, o, actor, q, f)
	}
	found, done, err := p.look(ctx, o, actor, q, &f.heldFlags)
	if done || err != nil {
		return err
	}
	r := found.Creep
	l := listing{data: r, header: []string{"user", "score", "entitlement", "first_seen", "cause", "risk", "last_used", "peers", "because"}, empty: "Nothing is held that nothing explains."}
	for i := range r.Users {
		for k := range r.Users[i].Surplus {
			l.rows = append(l.rows, creepRow(&r.Users[i], &r.Users[i].Surplus[k]))
		}
	}
	if err := p.print(l); err != nil {
		return err
	}
	p.remark("%s", creepSentence(r))
	p.remarkIncomplete(r)
	return nil
}

func creepRow(u *creep.User, e *creep.Entry) []string {
	seen := minute(e.FirstSeen)
	if e.AtLatest {
		seen = "≤ " + seen
	}
	use := e.Use
	if use == creep.Used {
		use = minute(e.LastUsed)
	}
	peers := "unknown"
	if e.Peers.People > 0 {
		peers = fmt.Sprintf("%d of %d", e.Peers.Holding, e.Peers.People)
	}
	return []string{u.User, strconv.Itoa(e.Score), e.Entitlement, seen, paper.CauseText(e.Cause), cmp.Or(e.Risk, "not said"), use, peers, e.How}
}

func creepSentence(r *creep.Report) string {
	s := r.Summary
	text := fmt.Sprintf("%d of %d people hold %s that nothing explains, score %d", s.Users, s.People, count(s.Surplus, "entitlement", "entitlements"), s.Score)
	if s.Orphans > 0 {
		text += "; " + count(s.Orphans, "account belongs", "accounts belong") + " to nobody (`birthright report orphans`)"
	}
	if n := len(r.RepeatedJIT); n > 0 {
		text += "; " + count(n, "grant stands", "grants stand") + " in disguise"
	}
	if r.Trend.Compared {
		text += fmt.Sprintf("; since the last kept report %d new, %d gone", len(r.Trend.New), len(r.Trend.Gone))
	}
	return text + "."
}

// creepPlan shows what would remove a surplus, and has it done where that is asked for.
func (p *program) creepPlan(ctx context.Context, o office, actor approval.Actor, q hub.ReportQuery, f *creepFlags) error {
	plan, err := o.Hub.PlanRemoval(ctx, actor, q)
	if err != nil {
		return err
	}
	l := listing{data: plan, header: []string{"target", "user", "account", "entitlement", "score", "cause", "because"}, empty: "There is nothing to remove."}
	for _, o := range plan.Orders {
		l.rows = append(l.rows, []string{o.Target, cmp.Or(o.User, "nobody"), o.Account, o.Entitlement, strconv.Itoa(o.Score), paper.CauseText(o.Cause), o.How})
	}
	if !f.apply {
		if err := p.print(l); err != nil {
			return err
		}
		p.remarkRemaining(plan.Plan)
		return nil
	}
	if len(plan.Orders) == 0 {
		return p.print(l)
	}
	if !f.yes && p.interactive() {
		if err := p.print(l); err != nil {
			return err
		}
		agreed, err := p.agree(fmt.Sprintf("Take away %s?", count(len(plan.Orders), "entitlement", "entitlements")))
		if err != nil || !agreed {
			return err
		}
	}
	ordered, err := o.Hub.Remove(ctx, actor, q, plan.Mark, f.reason)
	if err != nil {
		return err
	}
	if err := p.print(removalListing(ordered)); err != nil {
		return err
	}
	p.remarkRemaining(plan.Plan)
	p.remark("%s ordered; `birthright serve` carries it out at once, else `birthright sync --full`. It is done when the target was seen without it, and leaves the report with the next `birthright sync --full`.", count(len(ordered), "removal", "removals"))
	return nil
}

// removalListing shows what was ordered to go.
func removalListing(orders []hub.Order) listing {
	l := listing{header: []string{"order", "target", "account", "entitlement"}}
	var data []map[string]any
	for _, o := range orders {
		l.rows = append(l.rows, []string{o.ID, o.Target, o.Account, o.Entitlement})
		data = append(data, map[string]any{"id": o.ID, "target": o.Target, "account": o.Account, "entitlement": o.Entitlement, "reason": o.Reason})
	}
	l.data = map[string]any{"orders": data}
	return l
}

func (p *program) remarkRemaining(plan creep.Plan) {
	remarkSome(p, plan.Remaining, "come through something else", func(o creep.Order) string {
		return fmt.Sprintf("%s of %s cannot be taken from the account: it comes through %s", o.Entitlement, cmp.Or(o.User, o.Account), cmp.Or(strings.Join(o.Through, ", "), "something else on the target"))
	})
}
