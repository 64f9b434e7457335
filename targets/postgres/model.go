package postgres

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"birthright/internal/sim"

	"github.com/jackc/pgx/v5/pgconn"
)

// model is a cluster that is not there: its roles, who is in which, and what it
// answers. Everything above the interface session is the same as with a real one.
type model struct {
	mu     sync.Mutex // held while a session goes on
	keeper *sim.Keeper
	calls  *atomic.Int64
	tables tables
	open   []opened
}

// tables are the contents of the model, as they are kept.
type tables struct {
	Next    int              `json:"next_oid"`
	Roles   []keptRole       `json:"roles"`
	Members []keptMember     `json:"members"`
	roles   map[string]*role // by name
	members map[pair]bool
}

// opened is a session that somebody has on the model.
type opened struct {
	number int
	oid    string
	name   string
}

const (
	firstOID     = 16384
	modelVersion = 150000 // the last one in which a role is granted once, whoever grants it
	modelSelf    = "birthright"
)

func newModel(k *sim.Keeper, calls *atomic.Int64) *model {
	m := &model{keeper: k, calls: calls, tables: tables{Next: firstOID + 1, roles: map[string]*role{}, members: map[pair]bool{}}}
	m.tables.roles[modelSelf] = &role{oid: strconv.Itoa(firstOID), name: modelSelf, comment: ownRole}
	return m
}

// Close keeps the contents for the next run.
func (m *model) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.keeper.Save(&m.tables)
}

func (m *model) begin(ctx context.Context, _ mode) (session, error) {
	m.mu.Lock()
	m.calls.Add(1)
	err := ctx.Err()
	if err == nil {
		err = m.keeper.Begin(ctx, &m.tables, m.seed)
	}
	if err != nil {
		m.mu.Unlock()
		return nil, err
	}
	return &modelSession{model: m, ctx: ctx}, nil
}

// modelSession is a transaction on the model.
type modelSession struct {
	*model
	ctx  context.Context
	undo []func() // what was changed and not committed
}

func (s *modelSession) where() place {
	self := s.tables.roles[modelSelf]
	return place{version: modelVersion, product: "PostgreSQL 15, simulated", self: self.oid, name: self.name,
		how: "simulated: nothing leaves this machine", creates: true}
}

// end undoes what was not committed.
func (s *modelSession) end() {
	s.back(0)
	s.mu.Unlock()
}

// back undoes what was changed since a time at which so much was.
func (s *modelSession) back(to int) {
	for i := len(s.undo) - 1; i >= to; i-- {
		s.undo[i]()
	}
	s.undo = s.undo[:to]
}

func (s *modelSession) commit() error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	s.calls.Add(1)
	changed := len(s.undo) > 0
	s.undo = nil
	if !changed {
		return nil
	}
	return s.keeper.Changed(&s.tables)
}

// try makes changes, or none of them.
func (s *modelSession) try(changes ...change) (oid string, err error) {
	s.calls.Add(1)
	if err := s.ctx.Err(); err != nil {
		return "", err
	}
	savepoint := len(s.undo)
	for _, c := range changes {
		made, no := s.change(c)
		if no != nil {
			s.back(savepoint)
			return "", no
		}
		if made != "" {
			oid = made
		}
	}
	return oid, nil
}

func refusal(code, format string, args ...any) *pgconn.PgError {
	return &pgconn.PgError{Severity: "ERROR", Code: code, Message: fmt.Sprintf(format, args...)}
}

func (s *modelSession) change(c change) (oid string, no *pgconn.PgError) {
	switch c := c.(type) {
	case createRole:
		return s.create(c)
	case renameRole:
		return "", s.rename(c)
	case allowLogin:
		return "", s.set(c.name, func(r *role) { r.login = true })
	case denyLogin:
		return "", s.set(c.name, func(r *role) { r.login = false })
	case comment:
		return "", s.set(c.name, func(r *role) { r.comment = c.text })
	case dropRole:
		return "", s.drop(c.name)
	case grantRole:
		return "", s.grant(c)
	case revokeRole:
		return "", s.revoke(c)
	}
	return "", refusal("42601", "syntax error")
}

// note remembers how to undo a change.
func (s *modelSession) note(undo func()) { s.undo = append(s.undo, undo) }

func (s *modelSession) create(c createRole) (oid string, no *pgconn.PgError) {
	if s.tables.roles[c.name] != nil {
		return "", refusal("42710", "role %q already exists", c.name)
	}
	r := &role{oid: strconv.Itoa(s.tables.Next), name: c.name, login: c.login, comment: c.comment}
	s.tables.Next++ // numbers are not given back
	s.tables.roles[c.name] = r
	s.note(func() { delete(s.tables.roles, r.name) })
	return r.oid, nil
}

func (s *modelSession) rename(c renameRole) *pgconn.PgError {
	r := s.tables.roles[c.from]
	switch {
	case r == nil:
		return missing(c.from)
	case s.tables.roles[c.to] != nil:
		return refusal("42710", "role %q already exists", c.to)
	}
	s.call(r, c.to)
	s.note(func() { s.call(r, c.from) })
	return nil
}

func (s *modelSession) call(r *role, name string) {
	delete(s.tables.roles, r.name)
	r.name = name
	s.tables.roles[name] = r
}

func missing(name string) *pgconn.PgError {
	return refusal("42704", "role %q does not exist", name)
}

func (s *modelSession) set(name string, change func(*role)) *pgconn.PgError {
	r := s.tables.roles[name]
	if r == nil {
		return missing(name)
	}
	before := *r
	change(r)
	s.note(func() { *r = before })
	return nil
}

func (s *modelSession) drop(name string) *pgconn.PgError {
	r := s.tables.roles[name]
	if r == nil {
		return missing(name)
	}
	for p := range s.tables.members {
		if p.role == r.oid || p.member == r.oid {
			delete(s.tables.members, p)
			s.note(func() { s.tables.members[p] = true })
		}
	}
	delete(s.tables.roles, name)
	s.note(func() { s.tables.roles[name] = r })
	return nil
}

func (s *modelSession) pair(given, member string) (pair, *pgconn.PgError) {
	g, m := s.tables.roles[given], s.tables.roles[member]
	switch {
	case g == nil:
		return pair{}, missing(given)
	case m == nil:
		return pair{}, missing(member)
	}
	return pair{g.oid, m.oid}, nil
}

func (s *modelSession) grant(c grantRole) *pgconn.PgError {
	p, no := s.pair(c.given, c.member)
	switch {
	case no != nil:
		return no
	case p.role == p.member || s.reached(p.role)[p.member]:
		return refusal("0LP01", "role %q is a member of role %q", c.given, c.member)
	case s.tables.members[p]:
		return nil // a notice
	}
	s.tables.members[p] = true
	s.note(func() { delete(s.tables.members, p) })
	return nil
}

func (s *modelSession) revoke(c revokeRole) *pgconn.PgError {
	p, no := s.pair(c.given, c.member)
	if no != nil || !s.tables.members[p] {
		return no // a warning, where it is not a member
	}
	delete(s.tables.members, p)
	s.note(func() { s.tables.members[p] = true })
	return nil
}

// reached are the roles that one is in, directly or through others.
func (m *model) reached(member string) map[string]bool {
	found, queue := map[string]bool{}, []string{member}
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		for p := range m.tables.members {
			if p.member == next && !found[p.role] {
				found[p.role] = true
				queue = append(queue, p.role)
			}
		}
	}
	return found
}

func (s *modelSession) terminate(_ int, oids, names []string) (int, error) {
	before := len(s.open)
	s.open = slices.DeleteFunc(s.open, func(o opened) bool { return o.of(oids, names) })
	return before - len(s.open), nil
}

func (s *modelSession) count(oids, names []string) (n int, err error) {
	for _, o := range s.open {
		if o.of(oids, names) {
			n++
		}
	}
	return n, nil
}

func (o opened) of(oids, names []string) bool {
	return slices.Contains(oids, o.oid) || slices.Contains(names, fold(o.name))
}

func (s *modelSession) ungivable([]string) ([]string, error) { return nil, nil }

func (s *modelSession) maySignal() (bool, error) { return true, nil }
