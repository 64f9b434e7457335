package scim

import (
	"errors"
	"net/http"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// replace changes members on a server without PATCH: read the whole group,
// write it back changed, read again. Nobody else of this process does so
// meanwhile; whether somebody outside did shows in the second reading.
// It returns what the server had against the writing.
func (a *application) replace(name, id string, part []change) (refusal error) {
	a.t.put.Lock()
	defer a.t.put.Unlock()
	var open []change
	done := a.settleAll(part, func(op targets.Op) targets.Result {
		var r targets.Result
		for range 2 { // once more where somebody else changed it meanwhile
			var whole resource
			var resp *httpkit.Response
			if whole, resp, refusal = a.t.group(a.ctx, name, id, nil); refusal != nil {
				r, refusal = explain(op, refusal), nil
				return r
			}
			if open = a.missing(whole, part); len(open) == 0 {
				return targets.Result{Outcome: targets.Already}
			}
			a.t.edit(whole, op.Action, open)
			_, refusal = a.t.send(a.ctx, http.MethodPut, place(groups, id), settable(whole),
				writing{ifMatch: resp.Header.Get("ETag"), removes: op.Action.Removes()})
			if r = httpkit.Result(op, refusal); !outdated(refusal) {
				break
			}
		}
		return r
	})
	if done && len(open) > 0 {
		a.confirm(id, part)
	}
	return refusal
}

// confirm reads the group again and takes back what is not so.
func (a *application) confirm(id string, part []change) {
	whole, _, err := a.t.get(a.ctx, place(groups, id), nil)
	left := part
	if err == nil {
		left = a.missing(whole, part)
		err = errors.New("the group was replaced, but does not show it: somebody else may have written at the same time")
	}
	for _, c := range left {
		a.results[c.i] = targets.Failed(a.ops[c.i], targets.Unknown, identity.Conflict, err)
	}
}

// missing returns those changes that are not true of the group.
func (a *application) missing(whole resource, part []change) []change {
	held := memberIDs(whole)
	var out []change
	for _, c := range part {
		if held[c.id] != (a.ops[c.i].Action == targets.Add) {
			out = append(out, c)
		}
	}
	return out
}

// edit adds or removes the members in the resource and keeps all others.
func (t *Target) edit(whole resource, action targets.Action, part []change) {
	gone := map[string]bool{}
	for _, c := range part {
		gone[c.id] = action == targets.Remove
	}
	list := []any{}
	for _, m := range objects(whole, "members") {
		if !gone[text(m, "value")] {
			list = append(list, m)
		}
	}
	if action == targets.Add {
		for _, c := range part {
			list = append(list, t.member(c.id))
		}
	}
	_, key := member(whole, "members")
	whole[key] = list
}
