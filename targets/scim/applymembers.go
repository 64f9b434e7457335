package scim

import (
	"errors"
	"net/http"
	"slices"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// change is one membership op with the account's id looked up.
type change struct {
	i  int // index of the op
	id string
	// unsure is true where it is not known whether the account holds the group
	// now: for removals, for additions by name, which no read stands behind, and where
	// adding twice does harm.
	unsure bool
}

// flush sends the membership ops that wait: group after group in the order in
// which they were first named, removals before additions.
func (a *application) flush() {
	held := a.held
	a.held = nil
	clear(a.waiting)
	byGroup := map[string]*[2][]change{}
	var order []string
	for _, i := range held {
		op := a.ops[i]
		a.results[i] = a.settle(op, func() targets.Result { return a.resolve(op) })
		if !a.results[i].Outcome.OK() {
			continue
		}
		name := op.Entitlement.ID
		if byGroup[name] == nil {
			byGroup[name] = new([2][]change)
			order = append(order, name)
		}
		side := 0
		if op.Action == targets.Add {
			side = 1
		}
		fresh := a.fresh[a.results[i].AccountID]
		byGroup[name][side] = append(byGroup[name][side], change{
			i: i, id: a.results[i].AccountID, unsure: op.Action == targets.Remove || op.Account.ID == "" && !fresh || a.t.habits.BeforeAdd == looking,
		})
	}
	for _, name := range order {
		for _, changes := range byGroup[name] {
			if len(changes) > 0 {
				a.group(name, changes)
			}
		}
	}
}

// resolve finds the id of the op's account.
func (a *application) resolve(op targets.Op) targets.Result {
	id := op.Account.ID
	if id == "" {
		id = a.made[fold(op.Account.Name)]
	}
	if id != "" {
		return targets.Result{Outcome: targets.Done, AccountID: id}
	}
	found, err := a.t.findByName(a.ctx, op.Account.Name)
	if err != nil {
		return explain(op, err)
	}
	return targets.Result{Outcome: targets.Done, AccountID: text(found, "id")}
}

// group makes changes of one group, all of them additions or all removals.
func (a *application) group(name string, changes []change) {
	var id string
	found := a.settleAll(changes, func(op targets.Op) targets.Result {
		var err error
		if id, err = a.t.groupID(a.ctx, name); err != nil {
			return explain(op, err)
		}
		return targets.Result{Outcome: targets.Done}
	})
	if !found {
		return
	}
	for part := range slices.Chunk(a.open(name, id, changes), a.t.habits.MaxMembers) {
		a.send(name, id, part)
	}
}

// send tries the chunk in one request. What is wrong with one member must not
// keep the others waiting: a refused chunk is halved until the culprit is alone.
func (a *application) send(name, id string, part []change) {
	err := a.attempt(name, id, part)
	f := failure(err)
	switch {
	case f == nil || f.Status == 0:
	case f.Kind() == identity.NotFound && !a.groupIsThere(name, id, part):
	case !divisible(f):
	case len(part) > 1:
		a.send(name, id, part[:len(part)/2])
		a.send(name, id, part[len(part)/2:])
	default:
		a.diagnose(part[0], f)
	}
}

// attempt sends one request for the chunk, settles its results and returns what
// the server had against it.
func (a *application) attempt(name, id string, part []change) error {
	if a.t.knows().noPatch {
		return a.replace(name, id, part)
	}
	var err error
	a.settleAll(part, func(op targets.Op) targets.Result {
		_, err = a.t.send(a.ctx, http.MethodPatch, place(groups, id), a.t.patch(a.t.memberOps(op.Action, part)...),
			writing{removes: op.Action.Removes()})
		return httpkit.Result(op, err)
	})
	if !unsupported(err) || a.t.habits.Changes == byPatch {
		return err
	}
	a.t.giveUpPatch(err)
	return a.replace(name, id, part)
}

// divisible reports whether a refusal may be about one member of many.
func divisible(f *httpkit.Failure) bool {
	switch f.Status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusConflict,
		http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// groupIsThere looks after a 404: was it the group or a member? A group that is
// gone makes the whole chunk stale.
func (a *application) groupIsThere(name, id string, part []change) bool {
	return a.settleAll(part, func(op targets.Op) targets.Result {
		if _, _, err := a.t.group(a.ctx, name, id, a.t.bare()); err != nil {
			return explain(op, err)
		}
		return targets.Result{Outcome: targets.Done}
	})
}

// diagnose finds out what a server has against one member.
func (a *application) diagnose(c change, f *httpkit.Failure) {
	op := a.ops[c.i]
	if op.Action == targets.Remove && f.Type == "noTarget" {
		a.results[c.i] = targets.Result{Outcome: targets.Already, AccountID: c.id}
		return
	}
	a.results[c.i] = a.settle(op, func() targets.Result {
		_, err := a.t.find(a.ctx, targets.Account{ID: c.id})
		if errors.Is(err, errNoAccount) {
			return explain(op, err)
		}
		r := httpkit.Result(op, f)
		r.Outcome = targets.Refused
		return r
	})
}

// settleAll runs a step that counts for every change of part, and reports
// whether it succeeded.
func (a *application) settleAll(part []change, step func(op targets.Op) targets.Result) bool {
	first := a.ops[part[0].i]
	shared := a.settle(first, func() targets.Result { return step(first) })
	for _, c := range part {
		r := shared
		if !r.Outcome.OK() {
			var inner *identity.Error
			if errors.As(r.Err, &inner) {
				again := targets.Failed(a.ops[c.i], r.Outcome, inner.Kind, inner.Err)
				r.Err = again.Err
			}
		} else {
			r.AccountID = c.id
		}
		a.results[c.i] = r
	}
	return shared.Outcome.OK()
}

// memberOps are the PATCH operations for part. Additions go as one array; each
// removal names its member in the path, for a server that ignores the value of
// a removal would empty the group. Where the server knows no such path, it has to be
// the value, which is never empty.
func (t *Target) memberOps(action targets.Action, part []change) []patchOp {
	if action == targets.Remove && t.habits.MemberRemoval == inPath {
		ops := make([]patchOp, len(part))
		for i, c := range part {
			ops[i] = patchOp{Op: "remove", Path: "members[value eq " + quote(c.id) + "]"}
		}
		return ops
	}
	values := make([]resource, len(part))
	for i, c := range part {
		values[i] = t.member(c.id)
	}
	op := "add"
	if action == targets.Remove {
		op = "remove"
	}
	return []patchOp{{Op: op, Path: "members", Value: values}}
}

// member is an account as a member of a group.
func (t *Target) member(id string) resource {
	m := resource{"value": id}
	if t.habits.MemberType == asUser {
		m["type"] = "User"
	}
	return m
}
