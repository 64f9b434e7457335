package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/identity"
	"birthright/rules"
	"birthright/store"
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
		RunE: p.with(func(ctx context.Context, a *app.App, args []string) error {
			views := []factView{}
			err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
				views, err = factViews(ctx, a, tx, args)
				return err
			})
			if err != nil {
				return err
			}
			return p.print(factListing(views))
		}, knownSources),
	}
}

// factView is one shift or ticket as it stands now.
type factView struct {
	Source     string `json:"source"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	Key        string `json:"key"`
	Person     string `json:"person"`
	User       string `json:"user"`
	Start      any    `json:"start"`
	End        any    `json:"end"`
	ReadAt     any    `json:"read_at"`
	AgeSeconds int64  `json:"age_seconds"`
	Holds      bool   `json:"holds"`
	Why        string `json:"why"`

	row []string
}

// factViews returns what is known, of one source where args names it.
func factViews(ctx context.Context, a *app.App, tx *store.Tx, args []string) ([]factView, error) {
	reads, err := a.Runner.Reads(ctx, tx)
	if err != nil {
		return nil, err
	}
	facts, err := tx.Facts(ctx)
	if len(args) > 0 && err == nil {
		facts, err = tx.FactsOfSource(ctx, args[0])
	}
	if err != nil {
		return nil, err
	}
	var ns []int64
	for _, f := range facts {
		ns = append(ns, f.UserN)
	}
	users, err := tx.BareUsers(ctx, ns)
	names := map[int64]string{}
	for _, u := range users {
		names[u.N] = u.UserName
	}
	views := make([]factView, 0, len(facts))
	for _, f := range facts {
		views = append(views, viewOf(f, names[f.UserN], reads, tx.Now()))
	}
	return views, err
}

func viewOf(f identity.Fact, user string, reads map[string]rules.Read, now time.Time) factView {
	read, known := reads[f.Source]
	v := factView{
		Source: f.Source, Kind: f.Kind, Name: f.Name, Key: f.Key, Person: f.Person, User: user,
		Start: timeOrNil(f.Start), End: timeOrNil(f.End), ReadAt: timeOrNil(read.At), Why: whyNot(f, read, known, now),
	}
	v.Holds = v.Why == ""
	age, verdict := "", "holds"
	if known {
		old := now.Sub(read.At).Truncate(time.Second)
		v.AgeSeconds, age = int64(old/time.Second), old.String()
	}
	if !v.Holds {
		verdict = v.Why
	}
	v.row = []string{f.Source, f.Kind, f.Name, f.Person, user, timeText(f.Start), timeText(f.End), age, verdict}
	return v
}

// whyNot says why a fact gives nothing now, "" where it holds.
func whyNot(f identity.Fact, read rules.Read, known bool, now time.Time) string {
	switch {
	case !known:
		return "its source is not configured any more"
	case f.UserN == 0:
		return "belongs to no user"
	case f.Over(now):
		return "over"
	case !f.Begun(now):
		return "not begun"
	case !read.Opens(f.Start):
		return fmt.Sprintf("stale: the source was not read for more than %s before it began", read.MaxAge)
	}
	return ""
}

func factListing(views []factView) listing {
	l := listing{
		data: views, header: []string{"source", "kind", "name", "person", "user", "start", "end", "age", "verdict"},
		empty: "No shifts or tickets are known. `birthright import` reads the sources that tell them.",
	}
	for _, v := range views {
		l.rows = append(l.rows, v.row)
	}
	return l
}
