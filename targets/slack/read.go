package slack

import (
	"context"
	"errors"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// fewAccounts is up to how many accounts are looked up one by one.
const fewAccounts = 10

// Read hands out what q asks for. All user groups come with their members in one
// request; a channel's members take at least one for each channel.
func (t *Target) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	r := &reading{t: t, q: q, sink: sink}
	for _, step := range []func(context.Context) error{r.people, r.usergroups, r.channels} {
		if err := step(ctx); err != nil {
			return targets.End{}, t.unread(err)
		}
	}
	if err := ctx.Err(); err != nil {
		return targets.End{}, err
	}
	return targets.End{Complete: true}, nil
}

// reading is one Read on its way.
type reading struct {
	t     *Target
	q     targets.Query
	sink  targets.Sink
	shown []string // ids of the accounts handed out
}

func (r *reading) people(ctx context.Context) error {
	found, err := r.users(ctx)
	if err != nil {
		return err
	}
	slices.SortFunc(found, func(a, b user) int { return strings.Compare(a.ID, b.ID) })
	found = slices.CompactFunc(found, func(a, b user) bool { return a.ID == b.ID })
	for _, u := range found {
		if err := r.sink.Account(r.t.account(u)); err != nil {
			return err
		}
		r.shown = append(r.shown, u.ID)
	}
	return nil
}

func (r *reading) users(ctx context.Context) ([]user, error) {
	var out []user
	if r.q.Accounts == nil || len(r.q.Accounts) > fewAccounts {
		err := r.t.listUsers(ctx, func(u user) {
			if r.q.Accounts == nil || slices.ContainsFunc(r.q.Accounts, func(a targets.Account) bool {
				return a.ID == u.ID || a.ID == "" && fold(a.Name) == u.name()
			}) {
				out = append(out, u)
			}
		})
		return out, err
	}
	for _, a := range r.q.Accounts {
		u, err := r.t.find(ctx, a)
		if errors.Is(err, errNoAccount) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, nil
}

// asks reports whether anything of a kind is asked for.
func (r *reading) asks(kind string) bool {
	return r.q.Entitlements == nil || slices.ContainsFunc(r.q.Entitlements, func(e identity.Entitlement) bool { return e.Kind == kind })
}

func (r *reading) asksFor(e identity.Entitlement) bool {
	return r.q.Entitlements == nil || slices.Contains(r.q.Entitlements, e)
}

func (r *reading) usergroups(ctx context.Context) error {
	if !r.asks(kindGroup) {
		return nil
	}
	all, err := r.t.listGroups(ctx)
	if err != nil {
		return err
	}
	for _, g := range all {
		e := targets.Entitlement{Address: r.t.entitlement(kindGroup, g.Handle), Title: g.Name, ReadOnly: g.readOnly()}
		if err := r.hand(e, g.members()); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) channels(ctx context.Context) error {
	if len(r.t.config.Channels) == 0 || !r.asks(kindChannel) {
		return nil
	}
	all, err := r.t.listChannels(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		e := targets.Entitlement{Address: r.t.entitlement(kindChannel, c.Name), Title: "#" + c.Name, ReadOnly: c.readOnly() != ""}
		if !r.asksFor(e.Address) {
			continue
		}
		var members []string
		if len(r.shown) > 0 && !c.IsArchived {
			members, err = r.t.members(ctx, c.ID)
		}
		if code(err) == "channel_not_found" {
			continue // gone since it was listed
		}
		if err != nil {
			return err
		}
		if err := r.hand(e, members); err != nil {
			return err
		}
	}
	return nil
}

// hand hands out an entitlement and who of the shown holds it.
func (r *reading) hand(e targets.Entitlement, members []string) error {
	if !r.asksFor(e.Address) {
		return nil
	}
	if err := r.sink.Entitlement(e); err != nil {
		return err
	}
	in := make(map[string]bool, len(members))
	for _, id := range members {
		in[id] = true
	}
	for _, id := range r.shown {
		if !in[id] {
			continue
		}
		if err := r.sink.Assignment(targets.Assignment{AccountID: id, Entitlement: e.Address}); err != nil {
			return err
		}
	}
	return nil
}
