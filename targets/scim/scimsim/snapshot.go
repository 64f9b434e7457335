package scimsim

import (
	"slices"
	"strings"
)

// Snapshot is what the application holds, for tests and the demo to look at.
// Users are sorted by userName and groups by displayName.
type Snapshot struct {
	Users  []User
	Groups []Group
}

// User is a user as inspected.
type User struct {
	ID, UserName string
	Active       bool
	// Attributes is the stored resource without id, schemas and meta.
	Attributes map[string]any
}

// Group is a group as inspected.
type Group struct {
	ID, DisplayName string
	// Members are userNames, and ids for members that are groups; sorted.
	Members []string
}

// Snapshot copies the state.
func (a *App) Snapshot() Snapshot {
	a.mu.RLock()
	defer a.mu.RUnlock()
	var out Snapshot
	for _, id := range a.tables.userOrder {
		u := a.tables.users[id]
		active, _ := u.attrs["active"].(bool)
		out.Users = append(out.Users, User{ID: id, UserName: u.name(), Active: active, Attributes: copyValue(u.attrs).(object)})
	}
	for _, id := range a.tables.order {
		out.Groups = append(out.Groups, a.inspect(a.tables.groups[id]))
	}
	slices.SortFunc(out.Users, func(x, y User) int { return strings.Compare(x.UserName, y.UserName) })
	slices.SortFunc(out.Groups, func(x, y Group) int { return strings.Compare(x.DisplayName+x.ID, y.DisplayName+y.ID) })
	return out
}

func (a *App) inspect(g *group) Group {
	members := make([]string, 0, len(g.members))
	for id := range g.members {
		if u := a.tables.users[id]; u != nil {
			id = u.name()
		}
		members = append(members, id)
	}
	slices.Sort(members)
	return Group{ID: g.id, DisplayName: g.displayName, Members: members}
}

// Members returns the userNames in the group called displayName, sorted; nil
// where there is no such group.
func (a *App) Members(displayName string) []string {
	a.mu.RLock()
	defer a.mu.RUnlock()
	for _, g := range a.tables.names[fold(displayName)] {
		return a.inspect(g).Members
	}
	return nil
}

// Size returns how many users, groups and memberships there are.
func (a *App) Size() (users, groups, memberships int) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	for _, g := range a.tables.groups {
		memberships += len(g.members)
	}
	return len(a.tables.users), len(a.tables.groups), memberships
}

// Times returns how often the user is a member of the group: once at most, but for
// Doubles.
func (a *App) Times(displayName, userName string) int {
	a.mu.RLock()
	defer a.mu.RUnlock()
	u := a.tables.userNames[fold(userName)]
	for _, g := range a.tables.names[fold(displayName)] {
		if u != nil {
			return g.members[u.id]
		}
	}
	return 0
}
