package entra

import (
	"context"
	"errors"
	"net/http"

	"birthright/identity"
	"birthright/targets"
)

func (t *Target) createAccount(ctx context.Context, op targets.Op) targets.Result {
	resp, err := t.write(ctx, http.MethodPost, "/users", t.body(op.Account), false)
	if isTaken(err) {
		return t.adopt(ctx, op, err)
	}
	var u user
	if err == nil {
		err = resp.Decode(&u)
	}
	if err != nil {
		return written(op, "", err)
	}
	t.made(u.text("id"))
	return targets.Result{Outcome: targets.Done, AccountID: u.text("id")}
}

// adopt explains a name that is taken: a user who is just as wanted is what an earlier
// try left; one who differs is for the next plan to decide about.
func (t *Target) adopt(ctx context.Context, op targets.Op, conflict error) targets.Result {
	u, err := t.byName(ctx, op.Account.Name)
	if errors.Is(err, errNoAccount) {
		return written(op, "", conflict) // something else clashes
	}
	if err != nil {
		return lookup(op, err)
	}
	have := t.account(u)
	if have.Active == op.Account.Active && have.Attributes.Equal(t.Normalise(op.Account).Attributes) {
		return already(have.ID)
	}
	r := targets.Failed(op, targets.Stale, identity.Conflict, errors.New("a user of that name is there and differs"))
	r.AccountID = have.ID
	return r
}

// updateAccount reads the user and changes only what differs.
func (t *Target) updateAccount(ctx context.Context, op targets.Op) targets.Result {
	u, err := t.find(ctx, op.Account)
	if err != nil {
		return t.unfound(op, err)
	}
	changes := t.changes(u, op.Account)
	if len(changes) == 0 {
		return already(u.text("id"))
	}
	_, err = t.write(ctx, http.MethodPatch, "/users/"+u.text("id"), changes, false)
	if isTaken(err) {
		return targets.Failed(op, targets.Refused, identity.Conflict, err)
	}
	return written(op, u.text("id"), err)
}

// unfound is lookup, for users who may be new.
func (t *Target) unfound(op targets.Op, err error) targets.Result {
	if errors.Is(err, errNoAccount) && t.isFresh(op.Account.ID) {
		return t.later(op)
	}
	return lookup(op, err)
}

// setEnabled lets a user in or not. Whoever is shut out is signed out too; that a
// disabled user gets no new token is true without it.
func (t *Target) setEnabled(ctx context.Context, op targets.Op, enabled bool) targets.Result {
	u, err := t.find(ctx, op.Account)
	if err != nil {
		return t.unfound(op, err)
	}
	id := u.text("id")
	if u.active() == enabled {
		return already(id)
	}
	_, err = t.write(ctx, http.MethodPatch, "/users/"+id, map[string]any{"accountEnabled": enabled}, !enabled)
	if err == nil && !enabled {
		if err := t.revoke(ctx, id); err != nil {
			t.log.Warn("a disabled user could not be signed out", "target", t.name, "user", id, "error", err)
		}
	}
	return written(op, id, err)
}

// revoke has whatever the user is signed in to ask again.
func (t *Target) revoke(ctx context.Context, id string) error {
	_, err := t.write(ctx, http.MethodPost, "/users/"+id+"/revokeSignInSessions", nil, true)
	return err
}

// EndSessions signs the accounts out of everything: Entra does not say which session
// rests on which group, nor how many there were. Each account counts as one.
func (t *Target) EndSessions(ctx context.Context, accounts []targets.Account, _ identity.Entitlement) (int, error) {
	ended := 0
	for _, a := range accounts {
		u, err := t.find(ctx, a)
		if errors.Is(err, errNoAccount) {
			continue
		}
		if err == nil {
			err = t.revoke(ctx, u.text("id"))
		}
		switch {
		case isMissing(err):
		case err != nil:
			return ended, &identity.Error{Kind: kindOf(err), Op: "end sessions", Object: a.Name, Err: err,
				Hint: "the app needs User.RevokeSessions.All"}
		default:
			ended++
		}
	}
	return ended, nil
}

// deleteAccount puts the user into Entra's bin, where they stay for 30 days.
func (t *Target) deleteAccount(ctx context.Context, op targets.Op) targets.Result {
	u, err := t.find(ctx, op.Account)
	if errors.Is(err, errNoAccount) {
		if t.isFresh(op.Account.ID) {
			return t.later(op)
		}
		return already("")
	}
	if err != nil {
		return lookup(op, err)
	}
	id := u.text("id")
	t.settled(id)
	_, err = t.write(ctx, http.MethodDelete, "/users/"+id, nil, true)
	if isMissing(err) {
		return already(id)
	}
	return written(op, id, err)
}

// createGroup looks first: Entra makes as many groups of one name as it is asked for.
func (t *Target) createGroup(ctx context.Context, op targets.Op) targets.Result {
	name := op.Entitlement.ID
	same, err := t.called(ctx, name)
	switch {
	case err != nil:
		return lookup(op, err)
	case len(same) > 0:
		return targets.Result{Outcome: targets.Already}
	}
	resp, err := t.write(ctx, http.MethodPost, "/groups", map[string]any{
		"displayName": name, "mailEnabled": false, "securityEnabled": true, "mailNickname": nickname(name),
	}, false)
	var g group
	if err == nil {
		err = resp.Decode(&g)
	}
	if err == nil {
		t.made(g.ID)
		t.remember(g)
	}
	return written(op, "", err)
}
