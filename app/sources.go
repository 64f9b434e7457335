package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"birthright/config"
	"birthright/directory"
	"birthright/identity"
	"birthright/intake"
	"birthright/sources"
)

// Source is one configured source, ready to be asked.
type Source struct {
	config.Source
	Adapter sources.Source
}

// Pushes reports whether the source pushes to the hub and cannot be pulled.
func (s Source) Pushes() bool {
	p, ok := s.Adapter.(interface{ Pushes() bool })
	return ok && p.Pushes()
}

// profile is in whose dialect the source pushes, "" for a source that does not.
func (s Source) profile() string {
	p, ok := s.Adapter.(interface{ Profile() string })
	if !ok {
		return ""
	}
	return p.Profile()
}

// Context returns what the source tells facts by, and whether it does.
func (s Source) Context() (sources.Context, bool) {
	c, ok := s.Adapter.(sources.Context)
	return c, ok
}

// Taker returns what takes the documents that others send of the source, and whether
// they do: there is nothing to read then.
func (s Source) Taker() (sources.Taker, bool) {
	t, ok := s.Adapter.(interface{ Taker() (sources.Taker, bool) })
	if !ok {
		return nil, false
	}
	return t.Taker()
}

// Told reports whether others say by themselves what the source has: over SCIM, or by
// sending facts.
func (s Source) Told() bool {
	_, sent := s.Taker()
	return sent || s.Pushes()
}

// contextSchedule is when sources of facts are read unless they say otherwise: a
// shift that was handed over should be known within a minute.
const contextSchedule = "@every 1m"

// Sources returns the configured sources in the order of the configuration.
func (a *App) Sources() []Source { return a.sources }

// Source returns the source of that name.
func (a *App) Source(name string) (Source, error) {
	i := slices.IndexFunc(a.sources, func(s Source) bool { return s.Name == name })
	if i < 0 {
		names := make([]string, len(a.sources))
		for i, s := range a.sources {
			names[i] = s.Name
		}
		return Source{}, &identity.Error{
			Kind: identity.Invalid, Err: fmt.Errorf("there is no source %q", name), Hint: configured(names),
		}
	}
	return a.sources[i], nil
}

// openSources makes the configured sources; none of them is contacted.
func (a *App) openSources() error {
	for _, s := range a.Config.Sources {
		adapter, err := s.Settings.Open(sources.Env{
			Name: s.Name, Map: s.Map, Log: a.Log.With("source", s.Name), Now: a.Now, Dir: a.Config.Dir,
		})
		if err != nil {
			return &identity.Error{Kind: identity.Invalid, Op: "open source " + s.Name, Err: err}
		}
		if c, ok := adapter.(interface{ Close() error }); ok {
			a.closers.add("source "+s.Name, c.Close)
		}
		source := Source{Source: s, Adapter: adapter}
		if _, tells := source.Context(); tells && s.Schedule == "" && !source.Told() {
			source.Schedule = contextSchedule
		}
		a.sources = append(a.sources, source)
	}
	return nil
}

func (a *App) intakeOptions() intake.Options {
	o := intake.Options{
		Correlate: a.Config.Correlate, MaxMissingPercent: a.Config.Sync.Guard.MaxMissingPercent,
		Now: a.Now, NewID: a.NewID, Log: a.Log, Notify: a.wakeWorkers,
		Signals: a.signalOptions(),
	}
	for _, s := range a.Config.Sources {
		o.Sources = append(o.Sources, s.Name)
	}
	for _, rule := range a.Config.Authority {
		o.Authority = append(o.Authority, directory.AuthorityRule{Attributes: rule.Attributes, Sources: rule.Sources})
	}
	return o
}

// maxAges tells how old the knowledge of a fact may be when it begins, by source.
func (a *App) maxAges() map[string]time.Duration {
	ages := map[string]time.Duration{}
	for _, s := range a.sources {
		if c, tells := s.Context(); tells {
			ages[s.Name] = c.Terms().MaxAge
		}
	}
	return ages
}

// read takes in what one source says.
func (a *App) read(ctx context.Context, s Source) (intake.Report, error) {
	return a.timed(ctx, s, a.pull)
}

func (a *App) pull(ctx context.Context, s Source) (intake.Report, error) {
	if c, tells := s.Context(); tells {
		return a.Intake.ImportFacts(ctx, s.Name, c)
	}
	return a.Intake.Pull(ctx, s.Name, s.Adapter)
}

// Import reads the named sources into the directory, or all that can be read
// where none is named; people before the facts about them. One that fails does not stop the others; the errors are
// joined, and the reports are those of the sources that were read.
func (a *App) Import(ctx context.Context, names []string) ([]intake.Report, error) {
	reports, faults := a.importEach(ctx, names)
	return reports, errors.Join(faults...)
}

// peopleFirst sorts sources: people before the facts about them.
func peopleFirst(chosen []Source) {
	slices.SortStableFunc(chosen, func(x, y Source) int {
		_, one := x.Context()
		_, other := y.Context()
		switch {
		case one == other:
			return 0
		case other:
			return -1
		}
		return 1
	})
}

func (a *App) chooseSources(names []string) ([]Source, error) {
	if len(names) == 0 {
		pulled := slices.DeleteFunc(slices.Clone(a.sources), Source.Told)
		if len(pulled) == 0 {
			return nil, &identity.Error{
				Kind: identity.Invalid, Op: "import", Err: errors.New("no source can be read: each of them pushes, or none is configured"),
				Hint: "a SCIM source fills the directory while `birthright serve` runs; see docs/sources.md",
			}
		}
		return pulled, nil
	}
	var chosen []Source
	for _, name := range names {
		s, err := a.Source(name)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, s)
	}
	return chosen, nil
}
