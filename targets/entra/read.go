package entra

import (
	"context"
	"errors"
	"net/url"

	"birthright/identity"
	"birthright/targets"
)

// Read hands out what q asks for, whole or with an error.
func (t *Target) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	r := reader{t: t, sink: sink, shown: map[string]string{}, inside: map[string]content{}}
	err := r.read(ctx, q)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return targets.End{}, &identity.Error{Kind: kindOf(err), Err: err} // whoever asked names the target
	}
	return targets.End{Complete: true}, nil
}

// reader is one read on its way.
type reader struct {
	t    *Target
	sink targets.Sink
	// shown maps the ids of the accounts that were handed out to themselves: a
	// million members then share the strings of the accounts.
	shown  map[string]string
	order  []string
	groups []group
	// inside is what is in the groups that were read, by id.
	inside map[string]content
}

// content is what is directly in a group.
type content struct{ users, groups []string }

func (r *reader) read(ctx context.Context, q targets.Query) error {
	if err := r.accounts(ctx, q.Accounts); err != nil {
		return err
	}
	if err := r.entitlements(ctx, q.Entitlements); err != nil {
		return err
	}
	if q.Accounts != nil {
		return r.byAccount(ctx)
	}
	for _, g := range r.groups {
		if err := r.byGroup(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) accounts(ctx context.Context, wanted []targets.Account) error {
	if wanted == nil {
		return r.t.eachUser(ctx, r.account)
	}
	for _, a := range wanted {
		u, err := r.t.find(ctx, a)
		if errors.Is(err, errNoAccount) {
			continue
		}
		if err == nil {
			err = r.account(u)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) account(u user) error {
	a := r.t.account(u)
	if a.ID == "" || a.Name == "" {
		return &identity.Error{Kind: identity.Incomplete, Op: "read users", Err: errors.New("a user without id or name")}
	}
	if _, twice := r.shown[a.ID]; twice {
		return nil // asked for twice, by name and by id
	}
	r.shown[a.ID] = a.ID
	r.order = append(r.order, a.ID)
	return r.sink.Account(a)
}

func (r *reader) entitlements(ctx context.Context, wanted []identity.Entitlement) error {
	var err error
	if wanted == nil {
		r.groups, err = r.t.allGroups(ctx)
	} else {
		err = r.someGroups(ctx, wanted)
	}
	if err != nil {
		return err
	}
	for _, g := range r.groups {
		if err := r.sink.Entitlement(r.t.entry(g)); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) someGroups(ctx context.Context, wanted []identity.Entitlement) error {
	seen := map[string]bool{}
	for _, e := range wanted {
		if e.Target != r.t.name || e.Kind != Group || seen[e.ID] {
			continue
		}
		seen[e.ID] = true
		g, err := r.t.named(ctx, e.ID)
		switch {
		case errors.Is(err, errNoGroup), err == nil && g.address() != e.ID, identity.KindOf(err) == identity.Conflict:
			continue // there is none of that address
		case err != nil:
			return err
		}
		r.groups = append(r.groups, g)
	}
	return nil
}

// byAccount asks of each account which groups it is in: the groups may be large.
func (r *reader) byAccount(ctx context.Context) error {
	if len(r.groups) == 0 {
		return nil
	}
	for _, id := range r.order {
		direct, err := r.t.groupsOf(ctx, id, "/memberOf", 1)
		var all map[string]bool
		if err == nil {
			all, err = r.t.groupsOf(ctx, id, "/transitiveMemberOf", 5)
		}
		if isMissing(err) {
			continue // it was deleted a moment ago
		}
		if err != nil {
			return err
		}
		for _, g := range r.groups {
			if !direct[g.ID] && !all[g.ID] {
				continue
			}
			if err := r.assignment(id, g, !direct[g.ID]); err != nil {
				return err
			}
		}
	}
	return nil
}

// groupsOf returns the ids of what the user is in.
func (t *Target) groupsOf(ctx context.Context, id, path string, cost int) (map[string]bool, error) {
	in := map[string]bool{}
	_, err := each(ctx, t, t.list("/users/"+id+path, "id", cost), func(o object) error {
		in[o.ID] = true
		return nil
	})
	return in, err
}

// object is anything of the directory.
type object struct {
	ID   string `json:"id"`
	Type string `json:"@odata.type"`
}

// byGroup hands out a group's members, direct ones and then those of the groups in it.
func (r *reader) byGroup(ctx context.Context, g group) error {
	if len(r.shown) == 0 {
		return nil
	}
	held, seen := map[string]bool{}, map[string]bool{}
	var walk func(id string, indirect bool) error
	walk = func(id string, indirect bool) error {
		if seen[id] {
			return nil
		}
		seen[id] = true
		c, err := r.content(ctx, id)
		if err != nil {
			return err
		}
		for _, u := range c.users {
			shared, ok := r.shown[u]
			if !ok || held[u] {
				continue // nobody who was handed out, or twice
			}
			held[shared] = true
			if err := r.assignment(shared, g, indirect); err != nil {
				return err
			}
		}
		for _, nested := range c.groups {
			if err := walk(nested, true); err != nil {
				return err
			}
		}
		return nil
	}
	return walk(g.ID, false)
}

// content reads what is directly in a group, once. One that was deleted meanwhile has
// nothing in it.
func (r *reader) content(ctx context.Context, id string) (content, error) {
	if c, ok := r.inside[id]; ok {
		return c, nil
	}
	var c content
	_, err := each(ctx, r.t, r.t.list("/groups/"+id+"/members", "id", 2), func(o object) error {
		switch o.Type {
		case "#microsoft.graph.user":
			c.users = append(c.users, o.ID)
		case "#microsoft.graph.group":
			c.groups = append(c.groups, o.ID)
		}
		return nil
	})
	if isMissing(err) {
		c, err = content{}, r.reallyGone(ctx, id)
	}
	r.inside[id] = c
	return c, err
}

// reallyGone is nil where a group of which no members can be read is not there, or not
// there yet: one that is would otherwise read as empty.
func (r *reader) reallyGone(ctx context.Context, id string) error {
	err := r.t.get(ctx, "/groups/"+id, url.Values{"$select": {"id"}}, nil)
	switch {
	case isMissing(err), err == nil && r.t.isFresh(id):
		return nil
	case err != nil:
		return err
	}
	return &identity.Error{Kind: identity.Incomplete, Op: "read members", Object: id,
		Err: errors.New("the tenant says that the group is not there, and shows it")}
}

// assignment hands one out. What a group holds that others fill is read, never fought.
func (r *reader) assignment(id string, g group, nested bool) error {
	return r.sink.Assignment(targets.Assignment{
		AccountID: id, Entitlement: r.t.entitlement(g.address()), Indirect: nested || r.t.left(g) != "",
	})
}
