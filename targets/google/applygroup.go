package google

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// createEntitlement makes a group. What is not a group is there already, or is for
// others to make.
func (t *Target) createEntitlement(ctx context.Context, op targets.Op) targets.Result {
	e := op.Entitlement
	if e.Kind != kindGroup {
		return refused(op, identity.Invalid, "drives and files are not made here")
	}
	if err := checkAddress("group", e.ID); err != nil || t.isRoleGroup(e.ID) {
		return targets.Failed(op, targets.Refused, identity.Invalid, errors.Join(err, errors.New("not the address of a group of its own")))
	}
	_, made, err := t.makeGroup(ctx, e.ID, e.ID)
	switch {
	case errors.Is(err, errNoEntitlement):
		return refused(op, identity.Conflict, "the address belongs to a user, or is an alias")
	case err != nil:
		return httpkit.Result(op, err)
	case !made:
		return targets.Result{Outcome: targets.Already}
	}
	return targets.Result{Outcome: targets.Done}
}

// groupMember adds or removes a member of a group.
func (a *application) groupMember(ctx context.Context, op targets.Op) targets.Result {
	if a.t.isRoleGroup(op.Entitlement.ID) {
		return refused(op, identity.Invalid, "the group stands for a role on a shared drive: give that")
	}
	groupID, err := a.t.groupID(ctx, op.Entitlement.ID)
	if err != nil {
		return looked(op, err)
	}
	id, err := a.accountID(ctx, op)
	if err != nil {
		return looked(op, err)
	}
	return a.member(ctx, op, op.Entitlement.ID, groupID, id)
}

// member makes an account a member of a group, or no member.
func (a *application) member(ctx context.Context, op targets.Op, email, groupID, id string) targets.Result {
	path := "/groups/" + url.PathEscape(groupID) + "/members"
	if op.Action == targets.Add {
		err := a.t.call(ctx, httpkit.Request{Method: http.MethodPost, Path: path}, map[string]string{"id": id, "role": "MEMBER"}, nil)
		switch {
		case isDuplicate(err):
			return already(id)
		case isMissing(err):
			return a.absent(ctx, op, email, groupID, id)
		}
		return settled(op, id, err)
	}
	err := a.t.call(ctx, httpkit.Request{Method: http.MethodDelete, Path: path + "/" + url.PathEscape(id), Removes: true}, nil, nil)
	if isMissing(err) {
		return a.absent(ctx, op, email, groupID, id)
	}
	return settled(op, id, err)
}

// absent tells what a 404 was about: the account, the group, a group that Google does
// not know everywhere yet, or a member that is none.
func (a *application) absent(ctx context.Context, op targets.Op, email, groupID, id string) targets.Result {
	if _, err := a.t.find(ctx, targets.Account{ID: id}); err != nil {
		return looked(op, err)
	}
	g, err := a.t.group(ctx, email)
	switch {
	case a.t.isFresh(groupID) && (err == nil || errors.Is(err, errNoEntitlement)) && op.Action == targets.Add:
		a.t.know(group{ID: groupID, Email: email})
		r := targets.Failed(op, targets.Throttled, identity.Throttled, errors.New("the group was made just now and is not known everywhere yet"))
		r.RetryAt = a.t.now().Add(again)
		return r
	case err != nil:
		return looked(op, err)
	case g.ID != groupID || op.Action == targets.Add: // another group of that address by now
		return looked(op, errNoEntitlement)
	}
	return already(id)
}
