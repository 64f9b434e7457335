package mysql

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"birthright/internal/sim"
)

// model is a server that is not there: its accounts and roles, and what it answers.
// Everything above the interface session is the same as with a real one.
type model struct {
	mu      sync.Mutex
	dialect dialect
	keeper  *sim.Keeper
	calls   *atomic.Int64
	tables  tables
	open    []connection
	number  uint64 // of the last connection
}

// tables are the contents of the model, as they are kept.
type tables struct {
	Principals map[id]*row
	Grants     map[pair]bool // whether with ADMIN OPTION
}

// row is an account or a role.
type row struct {
	Role, Locked, Super bool
	Defaults            []id
}

// pair is a role and who holds it.
type pair struct{ role, holder id }

// modelSelf is the account as which the hub is connected to the model.
var modelSelf = id{"birthright", "%"}

func newModel(d dialect, k *sim.Keeper, calls *atomic.Int64) *model {
	return &model{dialect: d, keeper: k, calls: calls, tables: newTables()}
}

func newTables() tables { return tables{map[id]*row{modelSelf: {}}, map[pair]bool{}} }

// Close keeps the contents for the next run.
func (m *model) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.keeper.Save(&m.tables)
}

func (m *model) begin(ctx context.Context) (session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls.Add(1)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return modelSession{m}, m.keeper.Begin(ctx, &m.tables, m.seed)
}

// modelSession is a conversation with the model.
type modelSession struct{ *model }

func (s modelSession) end() {}

func (s modelSession) where() place {
	return place{dialect: s.dialect, version: s.dialect.product() + ", simulated", self: modelSelf, how: "simulated: nothing leaves this machine"}
}

func (s modelSession) rights(context.Context) (rights, error) {
	return rights{users: true, defaults: true, roles: true, see: true, kill: true}, nil
}

func (s modelSession) hasPlugin(context.Context, string) (bool, error) { return true, nil }

func (s modelSession) contents(ctx context.Context, of *scope) (c contents, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls.Add(1)
	asked := func(i id) bool {
		p := s.tables.Principals[i]
		return of.has(i) || p != nil && p.Role
	}
	for i, p := range s.tables.Principals {
		if asked(i) {
			c.principals = append(c.principals, principal{i, p.Role, p.Locked, p.Super, slices.Clone(p.Defaults)})
		}
	}
	for g, admin := range s.tables.Grants {
		if asked(g.holder) {
			c.grants = append(c.grants, grant{g.role, g.holder, admin})
		}
	}
	return c, ctx.Err()
}

// exec makes a change, or answers as the server of that dialect does.
func (s modelSession) exec(ctx context.Context, c change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls.Add(1)
	if err := ctx.Err(); err != nil {
		return err
	}
	if no := s.change(c); no != nil {
		return no
	}
	return s.keeper.Changed(&s.tables)
}

func (s modelSession) connections(_ context.Context, users []string) (found []connection, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.open {
		if slices.Contains(users, c.user) {
			found = append(found, c)
		}
	}
	return found, nil
}

func (s modelSession) kill(_ context.Context, number uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.open)
	s.open = slices.DeleteFunc(s.open, func(c connection) bool { return c.number == number })
	if len(s.open) == before {
		return &answer{noSuchThread, "Unknown thread id"}
	}
	return nil
}
