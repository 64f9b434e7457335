package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/internal/duration"
)

func (p *program) catalogCommand() *cobra.Command {
	var user string
	cmd := &cobra.Command{
		Use:   "catalog [WORDS…]",
		Short: "What can be asked for: owners, risk, longest time, and who decides",
		Long: `Lists the groups, bundles and single entitlements that can be asked for: with --user,
or with --as, what that user can ask for; else everything. With WORDS, only what has
every one of them in its name, title, description, owners or entitlements.`,
		Args: takes(0, anyNumber),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, words []string) error {
			offers, err := o.Desk.Catalog(ctx, actor, user, strings.Join(words, " "))
			if err != nil {
				return err
			}
			l := p.offerListing(offers)
			if user != "" || p.forUser() || len(words) > 0 {
				l.empty = "Nothing such can be asked for. `birthright catalog`, without anything, lists all there is."
			}
			return p.print(l)
		}),
	}
	cmd.Flags().StringVar(&user, "user", "", "what this `USER` can ask for")
	return cmd
}

func (p *program) offerListing(offers []desk.Offer) listing {
	l := listing{
		data: offers, header: []string{"name", "kind", "title", "risk", "longest", "needs", "decided_by", "owners", "held"},
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
			o.Name, unlessGroup(o.Kind), o.Title, o.Risk, seconds(o.MaxSeconds), strings.Join(o.Requires, ", "), o.Approval, strings.Join(o.Owners, ", "), held,
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
