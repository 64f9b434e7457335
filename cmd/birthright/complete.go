package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"birthright/grants/approval"
	"birthright/grants/desk"
)

// mostCompletions is how many names a shell is offered.
const mostCompletions = 50

// completeOffers tells a shell what can be asked for by the one who types. Where the hub
// cannot be asked, there is nothing to tell.
func (p *program) completeOffers() cobra.CompletionFunc {
	return func(cmd *cobra.Command, given []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		var out []cobra.Completion
		p.quiet, p.progress = true, newProgress(p.err, true)
		look := p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			shelf, err := o.Desk.Browse(ctx, actor, desk.Browse{Search: typed, Limit: mostCompletions})
			out = completions(shelf.Offers, given, typed)
			return err
		})
		cmd.SetContext(contextOr(cmd))
		if err := look(cmd, nil); err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}

func contextOr(cmd *cobra.Command) context.Context {
	if ctx := cmd.Context(); ctx != nil {
		return ctx
	}
	return context.Background()
}

// completions are the names of offers that were not given yet, with their titles: those that
// go on from what was typed, which is all that a shell can use.
func completions(offers []desk.Offer, given []string, typed string) []cobra.Completion {
	var out []cobra.Completion
	for i := range offers {
		o := &offers[i]
		if slices.Contains(given, o.Name) || !strings.HasPrefix(o.Name, typed) {
			continue
		}
		about := o.Title
		if about == "" {
			about = strings.Join(o.Gives, " ")
		}
		out = append(out, cobra.CompletionWithDesc(o.Name, about))
	}
	return out
}
