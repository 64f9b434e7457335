package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/internal/duration"
	"birthright/reviews"
	"birthright/reviews/desk"
)

func (p *program) reviewCommand() *cobra.Command {
	return reaching(p.family("review", "Campaigns in which people look at access again",
		p.reviewStartCommand(), p.reviewPreviewCommand(), p.reviewListCommand(), p.reviewShowCommand(), p.reviewItemsCommand(), p.reviewWaitingCommand(),
		p.reviewDecideCommand(), p.reviewCloseCommand(), p.reviewReportCommand(),
		p.reviewRevocationsCommand(), p.reviewLiftCommand(), p.reviewOrdersCommand(), p.reviewWithdrawCommand()))
}

// campaignFlags say what a campaign is to be like.
type campaignFlags struct {
	groups, targets, stages, fallback []string
	where, risk, since, owner         string
	surplus, empty, atClose, yes      bool
	due, grace, undecided, reason     string
}

func (f *campaignFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVar(&f.groups, "group", nil, "only these `GROUPS`; * stands for any characters")
	flags.StringSliceVar(&f.targets, "target", nil, "only access that carries something on these `TARGETS`")
	flags.StringVar(&f.where, "where", "", "only people of whom this `CONDITION` holds, such as 'user.department == \"Finance\"'")
	flags.StringVar(&f.risk, "risk", "", "only what has at least this `RISK`: low, medium, high or critical")
	flags.StringVar(&f.since, "changed-since", "", "only what was not kept in this `CAMPAIGN`, or came since")
	flags.BoolVar(&f.surplus, "only-surplus", false, "what targets show and nothing explains, instead of memberships")
	flags.StringArrayVar(&f.stages, "reviewer", nil, "who decides: owners, manager, user:NAME, group:NAME or oncall:NAME, several of one `STAGE` with commas; given again for each stage (default: owners)")
	flags.StringSliceVar(&f.fallback, "fallback", nil, "who decides where none of these `PEOPLE` can")
	flags.StringVar(&f.owner, "owner", "", "`WHO` answers for the campaign (default: whoever starts it)")
	flags.StringVar(&f.due, "due", "2w", "how `LONG` the reviewers have")
	flags.StringVar(&f.grace, "grace", "1w", "how `LONG` after that it closes by itself, decided or not; 0 for at once")
	flags.StringVar(&f.undecided, "undecided", reviews.EndKeep, "what becomes of what nobody decided on: "+strings.Join(reviews.Ends(), ", "))
	flags.BoolVar(&f.atClose, "at-close", false, "what is revoked goes when the campaign closes, not at once")
}

// wish reads the flags.
func (f *campaignFlags) wish(name string) (desk.Wish, error) {
	w := desk.Wish{
		Name: name, Fallback: f.fallback, Owner: f.owner, End: f.undecided, AtClose: f.atClose, AllowEmpty: f.empty, Reason: f.reason,
		Scope: reviews.Scope{Groups: f.groups, Targets: f.targets, People: f.where, Risk: f.risk, ChangedSince: f.since, Surplus: f.surplus},
	}
	for _, stage := range f.stages {
		w.Stages = append(w.Stages, reviews.Stage{Reviewers: strings.Split(stage, ",")})
	}
	var faults []error
	read := func(flag, text string, into *time.Duration) {
		d, err := duration.Parse(text)
		if err != nil || d < 0 {
			faults = append(faults, fmt.Errorf("--%s %s: write how long, such as 14d or 2w", flag, text))
		}
		*into = d
	}
	read("due", f.due, &w.For)
	read("grace", f.grace, &w.Grace)
	if w.Grace == 0 {
		w.Grace = -1
	}
	faults = append(faults, oneOf("undecided", f.undecided, reviews.Ends()...))
	if err := errors.Join(faults...); err != nil {
		return w, usageError{err}
	}
	return w, nil
}

func (f *campaignFlags) check(a *app.App, args []string) error {
	_, err := f.wish(args[0])
	return errors.Join(err, knownTargets(a, f.targets))
}

func (p *program) reviewStartCommand() *cobra.Command {
	var f campaignFlags
	cmd := &cobra.Command{
		Use:   "start NAME",
		Short: "Start a campaign: has people decide whether what others hold is to stay",
		Long: `Starts a campaign about everything in its scope that is held now; all that is said of
the scope must hold. ` + "`birthright review preview`" + ` tells before what it would be like: how
much for whom, and who would lose what if nobody decided.`,
		Args: takes(1, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			w, err := f.wish(args[0])
			if err != nil {
				return err
			}
			if !f.yes && p.interactive() {
				forecast, err := o.Reviews.Preview(ctx, actor, w)
				if err != nil {
					return err
				}
				if err := p.print(forecastListing(forecast)); err != nil {
					return err
				}
				if agreed, err := p.agree(fmt.Sprintf("Ask about %s?", count(forecast.Items, "item", "items"))); err != nil || !agreed {
					return err
				}
			}
			c, err := o.Reviews.Start(ctx, actor, w)
			if err != nil {
				return err
			}
			if err := p.print(campaignListing([]desk.Campaign{c})); err != nil {
				return err
			}
			p.remark("%s until %s; `birthright review items %s` shows who is asked about what", count(c.Items, "item waits", "items wait"), minute(c.Due), c.ID)
			return nil
		}, f.check),
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&f.empty, "allow-empty", false, "start it even where there is nothing to look at: it is over at once, and on record")
	flags.StringVar(&f.reason, "reason", "", "why it is started, for the audit log")
	flags.BoolVar(&f.yes, "yes", false, "do not ask")
	return cmd
}

func (p *program) reviewPreviewCommand() *cobra.Command {
	var f campaignFlags
	cmd := &cobra.Command{
		Use:   "preview NAME",
		Short: "What a campaign would be like: how much for whom, and what would become of what nobody decides on",
		Args:  takes(1, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			w, err := f.wish(args[0])
			if err != nil {
				return err
			}
			forecast, err := o.Reviews.Preview(ctx, actor, w)
			if err != nil {
				return err
			}
			return p.print(forecastListing(forecast))
		}, f.check),
	}
	f.add(cmd)
	return cmd
}

// forecastListing says what a campaign would be like.
func forecastListing(f desk.Forecast) listing {
	l := listing{data: f, header: []string{"what", "who", "items"}}
	l.rows = append(l.rows, []string{"items", count(f.People, "person", "people"), strconv.Itoa(f.Items)})
	for _, r := range f.Reviewers {
		l.rows = append(l.rows, []string{"asked", r.User, strconv.Itoa(r.Items)})
	}
	if f.Nobody > 0 {
		l.rows = append(l.rows, []string{"asked", "the campaign's owner or administrators, since nobody else can", strconv.Itoa(f.Nobody)})
	}
	if f.Own > 0 {
		l.rows = append(l.rows, []string{"own", "passed on: nobody decides on their own access", strconv.Itoa(f.Own)})
	}
	for _, verdict := range reviews.Outcomes() {
		if n := f.Advice[verdict]; n > 0 {
			l.rows = append(l.rows, []string{"the facts speak for", verdict, strconv.Itoa(n)})
		}
	}
	for _, loss := range f.Undecided {
		who := strings.Join(loss.Users, ", ")
		if rest := loss.Count - len(loss.Users); rest > 0 {
			who += fmt.Sprintf(" and %d more", rest)
		}
		l.rows = append(l.rows, []string{"undecided: " + loss.What + " goes from", who, strconv.Itoa(loss.Count)})
	}
	for _, w := range f.Warnings {
		l.rows = append(l.rows, []string{"note", w, ""})
	}
	return l
}
