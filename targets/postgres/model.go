package postgres

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"birthright/internal/sim"
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
