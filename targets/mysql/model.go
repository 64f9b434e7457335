package mysql

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

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

func (s modelSession) contents(ctx context.Context, users []string) (c contents, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls.Add(1)
	asked := func(i id) bool {
		p := s.tables.Principals[i]
		return users == nil || slices.Contains(users, i.user) || p != nil && p.Role
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

func (m *model) change(c change) *answer {
	switch c := c.(type) {
	case createAccount:
		return m.create(c.account, &row{Locked: c.locked})
	case createRole:
		if no := m.create(c.role, &row{Role: true, Locked: true}); no != nil {
			return no
		}
		if m.dialect.roleHost() == "" { // MariaDB has whoever makes a role be its first administrator
			m.tables.Grants[pair{c.role, modelSelf}] = true
		}
	case setLock:
		if m.tables.Principals[c.account] == nil {
			return failed("ALTER USER", c.account)
		}
		m.tables.Principals[c.account].Locked = c.locked
	case rename:
		return m.rename(c)
	case drop:
		return m.drop(c.account)
	default:
		return m.changeRoles(c)
	}
	return nil
}

func (m *model) changeRoles(c change) *answer {
	switch c := c.(type) {
	case giveRole:
		return m.give(c)
	case takeRole:
		return m.take(c)
	case setActive:
		for _, r := range c.roles {
			if _, held := m.tables.Grants[pair{r, c.account}]; !held {
				return m.either(invalidRole, 3530, r.String()+" is not granted to "+c.account.String())
			}
		}
		if m.tables.Principals[c.account] == nil {
			return m.either(1133, unknownAuthID, "no user "+c.account.String())
		}
		m.tables.Principals[c.account].Defaults = slices.Clone(c.roles)
	}
	return nil
}

// either is the answer of the one kind of server or of the other.
func (m *model) either(maria, mysql uint16, text string) *answer {
	if m.dialect.severalDefaults() {
		return &answer{mysql, text}
	}
	return &answer{maria, text}
}

func failed(what string, i id) *answer {
	return &answer{userOperation, "Operation " + what + " failed for " + i.String()}
}

func (m *model) create(i id, r *row) *answer {
	switch {
	case utf8.RuneCountInString(i.user) > m.dialect.longest():
		return &answer{1470, "String '" + i.user + "' is too long for user name"}
	case m.tables.Principals[i] != nil:
		return failed("CREATE USER", i)
	case r.Role && (strings.EqualFold(i.user, "none") || strings.EqualFold(i.user, "public")):
		return &answer{invalidRole, "Invalid role specification " + i.user}
	}
	m.tables.Principals[i] = r
	return nil
}

func (m *model) rename(c rename) *answer {
	p := m.tables.Principals[c.from]
	if p == nil || m.tables.Principals[c.to] != nil {
		return failed("RENAME USER", c.from)
	}
	m.tables.Principals[c.to] = p
	for g, admin := range m.tables.Grants {
		if g.holder == c.from {
			m.tables.Grants[pair{g.role, c.to}] = admin
		}
	}
	m.forget(c.from)
	return nil
}

func (m *model) drop(i id) *answer {
	if m.tables.Principals[i] == nil {
		return failed("DROP USER", i)
	}
	m.forget(i)
	return nil
}

func (m *model) forget(i id) {
	delete(m.tables.Principals, i)
	for g := range m.tables.Grants {
		if g.holder == i || g.role == i {
			delete(m.tables.Grants, g)
		}
	}
}

func (m *model) give(c giveRole) *answer {
	switch {
	case m.tables.Principals[c.role] == nil:
		return m.either(invalidRole, unknownAuthID, "no role "+c.role.String())
	case m.tables.Principals[c.account] == nil:
		return m.either(1133, unknownAuthID, "no user "+c.account.String())
	}
	m.tables.Grants[pair{c.role, c.account}] = m.tables.Grants[pair{c.role, c.account}]
	return nil
}

// take leaves a default role in place, which gives nothing any more, on MariaDB. MySQL
// says nothing of what was not held.
func (m *model) take(c takeRole) *answer {
	if _, held := m.tables.Grants[pair{c.role, c.account}]; !held {
		if m.dialect.severalDefaults() {
			return nil
		}
		return &answer{cannotRevoke, "Cannot revoke role " + c.role.String() + " from " + c.account.String()}
	}
	delete(m.tables.Grants, pair{c.role, c.account})
	return nil
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
