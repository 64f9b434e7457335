package postgres

import (
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
)

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
