package mysql

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
		return &answer{1205, "Lock wait timeout exceeded"}, nil
	case targettest.Unavailable:
		return &answer{1047, "WSREP has not yet prepared node for application use"}, nil
	case targettest.Denied:
		return &answer{1227, "Access denied; you need (at least one of) the CREATE USER privilege(s)"}, nil
	case targettest.CutBefore:
		return errCut, nil
	case targettest.Broken, targettest.LostReply, targettest.CutAnswer, targettest.Webpage:
		return nil, errCut
	}
	return nil, nil
}

func (f *faulty) begin(ctx context.Context) (session, error) {
	if f.down {
		return nil, errCut
	}
	if before, after := f.next(); before != nil || after != nil {
		return nil, errors.Join(before, after)
	}
	s, err := f.server.begin(ctx)
	return faultySession{s, f}, err
}

type faultySession struct {
	session
	f *faulty
}

func (s faultySession) contents(ctx context.Context, of *scope) (contents, error) {
	before, after := s.f.next()
	switch err := errors.Join(before, after); {
	case s.f.cut:
		return contents{}, errCut
	case err != nil:
		return contents{}, err
	}
	return s.session.contents(ctx, of)
}

func (s faultySession) exec(ctx context.Context, c change) error {
	if s.f.refuse {
		return &answer{1290, "The MariaDB server is running with the --read-only option"}
	}
	before, after := s.f.next()
	if before != nil {
		return before
	}
	if err := s.session.exec(ctx, c); err != nil {
		return err
	}
	if s.f.lose {
		s.f.lose = false
		return errCut
	}
	return after
}

// refuses tells which names the server cannot keep as they are.
func (m *model) refuses(name string) bool {
	return (&known{place: place{dialect: m.dialect}}).badName(name) != nil
}
