package scim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"birthright/identity"
)

const groups = "/Groups"

// group is a group with the ids of its members.
type group struct {
	id, name string
	members  []string
	// nested are the members that are said to be groups.
	nested map[string]bool
}

// groupMember is a member as servers send it.
type groupMember struct {
	Value string `json:"value"`
	Type  string `json:"type"`
	Ref   string `json:"$ref"`
}

// isGroup reports whether the server says that the member is a group.
func (m groupMember) isGroup() bool {
	return strings.EqualFold(m.Type, "Group") || m.Type == "" && strings.Contains(m.Ref, "/Groups/")
}

func parseGroup(raw json.RawMessage) (group, error) {
	var in struct {
		ID          string        `json:"id"`
		DisplayName string        `json:"displayName"`
		Members     []groupMember `json:"members"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return group{}, notSCIM(groups, err)
	}
	if in.ID == "" || in.DisplayName == "" {
		return group{}, notSCIM(groups, errors.New("a group without id or displayName"))
	}
	g := group{id: in.ID, name: in.DisplayName, members: make([]string, 0, len(in.Members))}
	for _, m := range in.Members {
		if m.Value == "" {
			return group{}, notSCIM(groups, fmt.Errorf("group %q has a member without value", in.DisplayName))
		}
		if m.isGroup() {
			if g.nested == nil {
				g.nested = map[string]bool{}
			}
			g.nested[m.Value] = true
		}
		g.members = append(g.members, m.Value)
	}
	return g, nil
}

// bare asks for groups without their members, where they would come with them.
func (t *Target) bare() url.Values {
	if t.habits.MembersRead == byAccount {
		return url.Values{}
	}
	return url.Values{"excludedAttributes": {"members"}}
}

// named returns the groups with exactly this displayName.
func (t *Target) named(ctx context.Context, name string, q url.Values) ([]group, error) {
	var found []group
	take := func(raw json.RawMessage) (string, error) {
		g, err := parseGroup(raw)
		if err == nil && g.name == name {
			found = append(found, g)
		}
		return g.id, err
	}
	err := t.filtered(ctx, groups, "displayName eq "+quote(name), q, take, func() { found = nil })
	return found, err
}

// groupIDLife is how long a group's id is believed without asking again: long
// enough for a run, too short for a renamed group to get somebody else's members.
const groupIDLife = time.Minute

type cachedGroup struct {
	id    string
	until time.Time
}

func (t *Target) remember(name, id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.groupIDs[name] = cachedGroup{id: id, until: t.now().Add(groupIDLife)}
}

func (t *Target) forgetGroup(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.groupIDs, name)
}

func (t *Target) remembered(name string) (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.groupIDs[name]
	return c.id, ok && t.now().Before(c.until)
}

// listed is what a list of all groups showed: what is not in it is not there.
type listed struct {
	names map[string]bool
	until time.Time
}

// saw notes the names of all groups that there are.
func (t *Target) saw(names []string) {
	l := listed{names: make(map[string]bool, len(names)), until: t.now().Add(groupIDLife)}
	for _, n := range names {
		l.names[n] = true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.listed = l
}

// surelyAbsent reports whether a list just showed that there is no such group. It says
// so once: afterwards somebody may have tried to make it.
func (t *Target) surelyAbsent(name string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.listed.names == nil || t.listed.names[name] || !t.now().Before(t.listed.until) {
		return false
	}
	t.listed.names[name] = true
	return true
}

var (
	errNoGroup   = errors.New("no such group")
	errTwoGroups = &identity.Error{Kind: identity.Conflict, Op: "find group", Err: errors.New("several groups have this displayName"),
		Hint: "rename all but one: the hub tells groups apart by displayName"}
)

// groupID returns the id of the group called name.
func (t *Target) groupID(ctx context.Context, name string) (string, error) {
	if id, ok := t.remembered(name); ok {
		return id, nil
	}
	found, err := t.named(ctx, name, t.bare())
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", errNoGroup
	case len(found) > 1:
		return "", errTwoGroups
	}
	t.remember(name, found[0].id)
	return found[0].id, nil
}
