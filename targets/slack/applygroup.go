package slack

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// createGroup makes a user group, which nobody is in.
func (t *Target) createGroup(ctx context.Context, op targets.Op) targets.Result {
	handle := op.Entitlement.ID
	err := t.post(ctx, "usergroups.create", url.Values{"name": {handle}, "handle": {handle}}, false, nil)
	if c := code(err); c != "name_already_exists" && c != "handle_already_exists" {
		return result(op, err)
	}
	if _, there := t.groupCalled(ctx, handle); there != nil {
		return looked(op, err) // the name is taken, by a group of another handle
	}
	return targets.Result{Outcome: targets.Already}
}

// mostTries is how often a list is read and written anew where somebody else wrote it
// at the same time.
const mostTries = 3

// group makes the changes of one user group true. Slack replaces its list as a whole,
// so that the list is read right before, with what others did, and looked at after.
func (a *application) group(ctx context.Context, handle string, changes []change) {
	defer a.t.lock(handle)()
	for range mostTries {
		g, err := a.t.groupCalled(ctx, handle)
		if err != nil {
			a.all(changes, func(op targets.Op) targets.Result { return looked(op, err) })
			return
		}
		if g.readOnly() {
			a.all(changes, func(op targets.Op) targets.Result {
				return targets.Failed(op, targets.Refused, identity.Denied, errors.New("an identity provider, the organisation or Slack itself decides who is in the group"))
			})
			return
		}
		wanted, open := a.compose(g, changes)
		if len(open) == 0 {
			return
		}
		after, err := a.t.replace(ctx, g, wanted, removesAny(a.ops, open))
		if refusedList(err) && a.without(ctx, handle, open) {
			changes = open
			continue
		}
		a.all(open, func(op targets.Op) targets.Result { return result(op, err) })
		if err != nil {
			return
		}
		if tookEffect(after, a.ops, lastOf(open)) {
			a.written[handle] = append(a.written[handle], open...)
			return
		}
		changes = open // the answer shows another list than was sent: once more
	}
	a.all(changes, func(op targets.Op) targets.Result {
		return targets.Failed(op, targets.Unknown, identity.Conflict, errors.New("others keep writing the group at the same time"))
	})
}

// verify looks at all groups that were written, with one request: somebody else may have
// put a list there that was made from the one before ours. What is lost is done again,
// on top of theirs.
func (a *application) verify(ctx context.Context) {
	if len(a.written) == 0 || a.halt != nil {
		return
	}
	all, err := a.t.listGroups(ctx)
	if err != nil {
		a.t.log.Warn("written user groups could not be looked at again; the next run does", "target", a.t.name, "error", err)
		return
	}
	for _, g := range all {
		changes := lastOf(a.written[g.Handle])
		if now := append([]string{}, g.members()...); !tookEffect(now, a.ops, changes) {
			a.group(ctx, g.Handle, changes)
		}
	}
}

// compose applies changes to the group's list, in order, and settles those that are so
// already. Deactivated users are left out: Slack refuses a list that has one.
func (a *application) compose(g usergroup, changes []change) (wanted []string, open []change) {
	for _, id := range g.members() {
		if active, known := a.t.active(id); active || !known {
			wanted = append(wanted, id)
		}
	}
	held := slices.Clone(g.members())
	for _, c := range changes {
		op := a.ops[c.i]
		active, known := a.t.active(c.id)
		in := slices.Contains(held, c.id)
		switch {
		case op.Action == targets.Add && known && !active:
			a.results[c.i] = targets.Failed(op, targets.Refused, identity.Invalid, errors.New("the account is deactivated"))
			continue
		case in == (op.Action == targets.Add):
			a.results[c.i] = targets.Result{Outcome: targets.Already, AccountID: c.id}
			continue
		case op.Action == targets.Add:
			held, wanted = append(held, c.id), append(wanted, c.id)
		default:
			is := func(id string) bool { return id == c.id }
			held, wanted = slices.DeleteFunc(held, is), slices.DeleteFunc(wanted, is)
		}
		open = append(open, c)
	}
	return wanted, open
}

// replace writes a group's list. One that would be empty cannot be: the group is
// disabled, and enabled again, with its new list, when somebody comes. The list goes
// first, for the old one would come back with the group.
func (t *Target) replace(ctx context.Context, g usergroup, wanted []string, removes bool) ([]string, error) {
	which := url.Values{"usergroup": {g.ID}}
	if len(wanted) == 0 {
		return nil, t.post(ctx, "usergroups.disable", which, removes, nil)
	}
	after, err := t.write(ctx, g.ID, wanted, removes)
	switch c := code(err); {
	case !g.disabled():
		return after, err
	case err == nil:
		return after, t.post(ctx, "usergroups.enable", which, removes, nil)
	case c == "no_such_subteam" || c == "subteam_not_found": // disabled ones are not taken for there
		if err := t.post(ctx, "usergroups.enable", which, removes, nil); err != nil {
			return nil, err
		}
		return t.write(ctx, g.ID, wanted, removes)
	}
	return after, err
}

func (t *Target) write(ctx context.Context, id string, wanted []string, removes bool) ([]string, error) {
	var out struct {
		Usergroup usergroup `json:"usergroup"`
	}
	err := t.post(ctx, "usergroups.users.update", url.Values{"usergroup": {id}, "users": {strings.Join(wanted, ",")}}, removes, &out)
	return out.Usergroup.Users, err
}

// refusedList reports whether Slack had something against the list itself.
func refusedList(err error) bool {
	c := code(err)
	return c == "invalid_users" || c == "user_not_found" || c == "invalid_arguments" || c == "user_is_deactivated" || c == "user_disabled"
}

// without looks at who is active after Slack refused a list, and reports whether it
// was worth it: somebody in it is not.
func (a *application) without(ctx context.Context, handle string, open []change) bool {
	g, err := a.t.groupCalled(ctx, handle)
	if err != nil {
		return false
	}
	ids := g.members()
	for _, c := range open {
		ids = append(ids, c.id)
	}
	before := a.activeOf(ids)
	return a.t.listUsers(ctx, func(user) {}) == nil && a.activeOf(ids) < before
}

// activeOf counts those who may be active as far as is known.
func (a *application) activeOf(ids []string) int {
	n := 0
	for _, id := range ids {
		if active, known := a.t.active(id); active || !known {
			n++
		}
	}
	return n
}

func removesAny(ops []targets.Op, changes []change) bool {
	return slices.ContainsFunc(changes, func(c change) bool { return ops[c.i].Action == targets.Remove })
}

// lastOf keeps, of several changes for one account, the last: it is what shows.
func lastOf(changes []change) []change {
	var out []change
	for i, c := range changes {
		if !slices.ContainsFunc(changes[i+1:], func(later change) bool { return later.id == c.id }) {
			out = append(out, c)
		}
	}
	return out
}

// tookEffect reports whether a list shows the changes. An answer that has no list is
// believed.
func tookEffect(after []string, ops []targets.Op, changes []change) bool {
	for _, c := range changes {
		if after != nil && slices.Contains(after, c.id) != (ops[c.i].Action == targets.Add) {
			return false
		}
	}
	return true
}
