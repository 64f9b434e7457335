package hub

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/live"
	"birthright/rights"
	"birthright/store"
)

const (
	// wordEvery is how often a run says that it goes on, and how far it is.
	wordEvery = 2 * time.Second
	// keptReports is of how many ordered runs it is kept, change by change, what they
	// came to.
	keptReports = 100
)

// What the row of an ordered run counts besides what its passes do.
const (
	countRead     = "read"     // targets or sources that could be read
	countImported = "imported" // records that an import changed
)

var errNoRun = errors.New("there is no such run")

// orders are the ordered runs that this process carries out.
type orders struct {
	mu      sync.Mutex
	running map[string]*order
	all     sync.WaitGroup
	ends    context.Context //nolint:containedctx // that of the server, for what goes on behind a request
}

// order is a run that somebody ordered.
type order struct {
	row  store.RunRow
	done chan struct{}
	// what it came to, once done is closed
	report any
	err    error
}

// fruit is what a run came to.
type fruit struct {
	report   any
	counts   map[string]int
	complete bool
	// trouble is what did not work although the run came to its end.
	trouble string
}

func (o *orders) has(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.running[id] != nil
}

func (o *orders) find(id string) *order {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.running[id]
}

func (o *orders) add(id string, one *order) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.running == nil {
		o.running = map[string]*order{}
	}
	o.running[id] = one
}

func (o *orders) remove(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.running, id)
}

// Carry lets ordered runs go on behind the requests that ordered them, until ctx ends;
// then it ends them and waits until what was begun is on record.
func (h *Hub) Carry(ctx context.Context) {
	h.orders.mu.Lock()
	h.orders.ends = ctx
	h.orders.mu.Unlock()
	<-ctx.Done()
	h.orders.all.Wait()
}

// begin puts a run on record, ordered by whoever the session is of.
func (s *session) begin(kind string, scope Scope) (*order, error) {
	text, err := json.Marshal(scope)
	if err != nil {
		return nil, err
	}
	o := &order{done: make(chan struct{})}
	o.row = store.RunRow{ID: s.NewID(), Kind: kind, Started: s.tx.Now(), By: s.Actor.Name, Scope: string(text), AliveAt: s.tx.Now()}
	detail := map[string]any{"kind": kind}
	for name, value := range map[string]any{"targets": scope.Targets, "sources": scope.Sources, "user": scope.User, "full": scope.Full} {
		if !isZero(value) {
			detail[name] = value
		}
	}
	event := s.event("run.ordered", "run:"+o.row.ID, detail)
	event.Run = o.row.ID
	return o, s.tx.SaveRun(s.ctx, o.row, event)
}

func isZero(value any) bool {
	switch v := value.(type) {
	case []string:
		return len(v) == 0
	case string:
		return v == ""
	case bool:
		return !v
	}
	return value == nil
}

// carry does what was ordered, says that it goes on while it does, and puts on record
// what it came to.
func (h *Hub) carry(ctx context.Context, o *order, do func(ctx context.Context) (fruit, error)) {
	h.orders.add(o.row.ID, o)
	h.Live.Tell(live.Event{Kind: live.Started, Run: o.row.ID, Step: o.row.Kind})
	over := make(chan struct{})
	var saying sync.WaitGroup
	saying.Go(func() { h.say(ctx, o.row, over) })
	f, err := do(ctx)
	close(over)
	saying.Wait()
	o.report, o.err = f.report, err
	if lost := h.finish(context.WithoutCancel(ctx), o, f); lost != nil {
		o.err = errors.Join(o.err, lost)
	}
	close(o.done)
}

// behind carries a run out without anybody waiting for it.
func (h *Hub) behind(o *order, do func(ctx context.Context) (fruit, error)) {
	h.orders.mu.Lock()
	ctx := h.orders.ends
	h.orders.mu.Unlock()
	if ctx == nil {
		ctx = context.Background()
	}
	h.orders.add(o.row.ID, o) // before anybody can ask for it
	h.orders.all.Go(func() { h.carry(ctx, o, do) })
}

// say keeps saying that a run goes on.
func (h *Hub) say(ctx context.Context, row store.RunRow, over <-chan struct{}) {
	again := time.NewTicker(wordEvery)
	defer again.Stop()
	for {
		select {
		case <-over:
			return
		case <-again.C:
		}
		err := h.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
			steps, err := json.Marshal(h.Live.Steps((&session{Hub: h}).targetsOf(row)))
			if err != nil {
				return err
			}
			row.AliveAt, row.Steps = tx.Now(), string(steps)
			return tx.SaveRun(ctx, row)
		})
		if err != nil && ctx.Err() == nil {
			h.Log.Warn("a run could not say that it goes on", "run", row.ID, "error", err)
		}
	}
}

// finish puts on record what a run came to.
func (h *Hub) finish(ctx context.Context, o *order, f fruit) error {
	row := o.row
	row.Complete, row.Counts, row.Error = f.complete, f.counts, f.trouble
	if o.err != nil {
		row.Error = o.err.Error()
	}
	kept, err := json.Marshal(keptReport{Report: f.report, Fault: faultOf(o.err)})
	if err == nil {
		err = h.Store.Update(ctx, func(tx *store.Tx) error {
			row.Finished, row.AliveAt, row.Steps = tx.Now(), tx.Now(), ""
			if err := tx.SaveRun(ctx, row); err != nil {
				return err
			}
			return tx.KeepRunReport(ctx, row.ID, kept, keptReports)
		})
	}
	// In this order: whoever finds it running still hears how it ends.
	h.orders.remove(row.ID)
	h.Live.Rest((&session{Hub: h}).targetsOf(row))
	h.Live.Tell(live.Event{Kind: live.Finished, Run: row.ID, Step: row.Kind, State: viewRun(row, row.Finished).State, Error: row.Error})
	return err
}

// keptReport is how it is kept what a run came to.
type keptReport struct {
	Report any    `json:"report"`
	Fault  *Fault `json:"fault"`
}

// Fault is an error as it travels: what programs and people need to know of it.
type Fault struct {
	Kind  identity.Kind `json:"kind"`
	Error string        `json:"error"`
	// Hint is part of Error too, as people read it.
	Hint   string `json:"hint"`
	Source string `json:"source,omitempty"`
}

// faultOf is the fault that stands for an error, nil for none.
func faultOf(err error) *Fault {
	if err == nil {
		return nil
	}
	f := &Fault{Kind: identity.KindOf(err), Error: err.Error()}
	var e *identity.Error
	if errors.As(err, &e) {
		f.Hint = e.Hint
	}
	return f
}

// Err is the error that the fault stands for, nil for none.
func (f *Fault) Err() error {
	if f == nil {
		return nil
	}
	return &identity.Error{Kind: f.Kind, Err: errors.New(f.Error)}
}

// ordered puts a run on record for an actor who may; prepare may say what is wrong
// with the order, and complete it.
func (h *Hub) ordered(ctx context.Context, a approval.Actor, v rights.Verb, kind string, prepare func(s *session) (Scope, error)) (o *order, err error) {
	err = h.Store.Update(ctx, func(tx *store.Tx) error {
		return h.in(ctx, tx, a, func(s *session) error {
			if err := s.may(v, rights.Relation{}); err != nil {
				return err
			}
			scope, err := prepare(s)
			if err != nil {
				return err
			}
			o, err = s.begin(kind, scope)
			return err
		})
	})
	return o, err
}
