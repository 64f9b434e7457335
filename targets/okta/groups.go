package okta

import (
	"context"
	"slices"
	"strings"

	sdk "github.com/okta/okta-sdk-golang/v2/okta"
	"github.com/okta/okta-sdk-golang/v2/okta/query"

	"birthright/identity"
	"birthright/targets"
)

// group is a group as the hub sees it.
type group struct {
	id, name, title string
	// left is why its members are not ours to change; "" where they are.
	left string
	// stamp is when its members changed last, as Okta writes it.
	stamp membershipStamp
}

// everyone is the group of all users: being in it says nothing, and reading it costs
// as much as everybody.
const everyone = "Everyone"

// listed is the most that Okta answers to q.
const listed = 300

// eachGroup hands out all groups.
func (t *Target) eachGroup(ctx context.Context, visit func(*sdk.Group) error) error {
	return each(ctx, func() ([]*sdk.Group, *sdk.Response, error) {
		return t.api.Group.ListGroups(ctx, query.NewQueryParams(query.WithLimit(t.page)))
	}, visit)
}

// allGroups returns all groups, by name.
func (t *Target) allGroups(ctx context.Context) ([]group, error) {
	var found []*sdk.Group
	if err := t.eachGroup(ctx, func(g *sdk.Group) error {
		found = append(found, g)
		return nil
	}); err != nil {
		return nil, err
	}
	return t.judged(ctx, found)
}

// named returns the group of that name; errNoGroup where there is none. Only q is
// current: Okta's search answers with what was some seconds ago.
func (t *Target) named(ctx context.Context, name string) (group, error) {
	var found []*sdk.Group
	seen := 0
	visit := func(g *sdk.Group) error {
		if seen++; g.Profile != nil && g.Profile.Name == name {
			found = append(found, g)
		}
		return nil
	}
	err := each(ctx, func() ([]*sdk.Group, *sdk.Response, error) {
		return t.api.Group.ListGroups(ctx, query.NewQueryParams(query.WithQ(name), query.WithLimit(listed)))
	}, visit)
	if err == nil && seen >= listed { // there may be more, and q has no pages
		found = nil
		err = t.eachGroup(ctx, visit)
	}
	if err != nil {
		return group{}, err
	}
	all, err := t.judged(ctx, found)
	if err != nil || len(all) == 0 {
		if err == nil {
			err = errNoGroup
		}
		return group{}, err
	}
	return all[0], nil
}

// judged tells of each name's group whether its members are ours to change.
func (t *Target) judged(ctx context.Context, found []*sdk.Group) ([]group, error) {
	byName := map[string][]*sdk.Group{}
	for _, g := range found {
		if g.Profile == nil || g.Profile.Name == "" || g.Type == "BUILT_IN" && g.Profile.Name == everyone {
			continue
		}
		byName[g.Profile.Name] = append(byName[g.Profile.Name], g)
	}
	ruled, err := t.byRules(ctx, len(byName))
	if err != nil {
		return nil, err
	}
	var out []group
	for name, same := range byName {
		out = append(out, t.judge(name, same, ruled))
	}
	slices.SortFunc(out, func(a, b group) int { return strings.Compare(a.name, b.name) })
	for _, g := range out {
		t.remember(g)
	}
	return out, nil
}

// judge chooses among groups of one name: Okta's own, for imported ones may be called
// like it.
func (t *Target) judge(name string, same []*sdk.Group, ruled map[string]bool) group {
	slices.SortFunc(same, func(a, b *sdk.Group) int { return strings.Compare(a.Id, b.Id) })
	own := slices.DeleteFunc(slices.Clone(same), func(g *sdk.Group) bool { return g.Type != "OKTA_GROUP" })
	chosen := same[0]
	if len(own) > 0 {
		chosen = own[0]
	}
	out := group{id: chosen.Id, name: name, title: chosen.Profile.Description, stamp: stampOf(chosen)}
	switch {
	case len(own) > 1, len(own) == 0 && len(same) > 1:
		out.left = "several groups have this name: rename all but one, for the hub tells groups apart by name"
	case len(own) == 0:
		out.left = "it is filled by the application that it was imported from, or by Okta itself"
	case ruled[chosen.Id]:
		out.left = "a group rule of Okta's fills it, and would be fought: end the rule, or say groups: {ignore_rules: true}"
	}
	if len(same) > 1 {
		t.log.Warn("groups share a name", "target", t.name, "group", name, "count", len(same), "chosen", chosen.Id)
	}
	return out
}

// byRules returns the ids of the groups that active rules fill.
func (t *Target) byRules(ctx context.Context, groups int) (map[string]bool, error) {
	if t.ignoreRules || groups == 0 {
		return nil, nil
	}
	if ruled, ok := t.ruledNow(); ok {
		return ruled, nil
	}
	ruled := map[string]bool{}
	err := each(ctx, func() ([]*sdk.GroupRule, *sdk.Response, error) {
		return t.api.Group.ListGroupRules(ctx, query.NewQueryParams(query.WithLimit(min(t.page, 200))))
	}, func(r *sdk.GroupRule) error {
		if r.Status == "ACTIVE" && r.Actions != nil && r.Actions.AssignUserToGroups != nil {
			for _, id := range r.Actions.AssignUserToGroups.GroupIds {
				ruled[id] = true
			}
		}
		return nil
	})
	if kindOf(err) == identity.Denied {
		return nil, &identity.Error{Kind: identity.Denied, Op: "read group rules", Err: err,
			Hint: "let the credential read group rules, or say groups: {ignore_rules: true} where Okta has none"}
	}
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ruled = cached[map[string]bool]{ruled, t.now().Add(believed)}
	return ruled, nil
}

func (t *Target) ruledNow() (map[string]bool, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ruled.value, t.now().Before(t.ruled.until)
}

// group is named, from what is remembered where that is fresh.
func (t *Target) group(ctx context.Context, name string) (group, error) {
	t.mu.Lock()
	c, ok := t.known[name]
	t.mu.Unlock()
	if ok && t.now().Before(c.until) {
		return c.value, nil
	}
	return t.named(ctx, name)
}

func (t *Target) remember(g group) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.known[g.name] = cached[group]{g, t.now().Add(believed)}
}

func (t *Target) forget(g group) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.known, g.name)
	delete(t.members, g.id)
}

// entry is g as the hub hands it out.
func (t *Target) entry(g group) targets.Entitlement {
	return targets.Entitlement{Address: t.entitlement(g.name), Title: g.title, ReadOnly: g.left != ""}
}
