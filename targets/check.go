package targets

import (
	"errors"
	"fmt"
)

// CheckGroupOp says why an op cannot be meant for the target of that name whose one kind
// of entitlement is a group, nil where it can. creates tells whether it makes groups.
func CheckGroupOp(op Op, target, kind string, creates bool) error {
	switch op.Action {
	case CreateEntitlement:
		if !creates {
			return errors.New("groups are not created here: allow it with groups: {create: true}, or make the group by hand")
		}
	case CreateAccount, UpdateAccount, EnableAccount, DisableAccount, DeleteAccount, Add, Remove:
		if op.Account.ID == "" && op.Account.Name == "" {
			return errors.New("the op names no account")
		}
	default:
		return fmt.Errorf("%q is not something that target %s does", op.Action, target)
	}
	switch op.Action {
	case CreateEntitlement, Add, Remove:
		if e := op.Entitlement; e.Target != target || e.Kind != kind || e.ID == "" {
			return fmt.Errorf("%s is not a group of target %s", e, target)
		}
	case CreateAccount:
		if op.Account.Name == "" {
			return errors.New("an account needs a name")
		}
	}
	return nil
}
