package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"birthright/grants/approval"
	"birthright/hub"
)

func (p *program) sourceFactsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "facts [SOURCE]",
		Short: "Show which shifts and tickets are known, whose they are, and whether they hold",
		Long: `Shows what context sources told when they were last read whole: each shift and
ticket with its person, the user whom that person was taken for, start, end, and
how old the knowledge is. One that does not hold says why: it has not begun, it is
over, it belongs to no user, or it is stale: it began when its source had not been
read for longer than max_age.`,
		Args: takes(0, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			source := ""
			if len(args) > 0 {
				source = args[0]
			}
			found, err := o.Hub.Facts(ctx, actor, source)
			if err != nil {
				return err
			}
			return p.print(factListing(found))
		}, knownSources),
	}
}

func factListing(found []hub.Fact) listing {
	l := listing{
		data: found, header: []string{"source", "kind", "name", "person", "user", "start", "end", "age", "verdict"},
		empty: "No shifts or tickets are known. `birthright import` reads the sources that tell them.",
	}
	for _, f := range found {
		l.rows = append(l.rows, factRow(f))
	}
	return l
}

func factRow(f hub.Fact) []string {
	age, verdict := "", "holds"
	if f.ReadAt != nil {
		age = (time.Duration(f.AgeSeconds) * time.Second).String()
	}
	if !f.Holds {
		verdict = f.Why
	}
	return []string{f.Source, f.Kind, f.Name, f.Person, f.User, atText(f.Start), atText(f.End), age, verdict}
}
