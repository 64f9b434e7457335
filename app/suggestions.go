package app

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/config"
	"birthright/grants"
	"birthright/hub"
	"birthright/hub/trial"
	"birthright/identity"
	"birthright/reviews/suggest"
	"birthright/rules"
	"birthright/rules/impact"
	"birthright/rules/population"
	"birthright/store"
)

// Suggestions are what was learned.
type Suggestions struct {
	suggest.Report
	Unused suggest.UnusedReport
	Held   suggest.HeldReport
	// Unseen are targets that nothing is concluded from, or only in part.
	Unseen []hub.Unseen
	// From and At bound the window.
	From, At time.Time
	// Ignored are attributes about which nothing is suggested: people can change them
	// about themselves.
	Ignored []string
	// Names are those of everybody whom a draft would add or who would lose something.
	Names map[uint32]string

	policy *loadedPolicy
}

// Suggestions learns from requests, and from usage where there is a file. It changes
// nothing.
func (a *App) Suggestions(ctx context.Context, l hub.Learning) (out Suggestions, err error) {
	err = a.Store.View(ctx, func(tx *store.Tx) error {
		out, err = a.learn(ctx, a.directory(tx), l)
		return err
	})
	return out, err
}

func (a *App) learn(ctx context.Context, d trial.Directory, l hub.Learning) (Suggestions, error) {
	out := Suggestions{policy: a.policy.loaded.Load(), At: d.Tx.Now()}
	out.From = out.At.Add(-l.Since)
	in := suggest.Input{
		Since: out.From, Engine: out.policy.Engine, Thresholds: l.Thresholds,
		Progress: func(done, total int) { a.Progress("", "comparing groups", done, total) },
	}
	in.Readings, out.Ignored = telling(a.Config)
	reader, err := suggest.Reader(in.Readings)
	if err != nil {
		return out, err
	}
	readers, err := impact.Readers(in.Engine) // properties, too
	if err != nil {
		return out, err
	}
	crowd, err := d.Crowd(ctx, nil, append(readers, reader)...)
	if err != nil {
		return out, err
	}
	in.Population, in.World = crowd.Population, crowd.World
	if in.Requests, err = a.decided(ctx, d.Tx, out.From); err != nil {
		return out, err
	}
	in.Population.Seal()
	out.Report = suggest.Suggest(in)
	if l.Usage != "" {
		if out.Unused, err = a.unused(ctx, d, in, l); err != nil {
			return out, err
		}
	}
	if l.Held {
		if out.Held, err = a.held(ctx, d, in, l.FromHeld, out.Drafts); err != nil {
			return out, err
		}
		if out.Unseen, err = a.unseen(ctx, d.Tx); err != nil {
			return out, err
		}
	}
	out.Names, err = d.Names(ctx, out.named())
	return out, err
}

// telling are what suggestions may be about, and the attributes that they may not:
// a rule about what people can change themselves would let them choose.
func telling(cfg *config.Config) (readings []population.Reading, ignored []string) {
	e := Editable(cfg)
	for _, r := range suggest.Readings() {
		switch {
		case r.Kind == population.Groups && len(e.Groups) > 0:
			ignored = append(ignored, "groups")
		case r.Kind == population.First && len(e.Attributes[r.Attribute]) > 0:
			ignored = append(ignored, r.Attribute)
		default:
			readings = append(readings, r)
		}
	}
	return readings, ignored
}

// decided reads the requests that were approved or denied, and made since then.
func (a *App) decided(ctx context.Context, tx *store.Tx, since time.Time) ([]suggest.Request, error) {
	var out []suggest.Request
	known := map[string]string{} // one text for each name
	f := store.RequestFilter{Kind: grants.KindRequest, Outcomes: []string{grants.Approved, grants.Denied}, From: since, Limit: trial.Chunk}
	for {
		page, err := tx.Requests(ctx, f)
		if err != nil {
			return nil, err
		}
		for i := range page {
			r := &page[i]
			if _, ok := known[r.Group]; !ok {
				known[r.Group] = strings.Clone(r.Group)
			}
			out = append(out, suggest.Request{
				UserN: r.UserN, Group: known[r.Group], Approved: r.Outcome == grants.Approved, Auto: r.Auto != "", At: r.Created, Duration: r.Duration,
			})
		}
		a.Progress("", "reading requests", len(out), 0)
		if len(page) < f.Limit {
			return out, nil
		}
		f.BeforeN = page[len(page)-1].N
	}
}

// unused compares what rules give with a file of what is used.
func (a *App) unused(ctx context.Context, d trial.Directory, in suggest.Input, l hub.Learning) (out suggest.UnusedReport, err error) {
	data, err := os.ReadFile(l.Usage)
	if err != nil {
		return out, &identity.Error{Kind: identity.Invalid, Op: "read usage", Err: err}
	}
	uses, err := suggest.ReadUsage(l.Usage, data, in.World.At)
	if err != nil {
		return out, err
	}
	var names []string
	for i := range uses {
		names = append(names, uses[i].User)
	}
	slices.Sort(names)
	numbers := map[string]int64{}
	for part := range slices.Chunk(slices.Compact(names), trial.Chunk) {
		found, err := d.Numbers(ctx, part)
		if err != nil {
			return out, err
		}
		for name, n := range found {
			numbers[name] = n
		}
	}
	since := in.World.At.Add(-l.Unused)
	usage, err := suggest.NewUsage(uses, numbers, in.Engine, since)
	if err != nil {
		return out, err
	}
	return suggest.FindUnused(in, suggest.Idle{Usage: usage, Since: since, Share: l.Idle}), nil
}

// named are those whose names are shown.
func (s *Suggestions) named() *roaring.Bitmap {
	out := roaring.New()
	for i := range s.Drafts {
		out.Or(s.Drafts[i].Others)
	}
	for i := range s.Held.Drafts {
		out.Or(s.Held.Drafts[i].Others)
	}
	for i := range s.Unused.Drafts {
		out.Or(s.Unused.Drafts[i].Lost)
	}
	return out
}

// Draft returns the policy in force, as one file, with everything in it that is
// suggested. It is checked: what it returns can be put in force.
func (a *App) Draft(s Suggestions) ([]byte, error) {
	data, err := suggest.Apply(s.policy.files, s.Drafts, s.Unused.Drafts, s.Held.Drafts...)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(a.Config.Targets))
	for i, t := range a.Config.Targets {
		names[i] = t.Name
	}
	_, err = rules.Build([]rules.File{{Name: "the draft", Data: data}}, names)
	return data, err
}
