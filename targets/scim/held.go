package scim

import (
	"context"
	"encoding/json"
	"net/url"

	"birthright/internal/httpkit"
	"birthright/targets"
)

// fewRemovals is up to how many removals of one group are looked up one by one;
// for more, reading the group whole is cheaper.
const fewRemovals = 3

// open leaves out what is true already, and settles it. A PATCH does not tell
// whether it changed anything, nor whether the account it names exists.
func (a *application) open(name, id string, changes []change) []change {
	var out, ask []change
	for _, c := range changes {
		if c.unsure {
			ask = append(ask, c)
		} else {
			out = append(out, c)
		}
	}
	removing := a.ops[changes[0].i].Action == targets.Remove
	if a.t.habits.MembersRead == byAccount {
		return append(out, a.openByAccount(id, removing, ask)...)
	}
	if removing && len(ask) <= fewRemovals {
		var sure []change
		sure, ask = a.surelyHeld(id, ask)
		out = append(out, sure...)
	}
	if len(ask) == 0 {
		return out
	}
	var held map[string]bool
	if !a.settleAll(ask, func(op targets.Op) targets.Result {
		var err error
		if held, err = a.t.members(a.ctx, name, id); err != nil {
			return explain(op, err)
		}
		return targets.Result{Outcome: targets.Done}
	}) {
		return out
	}
	for _, c := range ask {
		switch {
		case held[c.id] == removing:
			out = append(out, c)
		case removing:
			a.results[c.i] = a.settle(a.ops[c.i], func() targets.Result { return a.notHeld(c) })
		default:
			a.results[c.i] = targets.Result{Outcome: targets.Already, AccountID: c.id}
		}
	}
	return out
}

// surelyHeld asks with a filter, which costs the same for a group of any size.
// Only a yes is believed: if it is wrong, a removal too many is sent, and that
// does no harm.
func (a *application) surelyHeld(id string, ask []change) (sure, left []change) {
	for _, c := range ask {
		if a.halt == nil && a.t.filterSaysHeld(a.ctx, id, c.id) {
			sure = append(sure, c)
		} else {
			left = append(left, c)
		}
	}
	return sure, left
}

func (t *Target) filterSaysHeld(ctx context.Context, groupID, userID string) bool {
	if s := t.knows(); s.noFilter || s.noMemberFilter {
		return false
	}
	held := false
	q := t.bare()
	q.Set("filter", "id eq "+quote(groupID)+" and members.value eq "+quote(userID))
	err := t.search(ctx, groups, q, func(raw json.RawMessage) (string, error) {
		g, err := parseGroup(raw)
		held = held || g.id == groupID
		return g.id, err
	})
	if badFilter(err) {
		t.note(func(s *server) { s.noMemberFilter = true })
	}
	return err == nil && held
}

// members reads the ids of a group's direct members; errNoGroup where it is gone.
func (t *Target) members(ctx context.Context, name, id string) (map[string]bool, error) {
	whole, _, err := t.group(ctx, name, id, nil)
	if err != nil {
		return nil, err
	}
	return memberIDs(whole), nil
}

// group reads one group as it is; errNoGroup where it is gone.
func (t *Target) group(ctx context.Context, name, id string, q url.Values) (resource, *httpkit.Response, error) {
	whole, resp, err := t.get(ctx, place(groups, id), q)
	if isMissing(err) {
		t.forgetGroup(name)
		err = errNoGroup
	}
	return whole, resp, err
}

func memberIDs(whole resource) map[string]bool {
	held := map[string]bool{}
	for _, m := range objects(whole, "members") {
		held[text(m, "value")] = true
	}
	return held
}

// notHeld settles the removal of a member that is none: done, unless there is
// no such account at all.
func (a *application) notHeld(c change) targets.Result {
	op := a.ops[c.i]
	if op.Account.ID == "" {
		return targets.Result{Outcome: targets.Already, AccountID: c.id} // its name was looked up just now
	}
	if _, err := a.t.find(a.ctx, targets.Account{ID: c.id}); err != nil {
		return explain(op, err)
	}
	return targets.Result{Outcome: targets.Already, AccountID: c.id}
}
