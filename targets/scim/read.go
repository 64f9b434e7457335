package scim

import (
	"context"
	"encoding/json"
	"errors"

	"birthright/identity"
	"birthright/targets"
)

// Read hands out what q asks for, whole or with an error.
func (t *Target) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	if err := t.read(ctx, q, sink); err != nil {
		return targets.End{}, &identity.Error{Kind: kindOf(err), Err: err} // whoever asked names the target
	}
	return targets.End{Complete: true}, nil
}

func (t *Target) read(ctx context.Context, q targets.Query, sink targets.Sink) error {
	if err := t.learn(ctx); err != nil {
		return err
	}
	r := reader{t: t, sink: sink, known: map[string]string{}, whole: q.Accounts == nil}
	if err := r.accounts(ctx, q.Accounts); err != nil {
		return err
	}
	if err := r.groups(ctx, q.Entitlements); err != nil {
		return err
	}
	if err := r.members(ctx); err != nil {
		return err
	}
	return r.handOut(ctx)
}

// reader is one read on its way.
type reader struct {
	t    *Target
	sink targets.Sink
	// known maps the ids of the accounts that were handed out to themselves: a
	// million members then share the strings of the accounts.
	known map[string]string
	order []string // the same, as they came
	// whole is true where all accounts are read.
	whole bool
	// groups are those asked for, in the server's order; byID adds nested ones
	// that were fetched on the way.
	wanted []group
	byID   map[string]group
}

func (r *reader) accounts(ctx context.Context, wanted []targets.Account) error {
	if wanted == nil {
		return r.t.each(ctx, users, nil, func(raw json.RawMessage) (string, error) {
			user, err := parseUser(raw)
			if err != nil {
				return "", err
			}
			return text(user, "id"), r.account(user)
		})
	}
	find := r.t.find
	switch list, err := r.t.fewerToList(ctx, users, len(wanted)); {
	case err != nil:
		return err
	case list:
		if find, err = r.listed(ctx); err != nil {
			return err
		}
	}
	for _, a := range wanted {
		user, err := find(ctx, a)
		if errors.Is(err, errNoAccount) {
			continue
		}
		if err == nil {
			err = r.account(user)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) account(user resource) error {
	a := r.t.account(user)
	if _, twice := r.known[a.ID]; twice {
		return nil // asked for twice, by name and by id
	}
	r.known[a.ID] = a.ID
	r.order = append(r.order, a.ID)
	return r.sink.Account(a)
}

// groups collects the groups asked for, with members.
func (r *reader) groups(ctx context.Context, wanted []identity.Entitlement) error {
	r.byID = map[string]group{}
	if wanted == nil {
		return r.allGroups(ctx, nil)
	}
	switch list, err := r.t.fewerToList(ctx, groups, len(wanted)); {
	case err != nil:
		return err
	case list:
		return r.allGroups(ctx, r.namesOf(wanted))
	}
	for _, e := range wanted {
		if e.Target != r.t.name || e.Kind != Group {
			continue
		}
		found, err := r.t.named(ctx, e.ID, r.inList())
		if err != nil {
			return err
		}
		for _, g := range found {
			if _, twice := r.byID[g.id]; !twice {
				r.keep(g)
			}
		}
	}
	return nil
}

// keep notes a group; strings of members that are accounts are shared.
func (r *reader) keep(g group) {
	for i, id := range g.members {
		if shared, ok := r.known[id]; ok {
			g.members[i] = shared
		}
	}
	r.wanted = append(r.wanted, g)
	r.byID[g.id] = g
}

// handOut passes entitlements and assignments on. Groups that share a name
// cannot be told apart by it: they are handed out as one that nobody changes.
func (r *reader) handOut(ctx context.Context) error {
	byName := map[string][]group{}
	var names []string
	for _, g := range r.wanted {
		if byName[g.name] == nil {
			names = append(names, g.name)
		}
		byName[g.name] = append(byName[g.name], g)
	}
	for _, name := range names {
		same := byName[name]
		if len(same) == 1 {
			r.t.remember(name, same[0].id)
		} else {
			r.t.forgetGroup(name)
			r.t.log.Warn("groups share a displayName and are left alone", "target", r.t.name, "group", name, "count", len(same))
		}
		e := targets.Entitlement{Address: r.t.entitlement(name), ReadOnly: len(same) > 1}
		if err := r.sink.Entitlement(e); err != nil {
			return err
		}
	}
	for _, name := range names {
		if err := r.assignments(ctx, r.t.entitlement(name), byName[name]); err != nil {
			return err
		}
	}
	return nil
}

// assignments passes on who is in the groups, directly or through nested ones.
func (r *reader) assignments(ctx context.Context, e identity.Entitlement, same []group) error {
	held := map[string]struct{}{}
	pass := func(id string, indirect bool) error {
		shared, ok := r.known[id]
		if _, twice := held[id]; twice || !ok {
			return nil // not an account that was asked for
		}
		held[shared] = struct{}{}
		return r.sink.Assignment(targets.Assignment{AccountID: shared, Entitlement: e, Indirect: indirect})
	}
	for _, g := range same {
		for _, id := range g.members {
			if err := pass(id, false); err != nil {
				return err
			}
		}
	}
	visited := map[string]bool{}
	for _, g := range same {
		if err := r.nested(ctx, g, visited, pass); err != nil {
			return err
		}
	}
	return nil
}

// nested passes on the members of the groups inside g, all the way down.
func (r *reader) nested(ctx context.Context, g group, visited map[string]bool, pass func(string, bool) error) error {
	visited[g.id] = true
	for _, id := range g.members {
		child, ok := r.byID[id]
		if !ok && !g.nested[id] || visited[id] {
			continue
		}
		if !ok {
			var err error
			if child, ok, err = r.fetch(ctx, id); err != nil {
				return err
			} else if !ok {
				continue
			}
		}
		for _, m := range child.members {
			if err := pass(m, true); err != nil {
				return err
			}
		}
		if err := r.nested(ctx, child, visited, pass); err != nil {
			return err
		}
	}
	return nil
}

// fetch reads a nested group that was not asked for itself.
func (r *reader) fetch(ctx context.Context, id string) (group, bool, error) {
	raw, _, err := r.t.get(ctx, place(groups, id), nil)
	if isMissing(err) {
		return group{}, false, nil
	}
	if err != nil {
		return group{}, false, err
	}
	data, err := json.Marshal(raw)
	if err != nil {
		return group{}, false, err
	}
	g, err := parseGroup(data)
	r.byID[id] = g
	return g, err == nil, err
}

// kindOf is identity.KindOf for errors that may be a *httpkit.Failure.
func kindOf(err error) identity.Kind {
	if f := failure(err); f != nil {
		return f.Kind()
	}
	return identity.KindOf(err)
}
