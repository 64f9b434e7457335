package reconcile

import (
	"context"
	"log/slog"
	"time"

	"birthright/grants"
	"birthright/internal/tracing"
	"birthright/plan"
	"birthright/rules"
	"birthright/store"
	"birthright/targets"
)

// Destination is one configured target with everything the run must know of it.
type Destination struct {
	Target   targets.Target
	Settings plan.Settings
	Limits   plan.Limits
	// Match lists the attributes by which an account that is there already is
	// recognised as a user's, in order; userName is the account's name.
	Match []string
	// GovernedOnly limits a look at the whole target to what policies give on it.
	GovernedOnly bool
}

// Name returns the configured name.
func (d Destination) Name() string { return d.Settings.Target }

// Options are what a Runner needs.
type Options struct {
	Store *store.DB
	// Engine returns the policy in force; a run uses one from start to end.
	Engine func() *rules.Engine
	// MaxAge is, by context source, how old the knowledge of a fact may be when
	// the fact begins. What other sources once told opens nothing.
	MaxAge map[string]time.Duration
	// Fit says why grants may not begin although they were approved once, by number:
	// whoever approved may no longer, or what was approved is no longer the same. nil
	// finds all of them fit.
	Fit func(ctx context.Context, tx *store.Tx, approved []grants.Grant) (map[int64]string, error)
	// Overlap is what people who move keep for a while.
	Overlap Overlap
	// Refresh stores the lifecycle anew of users whose calendar has turned.
	Refresh      func(ctx context.Context, users []int64) error
	Destinations []Destination
	Now          func() time.Time
	NewID        func() string
	Log          *slog.Logger
	// Traces follows runs; nil follows none.
	Traces *tracing.Tracer
	// Ran, if set, hears what each target's part of a run came to, once it is over.
	Ran func(Run)
	// Progress, if set, hears how far a long step is; total is 0 when unknown.
	Progress func(target, step string, done, total int)
	// Witness, if set, hears what was done on targets, once it is on record.
	Witness Witness
}

// Witness hears what runs do while they do it. It is called from several goroutines, and
// must not take long: runs wait for it.
type Witness interface {
	// Recorded is told what became of some changes of a pass; partOf is the ordered run
	// that it belongs to, "" for none.
	Recorded(run, partOf, target string, changes []Change)
	// Held is told what a guard stopped that was not held before.
	Held(run, partOf, target string, held []Held)
}

// nobody listens to nothing.
type nobody struct{}

func (nobody) Recorded(string, string, string, []Change) {}
func (nobody) Held(string, string, string, []Held)       {}

// Runner carries out runs. Its methods may be called from several goroutines;
// runs of the same target take turns, also across processes.
type Runner struct {
	Options
	outages outages
	locks   locks
	paces   paces
	turns   turns
}

// New returns a Runner.
func New(o Options) *Runner {
	if o.Progress == nil {
		o.Progress = func(string, string, int, int) {}
	}
	if o.Ran == nil {
		o.Ran = func(Run) {}
	}
	if o.Witness == nil {
		o.Witness = nobody{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Runner{Options: o}
}

// Request says what a run is for.
type Request struct {
	// Targets limits the run to these; nil means all.
	Targets []string
	// User limits the run to one user, by name; "" means everybody.
	User string
	// Full looks at the targets instead of trusting what is remembered: at all
	// they hold, or at what the one user has.
	Full bool
	// Actor is who asked for it, for the audit log.
	Actor string
	// PartOf is the ordered run whose passes these are, "" for none.
	PartOf string
}

// kind is for whom the run is, for a trace.
func (q Request) kind() string {
	switch {
	case q.User != "":
		return "one user"
	case q.Full:
		return "full"
	}
	return "everybody"
}
