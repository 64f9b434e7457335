package aws

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"birthright/identity"
	"birthright/targets"
)

// Apply makes ops true one after the other.
func (t *iamTarget) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	results := make([]targets.Result, len(ops))
	var down error
	for i, op := range ops {
		if err := t.check(op); err != nil {
			results[i] = targets.Failed(op, targets.Refused, identity.Invalid, err)
			continue
		}
		err := ctx.Err()
		if err == nil {
			err = down
		}
		if err != nil {
			results[i] = targets.Failed(op, targets.Unreachable, identity.Unavailable, err)
			continue
		}
		results[i] = t.one(ctx, op)
		if results[i].Outcome == targets.Unreachable {
			down = results[i].Err
		}
	}
	return results
}

func (t *iamTarget) check(op targets.Op) error {
	switch op.Action {
	case targets.CreateEntitlement:
		if !t.create {
			return errors.New("groups.create is not set")
		}
		return ours(op.Entitlement, t.name, IAMGroup)
	case targets.CreateAccount, targets.UpdateAccount, targets.DeleteAccount, targets.Add, targets.Remove:
	default:
		return fmt.Errorf("%q is nothing that users of IAM know", op.Action)
	}
	if op.Account.Name == "" && (op.Account.ID == "" || op.Action == targets.CreateAccount) {
		return errors.New("the op names no account")
	}
	if op.Action == targets.Add || op.Action == targets.Remove {
		return ours(op.Entitlement, t.name, IAMGroup)
	}
	return nil
}

func (t *iamTarget) one(ctx context.Context, op targets.Op) targets.Result {
	switch op.Action {
	case targets.CreateEntitlement:
		_, err := t.iam.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: &op.Entitlement.ID})
		if status(failure(err)) == http.StatusConflict {
			return t.sameGroup(ctx, op, err)
		}
		return result(op, err)
	case targets.CreateAccount:
		return t.createUser(ctx, op)
	}
	u, err := t.find(ctx, op.Account)
	if errors.Is(err, errNoAccount) && op.Action == targets.DeleteAccount {
		return targets.Result{Outcome: targets.Already}
	}
	if err != nil {
		return unsettled(op, err)
	}
	switch op.Action {
	case targets.UpdateAccount:
		return withID(t.rename(ctx, op, u), u.id)
	case targets.DeleteAccount:
		return withID(t.deleteUser(ctx, op, u), u.id)
	}
	return withID(t.changeMember(ctx, op, u), u.id)
}

// sameGroup tells whether the group that is there is the one, for IAM does not tell
// upper from lower case when it makes them.
func (t *iamTarget) sameGroup(ctx context.Context, op targets.Op, conflict error) targets.Result {
	if err := t.members(ctx, op.Entitlement.ID, func(iamUser) error { return nil }); err != nil {
		return result(op, conflict)
	}
	return targets.Result{Outcome: targets.Already}
}

func (t *iamTarget) createUser(ctx context.Context, op targets.Op) targets.Result {
	if !op.Account.Active {
		return targets.Failed(op, targets.Refused, identity.Invalid, errors.New("IAM has no user that is switched off"))
	}
	out, err := t.iam.CreateUser(ctx, &iam.CreateUserInput{UserName: &op.Account.Name})
	if status(failure(err)) == http.StatusConflict {
		u, err := t.find(ctx, targets.Account{Name: op.Account.Name})
		if err != nil {
			return unsettled(op, err)
		}
		return targets.Result{Outcome: targets.Already, AccountID: u.id}
	}
	if err != nil {
		return result(op, err)
	}
	if out.User == nil || sdk.ToString(out.User.UserId) == "" {
		return targets.Failed(op, targets.Unknown, identity.Incomplete, errors.New("made, but AWS does not tell its id"))
	}
	return targets.Result{Outcome: targets.Done, AccountID: *out.User.UserId}
}

func (t *iamTarget) rename(ctx context.Context, op targets.Op, u iamUser) targets.Result {
	if op.Account.Name == "" || op.Account.Name == u.name {
		return targets.Result{Outcome: targets.Already}
	}
	_, err := t.iam.UpdateUser(ctx, &iam.UpdateUserInput{UserName: &u.name, NewUserName: &op.Account.Name})
	return result(op, err)
}

// deleteUser takes a user out of its groups first, which IAM wants. What else hangs on
// it, keys, passwords and policies, is left to people: IAM refuses then, and says why.
func (t *iamTarget) deleteUser(ctx context.Context, op targets.Op, u iamUser) targets.Result {
	groups, err := t.groupsOf(ctx, u.name)
	if errors.Is(err, errNoAccount) {
		return targets.Result{Outcome: targets.Already}
	}
	if err != nil {
		return unsettled(op, err)
	}
	for group := range groups {
		_, err := t.iam.RemoveUserFromGroup(ctx, &iam.RemoveUserFromGroupInput{GroupName: &group, UserName: &u.name})
		if err = failure(err); err != nil && !isMissing(err) {
			return result(op, err)
		}
	}
	_, err = t.iam.DeleteUser(ctx, &iam.DeleteUserInput{UserName: &u.name})
	if isMissing(failure(err)) {
		return targets.Result{Outcome: targets.Already}
	}
	return result(op, err)
}

// changeMember looks first: IAM calls it a success to add whoever is in already.
func (t *iamTarget) changeMember(ctx context.Context, op targets.Op, u iamUser) targets.Result {
	groups, err := t.groupsOf(ctx, u.name)
	if err != nil {
		return unsettled(op, err)
	}
	group := op.Entitlement.ID
	if op.Action == targets.Add {
		if groups[group] {
			return targets.Result{Outcome: targets.Already}
		}
		_, err = t.iam.AddUserToGroup(ctx, &iam.AddUserToGroupInput{GroupName: &group, UserName: &u.name})
		return memberResult(op, err)
	}
	if !groups[group] {
		one := *t
		one.page = 1
		if err := one.members(ctx, group, func(iamUser) error { return errStop }); err != nil && !errors.Is(err, errStop) {
			return unsettled(op, err)
		}
		return targets.Result{Outcome: targets.Already}
	}
	_, err = t.iam.RemoveUserFromGroup(ctx, &iam.RemoveUserFromGroupInput{GroupName: &group, UserName: &u.name})
	if isMissing(failure(err)) {
		return targets.Result{Outcome: targets.Already}
	}
	return result(op, err)
}

// errStop ends a list of which the beginning is enough.
var errStop = errors.New("enough")
