package google

import (
	"context"
	"errors"
	"slices"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// fewAccounts is up to how many accounts are looked up one by one; for more, listing
// them all is cheaper.
const fewAccounts = 25

// Read hands out what q asks for. Who is in which group is read group by group, or,
// for few accounts, from the accounts upwards.
func (t *Target) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	r := &reading{t: t, q: q, sink: sink, byEmail: map[string]string{}, memo: map[string][]member{}, addresses: map[string]string{}}
	for _, step := range []func(context.Context) error{r.people, r.catalog, r.memberships, r.handGroups, r.handDrives, r.handFiles} {
		if err := step(ctx); err != nil {
			return targets.End{}, t.unread(err)
		}
	}
	if err := ctx.Err(); err != nil {
		return targets.End{}, err
	}
	return targets.End{Complete: true}, nil
}

// unread gives a failed request the kind of what became of it.
func (t *Target) unread(err error) error {
	if f := httpkit.AsFailure(err); f != nil {
		return &identity.Error{Kind: f.Kind(), Op: "read target", Object: t.name, Err: err}
	}
	return err
}

// reading is one Read on its way.
type reading struct {
	t    *Target
	q    targets.Query
	sink targets.Sink

	shown   []string          // ids of the accounts handed out
	byEmail map[string]string // their ids by every address
	groups  []group           // to be handed out
	// memo holds direct members by group, where groups are read one by one; above
	// the groups by account, and whether directly, where accounts are few.
	memo      map[string][]member
	above     map[string]map[string]bool
	addresses map[string]string // ids of groups by folded address
}

// few reports whether accounts are looked up one by one.
func (r *reading) few() bool { return r.q.Accounts != nil && len(r.q.Accounts) <= fewAccounts }

// people hands out the accounts.
func (r *reading) people(ctx context.Context) error {
	found, err := r.users(ctx)
	if err != nil {
		return err
	}
	for _, u := range found {
		if slices.Contains(r.shown, u.id()) && r.few() {
			continue // asked for twice, by id and by name
		}
		if err := r.sink.Account(r.t.account(u)); err != nil {
			return err
		}
		r.shown = append(r.shown, u.id())
		for _, address := range u.addresses() {
			r.byEmail[address] = u.id()
		}
	}
	return nil
}

func (r *reading) users(ctx context.Context) ([]user, error) {
	var out []user
	if !r.few() {
		err := r.t.listUsers(ctx, func(u user) {
			if r.asksFor(u) {
				out = append(out, u)
			}
		})
		return out, err
	}
	found, err := parallel(ctx, r.q.Accounts, func(ctx context.Context, a targets.Account) (user, error) {
		u, err := r.t.find(ctx, a)
		if errors.Is(err, errNoAccount) {
			return nil, nil
		}
		return u, err
	})
	return slices.DeleteFunc(found, func(u user) bool { return u == nil }), err
}

func (r *reading) asksFor(u user) bool {
	return r.q.Accounts == nil || slices.ContainsFunc(r.q.Accounts, func(a targets.Account) bool {
		return a.ID == u.id() || a.ID == "" && slices.Contains(u.addresses(), fold(a.Name))
	})
}

// asked returns the ids of a kind's entitlements that are asked for; all is true where
// that is not limited.
func (r *reading) asked(kind string) (ids []string, all bool) {
	for _, e := range r.q.Entitlements {
		if r.t.checkEntitlement(e) == nil && e.Kind == kind {
			ids = append(ids, e.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), r.q.Entitlements == nil
}

// catalog finds the groups to hand out.
func (r *reading) catalog(ctx context.Context) error {
	ids, all := r.asked(kindGroup)
	if all {
		return r.t.listGroups(ctx, "", func(g group) {
			r.addresses[fold(g.Email)] = g.ID
			if !r.t.isRoleGroup(g.Email) {
				r.groups = append(r.groups, g)
			}
		})
	}
	found, err := parallel(ctx, ids, func(ctx context.Context, id string) (group, error) {
		g, err := r.t.group(ctx, id)
		if errors.Is(err, errNoEntitlement) {
			return group{}, nil
		}
		return g, err
	})
	for i, g := range found {
		if g.Email == ids[i] && g.ID != "" && !r.t.isRoleGroup(g.Email) {
			r.groups = append(r.groups, g)
		}
	}
	return err
}

// memberships reads ahead who is in the groups that are handed out.
func (r *reading) memberships(ctx context.Context) error {
	if r.few() {
		return r.climb(ctx)
	}
	var ids []string
	for _, g := range r.groups {
		ids = append(ids, g.ID)
	}
	return r.fetch(ctx, ids)
}

// handGroups hands out groups and who is in them.
func (r *reading) handGroups(ctx context.Context) error {
	for _, g := range r.groups {
		holders, err := r.holders(ctx, g.ID)
		if err != nil {
			return err
		}
		e := targets.Entitlement{Address: r.t.entitlement(kindGroup, g.Email), Title: g.Name}
		if err := r.hand(e, holders); err != nil {
			return err
		}
	}
	return nil
}

// hand hands out an entitlement and its assignments, as far as they are asked for.
func (r *reading) hand(e targets.Entitlement, holders map[string]targets.Assignment) error {
	if r.q.Entitlements != nil && !slices.Contains(r.q.Entitlements, e.Address) {
		return nil
	}
	if err := r.sink.Entitlement(e); err != nil {
		return err
	}
	for _, id := range r.shown {
		a, held := holders[id]
		if !held {
			continue
		}
		a.AccountID, a.Entitlement = id, e.Address
		if err := r.sink.Assignment(a); err != nil {
			return err
		}
	}
	return nil
}
