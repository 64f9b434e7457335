package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/RoaringBitmap/roaring/v2/roaring64"

	"birthright/audit"
	"birthright/identity"
	"birthright/sources"
	"birthright/store"
)

// parked is how long the work of a pull with groups waits at most for the
// memberships that come after the people: half the truth could give access
// that an exception for a group takes away. The pull's end makes it due.
const parked = 5 * time.Minute

// Pull reads source name from where its last pull ended, or from the start, and
// takes in what differs. It applies nothing unless the read ended whole and the
// missing guard let it pass; then everything, in batches. An error of kind Held
// carries the numbers of the guard; of kind Conflict means that another pull of
// the source is running.
func (s *Service) Pull(ctx context.Context, name string, src sources.Source) (Report, error) {
	return s.pull(ctx, name, src, false)
}

// PullWhole is Pull from the start, whatever cursor is remembered.
func (s *Service) PullWhole(ctx context.Context, name string, src sources.Source) (Report, error) {
	return s.pull(ctx, name, src, true)
}

func (s *Service) pull(ctx context.Context, name string, src sources.Source, whole bool) (Report, error) {
	began := s.o.Now()
	unlock, err := s.lockImport(ctx, name)
	if err != nil {
		return Report{Source: name}, err
	}
	defer unlock()
	p := &pull{s: s, name: name, report: Report{Source: name}}
	err = p.run(ctx, src, whole)
	p.report.Duration = s.o.Now().Sub(began)
	if err != nil {
		err = errors.Join(err, s.rememberFailure(context.WithoutCancel(ctx), name, err))
		return p.report, err
	}
	s.o.Log.Info("imported", "report", p.report)
	return p.report, nil
}

// lockImport keeps two imports of one source apart. It does not wait.
func (s *Service) lockImport(ctx context.Context, name string) (unlock func(), err error) {
	if unlock, err = s.db.TryLock(ctx, "import:"+name); err != nil {
		err = &identity.Error{Kind: identity.KindOf(err), Op: "import " + name, Err: err, Hint: "another import of it may be running"}
	}
	return unlock, err
}

// pull is one run of Pull.
type pull struct {
	s      *Service
	name   string
	report Report

	end sources.Checkpoint

	known, knownGroups int
	missing            *roaring64.Bitmap // numbers of live records that are gone
	lost               *roaring64.Bitmap // numbers of groups that are; nil where the pull cannot tell

	park    bool
	touched *roaring64.Bitmap // users with parked work
}

// run is the whole pull: read, guard, apply.
func (p *pull) run(ctx context.Context, src sources.Source, whole bool) error {
	since, err := p.cursor(ctx)
	if err != nil {
		return err
	}
	if whole {
		since = ""
	}
	sf, end, err := p.s.pour(ctx, p.name, src, since)
	if err != nil {
		return unread(p.name, err)
	}
	defer sf.close()
	if !end.Complete && since == "" {
		return unread(p.name, &identity.Error{Kind: identity.Incomplete, Err: errors.New("the read ended before it was whole")})
	}
	p.end = end
	p.report.Seen, p.report.Unchanged, p.report.Groups = sf.told, sf.unchanged, sf.groups.len
	if err := p.census(ctx, sf); err != nil {
		return err
	}
	if err := p.guard(ctx); err != nil {
		return err
	}
	return p.apply(ctx, sf)
}

// unread says what a pull that broke off did: nothing.
func unread(name string, err error) error {
	fault := &identity.Error{Kind: identity.KindOf(err), Op: "import " + name, Err: err, Hint: "nothing was imported"}
	var inner *identity.Error
	if errors.As(err, &inner) && inner.Hint != "" {
		fault.Hint = "" // it says what to do, and that nothing was done goes without saying
	}
	return fault
}

func (p *pull) cursor(ctx context.Context) (sources.Cursor, error) {
	var state store.SourceState
	err := p.s.db.View(ctx, func(tx *store.Tx) (err error) {
		state, err = tx.SourceState(ctx, p.name)
		return err
	})
	return sources.Cursor(state.Cursor), err
}

// apply makes what was told true: arrivals, then those who left, then groups.
// Records of this pull that could not be placed are looked at once more at the
// end, when those who stood in their way may have moved.
func (p *pull) apply(ctx context.Context, sf *sift) error {
	p.park, p.touched = sf.groups.len > 0, roaring64.New()
	for records, err := range ahead(sf.people.records(ctx, p.s.batch)) {
		if err != nil {
			return err
		}
		if err := p.batch(ctx, func(b *batch) error { return b.arrive(ctx, records) }); err != nil {
			return err
		}
	}
	if err := p.leave(ctx); err != nil {
		return err
	}
	if err := p.applyGroups(ctx, sf); err != nil {
		return err
	}
	if err := p.unpark(ctx); err != nil {
		return err
	}
	if err := p.s.reconsiderAll(ctx); err != nil {
		return err
	}
	return p.close(ctx)
}

// batch runs one transaction of the pull.
func (p *pull) batch(ctx context.Context, fn func(b *batch) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var done *batch
	err := p.s.change(ctx, p.name, sourceActor(p.name), func(b *batch) error {
		b.leaving = p.missing
		if p.park {
			b.due, b.parked = b.now.Add(parked), p.touched
		}
		done = b
		return fn(b)
	})
	if err != nil {
		return fmt.Errorf("import %s: %w", p.name, err)
	}
	p.report.Counts.add(done.counts)
	if p.park {
		for _, n := range done.worked {
			p.touched.Add(uint64(n))
		}
	}
	return nil
}

// leave takes in that the missing ones left.
func (p *pull) leave(ctx context.Context) error {
	for ns := range chunks(p.missing, p.s.batch) {
		err := p.batch(ctx, func(b *batch) error {
			records, err := recordsByN(ctx, b.tx, p.name, ns)
			if err != nil {
				return err
			}
			return b.leave(ctx, records)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// unpark makes the work that waited for the groups due.
func (p *pull) unpark(ctx context.Context) error {
	if !p.park {
		return nil
	}
	p.park = false
	for ns := range chunks(p.touched, 5*p.s.batch) {
		err := p.batch(ctx, func(b *batch) error { return b.enqueueUsers(ctx, ns) })
		if err != nil {
			return err
		}
	}
	return nil
}

// close writes down that the pull is done.
func (p *pull) close(ctx context.Context) error {
	err := p.s.db.Update(ctx, func(tx *store.Tx) error {
		if err := p.countHeld(ctx, tx); err != nil {
			return err
		}
		if p.end.Complete {
			if err := p.clearHeld(ctx, tx); err != nil {
				return err
			}
		}
		state, err := tx.SourceState(ctx, p.name)
		if err != nil {
			return err
		}
		state.Name, state.Cursor, state.LastAt, state.Seen, state.LastError = p.name, string(p.end.Cursor), tx.Now(), p.report.Seen, ""
		if p.end.Complete {
			state.LastCompleteAt = tx.Now()
		}
		return tx.SaveSourceState(ctx, state, p.summary()...)
	})
	if err != nil {
		return fmt.Errorf("import %s: %w", p.name, err)
	}
	return nil
}

// summary is the event for a pull that changed something.
func (p *pull) summary() []audit.Event {
	r := p.report
	if !r.wrote() {
		return nil
	}
	return []audit.Event{{Actor: sourceActor(p.name), Action: SourceImported, Subject: "source:" + p.name, Detail: map[string]any{
		"seen": r.Seen, "added": r.Added, "changed": r.Changed, "gone": r.Gone, "unchanged": r.Unchanged,
		"groups": r.Groups, "groups_changed": r.GroupsChanged, "held": r.Ambiguous,
	}}}
}

// rememberFailure keeps the error of an import that failed, for people to see.
func (s *Service) rememberFailure(ctx context.Context, name string, failure error) error {
	return s.db.Update(ctx, func(tx *store.Tx) error {
		state, err := tx.SourceState(ctx, name)
		if err != nil {
			return err
		}
		state.Name, state.LastAt, state.LastError = name, tx.Now(), failure.Error()
		return tx.SaveSourceState(ctx, state)
	})
}
