package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/reviews"
	"birthright/reviews/desk"
)

// itemListing shows items.
func (p *program) itemListing(list []desk.Item) listing {
	views := make([]desk.ShownItem, len(list))
	l := listing{header: []string{"id", "user", "access", "because of", "since", "risk", "used", "peers", "recommended", "asked", "decision"}, empty: "There is nothing like that."}
	for i, item := range list {
		views[i] = item.Shown()
		since := ""
		if !item.Since.IsZero() {
			since = item.Since.UTC().Format(time.DateOnly)
			if item.AtLeast {
				since = "≤ " + since
			}
		}
		used, peers := "", ""
		if !item.LastUsed.IsZero() {
			used = item.LastUsed.UTC().Format(time.DateOnly)
		}
		if item.Peers > 0 {
			peers = fmt.Sprintf("%d of %d", item.Alike, item.Peers)
		}
		asked := strings.Join(item.Reviewers, ", ")
		if item.Outcome != "" {
			asked = ""
		}
		l.rows = append(l.rows, []string{item.ID, cmp.Or(item.Name, item.User, item.Account), item.What(), because(item.Causes), since, item.Risk, used, peers, recommended(item), asked, decidedText(item)})
	}
	l.data = views
	return l
}

func recommended(i desk.Item) string {
	if i.Advice == "" || i.Because == "" {
		return i.Advice
	}
	return i.Advice + ": " + i.Because
}

func decidedText(i desk.Item) string {
	if i.Outcome == "" {
		return ""
	}
	text := i.Outcome
	if i.By != "" {
		text += " by " + who(i.By)
	}
	switch i.State {
	case reviews.Gone:
		text += ", gone"
	case reviews.Leaving:
		text += ", not gone yet"
	}
	return text
}

// itemFlags choose items.
type itemFlags struct {
	states                     []string
	user, group, entitlement   string
	advice, reviewer, campaign string
	limit                      int
}

func (f *itemFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.user, "user", "", "only of this `USER`")
	flags.StringVar(&f.group, "group", "", "only about this `GROUP`")
	flags.StringVar(&f.entitlement, "entitlement", "", "only about this `ENTITLEMENT`, such as github:team/platform")
	flags.StringVar(&f.advice, "recommended", "", "only where the facts speak for `DECISION`: keep, revoke or shorten")
}

func (f *itemFlags) query(campaign string) desk.ItemQuery {
	return desk.ItemQuery{Campaign: strings.ToLower(campaign), States: f.states, User: f.user, Group: f.group, Entitlement: f.entitlement, Advice: f.advice, Reviewer: f.reviewer, Limit: f.limit}
}

func (f *itemFlags) check(*app.App, []string) error {
	faults := []error{notNegative("limit", f.limit)}
	if f.advice != "" {
		faults = append(faults, oneOf("recommended", f.advice, reviews.Kept, reviews.Revoked, reviews.Shortened))
	}
	for _, s := range f.states {
		faults = append(faults, oneOf("state", s, reviews.Waiting, reviews.Decided, reviews.Leaving, reviews.Gone, reviews.Voided))
	}
	return errors.Join(faults...)
}

func (p *program) reviewItemsCommand() *cobra.Command {
	var f itemFlags
	cmd := &cobra.Command{
		Use:   "items CAMPAIGN",
		Short: "List what a campaign looks at: why it is held, since when, what is recommended, who is asked, what was decided",
		Args:  takes(1, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			found, err := o.Reviews.Items(ctx, actor, f.query(args[0]))
			if err != nil {
				return noSuch(err, "campaign", args[0])
			}
			return p.print(p.itemListing(found))
		}, f.check),
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringSliceVar(&f.states, "state", nil, "only in this `STATE`: waiting, decided, leaving, gone or void; several with commas")
	flags.StringVar(&f.reviewer, "reviewer", "", "only what waits for this `USER`")
	flags.IntVar(&f.limit, "limit", 0, "at most this many; 0 for all")
	return cmd
}

func (p *program) reviewWaitingCommand() *cobra.Command {
	var f itemFlags
	cmd := &cobra.Command{
		Use:   "waiting",
		Short: "What waits for the user of --as to decide, of all campaigns",
		Args:  takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			found, err := o.Reviews.Waiting(ctx, actor, f.query(f.campaign))
			if err != nil {
				return err
			}
			l := p.itemListing(found)
			l.empty = "Nothing waits for " + cmp.Or(p.as, "you") + "."
			return p.print(l)
		}, f.check, func(*app.App, []string) error {
			if p.as == "" && p.serverAddress() == "" {
				return usageError{errors.New("for whom? Say --as USER")}
			}
			return nil
		}),
	}
	f.add(cmd)
	cmd.Flags().StringVar(&f.campaign, "campaign", "", "only of this `CAMPAIGN`")
	return cmd
}
