package targets

import (
	"strings"

	"birthright/identity"
)

// Object names what the op is about, for messages: the account, then the
// entitlement.
func (o Op) Object() string {
	object := o.Account.Name
	if object == "" {
		object = o.Account.ID
	}
	if !o.Entitlement.IsZero() {
		object += " " + o.Entitlement.String()
	}
	return strings.TrimSpace(object)
}

// Failed makes the result of an op that is not done.
func Failed(op Op, outcome Outcome, kind identity.Kind, err error) Result {
	return Result{Outcome: outcome, Err: &identity.Error{Kind: kind, Op: string(op.Action), Object: op.Object(), Err: err}}
}

// ByEntitlement is the SerialKey of a target whose entitlements are each one value, such
// as a group with its members: changes of one go together, and never at once.
func ByEntitlement(op Op) string {
	if op.Action == Add || op.Action == Remove {
		return op.Entitlement.String()
	}
	return ""
}
