package mysql

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// change makes a change in the tables, or answers as a server does.
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
	if _, held := m.tables.Grants[pair{c.role, c.account}]; !held { // an administrator of it stays one
		m.tables.Grants[pair{c.role, c.account}] = false
	}
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
