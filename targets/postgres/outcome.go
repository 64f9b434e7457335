package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"birthright/identity"
	"birthright/targets"

	"github.com/jackc/pgx/v5/pgconn"
)

// busyWait is how long to leave a server alone that says it is busy.
const busyWait = 5 * time.Second

// answered reports whether err is an answer of a server that goes on with the
// connection; otherwise nobody knows how far it came.
func answered(err error) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && said.Severity != "FATAL" && said.Severity != "PANIC"
}

// reply is what a server's answer means for a change: what became of it, what
// programs should think of it and what people can do.
type reply struct {
	outcome targets.Outcome
	kind    identity.Kind
	hint    string
}

// replies are the answers that mean more than a plain refusal.
var replies = map[string]reply{
	"42501": {targets.Refused, identity.Denied, "give the hub's role what `birthright target check` finds missing: CREATEROLE, and from PostgreSQL 16 on ADMIN OPTION on the role"},
	"25006": {targets.Refused, identity.Denied, "this server is a copy: point url at the one that takes changes"},
	"2BP01": {targets.Refused, identity.Conflict, "things depend on the role: leave leavers disabled (accounts.leaver: disable), or REASSIGN OWNED and DROP OWNED in each database first"},
	"42710": {targets.Refused, identity.Conflict, "another role has that name"},
	"0LP01": {targets.Refused, identity.Conflict, "the roles would be members of each other"},
	"42939": {targets.Refused, identity.Invalid, "PostgreSQL keeps that name for itself"},
	"42622": {targets.Refused, identity.Invalid, "the name is too long"},
	"22P05": {targets.Refused, identity.Invalid, "the database's encoding cannot write that name"},
	"42704": {targets.Stale, identity.NotFound, "the role is gone"},
	"55P03": {targets.Throttled, identity.Throttled, "somebody else is changing roles"},
	"57014": {targets.Throttled, identity.Throttled, "the server took too long"},
	"40P01": {targets.Throttled, identity.Throttled, "somebody else is changing roles"},
	"40001": {targets.Throttled, identity.Throttled, "somebody else is changing roles"},
	"53300": {targets.Throttled, identity.Throttled, "the server has no connection to spare"},
	"XX000": {targets.Throttled, identity.Throttled, "somebody else is changing roles"}, // tuple concurrently updated
}

// explained is a failure with its kind, for people.
func (t *Target) explained(what string, err error) error {
	var known *identity.Error
	if errors.As(err, &known) {
		return err
	}
	var said *pgconn.PgError
	if !errors.As(err, &said) {
		return &identity.Error{Kind: identity.Unavailable, Op: t.op(what), Err: fmt.Errorf("the connection was lost: %w", network(err))}
	}
	r, found := replies[said.Code]
	if !found {
		r = reply{targets.Refused, identity.Conflict, ""}
		if !answered(err) {
			r.kind = identity.Unavailable
		}
	}
	return &identity.Error{Kind: r.kind, Op: t.op(what), Err: spoken(said), Hint: r.hint}
}

// spoken is what the server said, without the statement.
func spoken(said *pgconn.PgError) error {
	text := said.Message
	if said.Detail != "" {
		text += ": " + strings.ReplaceAll(said.Detail, "\n", "; ")
	}
	return fmt.Errorf("%s (%s)", text, said.Code)
}

// network is an error without what the driver says around it.
func network(err error) error {
	for _, plain := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, plain) {
			return plain
		}
	}
	return errors.New(plainly(err))
}

// failed makes the result of an op that the server answered with err, or for which
// nothing could be begun.
func (t *Target) failed(op targets.Op, err error) targets.Result {
	var known *identity.Error
	if errors.As(err, &known) {
		r := targets.Result{Outcome: outcomeOf(known.Kind), Err: err}
		if r.Outcome == targets.Throttled {
			r.RetryAt = t.env.Now().Add(busyWait)
		}
		return r
	}
	var said *pgconn.PgError
	if !errors.As(err, &said) || !answered(err) {
		return t.lost(op, targets.Unreachable, err)
	}
	r, found := replies[said.Code]
	if !found {
		r = reply{targets.Refused, identity.Conflict, ""}
	}
	result := t.answer(op, r.outcome, r.kind, spoken(said), r.hint)
	if r.outcome == targets.Throttled {
		result.RetryAt = t.env.Now().Add(busyWait)
	}
	return result
}

// outcomeOf says what a failure before the change means for it.
func outcomeOf(kind identity.Kind) targets.Outcome {
	switch kind {
	case identity.Denied, identity.Invalid:
		return targets.Refused
	case identity.Throttled:
		return targets.Throttled
	}
	return targets.Unreachable
}

// lost makes the result of an op whose transaction did not come to its end.
func (t *Target) lost(op targets.Op, outcome targets.Outcome, err error) targets.Result {
	hint := "nothing of it was done"
	if outcome == targets.Unknown {
		hint = "the answer did not come; the change may have been made"
	}
	var said *pgconn.PgError
	if errors.As(err, &said) {
		err = spoken(said)
	} else {
		err = network(err)
	}
	return t.answer(op, outcome, identity.Unavailable, err, hint)
}

// undone is lost, but where the server said itself that it is busy: then it is known
// when to come back.
func (t *Target) undone(op targets.Op, outcome targets.Outcome, err error) targets.Result {
	if outcome == targets.Unreachable && answered(err) {
		if r := t.failed(op, err); r.Outcome == targets.Throttled {
			return r
		}
	}
	return t.lost(op, outcome, err)
}

// answer makes a result that is not OK.
func (t *Target) answer(op targets.Op, outcome targets.Outcome, kind identity.Kind, err error, hint string) targets.Result {
	return targets.Result{Outcome: outcome, Err: &identity.Error{Kind: kind, Op: t.op(string(op.Action)), Object: op.Object(), Err: err, Hint: hint}}
}

func (t *Target) refuse(op targets.Op, kind identity.Kind, err error) targets.Result {
	return t.answer(op, targets.Refused, kind, err, "")
}

func (t *Target) stale(op targets.Op, why string) targets.Result {
	return t.answer(op, targets.Stale, identity.NotFound, errors.New(why), "")
}
