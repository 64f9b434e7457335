package hub

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"birthright/identity"
	"birthright/reconcile"
	"birthright/rules"
	"birthright/rules/population"
	"birthright/store"
)

// How old what is in memory may be: oldest is for everybody, since time itself changes who
// is active and who is on call; typing is for somebody who edits a policy, whom a moment
// ago is good enough. What nobody asked for in idle is let go.
const (
	oldest = 2 * time.Minute
	typing = time.Minute
	idle   = 10 * time.Minute
)

// residents keep everybody in memory for those who try policies, so that a question does
// not read the directory: about 120 bytes a person with nine attributes, and twice that
// while they are read anew. There is one such picture at most.
type residents struct {
	now  atomic.Pointer[resident]
	load sync.Mutex // one at a time reads everybody
}

// resident is everybody at one moment. It does not change.
type resident struct {
	reconcile.Crowd
	seq        int64           // of the audit log, when they were read
	attributes map[string]bool // what somebody has
	managers   bool            // the facts know who is above whom
	apart      []string        // the groups kept apart that World.Held knows
	used       *atomic.Int64   // when somebody asked last, in microseconds
}

// ready returns a way to everybody, no older than patience where something changed.
func (h *Hub) ready(patience time.Duration) func(ctx context.Context, tx *store.Tx, engines ...*rules.Engine) (reconcile.Crowd, error) {
	return func(ctx context.Context, tx *store.Tx, engines ...*rules.Engine) (reconcile.Crowd, error) {
		places, err := h.places()
		if err != nil {
			return reconcile.Crowd{}, err
		}
		engines = append(engines, places.Engine())
		h.people.load.Lock()
		defer h.people.load.Unlock()
		r, err := h.fit(ctx, tx, patience, engines)
		if err == nil && r == nil {
			r, err = h.readEverybody(ctx, tx, engines)
		}
		if err != nil {
			return reconcile.Crowd{}, err
		}
		r.used.Store(tx.Now().UnixMicro())
		h.people.now.Store(r)
		return r.Crowd, nil
	}
}

// fit is what is in memory, as far as it serves these policies and is young enough; nil
// where it does not.
func (h *Hub) fit(ctx context.Context, tx *store.Tx, patience time.Duration, engines []*rules.Engine) (*resident, error) {
	r := h.people.now.Load()
	if r == nil || !r.managers && slices.ContainsFunc(engines, asksForManagers) {
		return nil, nil //nolint:nilnil // there is none, which is no fault
	}
	age := tx.Now().Sub(r.World.At)
	if age > oldest || age < 0 {
		return nil, nil //nolint:nilnil // too old
	}
	if age > patience {
		head, err := tx.AuditHead(ctx)
		if err != nil || head.Seq != r.seq {
			return nil, err
		}
	}
	missing, ok := r.missing(engines)
	if !ok {
		return nil, nil //nolint:nilnil // it was not read
	}
	wide := *r
	if len(missing) > 0 {
		wide.Population = r.Population.With(missing)
		wide.Population.Seal()
	}
	return wide.parted(ctx, tx, engines)
}

// missing are the readings that were not kept and of which everybody has nothing; false
// where somebody has something.
func (r *resident) missing(engines []*rules.Engine) (out []population.Reading, ok bool) {
	for _, e := range engines {
		for _, reading := range e.Readings() {
			if slices.Contains(r.Population.Readings(), reading) {
				continue
			}
			named := reading.Kind == population.First || reading.Kind == population.All
			if reading.Kind != population.State && (!named || r.attributes[reading.Attribute]) {
				return nil, false
			}
			out = append(out, reading)
		}
	}
	return out, true
}

// parted knows who is in the groups that these policies keep apart.
func (r *resident) parted(ctx context.Context, tx *store.Tx, engines []*rules.Engine) (*resident, error) {
	var more []string
	for _, e := range engines {
		more = append(more, e.KeptApart()...)
	}
	slices.Sort(more)
	more = slices.Compact(more)
	if !slices.ContainsFunc(more, func(g string) bool { return !slices.Contains(r.apart, g) }) {
		return r, nil
	}
	var err error
	r.apart = more
	r.Crowd, err = r.Crowd.Apart(ctx, tx, engines...)
	return r, err
}

// readEverybody reads the directory, as far as these policies read it.
func (h *Hub) readEverybody(ctx context.Context, tx *store.Tx, engines []*rules.Engine) (*resident, error) {
	r := &resident{attributes: map[string]bool{}, used: &atomic.Int64{}, managers: slices.ContainsFunc(engines, asksForManagers)}
	head, err := tx.AuditHead(ctx)
	if err != nil {
		return nil, err
	}
	r.seq = head.Seq
	r.Crowd, err = h.Runner.Crowd(ctx, tx, func(u *identity.User) error {
		for name := range u.Attributes {
			if !r.attributes[name] {
				r.attributes[strings.Clone(name)] = true // a part of a text would keep the whole of it
			}
		}
		return ctx.Err()
	}, engines...)
	if err != nil {
		return nil, err
	}
	for _, e := range engines {
		r.apart = append(r.apart, e.KeptApart()...)
	}
	r.Population.Seal()
	return r, nil
}

// LetGo frees the memory of people whom nobody asked about for a while.
func (h *Hub) LetGo(context.Context) error {
	r := h.people.now.Load()
	if r != nil && h.Now().Sub(time.UnixMicro(r.used.Load())) > idle {
		h.people.now.CompareAndSwap(r, nil)
	}
	return nil
}

func asksForManagers(e *rules.Engine) bool { return len(e.Policy().Asks().Managers) > 0 }

// placesRead reads departments and teams.
func placesRead() (*rules.Question, error) {
	return rules.CompileCondition(`user.department == "" && user.team == ""`)
}
