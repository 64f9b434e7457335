package okta

import (
	"context"
	"errors"
	"fmt"

	sdk "github.com/okta/okta-sdk-golang/v2/okta"
	"github.com/okta/okta-sdk-golang/v2/okta/query"

	"birthright/identity"
	"birthright/targets"
)

// createAccount makes a user. Okta writes to whom it activates while making; where it
// is not to, that is a step of its own.
func (t *Target) createAccount(ctx context.Context, op targets.Op) targets.Result {
	profile := t.profile(op.Account)
	u, _, err := t.api.User.CreateUser(ctx, sdk.CreateUserRequest{Profile: &profile},
		query.NewQueryParams(query.WithActivate(op.Account.Active && t.email)))
	if isTaken(err) {
		return t.adopt(ctx, op, err)
	}
	if err != nil {
		return written(op, "", err)
	}
	if op.Account.Active && !t.email {
		return t.activate(ctx, op, u.Id)
	}
	return targets.Result{Outcome: targets.Done, AccountID: u.Id}
}

// activate ends the making of a user.
func (t *Target) activate(ctx context.Context, op targets.Op, id string) targets.Result {
	if _, _, err := t.api.User.ActivateUser(ctx, id, query.NewQueryParams(query.WithSendEmail(t.email))); err != nil {
		return after(op, id, err)
	}
	return targets.Result{Outcome: targets.Done, AccountID: id}
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
	same := have.Attributes.Equal(t.Normalise(op.Account).Attributes)
	switch {
	case same && have.Active == op.Account.Active:
		return already(u.Id)
	case same && op.Account.Active && u.Status == staged && !t.email:
		return t.activate(ctx, op, u.Id) // it was made, and no more
	}
	r := targets.Failed(op, targets.Stale, identity.Conflict, errors.New("a user of that name is there and differs"))
	r.AccountID = u.Id
	return r
}

// updateAccount reads the user and changes only what differs.
func (t *Target) updateAccount(ctx context.Context, op targets.Op) targets.Result {
	u, err := t.find(ctx, op.Account)
	if err != nil {
		return lookup(op, err)
	}
	changes := t.changes(u, op.Account)
	if len(changes) == 0 {
		return already(u.Id)
	}
	_, _, err = t.api.User.PartialUpdateUser(ctx, u.Id, sdk.User{Profile: &changes}, nil)
	if isTaken(err) {
		return targets.Failed(op, targets.Refused, identity.Conflict, because(told(err)))
	}
	return written(op, u.Id, err)
}

// enable lets a user in again by the way that leads from where they are.
func (t *Target) enable(ctx context.Context, op targets.Op) targets.Result {
	u, err := t.find(ctx, op.Account)
	if err != nil {
		return lookup(op, err)
	}
	if isActive(u) {
		return already(u.Id)
	}
	if u.Status == suspended {
		_, err = t.api.User.UnsuspendUser(ctx, u.Id)
	} else {
		_, _, err = t.api.User.ActivateUser(ctx, u.Id, query.NewQueryParams(query.WithSendEmail(t.email)))
	}
	return written(op, u.Id, err)
}

// disable suspends, which can be undone; deactivates only where that is configured.
func (t *Target) disable(ctx context.Context, op targets.Op) targets.Result {
	u, err := t.find(ctx, op.Account)
	switch {
	case err != nil:
		return lookup(op, err)
	case u.TransitioningToStatus == deprovisioned:
		return underway(op, u.Id)
	case !isActive(u):
		return already(u.Id)
	case t.deactivate:
		if _, err = t.api.User.DeactivateUser(ctx, u.Id, nil); err != nil {
			return written(op, u.Id, err)
		}
		return t.deactivated(ctx, op, u.Id)
	case u.Status != active && u.Status != "":
		return targets.Failed(op, targets.Refused, identity.Conflict, fmt.Errorf(
			"only users who are ACTIVE can be suspended, and this one is %s: deactivate them in Okta, or say deactivate: true, which cannot be undone", u.Status))
	}
	_, err = t.api.User.SuspendUser(ctx, u.Id)
	return written(op, u.Id, err)
}

// deactivated looks whether Okta is done with it.
func (t *Target) deactivated(ctx context.Context, op targets.Op, id string) targets.Result {
	u, err := t.byID(ctx, id)
	switch {
	case errors.Is(err, errNoAccount), err == nil && u.Status == deprovisioned:
		return targets.Result{Outcome: targets.Done, AccountID: id}
	case err != nil:
		return after(op, id, err)
	}
	return underway(op, id)
}

// underway is the result where Okta works on it: it takes the user out of every
// application first.
func underway(op targets.Op, id string) targets.Result {
	r := targets.Failed(op, targets.Pending, identity.Unavailable, errors.New("the organisation is still deactivating the user"))
	r.AccountID = id
	return r
}

// deleteAccount deactivates and deletes, which Okta does by the same request. That is
// why it looks in between: who is still being deactivated is not yet deleted.
func (t *Target) deleteAccount(ctx context.Context, op targets.Op) targets.Result {
	u, err := t.find(ctx, op.Account)
	if errors.Is(err, errNoAccount) {
		return t.gone(ctx, op)
	}
	if err != nil {
		return lookup(op, err)
	}
	if u.TransitioningToStatus == deprovisioned {
		return underway(op, u.Id)
	}
	id := u.Id
	if u.Status != deprovisioned {
		if _, err := t.api.User.DeactivateOrDeleteUser(ctx, id, nil); err != nil {
			return written(op, id, err)
		}
		if r := t.deactivated(ctx, op, id); !r.Outcome.OK() {
			return r
		}
		if _, err := t.api.User.DeactivateOrDeleteUser(ctx, id, nil); err != nil && !isMissing(err) {
			return after(op, id, err)
		}
		return targets.Result{Outcome: targets.Done, AccountID: id}
	}
	_, err = t.api.User.DeactivateOrDeleteUser(ctx, id, nil)
	return written(op, id, err)
}

// gone makes sure that nobody lists who is said not to be there.
func (t *Target) gone(ctx context.Context, op targets.Op) targets.Result {
	if op.Account.ID == "" || !isID(op.Account.ID) {
		return already("")
	}
	list, _, err := t.api.User.ListUsers(ctx, query.NewQueryParams(query.WithFilter("id eq "+quote(op.Account.ID)), query.WithLimit(1)))
	switch {
	case err != nil:
		return lookup(op, told(err))
	case len(list) > 0:
		return targets.Failed(op, targets.Unknown, identity.Conflict, errors.New("the organisation says that the user is not there, and lists them"))
	}
	return already(op.Account.ID)
}
