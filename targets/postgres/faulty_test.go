package postgres

import (
	"context"
	"errors"
	"sync"

	"birthright/targets/targettest"
)

var errCut = errors.New("the connection was cut")

// faulty makes trouble between a target and its server.
type faulty struct {
	server
	lose, refuse, cut, down bool
	mu                      sync.Mutex
	calls                   int
	at                      int // the call that meets trouble
	trouble                 targettest.Trouble
}

// next returns the trouble that a call meets: before and after are what it comes back
// with instead of doing anything, and instead of saying that it did.
func (f *faulty) next() (before, after error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	if f.calls != f.at+1 {
		return nil, nil
	}
	switch f.trouble {
	case targettest.ThrottledUntil, targettest.Throttled:
		return refusal("55P03", "canceling statement due to lock timeout"), nil
	case targettest.Denied:
		return refusal("42501", "permission denied to create role"), nil
	case targettest.Unavailable, targettest.CutBefore:
		return errCut, nil
	case targettest.Broken, targettest.LostReply, targettest.CutAnswer, targettest.Webpage:
		return nil, errCut
	}
	return nil, nil
}

// met is the trouble of a call that changes nothing.
func (f *faulty) met() error {
	before, after := f.next()
	return errors.Join(before, after)
}

func (f *faulty) begin(ctx context.Context, m mode) (session, error) {
	err := f.met()
	if f.down {
		err = errCut
	}
	if err != nil {
		return nil, (&Target{}).explained("begin", err)
	}
	s, err := f.server.begin(ctx, m)
	return faultySession{s, f}, err
}

type faultySession struct {
	session
	f *faulty
}

func (s faultySession) roles(names, oids []string) ([]*role, error) {
	err := s.f.met()
	if s.f.cut {
		err = errCut
	}
	if err != nil {
		return nil, err
	}
	return s.session.roles(names, oids)
}

func (s faultySession) holdings(members []string) ([]holding, error) {
	if err := s.f.met(); err != nil {
		return nil, err
	}
	return s.session.holdings(members)
}

func (s faultySession) grants(asked []pair) (map[pair][]grant, error) {
	if err := s.f.met(); err != nil {
		return nil, err
	}
	return s.session.grants(asked)
}

func (s faultySession) try(changes ...change) (string, error) {
	if s.f.refuse {
		return "", refusal("42501", "permission denied")
	}
	before, after := s.f.next()
	if before != nil {
		return "", before
	}
	oid, err := s.session.try(changes...)
	return oid, errors.Join(err, after)
}

func (s faultySession) commit() error {
	before, after := s.f.next()
	if before != nil {
		return before
	}
	if err := s.session.commit(); err != nil {
		return err
	}
	if s.f.lose {
		s.f.lose = false
		return errCut
	}
	return after
}
