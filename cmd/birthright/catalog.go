package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/internal/duration"
)

func (p *program) catalogCommand() *cobra.Command {
	var user string
	var limit int
	cmd := &cobra.Command{
		Use:   "catalog [WORDS…]",
		Short: "What can be asked for: owners, risk, longest time, and who decides",
		Long: `Lists the groups, bundles and single entitlements that can be asked for: with --user,
or with --as, what that user can ask for; else everything. With WORDS, only what each of
them is found in, the best first: in its name, title, description, owners or groups, in what
it gives and in what targets call that. A word fits in its other forms, by its beginning, and
by its usual short name, so that "production database" finds a group that gives
prod-db:role/readonly.`,
		Args:              takes(0, anyNumber),
		ValidArgsFunction: p.completeOffers(),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, words []string) error {
			shelf, err := o.Desk.Browse(ctx, actor, desk.Browse{User: user, Search: strings.Join(words, " "), Limit: limit})
			if err != nil {
				return err
			}
			l := p.offerListing(shelf.Offers)
			if user != "" || p.forUser() || len(words) > 0 {
				l.empty = "Nothing such can be asked for. `birthright catalog`, without anything, lists all there is."
			}
			if err := p.print(l); err != nil {
				return err
			}
			if more := shelf.Fit - len(shelf.Offers); more > 0 {
				p.remark("%d more fit; another word, or --limit 0, shows them", more)
			}
			return nil
		}, func(*app.App, []string) error { return notNegative("limit", limit) }),
	}
	cmd.Flags().IntVar(&limit, "limit", 0, "at most this many; 0 for all")
	cmd.Flags().StringVar(&user, "user", "", "what this `USER` can ask for")
	return cmd
}

func (p *program) offerListing(offers []desk.Offer) listing {
	l := listing{
		data: offers, header: []string{"name", "kind", "title", "risk", "longest", "needs", "decided_by", "lately_took", "owners", "held"},
		empty: "Nothing here can be asked for. A group can be once it has a request: docs/requests.md.",
	}
	if offers == nil {
		l.data = []desk.Offer{}
	}
	for _, o := range offers {
		held := ""
		if o.Held {
			held = "held already"
		}
		row := []string{
			o.Name, unlessGroup(o.Kind), o.Title, o.Risk, seconds(o.MaxSeconds), strings.Join(o.Requires, ", "), o.Approval, latelyTook(o), strings.Join(o.Owners, ", "), held,
		}
		l.rows = append(l.rows, row)
	}
	if p.output == "csv" {
		l.header = append(l.header, "description", "usual", "gives", "groups", "break_glass")
		for i, o := range offers {
			l.rows[i][1] = o.Kind
			l.rows[i] = append(l.rows[i], o.Description, seconds(o.DefaultSeconds), strings.Join(o.Gives, " "), strings.Join(o.Groups, " "), yes(o.BreakGlass))
		}
	}
	return l
}

// latelyTook is how long people took to decide lately.
func latelyTook(o desk.Offer) string {
	if o.Decisions == 0 {
		return ""
	}
	return fmt.Sprintf("%s (%d)", roughly(time.Duration(o.DecisionSeconds)*time.Second), o.Decisions)
}

// roughly is a length of time for people who wait for it.
func roughly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "under 1m"
	case d < time.Hour:
		return duration.Format(d.Round(time.Minute))
	case d < 24*time.Hour:
		return duration.Format(d.Round(time.Hour))
	}
	return duration.Format(d.Round(24 * time.Hour))
}

// unlessGroup is a kind of offer that is worth a word.
func unlessGroup(kind string) string {
	if kind == desk.OfferGroup {
		return ""
	}
	return kind
}

// seconds is a length of time for people.
func seconds(n int64) string { return duration.Format(time.Duration(n) * time.Second) }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
