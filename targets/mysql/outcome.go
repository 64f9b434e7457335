package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"birthright/identity"
	"birthright/targets"

	protocol "github.com/go-sql-driver/mysql"
)

// busyWait is how long to leave a server alone that says it is busy.
const busyWait = 5 * time.Second

// reply is what a server's answer means for a change: what became of it, what
// programs should think of it and what people can do.
type reply struct {
	outcome targets.Outcome
	kind    identity.Kind
	hint    string
}

// Numbers of answers that mean something of their own.
const (
	noSuchThread   = 1094
	accessDenied   = 1045
	userOperation  = 1396 // CREATE USER of one that is there, or anything else of one that is not
	invalidRole    = 1959 // no such role, or not held
	cannotRevoke   = 1962 // MariaDB: not held
	unknownAuthID  = 3523 // MySQL: no such role or account
	missingGrant   = 1698 // MariaDB: no ADMIN OPTION
	serverStopping = 1053
	interrupted    = 1317
	killed         = 1927
)

const rightsHint = "give the hub's account what `birthright target check` finds missing"

// replyTo says what an answer means; what is not known is a plain refusal.
func replyTo(number uint16) reply {
	switch number {
	case 1044, accessDenied, 1095, 1130, 1142, 1143, 1227, 1370, missingGrant, 1820, 3118, 4151:
		return reply{targets.Refused, identity.Denied, rightsHint}
	case 1290, 1836:
		return reply{targets.Refused, identity.Denied, "this server takes no changes: point url at the one that does"}
	case 1470, 1300, 1366:
		return reply{targets.Refused, identity.Invalid, "the server cannot have that name"}
	case 1524:
		return reply{targets.Refused, identity.Invalid, "install the plugin that login.plugin names"}
	case 1961:
		return reply{targets.Refused, identity.Conflict, "the roles would hold each other"}
	case userOperation, 1133, invalidRole, cannotRevoke, unknownAuthID, 3530:
		return reply{targets.Stale, identity.NotFound, "somebody else changed accounts or roles meanwhile"}
	case 1040, 1203, 1226, 1205, 1213, 3572:
		return reply{targets.Throttled, identity.Throttled, "the server is busy"}
	case 1047: // a node of a cluster that is not part of it now
		return reply{targets.Unreachable, identity.Unavailable, "this node is not ready"}
	case serverStopping, interrupted, killed, 1079, 1158, 1159, 1160, 1161:
		return reply{targets.Unknown, identity.Unavailable, "the answer did not come; the change may have been made"}
	}
	return reply{targets.Refused, identity.Conflict, ""}
}

// answered returns what the server said, nil where err is not an answer.
func answered(err error) *answer {
	var said *answer
	if errors.As(heard(err), &said) {
		return said
	}
	return nil
}

func saying(err error, number uint16) bool {
	said := answered(err)
	return said != nil && said.number == number
}

func spoken(said *answer) error { return fmt.Errorf("%s (%d)", said.message, said.number) }

// explained is a failure with its kind, for people.
func (t *Target) explained(what string, err error) error {
	var known *identity.Error
	if errors.As(err, &known) {
		return err
	}
	said := answered(err)
	if said == nil {
		return &identity.Error{Kind: identity.Unavailable, Op: t.op(what), Err: fmt.Errorf("the connection was lost: %w", network(err))}
	}
	r := replyTo(said.number)
	return &identity.Error{Kind: r.kind, Op: t.op(what), Err: spoken(said), Hint: r.hint}
}

// network is an error without what the driver says around it.
func network(err error) error {
	for _, plain := range []error{context.Canceled, context.DeadlineExceeded, protocol.ErrInvalidConn} {
		if errors.Is(err, plain) {
			return plain
		}
	}
	return errors.New(plainly(err))
}

// failed makes the result of an op whose statement came back with err. What is not
// the server's answer leaves open how far the statement came, unless the driver knows
// that it was not sent.
func (t *Target) failed(op targets.Op, err error) targets.Result {
	said := answered(err)
	switch {
	case said == nil && errors.Is(err, driver.ErrBadConn):
		return t.lost(op, targets.Unreachable, err)
	case said == nil:
		return t.lost(op, targets.Unknown, err)
	}
	r := replyTo(said.number)
	if making := op.Action == targets.CreateAccount || op.Action == targets.CreateEntitlement; making && said.number == userOperation {
		r.kind = identity.Conflict // somebody else made it meanwhile
	}
	result := t.answer(op, r.outcome, r.kind, spoken(said), r.hint)
	if r.outcome == targets.Throttled {
		result.RetryAt = t.env.Now().Add(busyWait)
	}
	return result
}

// unbegun makes the result of an op for which nothing could be begun.
func (t *Target) unbegun(op targets.Op, err error) targets.Result {
	var known *identity.Error
	if !errors.As(t.explained(string(op.Action), err), &known) {
		return t.lost(op, targets.Unreachable, err)
	}
	r := targets.Result{Outcome: targets.Unreachable, Err: known}
	switch known.Kind {
	case identity.Denied, identity.Invalid:
		r.Outcome = targets.Refused
	case identity.Throttled:
		r.Outcome, r.RetryAt = targets.Throttled, t.env.Now().Add(busyWait)
	}
	return r
}

// lost makes the result of an op that was not sent, or whose answer did not come.
func (t *Target) lost(op targets.Op, outcome targets.Outcome, err error) targets.Result {
	hint := "nothing of it was done"
	if outcome == targets.Unknown {
		hint = "the answer did not come; the change may have been made"
	}
	return t.answer(op, outcome, identity.Unavailable, network(err), hint)
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
