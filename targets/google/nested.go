package google

import (
	"context"
	"errors"
	"maps"
	"slices"

	"birthright/targets"
)

// climb finds, for few accounts, the groups that they are in, directly or through
// others: a group's own groups are asked for like a user's. Groups that have everybody
// as a member are known from the reads that went through all groups.
func (r *reading) climb(ctx context.Context) error {
	r.above = map[string]map[string]bool{}
	r.t.mu.Lock()
	var everybody []string
	for id, yes := range r.t.everyone {
		if yes {
			everybody = append(everybody, id)
		}
	}
	r.t.mu.Unlock()
	parents := map[string][]string{}
	for _, id := range r.shown {
		direct, err := r.parents(ctx, parents, id)
		if err != nil {
			return err
		}
		for _, g := range direct {
			r.note(g, id, true)
		}
		queue := append(slices.Clone(direct), everybody...)
		for _, g := range everybody {
			r.note(g, id, false)
		}
		seen := map[string]bool{}
		for len(queue) > 0 {
			g := queue[0]
			queue = queue[1:]
			if seen[g] {
				continue
			}
			seen[g] = true
			up, err := r.parents(ctx, parents, g)
			if err != nil {
				return err
			}
			for _, p := range up {
				r.note(p, id, false)
			}
			queue = append(queue, up...)
		}
	}
	return nil
}

// parents asks for the groups that a user or group is a direct member of, once.
func (r *reading) parents(ctx context.Context, known map[string][]string, id string) ([]string, error) {
	if up, asked := known[id]; asked {
		return up, nil
	}
	up := []string{}
	err := r.t.listGroups(ctx, id, func(g group) {
		r.addresses[fold(g.Email)] = g.ID
		up = append(up, g.ID)
	})
	if isMissing(err) {
		err = nil
	}
	known[id] = up
	return up, err
}

// note keeps that an account is in a group; directly wins.
func (r *reading) note(groupID, accountID string, direct bool) {
	if r.above[groupID] == nil {
		r.above[groupID] = map[string]bool{}
	}
	r.above[groupID][accountID] = r.above[groupID][accountID] || direct
}

// fetch reads the members of groups that are not known yet, and of the groups in them.
func (r *reading) fetch(ctx context.Context, ids []string) error {
	for len(ids) > 0 {
		ids = slices.DeleteFunc(ids, func(id string) bool { _, known := r.memo[id]; return known })
		slices.Sort(ids)
		ids = slices.Compact(ids)
		lists, err := parallel(ctx, ids, r.t.members)
		if err != nil {
			return err
		}
		var inner []string
		for i, id := range ids {
			r.memo[id] = lists[i]
			for _, m := range lists[i] {
				if m.Type == "GROUP" {
					inner = append(inner, m.ID)
				}
			}
		}
		ids = inner
	}
	return nil
}

// holders returns who is in a group: assignments by account id.
func (r *reading) holders(ctx context.Context, id string) (map[string]targets.Assignment, error) {
	out := map[string]targets.Assignment{}
	if r.few() {
		for account, direct := range r.above[id] {
			out[account] = targets.Assignment{Indirect: !direct}
		}
		return out, nil
	}
	if err := r.fetch(ctx, []string{id}); err != nil {
		return nil, err
	}
	r.descend(id, true, map[string]bool{}, out)
	return out, nil
}

// descend adds the members of a group, and of the groups in it, circles or not.
func (r *reading) descend(id string, direct bool, seen map[string]bool, out map[string]targets.Assignment) {
	if seen[id] {
		return
	}
	seen[id] = true
	add := func(account string, indirect bool) {
		if a, held := out[account]; !held || a.Indirect {
			out[account] = targets.Assignment{Indirect: indirect}
		}
	}
	for _, m := range r.memo[id] {
		switch m.Type {
		case "GROUP":
			r.descend(m.ID, false, seen, out)
		case "CUSTOMER":
			for _, account := range r.shown {
				add(account, true)
			}
		default:
			add(m.ID, !direct)
		}
	}
}

// throughGroup returns who is in a group that a permission names, all of it indirect.
func (r *reading) throughGroup(ctx context.Context, email string) (map[string]targets.Assignment, error) {
	id := r.addresses[fold(email)]
	if id == "" {
		var err error
		if id, err = r.t.groupID(ctx, email); errors.Is(err, errNoEntitlement) {
			return nil, nil // a group of somebody else's
		} else if err != nil {
			return nil, err
		}
	}
	holders, err := r.holders(ctx, id)
	for account := range maps.Keys(holders) {
		holders[account] = targets.Assignment{Indirect: true}
	}
	return holders, err
}
