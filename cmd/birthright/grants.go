package main

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
)

// grantStates are the values of --state for grants.
var grantStates = []string{grants.Scheduled, grants.Activating, grants.Active, grants.Ending, grants.Ended, grants.Failed}

func (p *program) grantsCommand() *cobra.Command {
	var f historyFlags
	var overdue bool
	cmd := &cobra.Command{
		Use:   "grants",
		Short: "List grants: who has what for how long, and what should be gone",
		Long: `Lists the grants of which something is, will be or may be left on a target, and those of
the last 30 days; those first that should be gone. With --overdue only these, those first
that should be gone for longest, for administrators and auditors. With --all, a --state or a time, the
history. With --as it is what concerns that user; with --group, all of a group that they
own. ` + "`birthright grants --all --output csv`" + ` exports all there is.`,
		Args: takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			if overdue {
				late, err := lateGrants(ctx, o, actor)
				if err != nil {
					return err
				}
				return p.print(p.grantListing(late))
			}
			q, err := f.query(o.now(), grantStates)
			if err != nil {
				return err
			}
			found, err := findGrants(ctx, o, actor, q, f.all)
			if err != nil {
				return err
			}
			return p.print(p.grantListing(found))
		}, func(a *app.App, _ []string) error {
			if overdue && !reflect.DeepEqual(f, historyFlags{}) {
				return usageError{errors.New("--overdue shows all there is: it goes with no other choice")}
			}
			_, err := f.query(a.Now(), grantStates)
			return err
		}),
	}
	f.add(cmd, grantStates, "the whole history, not only what is not over and the last 30 days")
	cmd.Flags().BoolVar(&overdue, "overdue", false, "only what is over, and of which something is left on a target")
	cmd.Flags().StringVar(&f.user, "user", "", "only what this `USER` has")
	cmd.Flags().StringVar(&f.text, "text", "", "only with this `TEXT` in user, group, why it ended, or the reason and ticket of the request")
	return cmd
}

// lateGrants finds what should be gone.
func lateGrants(ctx context.Context, o office, actor approval.Actor) ([]desk.Grant, error) {
	late, err := o.Desk.Overdue(ctx, actor)
	return slices.DeleteFunc(late, func(g desk.Grant) bool { return g.OverdueSeconds == 0 }), err
}

// findGrants finds what a query chooses. Unless somebody asks for a state or bounds the
// time, that is what is not gone, however old, and what was to start lately.
func findGrants(ctx context.Context, o office, actor approval.Actor, q desk.Query, all bool) ([]desk.Grant, error) {
	if all || len(q.States) > 0 || !q.From.IsZero() || !q.To.IsZero() {
		return o.Desk.Grants(ctx, actor, q)
	}
	recent, open := q, q
	recent.From, open.Open = o.now().AddDate(0, 0, -recentDays), true
	var found []desk.Grant
	for _, query := range []desk.Query{recent, open} {
		some, err := o.Desk.Grants(ctx, actor, query)
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	slices.SortFunc(found, func(a, b desk.Grant) int { return cmp.Compare(b.N, a.N) })
	found = slices.CompactFunc(found, func(a, b desk.Grant) bool { return a.N == b.N })
	if q.Limit > 0 && len(found) > q.Limit {
		found = found[:q.Limit]
	}
	return found, nil
}

// grantListing shows grants: people see first what should be gone, then what is there.
func (p *program) grantListing(found []desk.Grant) listing {
	l := listing{
		data: found, header: []string{"id", "user", "group", "state", "starts_at", "ends_at", "overdue", "left_on", "kind", "ended", "reason"},
		empty: "There are no such grants. --all shows those that are over as well.",
	}
	if found == nil {
		l.data = []desk.Grant{}
	}
	if p.output == "csv" {
		return grantExport(l, found)
	}
	sorted := slices.Clone(found)
	slices.SortStableFunc(sorted, func(a, b desk.Grant) int {
		return cmp.Or(cmp.Compare(b.OverdueSeconds, a.OverdueSeconds), gone(a)-gone(b))
	})
	for _, g := range sorted {
		l.rows = append(l.rows, []string{
			g.ID, g.User, g.Group, g.State, timeText(g.StartsAt), timeText(g.EndsAt), overdueText(g), strings.Join(g.LeftOn, " "),
			unusual(g.Kind), g.Ended, g.Reason,
		})
	}
	return l
}

// gone is 1 for what is over and left nothing.
func gone(g desk.Grant) int {
	if g.State == grants.Ended || g.State == grants.Failed {
		return 1
	}
	return 0
}

// grantExport lays grants out for a spreadsheet or an auditor.
func grantExport(l listing, found []desk.Grant) listing {
	l.header = []string{
		"id", "request", "kind", "user", "group", "state", "seconds", "starts_at", "activated_at", "ends_at", "overdue_seconds", "left_on",
		"ended_at", "ended", "ended_by", "reason", "while",
	}
	for _, g := range found {
		l.rows = append(l.rows, []string{
			g.ID, g.Request, g.Kind, g.User, g.Group, g.State, strconv.FormatInt(g.Seconds, 10), timeText(g.StartsAt), timeAt(g.ActivatedAt),
			timeText(g.EndsAt), strconv.FormatInt(g.OverdueSeconds, 10), strings.Join(g.LeftOn, " "),
			timeAt(g.EndedAt), g.Ended, g.EndedBy, g.Reason, g.While,
		})
	}
	return l
}

func overdueText(g desk.Grant) string {
	if g.OverdueSeconds == 0 {
		return ""
	}
	return seconds(g.OverdueSeconds)
}

// unusual is a kind that is worth a word.
func unusual(kind string) string {
	if kind == grants.KindRequest {
		return ""
	}
	return kind
}
