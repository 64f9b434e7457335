package okta

import (
	"context"
	"errors"

	sdk "github.com/okta/okta-sdk-golang/v2/okta"

	"birthright/identity"
	"birthright/targets"
)

// Read hands out what q asks for, whole or with an error.
func (t *Target) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	r := reader{t: t, sink: sink, shown: map[string]string{}}
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
}

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

func (r *reader) account(u *sdk.User) error {
	a := r.t.account(u)
	if a.ID == "" || a.Name == "" {
		return &identity.Error{Kind: identity.Incomplete, Op: "read users", Err: errors.New("a user without id or login")}
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
		if errors.Is(err, errNoGroup) {
			continue
		}
		if err != nil {
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
		in, err := r.t.groupsOf(ctx, id)
		if isMissing(err) {
			continue // it was deleted a moment ago
		}
		if err != nil {
			return err
		}
		for _, g := range r.groups {
			if !in[g.id] {
				continue
			}
			if err := r.assignment(id, g); err != nil {
				return err
			}
		}
	}
	return nil
}

// byGroup hands out a group's members. A group that was deleted meanwhile has none.
func (r *reader) byGroup(ctx context.Context, g group) error {
	if len(r.shown) == 0 {
		return nil
	}
	ids, err := r.t.memberIDs(ctx, g)
	if isMissing(err) {
		err = r.t.reallyGone(ctx, g)
	}
	if err != nil {
		return err
	}
	held := make(map[string]bool, len(ids))
	for _, id := range ids {
		shared, ok := r.shown[id]
		if !ok || held[id] {
			continue // nobody who was handed out, or twice
		}
		held[shared] = true
		if err := r.assignment(shared, g); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) assignment(id string, g group) error {
	return r.sink.Assignment(targets.Assignment{AccountID: id, Entitlement: r.t.entitlement(g.name), Indirect: g.left != ""})
}
