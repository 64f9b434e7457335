package ldaptarget

import (
	"errors"
	"fmt"
	"time"

	"birthright/identity"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

// busyWait is how long to leave a server alone that says it is busy.
const busyWait = 5 * time.Second

// The result codes that a server can give (RFC 4511 section 4.1.9 and later
// documents); the codes between and above are the client library's own.
const (
	lastServerCode = 80
	firstLaterCode = 113
	lastLaterCode  = 123
)

// lost reports whether err is anything but a server's answer, so that nobody
// knows what the server did and the connection is of no more use.
func lost(err error) bool {
	if err == nil {
		return false
	}
	var answer *goldap.Error
	if !errors.As(err, &answer) {
		return true
	}
	code := answer.ResultCode
	return code > lastServerCode && (code < firstLaterCode || code > lastLaterCode)
}

// reply is what a result code means for a change: what became of it, what
// programs should think of it and what people can do.
type reply struct {
	outcome targets.Outcome
	kind    identity.Kind
	hint    string
}

// replies are the codes that servers refuse changes with; any other is a plain
// refusal.
var replies = map[uint16]reply{
	goldap.LDAPResultTimeLimitExceeded:           {targets.Unknown, identity.Unavailable, "the server gave up half-way"},
	goldap.LDAPResultStrongAuthRequired:          {targets.Refused, identity.Denied, "the server wants an encrypted connection: use ldaps://, or start_tls: true"},
	goldap.LDAPResultConfidentialityRequired:     {targets.Refused, identity.Denied, "the server wants an encrypted connection: use ldaps://, or start_tls: true"},
	goldap.LDAPResultReferral:                    {targets.Refused, identity.Denied, "this server is a copy: point url at the one that takes changes"},
	goldap.LDAPResultAdminLimitExceeded:          {targets.Throttled, identity.Throttled, "the server's limit is reached"},
	goldap.LDAPResultUndefinedAttributeType:      {targets.Refused, identity.Invalid, "the server's schema has no such attribute: correct map"},
	goldap.LDAPResultConstraintViolation:         {targets.Refused, identity.Invalid, "the server's schema does not allow the value"},
	goldap.LDAPResultInvalidAttributeSyntax:      {targets.Refused, identity.Invalid, "the server's schema does not allow the value"},
	goldap.LDAPResultNoSuchObject:                {targets.Stale, identity.NotFound, "the entry is gone, or the bind account may not see it"},
	goldap.LDAPResultInvalidDNSyntax:             {targets.Refused, identity.Invalid, "the server does not take the name"},
	goldap.LDAPResultInappropriateAuthentication: {targets.Refused, identity.Denied, "check bind_dn and bind_password"},
	goldap.LDAPResultInvalidCredentials:          {targets.Refused, identity.Denied, "check bind_dn and bind_password"},
	goldap.LDAPResultInsufficientAccessRights:    {targets.Refused, identity.Denied, "give the bind account the right to do this"},
	goldap.LDAPResultBusy:                        {targets.Throttled, identity.Throttled, "the server is busy"},
	goldap.LDAPResultUnavailable:                 {targets.Unreachable, identity.Unavailable, "the server is closing down or starting"},
	goldap.LDAPResultUnwillingToPerform:          {targets.Refused, identity.Denied, "the server is unwilling: it may be read-only"},
	goldap.LDAPResultNamingViolation:             {targets.Refused, identity.Invalid, "the server's schema does not allow the name"},
	goldap.LDAPResultObjectClassViolation:        {targets.Refused, identity.Invalid, "the server's schema asks for other attributes: correct object_classes or map"},
	goldap.LDAPResultNotAllowedOnNonLeaf:         {targets.Refused, identity.Conflict, "there are entries below it"},
	goldap.LDAPResultEntryAlreadyExists:          {targets.Refused, identity.Conflict, "another entry has that name"},
}

// Failed makes the result of an op whose request the server answered with err,
// or whose answer never came.
func (t *Directory) Failed(op targets.Op, err error) targets.Result {
	var known *identity.Error
	if errors.As(err, &known) {
		result := targets.Result{Outcome: outcomeOf(known.Kind), Err: err}
		if result.Outcome == targets.Throttled {
			result.RetryAt = t.Env.Now().Add(busyWait)
		}
		return result
	}
	r := reply{targets.Refused, identity.Conflict, ""}
	if lost(err) {
		r = reply{targets.Unknown, identity.Unavailable, "the answer did not come; the change may have been made"}
	} else if ldapError := (*goldap.Error)(nil); errors.As(err, &ldapError) {
		if found, ok := replies[ldapError.ResultCode]; ok {
			r = found
		}
	}
	result := t.Answer(op, r.outcome, r.kind, err, r.hint)
	if r.outcome == targets.Throttled {
		result.RetryAt = t.Env.Now().Add(busyWait)
	}
	return result
}

// outcomeOf says what a failure before the change means for it.
func outcomeOf(kind identity.Kind) targets.Outcome {
	switch kind {
	case identity.Denied, identity.Conflict, identity.Invalid:
		return targets.Refused
	case identity.NotFound:
		return targets.Stale
	case identity.Throttled:
		return targets.Throttled
	}
	return targets.Unreachable
}

// Answer makes a result that is not OK.
func (t *Directory) Answer(op targets.Op, outcome targets.Outcome, kind identity.Kind, err error, hint string) targets.Result {
	return targets.Result{Outcome: outcome, Err: &identity.Error{Kind: kind, Op: t.Op(string(op.Action)), Object: op.Object(), Err: err, Hint: hint}}
}

func (t *Directory) Refuse(op targets.Op, kind identity.Kind, format string, args ...any) targets.Result {
	return t.Answer(op, targets.Refused, kind, fmt.Errorf(format, args...), "")
}

func (t *Directory) Stale(op targets.Op, format string, args ...any) targets.Result {
	return t.Answer(op, targets.Stale, identity.NotFound, fmt.Errorf(format, args...), "")
}

// Invalid makes the result of an op that makes no sense here.
func (t *Directory) Invalid(op targets.Op, err error) targets.Result {
	return t.Answer(op, targets.Refused, identity.Invalid, err, "")
}

// Nonsense is the error of a change that makes no sense here, before anything
// was sent.
func Nonsense(err error) error { return &identity.Error{Kind: identity.Invalid, Err: err} }
