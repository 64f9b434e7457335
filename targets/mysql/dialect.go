package mysql

import "strings"

// dialect is how a server is asked: MariaDB and MySQL went separate ways before
// either had roles.
type dialect interface {
	product() string
	// roleHost is the host part of a role of which only the name is said.
	roleHost() string
	// longest is how many characters a user's name has at most.
	longest() int
	// severalDefaults reports whether more than one role can be active at login.
	severalDefaults() bool
	// principals and grants are the questions for the contents, of the roles and of
	// some accounts, or of all.
	principals(of *scope) (query string, args []any)
	grants(of *scope) (query string, args []any)
	// defaults asks for the default roles; "" where principals tells them.
	defaults(of *scope) (query string, args []any)
	statement(c change) string
	// suffices reports whether some privileges on the whole server, or those on the
	// schema mysql, are the right to do something.
	rights(global, own map[string]bool) rights
}

// role is the id that a role's name stands for.
func roleID(d dialect, name string) id {
	if d.roleHost() == "" {
		return id{user: name}
	}
	return named(name, d.roleHost())
}

func roleName(d dialect, i id) string {
	if d.roleHost() == "" {
		return i.user
	}
	return i.name(d.roleHost())
}

// among writes a condition that a column is one of some values.
func among(column string, values []string) (condition string, args []any) {
	if len(values) == 0 {
		return "FALSE", nil
	}
	for _, v := range values {
		args = append(args, v)
	}
	return column + " IN (?" + strings.Repeat(", ?", len(values)-1) + ")", args
}

// limited limits a question to roles and some accounts, or not at all. The tables are
// sorted by host and user, so that both are said.
func limited(query, roles, user, host string, of *scope) (string, []any) {
	if of == nil {
		return query, nil
	}
	theirs, args := among(user, of.users)
	if of.hosts != nil {
		where, hosts := among(host, of.hosts)
		theirs, args = "("+theirs+" AND "+where+")", append(args, hosts...)
	}
	return query + " WHERE " + roles + " OR " + theirs, args
}

// literal writes a text for a session in which a backslash is only a backslash.
func literal(text string) string { return apostrophed(text) }

// common is a statement that both kinds of server understand.
func common(c change) string {
	switch c := c.(type) {
	case createRole:
		return "CREATE ROLE " + c.role.quoted()
	case setLock:
		return "ALTER USER " + c.account.quoted() + locking(c.locked)
	case rename:
		return "RENAME USER " + c.from.quoted() + " TO " + c.to.quoted()
	case drop:
		return "DROP USER " + c.account.quoted()
	case giveRole:
		return "GRANT " + c.role.quoted() + " TO " + c.account.quoted()
	case takeRole:
		return "REVOKE " + c.role.quoted() + " FROM " + c.account.quoted()
	}
	return "" // the dialects write the others
}

func locking(locked bool) string {
	if locked {
		return " ACCOUNT LOCK"
	}
	return " ACCOUNT UNLOCK"
}

func listed(roles []id) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = r.quoted()
	}
	if len(names) == 0 {
		return "NONE"
	}
	return strings.Join(names, ", ")
}
