package main

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
)

func (p *program) reviewReportCommand() *cobra.Command {
	var f heldFlags
	cmd := &cobra.Command{
		Use:   "report CAMPAIGN",
		Short: "What a campaign came to, item by item: evidence for an auditor",
		Args:  takes(1, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			id := strings.ToLower(args[0])
			if f.file != "" || p.wantsPaper() {
				return noSuch(p.reviewPaper(ctx, o.App, actor, id, &f), "campaign", args[0])
			}
			r, err := o.Reviews.Report(ctx, actor, id)
			if err != nil {
				return noSuch(err, "campaign", args[0])
			}
			l := p.itemListing(r.Items)
			l.data = r.Shown()
			if err := p.print(l); err != nil {
				return err
			}
			for _, w := range r.Reviewers {
				p.remark("%s: %d kept, %d revoked, %d shortened, %d passed on; %s in one go at most", w.User, w.Kept, w.Revoked, w.Shortened, w.Moved, strconv.Itoa(w.AtOnce))
			}
			q := r.Campaign.Progress
			p.remark("%s is %s: %d of %d decided, %d revoked, of which %d are gone", r.Campaign.ID, r.Campaign.State, q.Items-q.Waiting, q.Items, q.Revoked, q.Gone)
			return nil
		}, func(a *app.App, _ []string) error { return f.check(a, nil) }),
	}
	f.addFile(cmd)
	return cmd
}

// reviewPaper writes what a campaign came to.
func (p *program) reviewPaper(ctx context.Context, a *app.App, actor approval.Actor, id string, f *heldFlags) error {
	if a == nil {
		return usageError{errors.New("--file and --output html, markdown and xlsx work on the machine with the database; over --server, take table, json, yaml or csv")}
	}
	m, _, err := a.ReviewPaper(ctx, actor, id)
	if err != nil {
		return err
	}
	_, err = p.onPaper(ctx, a, &m, f, actor.Name)
	return err
}
