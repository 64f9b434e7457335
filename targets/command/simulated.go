package command

import (
	"bytes"
	"context"
	"slices"
	"sync"

	"birthright/identity"
	"birthright/internal/handoff"
	"birthright/internal/handoff/receiver"
	"birthright/internal/sim"
)

// simulated is a program within the program: the reference receiver, asked in lines as
// an executable would be.
type simulated struct {
	mu       sync.Mutex // one run at a time
	receiver *receiver.Receiver
	keeper   *sim.Keeper
}

// run answers what an executable would be given on its standard input.
func (s *simulated) run(ctx context.Context, in *bytes.Buffer, calls []handoff.Call) run {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return run{err: err, kind: identity.Unavailable, nothing: true}
	}
	if err := s.keeper.Begin(ctx, s.receiver.Memory(), s.receiver.SeedState); err != nil {
		return run{err: err, kind: identity.KindOf(err), nothing: true}
	}
	out := &buffer{most: defaultOutput}
	err := s.receiver.Lines(in, out)
	if err == nil && slices.ContainsFunc(calls, func(c handoff.Call) bool { return c.Apply != nil }) {
		err = s.keeper.Changed(s.receiver.Memory())
	}
	return run{answers: out.lines(), err: err, kind: identity.Unavailable}
}

// close keeps what it holds for the next run of the program.
func (s *simulated) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keeper.Save(s.receiver.Memory())
}
