package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
)

func (p *program) breakGlassListCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List broken glasses that nobody has looked at",
		Args:  takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			found, err := o.Desk.Glasses(ctx, actor, all)
			if err != nil {
				return err
			}
			slices.Reverse(found) // newest first, as in every list
			return p.print(p.glassListing(found))
		}),
	}
	cmd.Flags().BoolVar(&all, "all", false, "also those that somebody has looked at")
	return cmd
}

func reviewed(r desk.Request) bool { return r.Review != nil && r.Review.At != nil }

func (p *program) glassListing(found []desk.Request) listing {
	l := p.requestListing(found)
	l.empty = "No glass is broken that nobody has looked at."
	if p.output == "csv" {
		return l
	}
	l.header, l.rows = []string{"id", "broken_at", "user", "group", "for", "reason", "grant", "review"}, nil
	for _, r := range found {
		l.rows = append(l.rows, []string{r.ID, timeText(r.Created), r.User, r.Group, seconds(r.Seconds), r.Reason, r.Grant, reviewText(r)})
	}
	return l
}

// reviewText says what came of looking at a broken glass.
func reviewText(r desk.Request) string {
	if !reviewed(r) {
		return "nobody has looked at it"
	}
	text := fmt.Sprintf("%s, says %s at %s", r.Review.Verdict, who(r.Review.By), timeAt(r.Review.At))
	if r.Review.Note != "" {
		text += ": " + r.Review.Note
	}
	return text
}

func (p *program) breakGlassCloseCommand() *cobra.Command {
	var verdict, note string
	cmd := &cobra.Command{
		Use:   "close ID --verdict justified|abuse",
		Short: "Say what came of looking at a broken glass",
		Long: `Puts down whether a glass was rightly broken: an owner of the group, an administrator or
the operator can, and nobody who asked for it or got it.`,
		Args: takes(1, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			r, err := o.Desk.Examine(ctx, actor, args[0], verdict, note)
			if err != nil {
				return noSuch(err, "request", args[0])
			}
			l := p.glassListing([]desk.Request{r})
			l.data = r
			return p.print(l)
		}, func(*app.App, []string) error {
			if err := required("verdict", verdict, grants.Justified+" or "+grants.Abuse); err != nil {
				return err
			}
			return oneOf("verdict", verdict, grants.Justified, grants.Abuse)
		}),
	}
	cmd.Flags().StringVar(&verdict, "verdict", "", grants.Justified+" or "+grants.Abuse+"; required")
	cmd.Flags().StringVar(&note, "note", "", "what was found")
	return cmd
}
