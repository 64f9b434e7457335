package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
)

func (p *program) grantCommand() *cobra.Command {
	return p.family("grant", "One grant: look at it, make it longer, give it back or take it away",
		p.grantShowCommand(), p.grantExtendCommand(), p.grantReturnCommand(), p.grantRevokeCommand())
}

// granting shows a grant to which something was done, after it was carried out.
func (p *program) granting(do func(ctx context.Context, o office, actor approval.Actor, id string) (desk.Grant, error), checks ...check) func(*cobra.Command, []string) error {
	return p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
		g, err := do(ctx, o, actor, args[0])
		if err != nil {
			return noSuch(err, "grant", args[0])
		}
		unfinished := p.carryOut(ctx, o, actor, []touched{{g.User, g.ID}})
		if again, err := o.Desk.Grant(ctx, o.everything(actor), g.ID); err == nil {
			g = again
		}
		l := p.grantListing([]desk.Grant{g})
		l.data = g
		if err := p.print(l); err != nil {
			return err
		}
		return unfinished()
	}, checks...)
}

func (p *program) grantShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show one grant: who asked, who approved, and how it stands",
		Args:  takes(1, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			g, err := o.Desk.Grant(ctx, actor, args[0])
			if err != nil {
				return noSuch(err, "grant", args[0])
			}
			r, err := o.Desk.Request(ctx, actor, g.Request)
			if err != nil {
				return err
			}
			return p.print(p.fields(g, grantFields(g, r)))
		}),
	}
}

// grantFields lays one grant out line by line, with the request behind it.
func grantFields(g desk.Grant, r desk.Request) [][]string {
	rows := [][]string{
		{"grant", g.ID}, {"kind", g.Kind}, {"user", g.User}, {"group", g.Group}, {"state", g.State}, {"for", seconds(g.Seconds)},
		{"starts", timeText(g.StartsAt)}, {"active since", timeAt(g.ActivatedAt)}, {"ends", timeText(g.EndsAt)}, {"while", g.While},
		{"overdue", overdueText(g)}, {"left on", strings.Join(g.LeftOn, ", ")},
		{"ended", g.Ended}, {"ended by", who(g.EndedBy)}, {"because", g.Reason}, {"gone since", timeAt(g.EndedAt)},
		{"request", r.ID}, {"asked by", who(r.By)}, {"reason", r.Reason}, {"ticket", r.Ticket}, {"approved by", approvedBy(r)},
	}
	for _, vote := range voteTexts(r) {
		rows = append(rows, []string{"answer", vote})
	}
	return rows
}

// approvedBy is whose word gave a grant.
func approvedBy(r desk.Request) string {
	switch {
	case r.Kind == grants.KindOverlap:
		return "nobody: somebody moved, and hands over"
	case r.Kind == grants.KindBreakGlass:
		return "nobody: the glass was broken"
	case r.Because != "":
		return "the policy: " + r.Because
	}
	return who(r.DecidedBy)
}
