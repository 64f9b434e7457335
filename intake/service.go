package intake

import (
	"context"
	"log/slog"
	"time"

	"birthright/directory"
	"birthright/internal/ids"
	"birthright/internal/tracing"
	"birthright/store"
)

// batchSize is how many records one transaction takes in. Larger ones gain
// little and keep other writers waiting, among them those who take access away.
const batchSize = 1000

// Options are the settings of a Service and what the program lends it.
type Options struct {
	// Correlate lists, in order of preference, the attributes by which records
	// are recognised as one person.
	Correlate [][]string
	// Authority says which source is believed for which attribute.
	Authority []directory.AuthorityRule
	// Sources are the names of the sources in the order of the configuration:
	// the order of trust where Authority is silent.
	Sources []string
	// MaxMissingPercent is the share of a source's people (and groups) that may
	// be missing from a whole pull before it is held.
	MaxMissingPercent float64
	// TempDir is where a pull keeps what it has not applied yet, "" for the
	// system's. The file is readable by its owner only and gone afterwards.
	TempDir string

	Now    func() time.Time // time.Now if nil
	NewID  func() string    // time-ordered UUIDs if nil
	Log    *slog.Logger     // discarded if nil
	Notify func()           // told after work was enqueued; may be nil

	// Signals says who hears of people who were deactivated or deleted.
	Signals Signals
}

// Service takes in what sources say. Its methods may be called from any
// goroutine.
type Service struct {
	db        *store.DB
	correlate directory.Correlation
	authority directory.Authority
	o         Options
	batch     int // batchSize, but in tests
}

// New returns a Service on db.
func New(db *store.DB, o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewID == nil {
		o.NewID = ids.New
	}
	if o.Notify == nil {
		o.Notify = func() {}
	}
	return &Service{
		db:        db,
		correlate: directory.NewCorrelation(o.Correlate),
		authority: directory.NewAuthority(o.Sources, o.Authority),
		o:         o,
		batch:     batchSize,
	}
}

// change runs fn in one transaction on what actor says about source, and tells
// the workers if it left work for them.
func (s *Service) change(ctx context.Context, source, actor string, fn func(b *batch) error) (err error) {
	ctx, span := tracing.Start(ctx, "take in")
	defer func() { span.End(err) }()
	var b *batch
	err = s.db.Update(ctx, func(tx *store.Tx) error {
		b = s.newBatch(tx, source, actor) // anew, should the transaction be tried again
		return fn(b)
	})
	if err == nil {
		span.Count(tracing.Users, len(b.worked))
	}
	if err == nil && len(b.worked) > 0 {
		s.o.Notify()
	}
	s.notifySignals(b, err)
	return err
}

// notifySignals tells those who deliver signals that b noted some.
func (s *Service) notifySignals(b *batch, err error) {
	if err == nil && b.signalled > 0 && s.o.Signals.Notify != nil {
		s.o.Signals.Notify()
	}
}

// sourceActor is who pulls and pushes of a source are audited as.
func sourceActor(source string) string { return "source:" + source }
