package scim_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"birthright/identity"
	"birthright/internal/searchdoc"
	"birthright/scim"
	"birthright/scim/resource"
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
	learned map[string][]scim.Learned
	touched int
	fault   error  // returned by everything, to test failures
	crash   bool   // panic instead
	between func() // what another client does just before members are read
}

var memoryUsers, memoryGroups = resource.Users(), resource.Groups()

func newMemory(now func() time.Time) *memory {
	return &memory{now: now, records: map[string]identity.Record{}, groups: map[string]identity.SourceGroup{},
		members: map[string]map[string]bool{}, tokens: map[string]tokens.Token{}, learned: map[string][]scim.Learned{}}
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

// resourceOf is a record or group as conditions are asked of it.
func (m *memory) searchable(of *resource.Type, payload []byte, id string, version int64, created, modified time.Time) searchdoc.Resource {
	doc := resource.Document{}
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	if err := d.Decode(&doc); err != nil {
		panic(err)
	}
	r := searchdoc.Resource{Doc: of.Search(doc), ID: id, Version: version, Created: created, Modified: modified}
	relation, text := searchdoc.Groups, searchdoc.Text
	if of.Name == "User" {
		for _, g := range m.holding(id) {
			r.Doc[relation] = append(r.Doc[relation], searchdoc.Element{"value": {g.ID}, "display": {text(g.Name, false)}, "type": {"direct"}})
		}
		return r
	}
	for _, member := range m.membersOf(id) {
		kind := "user"
		if member.Group {
			kind = "group"
		}
		r.Doc[searchdoc.Members] = append(r.Doc[searchdoc.Members], searchdoc.Element{"value": {member.ID}, "display": {text(member.Name, false)}, "type": {kind}})
	}
	return r
}

func (m *memory) Records(_ context.Context, source string, q searchdoc.Query) (searchdoc.Page[identity.Record], error) {
	defer m.lock()()
	found := map[int64]identity.Record{}
	asked := map[int64]searchdoc.Resource{}
	for _, r := range m.records {
		if r.Source == source {
			found[r.N], asked[r.N] = r, m.searchable(memoryUsers, r.Payload, r.ID, r.Version, r.Created, r.Modified)
		}
	}
	return paged(found, asked, q), m.fault
}

// paged answers a query the plain way.
func paged[T any](all map[int64]T, asked map[int64]searchdoc.Resource, q searchdoc.Query) searchdoc.Page[T] {
	var places []searchdoc.Place
	for n, r := range asked {
		if q.Where == nil || searchdoc.Match(q.Where, r) {
			places = append(places, searchdoc.Place{N: n, Sort: sortValue(q.Order, r)})
		}
	}
	before := func(a, b searchdoc.Place) int {
		order := cmp.Compare(rank(a.Sort), rank(b.Sort))
		if order == 0 && a.Sort != nil {
			order = cmp.Compare(fmt.Sprint(a.Sort), fmt.Sprint(b.Sort))
		}
		if q.Order.Descending {
			order = -order
		}
		return cmp.Or(order, cmp.Compare(a.N, b.N))
	}
	slices.SortFunc(places, before)
	page := searchdoc.Page[T]{Total: len(places)}
	if q.After != nil {
		places = slices.DeleteFunc(places, func(p searchdoc.Place) bool { return before(p, *q.After) <= 0 })
	}
	places = places[min(q.Offset, len(places)):]
	page.Places = places[:min(q.Limit, len(places))]
	for _, p := range page.Places {
		page.Found = append(page.Found, all[p.N])
	}
	return page
}

func rank(v any) int {
	if v == nil {
		return 1
	}
	return 0
}

func sortValue(o searchdoc.Order, r searchdoc.Resource) any {
	switch o.Column {
	case searchdoc.ID:
		return r.ID
	case searchdoc.Created:
		return r.Created.UnixMicro()
	case searchdoc.Modified:
		return r.Modified.UnixMicro()
	case searchdoc.UserName:
		o = searchdoc.Order{Attribute: "username", Sub: searchdoc.Value}
	}
	if list := r.Doc[o.Attribute]; len(list) > 0 && len(list[0][o.Sub]) > 0 {
		return list[0][o.Sub][0]
	}
	return nil
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

func (m *memory) Groups(_ context.Context, source string, q searchdoc.Query) (searchdoc.Page[identity.SourceGroup], error) {
	defer m.lock()()
	found := map[int64]identity.SourceGroup{}
	asked := map[int64]searchdoc.Resource{}
	for _, g := range m.groups {
		if g.Source == source {
			found[g.N], asked[g.N] = g, m.searchable(memoryGroups, g.Payload, g.ID, g.Version, g.Created, g.Modified)
		}
	}
	return paged(found, asked, q), m.fault
}

func (m *memory) Members(_ context.Context, source, id string) (identity.SourceGroup, []scim.Member, error) {
	if m.between != nil {
		m.between()
	}
	defer m.lock()()
	g, err := m.group(source, id)
	return g, m.membersOf(id), err
}

func (m *memory) membersOf(id string) []scim.Member {
	out := []scim.Member{}
	for _, member := range slices.Sorted(maps.Keys(m.members[id])) {
		if r, ok := m.records[member]; ok {
			out = append(out, scim.Member{ID: member, Name: cmp.Or(r.Attributes.First(identity.AttrDisplayName), r.Attributes.First(identity.AttrUserName))})
		} else if g, ok := m.groups[member]; ok {
			out = append(out, scim.Member{ID: member, Name: g.Name, Group: true})
		}
	}
	return out
}

func (m *memory) Learned(_ context.Context, source string) ([]scim.Learned, error) {
	defer m.lock()()
	return m.learned[source], m.fault
}

func (m *memory) Learn(_ context.Context, source string, more []scim.Learned) error {
	defer m.lock()()
	m.learned[source] = append(m.learned[source], more...)
	return m.fault
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

func (m *memory) Create(_ context.Context, source string, r identity.Record, revive func(identity.Record) (identity.Record, bool)) (identity.Record, error) {
	defer m.lock()()
	for _, old := range m.records {
		if old.Source != source || !strings.EqualFold(old.Attributes.First(identity.AttrUserName), r.Attributes.First(identity.AttrUserName)) {
			continue
		}
		if next, ok := revive(old); ok {
			return m.store(old, next), nil
		}
	}
	if err := m.unique(r); err != nil {
		return r, err
	}
	r.N, r.ID = m.nextID("u")
	r.Key, r.Created, r.Modified, r.Version = r.ID, m.now(), m.now(), 1
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
	return m.store(old, r), nil
}

// store replaces a record, unless nothing differs.
func (m *memory) store(old, r identity.Record) identity.Record {
	r.N, r.ID, r.Key, r.Created = old.N, old.ID, old.Key, old.Created
	if string(old.Payload) == string(r.Payload) {
		return old
	}
	r.Modified, r.Version = m.now(), old.Version+1
	m.records[r.ID] = r
	return r
}

func (m *memory) Remove(_ context.Context, source, id string, check func(identity.Record) error) error {
	defer m.lock()()
	old, err := m.record(source, id)
	if err == nil {
		err = check(old)
	}
	if err != nil {
		return err
	}
	delete(m.records, id)
	for _, members := range m.members {
		delete(members, id)
	}
	return nil
}

func (m *memory) CreateGroup(_ context.Context, source string, g identity.SourceGroup, members []identity.MemberRef, twin func(identity.SourceGroup) bool) (identity.SourceGroup, error) {
	defer m.lock()()
	for _, other := range m.groups {
		if other.Source == source && strings.EqualFold(other.Name, g.Name) && twin(other) {
			return g, &identity.Error{Kind: identity.Conflict}
		}
	}
	g.N, g.ID = m.nextID("g")
	g.Key, g.Source, g.Created, g.Modified, g.Version = g.ID, source, m.now(), m.now(), 1
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
	before := fmt.Sprint(m.members[id])
	if e.Replace {
		clear(m.members[id])
	}
	for _, member := range e.Remove {
		delete(m.members[id], member.Key)
	}
	for _, member := range e.Add {
		m.members[id][member.Key] = true
	}
	if e.Told != nil {
		*e.Told = m.membersOf(id)
	}
	if before == fmt.Sprint(m.members[id]) && string(old.Payload) == string(e.Group.Payload) {
		return old, nil
	}
	e.Group.Modified, e.Group.Version = m.now(), old.Version+1
	m.groups[id] = e.Group
	return e.Group, nil
}

func (m *memory) RemoveGroup(_ context.Context, source, id string, check func(identity.SourceGroup) error) error {
	defer m.lock()()
	old, err := m.group(source, id)
	if err == nil {
		err = check(old)
	}
	if err != nil {
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
