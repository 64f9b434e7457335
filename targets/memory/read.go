package memory

import (
	"context"

	"birthright/identity"
	"birthright/targets"
)

// Read hands out a consistent copy of the contents in sorted order.
func (t *Target) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	t.mu.Lock()
	t.counts.Reads++
	t.lapse()
	state, faults := t.selected(q), t.faults
	t.mu.Unlock()

	pages := pager{ctx: ctx, wait: t.wait, faults: faults}
	for _, a := range state.Accounts {
		if err := pages.next(); err != nil {
			return targets.End{}, err
		}
		if err := sink.Account(a); err != nil {
			return targets.End{}, err
		}
	}
	for _, e := range state.Entitlements {
		if err := pages.next(); err != nil {
			return targets.End{}, err
		}
		if err := sink.Entitlement(e); err != nil {
			return targets.End{}, err
		}
	}
	for _, a := range state.Assignments {
		if err := pages.next(); err != nil {
			return targets.End{}, err
		}
		if err := sink.Assignment(a); err != nil {
			return targets.End{}, err
		}
	}
	return targets.End{Complete: true}, pages.end()
}

// pager counts items and asks for trouble and delay at the start of each page.
type pager struct {
	ctx    context.Context
	wait   func(context.Context) error
	faults Faults
	items  int
}

func (p *pager) next() error {
	size := p.faults.PageSize
	if size <= 0 {
		size = 1000
	}
	page, first := p.items/size, p.items%size == 0
	p.items++
	if !first {
		return nil
	}
	if err := p.wait(p.ctx); err != nil {
		return err
	}
	if p.faults.Read != nil {
		return p.faults.Read(page)
	}
	return nil
}

// end lets an empty read take a page too: even "nothing" has to be asked for.
func (p *pager) end() error {
	if p.items > 0 {
		return nil
	}
	return p.next()
}

// selected returns a copy of what q asks for, sorted.
func (t *Target) selected(q targets.Query) targets.State {
	var s targets.State
	wanted := map[key]bool{}
	for _, e := range q.Entitlements {
		wanted[key{e.Kind, e.ID}] = e.Target == t.name
	}
	asked := func(k key) bool { return q.Entitlements == nil || wanted[k] }
	for k, e := range t.catalog {
		if asked(k) {
			s.Entitlements = append(s.Entitlements, e)
		}
	}
	for _, a := range t.chosen(q) {
		public := a.Account
		public.Attributes = a.Attributes.Clone()
		s.Accounts = append(s.Accounts, public)
		for k, h := range a.holds {
			if asked(k) {
				s.Assignments = append(s.Assignments, targets.Assignment{
					AccountID: a.ID, Entitlement: t.address(k), Indirect: h.indirect, NotAfter: h.notAfter,
				})
			}
		}
	}
	s.Sort()
	return s
}

// chosen returns the accounts that q asks for, each once.
func (t *Target) chosen(q targets.Query) map[string]*account {
	if q.Accounts == nil {
		return t.accounts
	}
	out := map[string]*account{}
	for _, want := range q.Accounts {
		if a := t.find(want); a != nil {
			out[a.ID] = a
		}
	}
	return out
}

// ours reports whether e can be an entitlement of this target.
func (t *Target) ours(e identity.Entitlement) bool {
	if e.Target != t.name || e.Kind == "" || e.ID == "" {
		return false
	}
	for _, k := range t.caps.Kinds {
		if k == e.Kind {
			return true
		}
	}
	return len(t.caps.Kinds) == 0
}
