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
	"birthright/hub"
)

func (p *program) importCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "import [SOURCE…]",
		Short: "Read sources into the directory",
		Long: `Reads the named sources, or all that can be read, and brings the directory up to
them. A source is taken in whole or not at all: one that fails half-way, or that
suddenly misses many people, changes nothing. Sources that tell facts, shifts and
tickets, are read after those that tell people.`,
		Args: takes(0, anyNumber),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			done, err := o.Hub.Import(ctx, actor, args)
			if err != nil {
				return err
			}
			if err := p.print(importListing(done)); err != nil {
				return errors.Join(err, done.Err())
			}
			p.remarkImports(done)
			return done.Err()
		}, knownSources, sourceSecrets),
	}
}

// remarkImports says what waits for a person and what comes next. What held a
// whole source is told by err.
func (p *program) remarkImports(done hub.Imported) {
	changed := 0
	for _, r := range done.Imports {
		changed += r.Added + r.Changed + r.Gone
		if r.Unmatched > 0 {
			p.remark("%s: %s to no user: %s", r.Source, count(r.Unmatched, "person belongs", "people belong"), shortened(r.Strangers, r.Unmatched))
		}
		if r.Ambiguous > 0 {
			p.remark("%s: %s for a person to say whose: `birthright held list`", r.Source, count(r.Ambiguous, "record waits", "records wait"))
		}
	}
	if changed > 0 && len(done.Faults) == 0 {
		p.remark("`birthright plan` shows what follows from it.")
	}
}

// shortened joins the first few of names, of which there are total.
func shortened(names []string, total int) string {
	shown := names[:min(len(names), 10)]
	text := strings.Join(shown, ", ")
	if more := total - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// knownSources checks that arguments are names of sources; of those of a hub elsewhere,
// it knows nothing.
func knownSources(a *app.App, names []string) error {
	if a.Config == nil {
		return nil
	}
	for _, name := range names {
		if _, err := a.Source(name); err != nil {
			return err
		}
	}
	return nil
}

func importListing(done hub.Imported) listing {
	l := listing{data: done, header: []string{"source", "seen", "added", "changed", "gone", "unchanged", "groups", "ambiguous", "unmatched"}}
	for _, r := range done.Imports {
		l.rows = append(l.rows, importRow(r))
	}
	return l
}

// importRow leaves empty what such a source does not have.
func importRow(r hub.SourceImport) []string {
	row := []string{r.Source}
	for _, n := range []int{r.Seen, r.Added, r.Changed, r.Gone, r.Unchanged} {
		row = append(row, strconv.Itoa(n))
	}
	if r.Facts {
		return append(row, "", "", strconv.Itoa(r.Unmatched))
	}
	return append(row, strconv.Itoa(r.Groups), strconv.Itoa(r.Ambiguous), "")
}
