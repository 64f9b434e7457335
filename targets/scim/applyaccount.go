package scim

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// one does a single op that is not a membership.
func (t *Target) one(ctx context.Context, op targets.Op) targets.Result {
	switch op.Action {
	case targets.CreateAccount:
		return t.createAccount(ctx, op)
	case targets.UpdateAccount:
		return t.updateAccount(ctx, op)
	case targets.EnableAccount, targets.DisableAccount:
		return t.setActive(ctx, op, op.Action == targets.EnableAccount)
	case targets.DeleteAccount:
		return t.deleteAccount(ctx, op)
	default:
		return t.createGroup(ctx, op)
	}
}

func (t *Target) createAccount(ctx context.Context, op targets.Op) targets.Result {
	resp, err := t.send(ctx, http.MethodPost, users, t.body(op.Account), writing{})
	if f := failure(err); f != nil && f.Status == http.StatusConflict {
		return t.adopt(ctx, op, err)
	}
	if err != nil {
		return httpkit.Result(op, err)
	}
	var made resource
	if json.Unmarshal(resp.Body, &made) == nil && text(made, "id") != "" {
		return targets.Result{Outcome: targets.Done, AccountID: text(made, "id")}
	}
	found, err := t.findByName(ctx, op.Account.Name) // created, but the server does not tell its id
	if err != nil {
		return targets.Failed(op, targets.Unknown, kindOf(err), err)
	}
	return targets.Result{Outcome: targets.Done, AccountID: text(found, "id")}
}

// adopt explains a 409: an account that is there just as wanted is what an
// earlier try left; one that differs is for the next plan to decide about.
func (t *Target) adopt(ctx context.Context, op targets.Op, conflict error) targets.Result {
	found, err := t.findByName(ctx, op.Account.Name)
	if errors.Is(err, errNoAccount) {
		return httpkit.Result(op, conflict) // something else clashes, an e-mail address perhaps
	}
	if err != nil {
		return explain(op, err)
	}
	have := t.account(found)
	if have.Active == op.Account.Active && have.Attributes.Equal(t.Normalise(op.Account).Attributes) {
		return targets.Result{Outcome: targets.Already, AccountID: have.ID}
	}
	r := targets.Failed(op, targets.Stale, identity.Conflict, errors.New("an account of that name is there and differs"))
	r.AccountID = have.ID
	return r
}

// updateAccount reads the account and changes only what differs, once more where
// somebody else changed it meanwhile.
func (t *Target) updateAccount(ctx context.Context, op targets.Op) targets.Result {
	r := t.updateOnce(ctx, op)
	if outdated(r.Err) {
		r = t.updateOnce(ctx, op)
	}
	return r
}

func (t *Target) updateOnce(ctx context.Context, op targets.Op) targets.Result {
	current, err := t.find(ctx, op.Account)
	if err != nil {
		return explain(op, err)
	}
	var ops []patchOp
	if name := op.Account.Name; name != "" && name != text(current, "userName") {
		ops = append(ops, patchOp{Op: "replace", Path: "userName", Value: name})
	}
	for _, f := range t.fields {
		if value := op.Account.Attributes.First(f.hub); value != f.get(current) {
			ops = append(ops, f.change(current, value))
		}
	}
	if len(ops) == 0 {
		return targets.Result{Outcome: targets.Already, AccountID: text(current, "id")}
	}
	return t.write(ctx, op, current, ops, func(r resource) {
		if op.Account.Name != "" {
			assign(r, "userName", op.Account.Name)
		}
		for _, f := range t.fields {
			f.set(r, op.Account.Attributes.First(f.hub))
		}
	})
}

// setActive enables or disables. An account that is named by id need not be
// read first: the change is the same whatever it was.
func (t *Target) setActive(ctx context.Context, op targets.Op, active bool) targets.Result {
	current := resource{"id": op.Account.ID}
	if op.Account.ID == "" {
		found, err := t.findByName(ctx, op.Account.Name)
		if err != nil {
			return explain(op, err)
		}
		if current = found; isActive(found) == active {
			return targets.Result{Outcome: targets.Already, AccountID: text(found, "id")}
		}
	}
	ops := []patchOp{{Op: "replace", Path: "active", Value: active}}
	return t.write(ctx, op, current, ops, func(r resource) {
		_, key := member(r, "active")
		r[key] = active
	})
}

// write sends ops as a PATCH, or edits and replaces the whole resource on a
// server without PATCH.
func (t *Target) write(ctx context.Context, op targets.Op, current resource, ops []patchOp, edit func(resource)) targets.Result {
	id := text(current, "id")
	how := writing{ifMatch: t.version(current, nil), removes: op.Action.Removes()}
	if !t.knows().noPatch {
		_, err := t.send(ctx, http.MethodPatch, place(users, id), t.patch(ops...), how)
		if !unsupported(err) || t.habits.Changes == byPatch {
			return withID(httpkit.Result(op, err), id)
		}
		t.giveUpPatch(err)
	}
	whole, resp, err := t.get(ctx, place(users, id), nil)
	if isMissing(err) {
		err = errNoAccount
	}
	if err != nil {
		return explain(op, err)
	}
	edit(whole)
	how.ifMatch = resp.Header.Get("ETag")
	_, err = t.send(ctx, http.MethodPut, place(users, id), settable(whole), how)
	return withID(httpkit.Result(op, err), id)
}

func (t *Target) giveUpPatch(err error) {
	t.note(func(s *server) { s.noPatch = true })
	t.log.Info("the server refuses PATCH; whole resources are replaced", "target", t.name, "error", err)
}

// patch is the body of a PATCH, as the server wants it written.
func (t *Target) patch(ops ...patchOp) any {
	if t.habits.OpCase == titleCase {
		ops = slices.Clone(ops)
		for i, op := range ops {
			ops[i].Op = strings.ToUpper(op.Op[:1]) + op.Op[1:]
		}
	}
	return patch(ops...)
}

func patch(ops ...patchOp) any {
	return struct {
		Schemas    []string  `json:"schemas"`
		Operations []patchOp `json:"Operations"`
	}{[]string{schemaPatch}, ops}
}

// settable drops what only the server writes.
func settable(r resource) resource {
	for _, name := range []string{"meta", "groups"} {
		_, key := member(r, name)
		delete(r, key)
	}
	return r
}

func withID(r targets.Result, id string) targets.Result {
	if r.Outcome.OK() {
		r.AccountID = id
	}
	return r
}

func (t *Target) deleteAccount(ctx context.Context, op targets.Op) targets.Result {
	id := op.Account.ID
	if id == "" {
		found, err := t.findByName(ctx, op.Account.Name)
		if errors.Is(err, errNoAccount) {
			return targets.Result{Outcome: targets.Already}
		}
		if err != nil {
			return explain(op, err)
		}
		id = text(found, "id")
	}
	_, err := t.remove(ctx, place(users, id))
	if isMissing(err) {
		return t.confirmGone(ctx, op, id)
	}
	return withID(httpkit.Result(op, err), id)
}

// confirmGone makes sure that a 404 was about the account: a proxy or a moved
// server answers 404 to everything, and the leaver would still be in. The list
// of users must be there, and the account not in it.
func (t *Target) confirmGone(ctx context.Context, op targets.Op, id string) targets.Result {
	name := op.Account.Name
	if name == "" {
		name = id // nobody; only whether the list is there counts
	}
	found, err := t.findByName(ctx, name)
	switch {
	case errors.Is(err, errNoAccount), err == nil && text(found, "id") != id:
		return targets.Result{Outcome: targets.Already, AccountID: id}
	case err != nil:
		return explain(op, err)
	}
	return targets.Failed(op, targets.Unknown, identity.Conflict, errors.New("the server says that the account is not there, and lists it"))
}

// createGroup looks first, unless a read just did: not every server minds two groups
// of one name.
func (t *Target) createGroup(ctx context.Context, op targets.Op) targets.Result {
	name := op.Entitlement.ID
	if !t.surelyAbsent(name) {
		switch found, err := t.named(ctx, name, t.bare()); {
		case err != nil:
			return explain(op, err)
		case len(found) > 0:
			return targets.Result{Outcome: targets.Already}
		}
	}
	body := resource{"schemas": []any{schemaGroup}, "displayName": name}
	if t.habits.ExternalID == fromName {
		body["externalId"] = name
	}
	resp, err := t.send(ctx, http.MethodPost, groups, body, writing{})
	if f := failure(err); f != nil && f.Status == http.StatusConflict {
		if found, again := t.named(ctx, name, t.bare()); again == nil && len(found) > 0 {
			return targets.Result{Outcome: targets.Already}
		}
	}
	if err != nil {
		return httpkit.Result(op, err)
	}
	if g, err := parseGroup(resp.Body); err == nil && g.name == name {
		t.remember(name, g.id)
	}
	return targets.Result{Outcome: targets.Done}
}
