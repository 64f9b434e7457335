package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/intake"
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
		RunE: p.with(func(ctx context.Context, a *app.App, args []string) error {
			reports, err := a.Import(ctx, args)
			if printed := p.print(importListing(reports)); printed != nil {
				return errors.Join(printed, err)
			}
			p.remarkImports(reports, err)
			return err
		}, knownSources, sourceSecrets),
	}
}

// remarkImports says what waits for a person and what comes next. What held a
// whole source is told by err.
func (p *program) remarkImports(reports []intake.Report, err error) {
	changed := 0
	for _, r := range reports {
		changed += r.Added + r.Changed + r.Gone
		if r.Unmatched > 0 {
			p.remark("%s: %s to no user: %s", r.Source, count(r.Unmatched, "person belongs", "people belong"), shortened(r.Strangers, r.Unmatched))
		}
		if r.Ambiguous > 0 {
			p.remark("%s: %s for a person to say whose: `birthright held list`", r.Source, count(r.Ambiguous, "record waits", "records wait"))
		}
	}
	if changed > 0 && err == nil {
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

// knownSources checks that arguments are names of sources.
func knownSources(a *app.App, names []string) error {
	for _, name := range names {
		if _, err := a.Source(name); err != nil {
			return err
		}
	}
	return nil
}

// importView is what reading one source came to.
type importView struct {
	Source     string   `json:"source"`
	Seen       int      `json:"seen"`
	Added      int      `json:"added"`
	Changed    int      `json:"changed"`
	Gone       int      `json:"gone"`
	Unchanged  int      `json:"unchanged"`
	Groups     int      `json:"groups"`
	Ambiguous  int      `json:"ambiguous"`
	Unmatched  int      `json:"unmatched"`
	Strangers  []string `json:"strangers"`
	Held       []string `json:"held"`
	DurationMS int64    `json:"duration_ms"`
}

func importListing(reports []intake.Report) listing {
	views := make([]importView, 0, len(reports))
	l := listing{header: []string{"source", "seen", "added", "changed", "gone", "unchanged", "groups", "ambiguous", "unmatched"}}
	for _, r := range reports {
		view := importView{
			Source: r.Source, Seen: r.Seen, Added: r.Added, Changed: r.Changed, Gone: r.Gone, Unchanged: r.Unchanged,
			Groups: r.Groups, Ambiguous: r.Ambiguous, Held: []string{},
			Unmatched: r.Unmatched, Strangers: append([]string{}, r.Strangers...), DurationMS: r.Duration.Milliseconds(),
		}
		for _, h := range r.Held {
			view.Held = append(view.Held, h.Subject+": "+h.Reason)
		}
		views = append(views, view)
		l.rows = append(l.rows, importRow(r))
	}
	l.data = map[string]any{"imports": views}
	return l
}

// importRow leaves empty what such a source does not have.
func importRow(r intake.Report) []string {
	row := []string{r.Source}
	for _, n := range []int{r.Seen, r.Added, r.Changed, r.Gone, r.Unchanged} {
		row = append(row, strconv.Itoa(n))
	}
	if r.Facts {
		return append(row, "", "", strconv.Itoa(r.Unmatched))
	}
	return append(row, strconv.Itoa(r.Groups), strconv.Itoa(r.Ambiguous), "")
}
