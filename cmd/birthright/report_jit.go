package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
	"birthright/internal/duration"
	"birthright/reviews/jit"
	"birthright/reviews/suggest"
)

func (p *program) reportJITCommand() *cobra.Command {
	var f heldFlags
	var since string
	var window time.Duration
	cmd := &cobra.Command{
		Use:   "jit",
		Short: "Who asks for what, how long decisions take, and who approves without a look",
		Args:  takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			r, done, err := p.look(ctx, o, actor, hub.ReportQuery{Kind: hub.ReportJIT, Since: window}, &f)
			if done || err != nil {
				return err
			}
			if err := p.print(jitListing(r.JIT)); err != nil {
				return err
			}
			p.remarkJIT(r.JIT)
			return nil
		}, f.check, func(*app.App, []string) (err error) {
			if window, err = duration.Parse(since); err != nil || window <= 0 {
				return usageError{fmt.Errorf("--since %s: write how long ago, such as 90d or 12w", since)}
			}
			return nil
		}),
	}
	f.addFile(cmd)
	cmd.Flags().StringVar(&since, "since", "90d", "how `LONG` ago requests count")
	return cmd
}

// jitListing shows what is asked for.
func jitListing(r *jit.Report) listing {
	l := listing{data: r, header: []string{"group", "requests", "people", "approved", "denied", "by_policy", "median", "p90"}, empty: "Nothing was asked for in that time."}
	for i := range r.Groups {
		g := &r.Groups[i]
		l.rows = append(l.rows, []string{
			g.Group, strconv.Itoa(g.Requests), strconv.Itoa(g.People), strconv.Itoa(g.Approved), strconv.Itoa(g.Denied), strconv.Itoa(g.Auto), taking(g.Times.Median, g.Times), taking(g.Times.P90, g.Times),
		})
	}
	return l
}

func taking(n int64, of jit.Times) string {
	if of.Decisions == 0 {
		return ""
	}
	return duration.Format(time.Duration(n) * time.Second)
}

// remarkJIT says beside the groups what somebody should look at.
func (p *program) remarkJIT(r *jit.Report) {
	s := &r.Summary
	if s.Requests+s.Glass == 0 {
		return
	}
	text := fmt.Sprintf("%s: %s approved by people", count(s.Requests, "request", "requests"), suggest.Percent(s.ApprovalRate()))
	if s.Times.Decisions > 0 {
		text += fmt.Sprintf(", half of them decided within %s and nine in ten within %s", taking(s.Times.Median, s.Times), taking(s.Times.P90, s.Times))
	}
	p.remark("%s; %d approved by the policy, %d expired, %d waiting", text, s.Auto, s.Expired, s.Waiting)
	for _, f := range r.Findings {
		p.remark("%s: %s: %s", strings.Join(f.Users, " and "), f.Kind, f.Because)
	}
	remarkSome(p, r.Repeated, "are given again and again", func(x jit.Repeated) string {
		return fmt.Sprintf("%s was given %s %d times, and had it %s of the time", x.User, x.Group, x.Grants, suggest.Percent(x.Share))
	})
	unseen := 0
	for i := range r.Glass {
		if r.Glass[i].Verdict == "" {
			unseen++
		}
	}
	if len(r.Glass) > 0 {
		p.remark("%s; %d not looked at yet", count(len(r.Glass), "broken glass", "broken glasses"), unseen)
	}
}
