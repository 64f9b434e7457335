package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"birthright/config"
	"birthright/identity"
	"birthright/intake"
	"birthright/migrations"
	"birthright/reconcile"
	"birthright/rules"
	"birthright/store"
	"birthright/targets"
)

// Options say how the program is put together. Only Config is required.
type Options struct {
	Config *config.Config
	Now    func() time.Time
	NewID  func() string
	Log    *slog.Logger
	// Progress hears how far long work is; total is 0 when unknown.
	Progress func(subject, step string, done, total int)
	// Actor is who runs the program, for the audit log: "operator:NAME".
	Actor string
	// Targets, if set, are used instead of those of the configuration that have
	// the same name: tests and the demo hand over what they made in-process.
	Targets map[string]targets.Target
}

// App is the program. Close frees what Open took.
type App struct {
	Options
	Store  *store.DB
	Intake *intake.Service
	Runner *reconcile.Runner

	engine  atomic.Pointer[rules.Engine]
	sources []Source
	wake    chan struct{}
	closers closers
}

// Open loads the policy, opens the database and makes sources and targets; it
// connects to none of them. A database without tables gets them; one that is
// older than the program is refused until somebody says `birthright migrate up`.
func Open(ctx context.Context, o Options) (app *App, err error) {
	a := &App{Options: o.withDefaults(), wake: make(chan struct{}, 1)}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if err := a.loadPolicy(); err != nil {
		return nil, err
	}
	if err := a.openStore(ctx); err != nil {
		return nil, err
	}
	a.Intake = intake.New(a.Store, a.intakeOptions())
	if err := a.openSources(); err != nil {
		return nil, err
	}
	destinations, err := a.openTargets()
	if err != nil {
		return nil, err
	}
	a.Runner = reconcile.New(reconcile.Options{
		Store: a.Store, Engine: a.engine.Load, Refresh: a.refresh, Destinations: destinations,
		Now: a.Now, NewID: a.NewID, Log: a.Log, Progress: a.Progress,
	})
	return a, nil
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewID == nil {
		o.NewID = uuid.NewString
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Progress == nil {
		o.Progress = func(string, string, int, int) {}
	}
	return o
}

// openStore opens the database and gives an empty one its tables.
func (a *App) openStore(ctx context.Context) error {
	url, err := DatabaseURL(ctx, a.Config)
	if err != nil {
		return err
	}
	o := store.Options{Now: a.Now, NewID: a.NewID, Log: a.Log}
	if err := prepareStore(ctx, url, o); err != nil {
		return err
	}
	db, err := store.Open(ctx, url, o)
	if err != nil {
		return err
	}
	a.Store = db
	a.closers.add("database", db.Close)
	return nil
}

// prepareStore gives a database without tables its tables.
func prepareStore(ctx context.Context, url string, o store.Options) error {
	fresh := false
	steps, err := store.MigrationStatus(ctx, url, o)
	switch identity.KindOf(err) {
	case "":
		fresh = !slices.ContainsFunc(steps, func(s migrations.Step) bool { return s.Applied })
	case identity.NotFound: // a SQLite file that is not there yet
		fresh = true
	default:
		return err
	}
	if fresh {
		_, err = store.Migrate(ctx, url, o)
		return err
	}
	return nil
}

// DatabaseURL returns the database's address, with the password in it; a
// relative SQLite path is taken from the configuration file's folder.
func DatabaseURL(ctx context.Context, cfg *config.Config) (string, error) {
	url, err := cfg.Database.URL.Reveal(ctx, cfg.Dir)
	if err != nil {
		return "", err
	}
	return absoluteSQLite(url, cfg.Dir), nil
}

func (a *App) refresh(ctx context.Context, users []int64) error {
	_, err := a.Intake.Refresh(ctx, users, a.Now())
	return err
}

// Engine returns the policy in force.
func (a *App) Engine() *rules.Engine { return a.engine.Load() }

// Close frees what Open took, last first.
func (a *App) Close() error { return a.closers.close() }

// loadPolicy reads the policy files and puts them in force.
func (a *App) loadPolicy() error {
	engine, err := Policy(a.Config)
	if err != nil {
		return err
	}
	a.engine.Store(engine)
	return nil
}

// ReloadPolicy reads the policy files again. A policy with a fault changes
// nothing: the one in force stays.
func (a *App) ReloadPolicy() error { return a.loadPolicy() }

// Policy reads and compiles the policy files of a configuration.
func Policy(cfg *config.Config) (*rules.Engine, error) {
	files := make([]rules.File, 0, len(cfg.PolicyFiles))
	for _, path := range cfg.PolicyFiles {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, &identity.Error{Kind: identity.Invalid, Op: "read policy", Object: path, Err: err}
		}
		files = append(files, rules.File{Name: relative(cfg.Dir, path), Data: data})
	}
	names := make([]string, len(cfg.Targets))
	for i, t := range cfg.Targets {
		names[i] = t.Name
	}
	policy, err := rules.Load(files, names)
	if err != nil {
		return nil, err
	}
	return rules.Compile(policy)
}

// wakeWorkers hints that the work queue has something.
func (a *App) wakeWorkers() {
	select {
	case a.wake <- struct{}{}:
	default: // a hint is waiting already
	}
}
