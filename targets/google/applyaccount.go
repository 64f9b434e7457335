package google

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"reflect"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// create makes a user. Nobody is told the password: people sign in through the
// company's own login, or an administrator sets another one.
func (a *application) create(ctx context.Context, op targets.Op) targets.Result {
	body := user{"primaryEmail": fold(op.Account.Name), "password": rand.Text() + rand.Text(), "suspended": !op.Account.Active}
	for _, f := range a.t.fields {
		if value := f.wanted(op.Account); value != "" {
			f.set(body, value)
		}
	}
	if name, _ := body["name"].(map[string]any); text(name, "givenName") == "" || text(name, "familyName") == "" {
		for _, inner := range []string{"givenName", "familyName"} { // not mapped: Google wants them all the same
			f := field{outer: "name", inner: inner}
			if f.get(body) == "" {
				f.set(body, f.wanted(op.Account))
			}
		}
	}
	var made user
	err := a.t.call(ctx, httpkit.Request{Method: http.MethodPost, Path: "/users"}, body, &made)
	switch {
	case isDuplicate(err):
		return a.taken(ctx, op)
	case err != nil:
		return httpkit.Result(op, err)
	case made.id() == "":
		return targets.Failed(op, targets.Unknown, identity.Incomplete, errors.New("the answer names no id"))
	}
	a.made[fold(op.Account.Name)] = made
	return done(made.id())
}

// taken looks at who has the name of a user that was to be made.
func (a *application) taken(ctx context.Context, op targets.Op) targets.Result {
	u, err := a.t.find(ctx, targets.Account{Name: op.Account.Name})
	if errors.Is(err, errNoAccount) {
		return refused(op, identity.Conflict, "the address belongs to a group, or to a user deleted less than 20 days ago")
	}
	if err != nil {
		return looked(op, err)
	}
	there, want := a.t.account(u), a.t.Normalise(op.Account)
	if there.Name == want.Name && there.Active == want.Active && there.Attributes.Equal(want.Attributes) {
		a.made[there.Name] = u
		return already(u.id())
	}
	text := "a user of that name is there, and differs"
	if there.Name != want.Name {
		text = "the address is an alias of " + there.Name
	}
	r := targets.Failed(op, targets.Stale, identity.Conflict, errors.New(text))
	r.AccountID = u.id()
	return r
}

// update makes name and mapped fields so.
func (a *application) update(ctx context.Context, op targets.Op) targets.Result {
	u, err := a.t.find(ctx, op.Account)
	if err != nil {
		return looked(op, err)
	}
	want := op.Account
	if want.Name == "" || want.ID == "" {
		want.Name = u.email()
	}
	body, err := a.t.difference(u, want)
	if err != nil {
		return targets.Failed(op, targets.Refused, identity.Internal, err)
	}
	if len(body) == 0 {
		return already(u.id())
	}
	err = a.write(ctx, u.id(), body)
	a.forget()
	return settled(op, u.id(), err)
}

// difference is what has to be written so that u is as wanted. Lists go whole: Google
// replaces them.
func (t *Target) difference(u user, want targets.Account) (user, error) {
	data, err := json.Marshal(u)
	if err != nil {
		return nil, err
	}
	var after user
	if err := json.Unmarshal(data, &after); err != nil {
		return nil, err
	}
	body := user{}
	if fold(u.email()) != fold(want.Name) {
		body["primaryEmail"] = fold(want.Name)
	}
	for _, f := range t.fields {
		if value := f.wanted(want); value != f.get(u) {
			f.set(after, value)
		}
		if !reflect.DeepEqual(after[f.outer], u[f.outer]) {
			body[f.outer] = after[f.outer]
		}
	}
	return body, nil
}

// suspend makes a user active or not. It says nothing else about the user.
func (a *application) suspend(ctx context.Context, op targets.Op) targets.Result {
	id, err := a.accountID(ctx, op)
	if err != nil {
		return looked(op, err)
	}
	off := op.Action == targets.DisableAccount
	err = a.t.call(ctx, httpkit.Request{Method: http.MethodPut, Path: "/users/" + url.PathEscape(id), Removes: off}, user{"suspended": off}, new(user))
	if isMissing(err) {
		return looked(op, errNoAccount)
	}
	return settled(op, id, err)
}

func (a *application) write(ctx context.Context, id string, body user) error {
	return a.t.call(ctx, httpkit.Request{Method: http.MethodPut, Path: "/users/" + url.PathEscape(id)}, body, new(user))
}

// delete removes a user. One that is gone is done.
func (a *application) delete(ctx context.Context, op targets.Op) targets.Result {
	id, err := a.accountID(ctx, op)
	if errors.Is(err, errNoAccount) {
		return targets.Result{Outcome: targets.Already}
	}
	if err != nil {
		return looked(op, err)
	}
	err = a.t.call(ctx, httpkit.Request{Method: http.MethodDelete, Path: "/users/" + url.PathEscape(id), Removes: true}, nil, nil)
	a.forget()
	if isMissing(err) {
		return already(id)
	}
	return settled(op, id, err)
}
