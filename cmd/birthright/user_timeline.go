package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
)

func (p *program) userTimelineCommand() *cobra.Command {
	q := hub.TimelineQuery{}
	cmd := &cobra.Command{
		Use:   "timeline USER",
		Short: "Tell what happened to a user, newest first",
		Long: `Tells what sources said of somebody and when that changed, which groups they came into
and out of and why, what was changed on targets and with what outcome, and what people
asked for, decided and reviewed.`,
		Args: takes(1, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			q.User = args[0]
			found, err := o.Hub.Timeline(ctx, actor, q)
			if err != nil {
				return err
			}
			l := listing{data: found.Items, header: []string{"at", "what", "about", "by"}}
			for _, h := range found.Items {
				l.rows = append(l.rows, []string{timeText(h.At), h.What, happeningText(h), h.By})
			}
			return p.print(l)
		}, func(*app.App, []string) error { return notNegative("limit", q.Limit) }),
	}
	cmd.Flags().IntVar(&q.Limit, "limit", 50, "at most this many; 0 for all")
	return cmd
}

// happeningText is what a happening is about, in one line.
func happeningText(h hub.Happening) string {
	var parts []string
	for _, part := range []string{h.Group, h.Target, h.Entitlement} {
		if part != "" && !strings.Contains(h.Entitlement, part+":") {
			parts = append(parts, part)
		}
	}
	for _, v := range h.Values {
		parts = append(parts, fmt.Sprintf("%s %q → %q", v.What, v.Before, v.After))
	}
	if len(h.Causes) > 0 {
		parts = append(parts, "because of "+becauseOf(h.Causes))
	}
	for _, part := range []string{h.Outcome, h.Error, h.ID, h.Reason} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}
