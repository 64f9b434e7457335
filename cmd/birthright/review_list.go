package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/reviews"
	"birthright/reviews/desk"
)

// campaignListing shows campaigns.
func campaignListing(list []desk.Campaign) listing {
	views := make([]desk.ShownCampaign, len(list))
	l := listing{header: []string{"id", "name", "kind", "state", "due", "items", "waiting", "kept", "revoked", "gone"}, empty: "There is no campaign."}
	for i, c := range list {
		views[i] = c.Shown()
		l.rows = append(l.rows, []string{
			c.ID, c.Name, c.Kind, c.State, minute(c.Due), strconv.Itoa(c.Items), strconv.Itoa(c.Progress.Waiting), strconv.Itoa(c.Progress.Kept),
			strconv.Itoa(c.Progress.Revoked), strconv.Itoa(c.Progress.Gone),
		})
	}
	l.data = views
	if len(views) == 1 {
		l.data = views[0]
	}
	return l
}

func (p *program) reviewListCommand() *cobra.Command {
	var states []string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List campaigns, newest first, and how far they are",
		Args:  takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			found, err := o.Reviews.List(ctx, actor, desk.CampaignQuery{States: states})
			if err != nil {
				return err
			}
			l := campaignListing(found)
			if len(found) == 1 {
				l.data = []any{l.data} // a list stays one
			}
			return p.print(l)
		}, func(*app.App, []string) error {
			var faults []error
			for _, s := range states {
				faults = append(faults, oneOf("state", s, reviews.Open, reviews.Overdue, reviews.Closing, reviews.Removing, reviews.Completed))
			}
			return errors.Join(faults...)
		}),
	}
	cmd.Flags().StringSliceVar(&states, "state", nil, "only in this `STATE`: open, overdue, closing, removing or completed; several with commas")
	return cmd
}

func (p *program) reviewShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show CAMPAIGN",
		Short: "Show one campaign: what it looks at, who is asked, how far it is",
		Args:  takes(1, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			c, err := o.Reviews.Campaign(ctx, actor, strings.ToLower(args[0]))
			if err != nil {
				return noSuch(err, "campaign", args[0])
			}
			return p.print(p.fields(c.Shown(), campaignFields(c)))
		}),
	}
}

func campaignFields(c desk.Campaign) [][]string {
	rows := [][]string{{"campaign", c.ID + " " + c.Name}, {"state", c.State}, {"due", minute(c.Due)}, {"closes", minute(c.CloseAt)}, {"undecided", c.End}, {"started by", who(c.By)}}
	for i, stage := range c.Stages {
		rows = append(rows, []string{fmt.Sprintf("stage %d", i+1), strings.Join(stage.Reviewers, ", ")})
	}
	q := c.Progress
	rows = append(rows, []string{"items", fmt.Sprintf("%d: %d waiting, %d kept, %d revoked (%d gone), %d frozen, %d void", q.Items, q.Waiting, q.Kept, q.Revoked, q.Gone, q.Frozen, q.Void)})
	if !c.ClosedAt.IsZero() {
		rows = append(rows, []string{"closed", minute(c.ClosedAt) + " by " + who(c.ClosedBy) + ": " + c.CloseReason})
	}
	return rows
}
