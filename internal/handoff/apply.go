package handoff

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"birthright/identity"
	"birthright/targets"
)

// Apply hands the ops over in order, some at a time. One that waits on the other side
// is asked about instead of being sent again.
func (t *Target) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	results := make([]targets.Result, len(ops))
	if t.ledger != nil && len(ops) > 0 {
		t.ledger.turn.Lock()
		defer t.ledger.turn.Unlock()
		t.ledger.catchUp(ctx, t.line)
	}
	h := handing{t: t, ctx: ctx, results: results}
	for i, op := range ops {
		if err := t.check(op); err != nil {
			results[i] = wrong(op, err).Result
			continue
		}
		aim, msg := t.message(op)
		known, fresh := t.keys.of(aim, op)
		if !fresh && known.pending {
			h.flush()
			h.settle(waiting{i, op, aim, Op{Key: known.key}}, h.ask(op, known))
			continue
		}
		msg.Key = known.key
		h.add(i, op, aim, msg)
	}
	h.flush()
	return results
}

// check says why the op makes no sense here.
func (t *Target) check(op targets.Op) error {
	a, e := t.o.Abilities, op.Entitlement
	holds := op.Action == targets.Add || op.Action == targets.Remove || op.Action == targets.CreateEntitlement
	switch {
	case !a.Understands(op.Action):
		return errors.New("this target does not do that: see actions in its configuration")
	case holds && (e.Target != t.name || e.Kind == "" || e.ID == "" || !a.Knows(e.Kind)):
		return fmt.Errorf("%s is no entitlement of target %s", e, t.name)
	case op.Action == targets.CreateEntitlement:
		return nil
	case op.Account.Name == "" && (op.Account.ID == "" || op.Action == targets.CreateAccount):
		return errors.New("the op names no account")
	}
	return nil
}

// message is the op as it is sent, without its key, and what it aims at: two ops
// with the same aim want the very same.
func (t *Target) message(op targets.Op) (aim string, msg Op) {
	msg = Op{Version: Version, Target: t.name, ID: op.ID, Action: op.Action}
	if op.Action != targets.CreateEntitlement {
		msg.Account = t.sent(op.Account)
	}
	if op.Action == targets.Add || op.Action == targets.Remove || op.Action == targets.CreateEntitlement {
		msg.Entitlement = &Entitlement{Kind: op.Entitlement.Kind, ID: op.Entitlement.ID}
	}
	if op.Action == targets.Add && !op.NotAfter.IsZero() {
		end := op.NotAfter.UTC()
		msg.NotAfter = &end
	}
	text, _ := json.Marshal(msg) // strings and numbers alone
	sum := sha256.Sum256(text)
	aim = hex.EncodeToString(sum[:12])
	if msg.ID == "" {
		msg.ID = aim
	}
	return aim, msg
}

// handing is one call of Apply under way.
type handing struct {
	t       *Target
	ctx     context.Context
	results []targets.Result
	waiting []waiting
	stopped *Answer // why nothing more is sent
}

// waiting is an op that is to be sent.
type waiting struct {
	at  int
	op  targets.Op
	aim string
	msg Op
}

func (h *handing) add(at int, op targets.Op, aim string, msg Op) {
	h.waiting = append(h.waiting, waiting{at, op, aim, msg})
	if len(h.waiting) >= max(1, h.t.o.Batch) {
		h.flush()
	}
}

// flush sends what waits.
func (h *handing) flush() {
	some := h.waiting
	h.waiting = nil
	if len(some) == 0 {
		return
	}
	if why := h.ready(some); why != nil {
		for _, w := range some {
			h.settle(w, *why)
		}
		return
	}
	ops, msgs := make([]targets.Op, len(some)), make([]Op, len(some))
	for i, w := range some {
		ops[i], msgs[i] = w.op, w.msg
	}
	answers := h.t.line.Send(h.ctx, ops, msgs)
	h.record(msgs, answers)
	for i, a := range answers {
		if a.Outcome == targets.Unreachable || a.Outcome == targets.Throttled {
			h.stopped = &answers[i]
		}
		h.settle(some[i], a)
	}
}

// ready says why nothing is sent: the receiver is gone or wants to be left alone, or
// it cannot be put on record.
func (h *handing) ready(some []waiting) *Answer {
	if err := h.ctx.Err(); err != nil {
		a := NotSent(some[0].op, err)
		return &a
	}
	if h.stopped != nil || h.t.ledger == nil {
		return h.stopped
	}
	msgs := make([]Op, len(some))
	for i, w := range some {
		msgs[i] = w.msg
	}
	if err := h.t.ledger.intend(msgs); err != nil {
		a := NotSent(some[0].op, err)
		return &a
	}
	return nil
}

// record keeps what the answers say in the ledger.
func (h *handing) record(msgs []Op, answers []Answer) {
	if h.t.ledger == nil {
		return
	}
	said := map[string]Answer{}
	for i, a := range answers {
		said[msgs[i].Key] = a
	}
	h.t.ledger.record(said)
}

func (h *handing) settle(w waiting, a Answer) {
	h.t.keys.take(w.aim, w.msg.Key, a)
	if a.Err != nil {
		a.Result.Err = &identity.Error{Kind: identity.KindOf(a.Err), Op: string(w.op.Action), Object: w.op.Object(), Err: cause(a.Err)}
	}
	h.results[w.at] = a.Result
}

// cause is the error below the op that it was first told of.
func cause(err error) error {
	var e *identity.Error
	if errors.As(err, &e) && e.Err != nil && e == err { //nolint:errorlint // the outermost alone
		return e.Err
	}
	return err
}

// ask looks after an op that the receiver has accepted.
func (h *handing) ask(op targets.Op, known open) Answer {
	r, err := h.t.line.Status(h.ctx, known.key, known.status)
	switch identity.KindOf(err) {
	case "":
	case identity.NotFound:
		return Answer{Result: targets.Failed(op, targets.Stale, identity.NotFound, errors.New("the receiver knows nothing any more of what it had accepted"))}
	case identity.Throttled:
		return Answer{Result: targets.Failed(op, targets.Throttled, identity.Throttled, err)}
	default:
		return Answer{Result: targets.Failed(op, targets.Pending, identity.KindOf(err), err), Status: known.status}
	}
	a := Answered(op, known.key, r, h.t.now())
	if a.Status == "" {
		a.Status = known.status
	}
	h.record([]Op{{Key: known.key}}, []Answer{a})
	return a
}
