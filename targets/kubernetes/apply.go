package kubernetes

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// Apply makes the ops true one after the other: each is one request, and the one that
// looks for the role is made once for all ops on it.
func (t *Target) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	c := call{t: t, roles: map[place]bool{}, lists: map[string][]binding{}}
	results := make([]targets.Result, len(ops))
	for i, op := range ops {
		at, user, err := t.check(op)
		switch {
		case err != nil:
			results[i] = targets.Failed(op, targets.Refused, identity.Invalid, err)
		case c.stopped != nil:
			results[i] = targets.Failed(op, c.stopped.Outcome, identity.KindOf(c.stopped.Err), errors.Unwrap(c.stopped.Err))
			results[i].RetryAt = c.stopped.RetryAt
		case op.Action == targets.Add:
			results[i] = c.add(ctx, op, at, user)
		default:
			results[i] = c.remove(ctx, op, at, user)
		}
		if o := results[i].Outcome; o == targets.Unreachable || o == targets.Throttled {
			c.stopped = &results[i] // the others would fare no better
		}
	}
	return results
}

// check says why the op makes no sense here.
func (t *Target) check(op targets.Op) (place, string, error) {
	if op.Action != targets.Add && op.Action != targets.Remove {
		return place{}, "", errors.New("a cluster has no accounts to make or change: they are names in bindings")
	}
	if op.Account.ID == "" && op.Account.Name == "" {
		return place{}, "", errors.New("the op names no account: the person may lack the attribute that user_attribute names")
	}
	if op.Entitlement.Target != t.name {
		return place{}, "", errors.New(op.Entitlement.String() + " is no entitlement of target " + t.name)
	}
	at, err := placeOf(op.Entitlement)
	if err != nil {
		return place{}, "", err
	}
	user := t.user(op.Account)
	if reserved(user) {
		return place{}, "", errors.New("names that begin with system: are the cluster's own")
	}
	return at, user, nil
}

// call is one call of Apply.
type call struct {
	t       *Target
	roles   map[place]bool       // those that were looked for
	lists   map[string][]binding // bindings that were listed, by path
	stopped *targets.Result
}

func (c *call) exists(ctx context.Context, at place) (bool, error) {
	if there, known := c.roles[at]; known {
		return there, nil
	}
	there, err := c.t.exists(ctx, at)
	if err == nil {
		c.roles[at] = there
	}
	return there, err
}

func stale(op targets.Op, why string) targets.Result {
	return targets.Failed(op, targets.Stale, identity.NotFound, errors.New(why))
}

// looked is the result where something could not be looked up: nothing was done.
func looked(op targets.Op, err error) targets.Result {
	r := httpkit.Result(op, err)
	if r.Outcome == targets.Unknown || r.Outcome == targets.Stale || httpkit.AsFailure(err) == nil {
		r.Outcome = targets.Unreachable
	}
	return r
}

func (c *call) add(ctx context.Context, op targets.Op, at place, user string) targets.Result {
	there, err := c.exists(ctx, at)
	if err != nil {
		return looked(op, err)
	}
	if !there {
		return stale(op, "there is no "+at.roleKind()+" "+at.id())
	}
	want := at.desired(user, op.NotAfter)
	resp, err := c.put(ctx, at, want)
	if f := httpkit.AsFailure(err); f != nil && f.Status == http.StatusUnprocessableEntity && isStatus(f) {
		// What stands there under our name binds another role, and cannot be changed.
		if err := c.delete(ctx, at, want.Metadata.Name); err != nil {
			return c.result(op, err)
		}
		resp, err = c.put(ctx, at, want)
	}
	if err != nil {
		return c.result(op, err)
	}
	done := targets.Result{Outcome: targets.Already, AccountID: name(op)}
	if resp.Status == http.StatusCreated {
		done.Outcome = targets.Done
	}
	return done
}

func name(op targets.Op) string {
	if op.Account.ID != "" {
		return op.Account.ID
	}
	return op.Account.Name
}

// put applies the binding: 201 where it was not there, 200 where it was.
func (c *call) put(ctx context.Context, at place, want binding) (*httpkit.Response, error) {
	body, err := json.Marshal(want)
	if err != nil {
		return nil, err
	}
	resp, err := c.t.client.Do(ctx, httpkit.Request{
		Method: http.MethodPatch, Path: at.bindingsPath() + "/" + want.Metadata.Name, Body: body,
		ContentType: "application/apply-patch+yaml", Accept: "application/json",
		Query: url.Values{"fieldManager": {fieldManager}, "force": {"true"}},
	})
	if err != nil {
		return nil, err
	}
	var got binding
	if err := resp.Decode(&got); err != nil {
		return nil, err
	}
	if got.Kind != want.Kind || got.Metadata.Name != want.Metadata.Name {
		return nil, &httpkit.Failure{Request: resp.Request, Sent: true, Status: resp.Status, Err: errors.New("success, but the answer is not the binding")}
	}
	return resp, nil
}

func (c *call) delete(ctx context.Context, at place, name string) error {
	var gone struct {
		Kind string `json:"kind"`
	}
	resp, err := c.t.client.JSON(ctx, httpkit.Request{Method: http.MethodDelete, Path: at.bindingsPath() + "/" + name, Removes: true}, nil, &gone)
	if err == nil && gone.Kind == "" {
		err = &httpkit.Failure{Request: resp.Request, Sent: true, Status: resp.Status, Err: errors.New("success, but the answer is not the cluster's")}
	}
	return err
}

// remove deletes the hub's binding. Where there is none, others may have given it, or
// there is nothing that could be given.
func (c *call) remove(ctx context.Context, op targets.Op, at place, user string) targets.Result {
	err := c.delete(ctx, at, BindingName(at.kind, at.id(), user))
	f := httpkit.AsFailure(err)
	if err == nil || f == nil || f.Status != http.StatusNotFound || !isStatus(f) {
		return c.result(op, err)
	}
	there, err := c.exists(ctx, at)
	if err != nil {
		return looked(op, err)
	}
	if !there {
		return stale(op, "there is no "+at.roleKind()+" "+at.id())
	}
	other, err := c.otherBinding(ctx, at, user)
	switch {
	case err != nil:
		return looked(op, err)
	case other != "":
		return targets.Failed(op, targets.Refused, identity.Conflict,
			errors.New("it is held through "+other+", which somebody else made: whoever did must take it away"))
	}
	return targets.Result{Outcome: targets.Already, AccountID: name(op)}
}

// otherBinding names a binding of others by which the user has p.
func (c *call) otherBinding(ctx context.Context, at place, user string) (string, error) {
	path := at.bindingsPath()
	items, known := c.lists[path]
	if !known {
		kind := "ClusterRoleBindingList"
		if at.namespace != "" {
			kind = "RoleBindingList"
		}
		var err error
		if items, err = c.t.each(ctx, path, kind); err != nil {
			return "", err
		}
		c.lists[path] = items
	}
	for _, b := range items {
		for _, u := range b.users() {
			if u == user && b.place() == at && !b.ours(user) {
				return b.Metadata.Name, nil
			}
		}
	}
	return "", nil
}

// result is what a change came to. A 404 or 403 counts only from the cluster itself.
func (c *call) result(op targets.Op, err error) targets.Result {
	r := httpkit.Result(op, err)
	r.AccountID = name(op)
	if f := httpkit.AsFailure(err); f != nil && f.Status == http.StatusForbidden {
		f.Hint = "`birthright target check` says which right is missing; to give a role, the hub needs the verb bind on it, or all that the role allows"
	}
	return r
}

// isStatus reports whether a refusal is the API server's own.
func isStatus(f *httpkit.Failure) bool {
	var s struct {
		Kind   string `json:"kind"`
		Status string `json:"status"`
	}
	return json.Unmarshal(f.Body, &s) == nil && s.Kind == "Status" && s.Status == "Failure"
}
