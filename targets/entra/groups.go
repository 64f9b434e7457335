package entra

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/targets"
)

// group is a group as Graph writes it.
type group struct {
	ID             string   `json:"id"`
	Name           string   `json:"displayName"`
	Description    string   `json:"description"`
	Types          []string `json:"groupTypes"`
	OnPremises     bool     `json:"onPremisesSyncEnabled"`
	RoleAssignable bool     `json:"isAssignableToRole"`
	Mail           bool     `json:"mailEnabled"`
	// shared is how many groups have the name.
	shared int
}

const groupSelection = "id,displayName,description,groupTypes,onPremisesSyncEnabled,isAssignableToRole,mailEnabled"

type cachedGroup struct {
	group
	until time.Time
}

// believed is for how long what was learned of a group is not asked for again: long
// enough for a run, too short for a renamed group to get somebody else's members.
const believed = time.Minute

// address is the id of the group's entitlement: its name, or, where several groups
// have that, #ID.
func (g group) address() string {
	if g.shared > 1 || byID.MatchString(g.Name) {
		return "#" + g.ID
	}
	return g.Name
}

// byID is an address by the group's id.
var byID = regexp.MustCompile(`^#[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// left is why the group's members are not ours to change; "" where they are.
func (t *Target) left(g group) string {
	switch {
	case slices.Contains(g.Types, "DynamicMembership"):
		return "a rule of Entra's fills it"
	case g.OnPremises:
		return "it is synchronised from a directory on premises: change it there"
	case g.Mail && !slices.Contains(g.Types, "Unified"):
		return "Exchange keeps it: Graph does not change mail-enabled security groups and distribution lists"
	case g.RoleAssignable && !t.roleAssignable:
		return "it may carry directory roles: allow it with groups: {role_assignable: true}"
	}
	return ""
}

// allGroups returns all groups, by address.
func (t *Target) allGroups(ctx context.Context) ([]group, error) {
	var out []group
	_, err := each(ctx, t, t.list("/groups", groupSelection, 1), func(g group) error {
		out = append(out, g)
		return nil
	})
	return t.counted(out), err
}

// counted notes how many of the groups, which are all of their names, share one.
func (t *Target) counted(all []group) []group {
	count := map[string]int{}
	for _, g := range all {
		count[g.Name]++
	}
	for i := range all {
		all[i].shared = count[all[i].Name]
		t.remember(all[i])
	}
	slices.SortFunc(all, func(a, b group) int { return strings.Compare(a.address(), b.address()) })
	return all
}

// named returns the group of that address; errNoGroup where there is none.
func (t *Target) named(ctx context.Context, address string) (group, error) {
	name := address
	if byID.MatchString(address) {
		var g group
		err := t.get(ctx, "/groups/"+address[1:], url.Values{"$select": {groupSelection}}, &g)
		if isMissing(err) {
			return group{}, errNoGroup
		}
		if err != nil {
			return group{}, err
		}
		name = g.Name
	}
	same, err := t.called(ctx, name)
	if err != nil {
		return group{}, err
	}
	for _, g := range same {
		if g.address() == address || "#"+g.ID == address {
			return g, nil
		}
	}
	if len(same) > 1 {
		return group{}, ambiguous(name, same)
	}
	return group{}, errNoGroup
}

// called returns the groups of that name.
func (t *Target) called(ctx context.Context, name string) ([]group, error) {
	r := t.list("/groups", groupSelection, 1)
	r.Query.Set("$filter", "displayName eq "+quote(name))
	var same []group
	_, err := each(ctx, t, r, func(g group) error {
		if g.Name == name { // the filter is not particular about letter case
			same = append(same, g)
		}
		return nil
	})
	return t.counted(same), err
}

func ambiguous(name string, same []group) error {
	var ids []string
	for _, g := range same {
		ids = append(ids, "group/#"+g.ID)
	}
	return &identity.Error{Kind: identity.Conflict, Op: "find group", Err: fmt.Errorf("%d groups are called %q", len(same), name),
		Hint: "write which one: " + strings.Join(ids, " or ")}
}

// group is named, from what is remembered where that is fresh.
func (t *Target) group(ctx context.Context, address string) (group, error) {
	t.mu.Lock()
	c, ok := t.known[address]
	t.mu.Unlock()
	if ok && t.now().Before(c.until) {
		return c.group, nil
	}
	return t.named(ctx, address)
}

func (t *Target) remember(g group) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.known[g.address()] = cachedGroup{g, t.now().Add(believed)}
}

func (t *Target) forget(g group) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.known, g.address())
}

// entry is g as the hub hands it out.
func (t *Target) entry(g group) targets.Entitlement {
	title := g.Description
	if g.address() != g.Name {
		title = g.Name
	}
	return targets.Entitlement{Address: t.entitlement(g.address()), Title: title, ReadOnly: t.left(g) != ""}
}
