package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"birthright/identity"
	"birthright/internal/handoff"
	"birthright/targets"
)

// line runs the executable. Nothing of it lives on between two calls.
type line struct {
	argv      []string
	dir, home string // where it runs, and where relative secret files start
	env       []string
	variables []Variable
	timeout   time.Duration
	most      int
	log       *slog.Logger
	now       func() time.Time
	runs      atomic.Int64
	turns     chan struct{} // as many runs at once as it holds
	simulated *simulated    // in the executable's place; nil where that is run
}

// Calls returns how often it was run.
func (l *line) Calls() int64 { return l.runs.Load() }

// Close has nothing to let go of, but a stand-in keeps what it holds.
func (l *line) Close() error {
	if l.simulated != nil {
		return l.simulated.close()
	}
	return nil
}

// Describe asks what it is.
func (l *line) Describe(ctx context.Context) (handoff.Description, error) {
	var d handoff.Description
	return d, l.ask(ctx, handoff.Call{Describe: &struct{}{}}, &d)
}

// State asks for a page of what its system holds.
func (l *line) State(ctx context.Context, ask handoff.Ask) (handoff.Page, error) {
	var p handoff.Page
	return p, l.ask(ctx, handoff.Call{State: &ask}, &p)
}

// Status asks what became of a key.
func (l *line) Status(ctx context.Context, key, _ string) (handoff.Result, error) {
	var r handoff.Result
	if err := l.ask(ctx, handoff.Call{Status: key}, &r); err != nil {
		return r, err
	}
	if r.Outcome == handoff.Stale {
		return r, &identity.Error{Kind: identity.NotFound, Op: "ask the command", Err: errors.New("it knows no such key")}
	}
	return r, nil
}

// ask has one call answered. What only asks must end well, too.
func (l *line) ask(ctx context.Context, call handoff.Call, out any) error {
	fail := func(kind identity.Kind, err error) error {
		return &identity.Error{Kind: kind, Op: "ask the command", Err: err}
	}
	ran := l.run(ctx, []handoff.Call{call})
	switch {
	case ran.err != nil:
		return fail(ran.kind, ran.err)
	case len(ran.answers) != 1:
		return fail(identity.Incomplete, fmt.Errorf("it printed %d lines in answer to one", len(ran.answers)))
	}
	if err := json.Unmarshal(ran.answers[0], out); err != nil {
		return fail(identity.Incomplete, errors.New("what it printed is not JSON as the protocol has it"))
	}
	return nil
}

// Send implements handoff.Line: one run for all of them.
func (l *line) Send(ctx context.Context, wants []targets.Op, ops []handoff.Op) []handoff.Answer {
	calls := make([]handoff.Call, len(ops))
	for i := range ops {
		calls[i].Apply = &ops[i]
	}
	ran := l.run(ctx, calls)
	answers := make([]handoff.Answer, len(ops))
	for i, op := range ops {
		answers[i] = l.answer(wants[i], op.Key, i, ran)
	}
	return answers
}

// answer is what became of the op whose call was the i-th.
func (l *line) answer(want targets.Op, key string, i int, ran run) handoff.Answer {
	if i < len(ran.answers) {
		var r handoff.Result
		if err := json.Unmarshal(ran.answers[i], &r); err != nil {
			return handoff.Lost(want, errors.New("what it printed is not JSON as the protocol has it"))
		}
		return handoff.Answered(want, key, r, l.now())
	}
	switch {
	case ran.nothing && ran.kind == identity.Invalid:
		return handoff.Answer{Result: targets.Failed(want, targets.Refused, identity.Invalid, ran.err)}
	case ran.nothing:
		return handoff.NotSent(want, ran.err)
	case ran.err != nil:
		return handoff.Lost(want, ran.err)
	}
	return handoff.Lost(want, errors.New("it ended without an answer to this op"))
}
