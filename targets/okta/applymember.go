package okta

import (
	"context"
	"errors"
	"strings"

	"birthright/identity"
	"birthright/targets"

	sdk "github.com/okta/okta-sdk-golang/v2/okta"
)

// member makes a membership true. Okta takes the same twice; only for an account that
// was named by its login, which no read stands behind, it is looked whether it is so.
func (a *application) member(op targets.Op) targets.Result {
	g, err := a.t.group(a.ctx, op.Entitlement.ID)
	if err != nil {
		return lookup(op, err)
	}
	id, looked, err := a.resolve(op.Account)
	if err != nil {
		return lookup(op, err)
	}
	if g.left != "" {
		return targets.Failed(op, targets.Refused, identity.Denied, errors.New("Okta's group is not ours to change: "+g.left))
	}
	if looked {
		in, err := a.t.groupsOf(a.ctx, id)
		if err != nil {
			return lookup(op, err)
		}
		if in[g.id] == (op.Action == targets.Add) {
			return already(id)
		}
	}
	return a.send(op, g, id)
}

func (a *application) send(op targets.Op, g group, id string) targets.Result {
	call := a.t.api.Group.AddUserToGroup
	if op.Action == targets.Remove {
		call = a.t.api.Group.RemoveUserFromGroup
	}
	_, err := call(a.ctx, g.id, id)
	a.t.changed(g)
	if isMissing(err) {
		a.t.forget(g) // it may be the group that is gone
	}
	return written(op, id, err)
}

// changed forgets a group's members, whatever Okta will say of them.
func (t *Target) changed(g group) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.members, g.id)
}

// resolve finds the account's id; looked is true where it was asked for by name.
func (a *application) resolve(who targets.Account) (id string, looked bool, err error) {
	if who.ID != "" {
		if !isID(who.ID) {
			err = errNoAccount
		}
		return who.ID, false, err
	}
	if id := a.made[strings.ToLower(who.Name)]; id != "" {
		return id, false, nil
	}
	u, err := a.t.byName(a.ctx, who.Name)
	if err != nil {
		return "", true, err
	}
	return u.Id, true, nil
}

// createGroup looks first: an imported group may have the name.
func (t *Target) createGroup(ctx context.Context, op targets.Op) targets.Result {
	name := op.Entitlement.ID
	if _, err := t.named(ctx, name); !errors.Is(err, errNoGroup) {
		if err != nil {
			return lookup(op, err)
		}
		return targets.Result{Outcome: targets.Already}
	}
	made, _, err := t.api.Group.CreateGroup(ctx, sdk.Group{Profile: &sdk.GroupProfile{Name: name}})
	if isTaken(err) {
		return targets.Result{Outcome: targets.Already} // somebody was faster
	}
	if err == nil && made.Id != "" {
		t.remember(group{id: made.Id, name: name})
	}
	return written(op, "", err)
}
