package scim_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"birthright/identity"
	"birthright/scim"
	"birthright/tokens"
)

// memory is a directory, an intake and a token store of maps: the model that
// the front door is tested against.
type memory struct {
	mu      sync.Mutex
	now     func() time.Time
	n       int64
	records map[string]identity.Record
	groups  map[string]identity.SourceGroup
	members map[string]map[string]bool // group id → member ids
	tokens  map[string]tokens.Token
	touched int
	fault   error // returned by everything, to test failures
	crash   bool  // panic instead
}

func newMemory(now func() time.Time) *memory {
	return &memory{now: now, records: map[string]identity.Record{}, groups: map[string]identity.SourceGroup{},
		members: map[string]map[string]bool{}, tokens: map[string]tokens.Token{}}
}

func missing(what string) error { return &identity.Error{Kind: identity.NotFound, Object: what} }

func (m *memory) lock() func() {
	m.mu.Lock()
	if m.crash {
		m.mu.Unlock()
		panic("planted")
	}
	return m.mu.Unlock
}

func (m *memory) nextID(kind string) (int64, string) {
	m.n++
	return m.n, fmt.Sprintf("%s%d", kind, m.n)
}

func (m *memory) record(source, id string) (identity.Record, error) {
	r, ok := m.records[id]
	if !ok || r.Source != source {
		return r, missing(id)
	}
	return r, m.fault
}

func (m *memory) group(source, id string) (identity.SourceGroup, error) {
	g, ok := m.groups[id]
	if !ok || g.Source != source {
		return g, missing(id)
	}
	return g, m.fault
}

func (m *memory) Record(_ context.Context, source, id string) (identity.Record, error) {
	defer m.lock()()
	return m.record(source, id)
}

func (m *memory) Records(_ context.Context, source string, q scim.Query) ([]identity.Record, int, error) {
	defer m.lock()()
	var found []identity.Record
	for _, r := range m.records {
		ok := r.Source == source
		switch q.Attr {
		case "":
		case "id":
			ok = ok && r.ID == q.Value
		case identity.AttrExternalID:
			ok = ok && r.Attributes.First(q.Attr) == q.Value
		default:
			ok = ok && strings.EqualFold(r.Attributes.First(q.Attr), q.Value)
		}
		if ok {
			found = append(found, r)
		}
	}
	page := paged(found, q, func(r identity.Record) int64 { return r.N })
	return page, len(found), m.fault
}

func paged[T any](all []T, q scim.Query, n func(T) int64) []T {
	slices.SortFunc(all, func(a, b T) int { return int(n(a) - n(b)) })
	all = slices.DeleteFunc(slices.Clone(all), func(one T) bool { return n(one) <= q.AfterN })
	all = all[min(q.Offset, len(all)):]
	if q.Limit > 0 {
		all = all[:min(q.Limit, len(all))]
	}
	return all
}

func (m *memory) GroupsOf(_ context.Context, _ string, ids []string) (map[string][]identity.SourceGroup, error) {
	defer m.lock()()
	out := map[string][]identity.SourceGroup{}
	for _, id := range ids {
		out[id] = m.holding(id)
	}
	return out, m.fault
}

func (m *memory) holding(id string) []identity.SourceGroup {
	var out []identity.SourceGroup
	for _, group := range slices.Sorted(maps.Keys(m.groups)) {
		if m.members[group][id] {
			out = append(out, m.groups[group])
		}
	}
	return out
}

func (m *memory) Group(_ context.Context, source, id string) (identity.SourceGroup, error) {
	defer m.lock()()
	return m.group(source, id)
}

func (m *memory) Groups(_ context.Context, source string, q scim.Query) ([]identity.SourceGroup, int, error) {
	defer m.lock()()
	var found []identity.SourceGroup
	for _, g := range m.groups {
		ok := g.Source == source
		switch q.Attr {
		case "id":
			ok = ok && g.ID == q.Value
		case "displayName":
			ok = ok && strings.EqualFold(g.Name, q.Value)
		case "members":
			ok = ok && m.members[g.ID][q.Value]
		}
		if ok {
			found = append(found, g)
		}
	}
	return paged(found, q, func(g identity.SourceGroup) int64 { return g.N }), len(found), m.fault
}

func (m *memory) Members(_ context.Context, source, id string) ([]scim.Member, error) {
	defer m.lock()()
	out := []scim.Member{}
	for _, member := range slices.Sorted(maps.Keys(m.members[id])) {
		if r, err := m.record(source, member); err == nil {
			out = append(out, scim.Member{ID: member, Name: r.Attributes.First(identity.AttrDisplayName)})
		} else if g, err := m.group(source, member); err == nil {
			out = append(out, scim.Member{ID: member, Name: g.Name, Group: true})
		}
	}
	return out, m.fault
}

func (m *memory) HasMember(_ context.Context, _, id string, members []string) (map[string]bool, error) {
	defer m.lock()()
	out := map[string]bool{}
	for _, member := range members {
		out[member] = m.members[id][member]
	}
	return out, m.fault
}

func (m *memory) Refs(_ context.Context, source string, ids []string) (map[string]identity.MemberRef, error) {
	defer m.lock()()
	out := map[string]identity.MemberRef{}
	for _, id := range ids {
		if _, err := m.record(source, id); err == nil {
			out[id] = identity.MemberRef{Key: id}
		} else if _, err := m.group(source, id); err == nil {
			out[id] = identity.MemberRef{Key: id, Group: true}
		}
	}
	return out, m.fault
}

func (m *memory) unique(r identity.Record) error {
	for _, other := range m.records {
		if other.Source == r.Source && other.ID != r.ID &&
			strings.EqualFold(other.Attributes.First(identity.AttrUserName), r.Attributes.First(identity.AttrUserName)) {
			return &identity.Error{Kind: identity.Conflict, Err: errors.New("taken by " + other.ID)}
		}
	}
	return m.fault
}

func (m *memory) Create(_ context.Context, source string, r identity.Record) (identity.Record, error) {
	defer m.lock()()
	if err := m.unique(r); err != nil {
		return r, err
	}
	r.N, r.ID = m.nextID("u")
	r.Key, r.Created, r.Modified = r.ID, m.now(), m.now()
	m.records[r.ID] = r
	return r, nil
}

func (m *memory) Update(_ context.Context, source, id string, change func(identity.Record) (identity.Record, error)) (identity.Record, error) {
	defer m.lock()()
	old, err := m.record(source, id)
	if err != nil {
		return old, err
	}
	r, err := change(old)
	if err != nil {
		return old, fmt.Errorf("update: %w", err)
	}
	if err := m.unique(r); err != nil {
		return old, err
	}
	r.Modified = m.now()
	m.records[id] = r
	return r, nil
}

func (m *memory) Remove(_ context.Context, source, id string) error {
	defer m.lock()()
	if _, err := m.record(source, id); err != nil {
		return err
	}
	delete(m.records, id)
	for _, members := range m.members {
		delete(members, id)
	}
	return nil
}

func (m *memory) CreateGroup(_ context.Context, source string, g identity.SourceGroup, members []identity.MemberRef) (identity.SourceGroup, error) {
	defer m.lock()()
	g.N, g.ID = m.nextID("g")
	g.Key, g.Source, g.Created, g.Modified = g.ID, source, m.now(), m.now()
	m.groups[g.ID] = g
	m.members[g.ID] = map[string]bool{}
	for _, member := range members {
		m.members[g.ID][member.Key] = true
	}
	return g, m.fault
}

func (m *memory) EditGroup(_ context.Context, source, id string, edit func(identity.SourceGroup) (scim.GroupEdit, error)) (identity.SourceGroup, error) {
	defer m.lock()()
	old, err := m.group(source, id)
	if err != nil {
		return old, err
	}
	e, err := edit(old)
	if err != nil {
		return old, fmt.Errorf("edit: %w", err)
	}
	if e.Replace {
		clear(m.members[id])
	}
	for _, member := range e.Remove {
		delete(m.members[id], member.Key)
	}
	for _, member := range e.Add {
		m.members[id][member.Key] = true
	}
	e.Group.Modified = m.now()
	m.groups[id] = e.Group
	return e.Group, nil
}

func (m *memory) RemoveGroup(_ context.Context, source, id string) error {
	defer m.lock()()
	if _, err := m.group(source, id); err != nil {
		return err
	}
	delete(m.groups, id)
	delete(m.members, id)
	return nil
}

func (m *memory) Token(_ context.Context, id string) (tokens.Token, error) {
	defer m.lock()()
	t, ok := m.tokens[id]
	if !ok {
		return t, missing(id)
	}
	return t, nil
}

func (m *memory) Touch(_ context.Context, id string, at time.Time) error {
	defer m.lock()()
	t := m.tokens[id]
	t.LastUsed = at
	m.tokens[id] = t
	m.touched++
	return nil
}
