package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"birthright/app/metrics"
	"birthright/config"
	"birthright/grants"
	"birthright/grants/desk"
	"birthright/hub"
	"birthright/identity"
	"birthright/intake"
	"birthright/internal/ids"
	"birthright/internal/ratelimit"
	"birthright/internal/tracing"
	"birthright/live"
	"birthright/migrations"
	"birthright/reconcile"
	reviewdesk "birthright/reviews/desk"
	"birthright/rules"
	"birthright/rules/population"
	"birthright/signals/delivery"
	"birthright/signin"
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
	// Build is which program this is.
	Build metrics.Build
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
	// Hub answers about the directory and the operation of the hub.
	Hub *hub.Hub
	// Desk handles requests for access, Reviews what people are to look at again.
	Desk    *desk.Desk
	Reviews *reviewdesk.Desk
	// SignIn lets people in to the console.
	SignIn *signin.Service

	policy       policyHeld
	sources      []Source
	destinations []reconcile.Destination
	receivers    []delivery.Receiver
	bell         *delivery.Bell // rung when a receiver is owed a signal
	wake         chan struct{}
	stopping     atomic.Bool // requests should go elsewhere
	figures      *metrics.Metrics
	traces       *tracing.Tracer    // nil where nobody wants them
	budgets      *ratelimit.Budgets // shared by targets with one credential
	live         *live.Feed         // what happens now, for those who watch
	closers      closers
}

// Open is Prepare and Connect.
func Open(ctx context.Context, o Options) (*App, error) {
	a, err := Prepare(o)
	if err != nil {
		return nil, err
	}
	if err := a.Connect(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// Prepare loads the policy and makes sources and targets. It connects to nothing
// and writes nothing, so that whatever is wrong with the configuration is found
// before anything is touched. Store, Intake and Runner are there after Connect.
func Prepare(o Options) (*App, error) {
	a := &App{Options: o.withDefaults(), wake: make(chan struct{}, 1), bell: delivery.NewBell()}
	a.budgets = ratelimit.New(a.Now)
	a.live = live.New(live.Options{Boot: strings.ReplaceAll(a.NewID(), "-", ""), Now: a.Now})
	if err := a.prepare(); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) prepare() error {
	if err := a.loadPolicy(); err != nil {
		return err
	}
	if err := a.openSources(); err != nil {
		return err
	}
	if err := a.openReceivers(); err != nil {
		return err
	}
	return a.openTargets()
}

// Connect opens the database. One without tables gets them; one that is older
// than the program is refused until somebody says `birthright migrate up`.
func (a *App) Connect(ctx context.Context) error {
	if err := a.openTraces(ctx); err != nil {
		return err
	}
	if err := a.openStore(ctx); err != nil {
		return err
	}
	a.figures = a.newMetrics()
	a.Intake = intake.New(a.Store, a.intakeOptions())
	a.Runner = reconcile.New(reconcile.Options{
		Store: a.Store, Engine: a.Engine, Fit: a.fit, Refresh: a.refresh, Destinations: a.destinations, MaxAge: a.maxAges(),
		Overlap: reconcile.Overlap{For: a.Config.Reviews.Movers.Overlap, Risks: a.Config.Reviews.Movers.Risks},
		Now:     a.Now, NewID: a.NewID, Log: a.Log, Progress: a.progress, Ran: a.figures.Ran, Witness: witness{a.live}, Traces: a.traces,
	})
	a.Desk = desk.New(desk.Options{
		Store: a.Store, Engine: a.Engine, World: a.Runner.StandingWorldFor, Wake: a.wakeWorkers,
		Admins: hubTerms(a.Config.Auth.OIDC.Admins), Auditors: hubTerms(a.Config.Auth.OIDC.Auditors),
	})
	a.Reviews = reviewdesk.New(reviewdesk.Options{
		Store: a.Store, Grants: a.Desk, Engine: a.Engine, Everybody: a.everybody, Admins: hubTerms(a.Config.Auth.OIDC.Admins), Wake: a.wakeWorkers,
	})
	a.SignIn = a.signIn()
	a.Hub = a.hub()
	return nil
}

// everybody loads all people, as far as some policies read them.
func (a *App) everybody(ctx context.Context, tx *store.Tx, each func(*identity.User) error, engines ...*rules.Engine) (*population.Population, rules.World, error) {
	crowd, err := a.Runner.Crowd(ctx, tx, each, engines...)
	return crowd.Population, crowd.World, err
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewID == nil {
		o.NewID = ids.New
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
	url, err := a.Config.DatabaseURL(ctx)
	if err != nil {
		return err
	}
	o := store.Options{Now: a.Now, NewID: a.NewID, Log: a.Log, Index: a.index()}
	if err := prepareStore(ctx, url, o); err != nil {
		return err
	}
	db, err := store.Open(ctx, url, o)
	if err != nil {
		return err
	}
	a.Store = db
	a.closers.add("database", db.Close)
	return db.Reindex(ctx, func(done int) { a.Progress("database", "indexing what was pushed", done, 0) })
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

func (a *App) refresh(ctx context.Context, users []int64) error {
	_, err := a.Intake.Refresh(ctx, users, a.Now())
	return err
}

// fit asks the desk which approved grants may begin.
func (a *App) fit(ctx context.Context, tx *store.Tx, approved []grants.Grant) (map[int64]string, error) {
	return a.Desk.Fit(ctx, tx, approved)
}

// Close frees what Open took, last first.
func (a *App) Close() error { return a.closers.close() }

// wakeWorkers hints that the work queue has something.
func (a *App) wakeWorkers() {
	select {
	case a.wake <- struct{}{}:
	default: // a hint is waiting already
	}
}
