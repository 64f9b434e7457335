package scimsim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// user is a stored user. raw is its JSON as every answer shows it, made when it
// is written, so that reads and lists copy bytes only.
type user struct {
	id                string
	attrs             object
	created, modified time.Time
	raw               []byte
	version           int
	groups            map[*group]struct{}
}

// group is a stored group. Members are ids of users and groups.
type group struct {
	id, displayName, externalId string
	created, modified           time.Time
	members                     map[string]int // how often each is in it: once, but for Doubles
	version                     int
	// sorted caches the members in order; nil after a change.
	sorted []string
	groups map[*group]struct{}
}

// tables hold everything. App.mu guards them.
type tables struct {
	users     map[string]*user
	userOrder []string // ids in order of creation, what paging walks
	userNames map[string]*user
	groups    map[string]*group
	order     []string
	names     map[string][]*group
	lastID    int
}

func newTables() tables {
	return tables{
		users: map[string]*user{}, userNames: map[string]*user{},
		groups: map[string]*group{}, names: map[string][]*group{},
	}
}

// newID returns the next id: opaque to clients, the same on every run.
func (t *tables) newID(prefix string) string {
	t.lastID++
	return fmt.Sprintf("%s%07d", prefix, t.lastID)
}

func fold(name string) string { return strings.ToLower(name) }

func (u *user) name() string { s, _ := u.attrs["userName"].(string); return s }

func (t *tables) addUser(u *user) {
	t.users[u.id] = u
	t.userOrder = append(t.userOrder, u.id)
	t.userNames[fold(u.name())] = u
}

func (t *tables) dropUser(u *user) {
	for g := range u.groups {
		g.remove(u.id)
	}
	delete(t.users, u.id)
	delete(t.userNames, fold(u.name()))
	t.userOrder = slices.DeleteFunc(t.userOrder, func(id string) bool { return id == u.id })
}

func (t *tables) addGroup(g *group) {
	t.groups[g.id] = g
	t.order = append(t.order, g.id)
	t.names[fold(g.displayName)] = append(t.names[fold(g.displayName)], g)
}

func (t *tables) dropGroup(g *group) {
	for id := range g.members {
		t.unlink(g, id)
	}
	for parent := range g.groups {
		parent.remove(g.id)
	}
	t.forgetName(g)
	delete(t.groups, g.id)
	t.order = slices.DeleteFunc(t.order, func(id string) bool { return id == g.id })
}

func (t *tables) rename(g *group, name string) {
	t.forgetName(g)
	g.displayName = name
	t.names[fold(name)] = append(t.names[fold(name)], g)
}

func (t *tables) forgetName(g *group) {
	key := fold(g.displayName)
	t.names[key] = slices.DeleteFunc(t.names[key], func(o *group) bool { return o == g })
	if len(t.names[key]) == 0 {
		delete(t.names, key)
	}
}

// exists reports whether id can be a member.
func (t *tables) exists(id string) bool { return t.users[id] != nil || t.groups[id] != nil }

// link makes id a member of g and remembers the way back.
func (t *tables) link(g *group, id string) {
	g.members[id] = 1
	g.sorted = nil
	if u := t.users[id]; u != nil {
		u.groups[g] = struct{}{}
	} else if child := t.groups[id]; child != nil {
		child.groups[g] = struct{}{}
	}
}

func (t *tables) unlink(g *group, id string) {
	g.remove(id)
	if u := t.users[id]; u != nil {
		delete(u.groups, g)
	} else if child := t.groups[id]; child != nil {
		delete(child.groups, g)
	}
}

func (g *group) remove(id string) {
	delete(g.members, id)
	g.sorted = nil
}

// list returns the members in order.
func (g *group) list() []string {
	if g.sorted == nil {
		g.sorted = slices.Sorted(maps.Keys(g.members))
	}
	return g.sorted
}
