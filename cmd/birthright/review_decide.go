package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/internal/duration"
	"birthright/reviews"
	"birthright/reviews/desk"
)

// choiceFlags are a decision.
type choiceFlags struct {
	itemFlags
	decision, reason, length, to string
	overrule                     bool
}

func (p *program) reviewDecideCommand() *cobra.Command {
	var f choiceFlags
	cmd := &cobra.Command{
		Use:   "decide ITEM… keep|revoke|shorten|reassign",
		Short: "Decide whether access stays: on one item, on several, or on all that is alike",
		Long: `Decides on items, by their IDs: i12 i13 revoke --reason "moved to Sales". With --campaign
and what chooses items (--group, --user, --entitlement, --recommended) on all of them
that wait for whoever acts. All of them are decided on or none, and each that cannot be
is named.

keep      it stays, or goes on to the next stage
revoke    it goes; needs --reason
shorten   it goes as standing access, and a grant of --for is given in its place; needs --reason
reassign  --to USER decides instead; needs --reason`,
		Args: takes(1, 10_001),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			return p.decideReview(ctx, o.Reviews, actor, args, f)
		}, f.check),
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.campaign, "campaign", "", "decide on what waits in this `CAMPAIGN` and is alike, instead of naming items")
	flags.StringVar(&f.decision, "decision", "", "the `DECISION`, instead of as the last word")
	flags.StringVar(&f.reason, "reason", "", "why; needed for all but keep")
	flags.StringVar(&f.length, "for", "", "with shorten, for how `LONG` (default: what is usual for the group)")
	flags.StringVar(&f.to, "to", "", "with reassign, the `USER` who decides instead")
	flags.BoolVar(&f.overrule, "overrule", false, "decide anew what somebody else has decided")
	return cmd
}

// split tells the items from the decision among the arguments.
func (f *choiceFlags) split(args []string) (items []string, what string) {
	what = f.decision
	for _, arg := range args {
		if what == "" && slices.Contains(reviews.Choices(), arg) {
			what = arg
			continue
		}
		items = append(items, strings.ToLower(arg))
	}
	return items, what
}

func (f *choiceFlags) check(a *app.App, args []string) error {
	items, what := f.split(args)
	faults := []error{f.itemFlags.check(a, nil)}
	fault := func(format string, args ...any) { faults = append(faults, usageError{fmt.Errorf(format, args...)}) }
	switch {
	case what == "":
		fault("what is decided? Say one of %s", strings.Join(reviews.Choices(), ", "))
	case !slices.Contains(reviews.Choices(), what):
		fault("--decision %s: choose one of %s", what, strings.Join(reviews.Choices(), ", "))
	case what != reviews.Kept && strings.TrimSpace(f.reason) == "":
		fault("to %s needs --reason", what)
	case what == reviews.Reassign && f.to == "":
		fault("who decides instead? Say --to USER")
	}
	if f.length != "" && what != reviews.Shortened {
		fault("--for: only with shorten")
	}
	if f.to != "" && what != reviews.Reassign {
		fault("--to: only with reassign")
	}
	chosen := f.user+f.group+f.entitlement+f.advice != ""
	switch {
	case len(items) > 0 && (chosen || f.campaign != ""):
		fault("name items, or choose them with --campaign: not both")
	case len(items) == 0 && f.campaign == "":
		fault("name the items: `birthright review items CAMPAIGN` shows them; or choose what is alike with --campaign")
	case len(items) == 0 && !chosen:
		fault("--campaign: say which items of it, with --group, --user, --entitlement or --recommended")
	}
	_, err := f.lasting()
	return errors.Join(append(faults, err)...)
}

func (f *choiceFlags) lasting() (time.Duration, error) {
	if f.length == "" {
		return 0, nil
	}
	d, err := duration.Parse(f.length)
	if err != nil || d <= 0 {
		return 0, usageError{fmt.Errorf("--for %s: write how long, such as 8h or 30d", f.length)}
	}
	return d, nil
}

func (p *program) decideReview(ctx context.Context, desks campaigns, actor approval.Actor, args []string, f choiceFlags) error {
	items, what := f.split(args)
	lasting, err := f.lasting()
	if err != nil {
		return err
	}
	choice := desk.Choice{What: what, Reason: f.reason, For: lasting, To: f.to, Change: f.overrule}
	var done []desk.Item
	changed := 0
	take := func(campaign string, c desk.Choice) error {
		out, err := desks.Decide(ctx, actor, campaign, c)
		done, changed = append(done, out.Items...), changed+out.Changed
		return err
	}
	if len(items) == 0 {
		q := f.query("")
		choice.Like = &q
		err = take(strings.ToLower(f.campaign), choice)
	} else {
		var found map[string][]desk.Item
		if found, err = desks.ByID(ctx, actor, items); err != nil {
			return err
		}
		for _, campaign := range slices.Sorted(maps.Keys(found)) {
			one := choice
			one.Seen = map[string]int{}
			for _, item := range found[campaign] {
				one.Items = append(one.Items, item.ID)
				one.Seen[item.ID] = item.Decisions
			}
			if err = take(campaign, one); err != nil {
				break
			}
		}
	}
	if err != nil {
		if len(done) > 0 {
			err = codeError{exitPart, err}
		}
		return err
	}
	if err := p.print(p.itemListing(done)); err != nil {
		return err
	}
	p.remark("%s decided%s", count(changed, "item", "items"), already(len(done)-changed))
	if what == reviews.Revoked || what == reviews.Shortened {
		p.remark("`birthright serve` carries it out at once, else `birthright sync`; it counts as gone when no target shows it any more")
	}
	return nil
}

func already(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf("; %d were so already, or void", n)
}

func (p *program) reviewCloseCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "close CAMPAIGN --reason TEXT",
		Short: "Close a campaign before its time: what nobody decided on ends as it says",
		Args:  takes(1, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			c, err := o.Reviews.Close(ctx, actor, strings.ToLower(args[0]), reason)
			if err != nil {
				return noSuch(err, "campaign", args[0])
			}
			return p.print(campaignListing([]desk.Campaign{c}))
		}),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why it is closed before its time")
	return cmd
}
