package entra

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// change is one membership op with its group and account looked up.
type change struct {
	i  int // index of the op
	g  group
	id string
}

// flush sends the membership ops that wait. One that names the account and group of
// one before it is sent after that.
func (a *application) flush() {
	held := a.held
	a.held = nil
	var part []change
	named := map[[2]string]bool{}
	for _, i := range held {
		var c change
		a.results[i] = a.settle(a.ops[i], func() (r targets.Result) {
			c, r = a.resolve(i)
			return r
		})
		if !a.results[i].Outcome.OK() {
			continue
		}
		key := [2]string{c.g.ID, c.id}
		if named[key] {
			a.send(part)
			part = nil
			clear(named)
		}
		named[key] = true
		part = append(part, c)
	}
	a.send(part)
}

// resolve finds the op's group and account.
func (a *application) resolve(i int) (change, targets.Result) {
	op := a.ops[i]
	g, err := a.t.group(a.ctx, op.Entitlement.ID)
	if err != nil {
		return change{}, lookup(op, err)
	}
	if why := a.t.left(g); why != "" {
		return change{}, targets.Failed(op, targets.Refused, identity.Denied, errors.New("the group is not ours to change: "+why))
	}
	id := op.Account.ID
	if id == "" {
		id = a.made[strings.ToLower(op.Account.Name)]
	}
	if id == "" {
		u, err := a.t.byName(a.ctx, op.Account.Name)
		if err != nil {
			return change{}, lookup(op, err)
		}
		id = u.text("id")
	}
	if !isID(id) {
		return change{}, lookup(op, errNoAccount)
	}
	return change{i: i, g: g, id: id}, already(id)
}

// send makes the changes: group by group, removals first.
func (a *application) send(part []change) {
	for _, action := range []targets.Action{targets.Remove, targets.Add} {
		byGroup := map[string][]change{}
		var order []string
		for _, c := range part {
			if a.ops[c.i].Action != action {
				continue
			}
			if byGroup[c.g.ID] == nil {
				order = append(order, c.g.ID)
			}
			byGroup[c.g.ID] = append(byGroup[c.g.ID], c)
		}
		if action == targets.Remove { // a batch may be of several groups
			var all []change
			for _, id := range order {
				all = append(all, byGroup[id]...)
			}
			a.chunks(all, a.batch)
			continue
		}
		for _, id := range order {
			a.chunks(byGroup[id], a.add)
		}
	}
}

func (a *application) chunks(all []change, send func([]change)) {
	for part := range slices.Chunk(all, a.t.atOnce) {
		send(part)
	}
}

// add puts all of part into their group by one request. Graph refuses it whole where
// one is a member already, or gone: then each is asked for by itself.
func (a *application) add(part []change) {
	refs := make([]string, len(part))
	for i, c := range part {
		refs[i] = a.t.ref(c.id)
	}
	var err error
	a.all(part, func(op targets.Op) targets.Result {
		_, err = a.t.write(a.ctx, http.MethodPatch, "/groups/"+part[0].g.ID, map[string]any{"members@odata.bind": refs}, false)
		return written(op, "", err)
	})
	if err == nil {
		for _, c := range part {
			if a.results[c.i].Outcome.OK() {
				a.note(c)
			}
		}
	}
	if f := httpkit.AsFailure(err); f != nil && (f.Status == http.StatusBadRequest || f.Status == http.StatusNotFound) {
		a.batch(part)
	}
}

// ref is how a member is named in a body.
func (t *Target) ref(id string) string { return t.base + "/directoryObjects/" + id }

// all runs a step that counts for every change of part.
func (a *application) all(part []change, step func(targets.Op) targets.Result) {
	first := a.ops[part[0].i]
	shared := a.settle(first, func() targets.Result { return step(first) })
	for _, c := range part {
		r := shared
		if r.Outcome.OK() {
			r.AccountID = c.id
		}
		a.results[c.i] = r
	}
}

// judge says what Graph's answer to one change means. was is true where the membership
// was new.
func (a *application) judge(c change, was bool, err error) targets.Result {
	op := a.ops[c.i]
	switch {
	case err == nil:
		a.note(c)
		return targets.Result{Outcome: targets.Done, AccountID: c.id}
	case op.Action == targets.Add && isHeld(err):
		return already(c.id)
	case isMissing(err):
		return a.missing(c, was)
	case isBad(err) && (a.t.isFresh(c.g.ID) || a.t.isFresh(c.id)):
		return a.t.later(op)
	}
	return written(op, c.id, err)
}

// note remembers that a membership was made: it may take a while to be there.
func (a *application) note(c change) {
	if a.ops[c.i].Action == targets.Add {
		a.t.made(c.pair())
	}
}

// pair names the membership.
func (c change) pair() string { return c.g.ID + " " + c.id }

func isBad(err error) bool {
	f := httpkit.AsFailure(err)
	return f != nil && f.Status == http.StatusBadRequest
}

// missing finds out what is not there: the user, the group, or the membership alone.
// What is new may only not be there yet.
func (a *application) missing(c change, was bool) targets.Result {
	op := a.ops[c.i]
	if _, err := a.t.find(a.ctx, targets.Account{ID: c.id}); err != nil {
		return a.absent(op, c.id, err)
	}
	a.t.forget(c.g)
	if _, err := a.t.named(a.ctx, "#"+c.g.ID); err != nil {
		return a.absent(op, c.g.ID, err)
	}
	switch {
	case op.Action == targets.Remove && was:
		a.t.made(c.pair())
		return a.t.later(op)
	case op.Action == targets.Remove:
		return already(c.id)
	}
	return a.t.later(op) // both are there by now
}

// absent is lookup, for what may be new.
func (a *application) absent(op targets.Op, id string, err error) targets.Result {
	if (errors.Is(err, errNoAccount) || errors.Is(err, errNoGroup)) && a.t.isFresh(id) {
		return a.t.later(op)
	}
	return lookup(op, err)
}
