package mysql

import (
	"strings"
)

// id is what a server knows an account or a role by. On MariaDB, the host of a role
// is empty.
type id struct{ user, host string }

// String is the id in SQL's spelling, 'ada'@'%': it can be told apart from every
// name of a user, also where that holds an @.
func (i id) String() string { return apostrophed(i.user) + "@" + apostrophed(i.host) }

func apostrophed(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// quoted is the id for statements. Between backticks, only a backtick means anything,
// whatever the server's sql_mode says.
func (i id) quoted() string {
	if i.host == "" {
		return ticked(i.user)
	}
	return ticked(i.user) + "@" + ticked(i.host)
}

func ticked(text string) string { return "`" + strings.ReplaceAll(text, "`", "``") + "`" }

// parseID reads what String wrote.
func parseID(text string) (id, bool) {
	user, rest, ok := unquote(text)
	if !ok || !strings.HasPrefix(rest, "@") {
		return id{}, false
	}
	host, rest, ok := unquote(rest[1:])
	return id{user, host}, ok && rest == ""
}

// unquote takes one text between apostrophes off the beginning.
func unquote(text string) (value, rest string, ok bool) {
	if !strings.HasPrefix(text, "'") {
		return "", text, false
	}
	var out strings.Builder
	for at := 1; at < len(text); at++ {
		switch {
		case text[at] != '\'':
			out.WriteByte(text[at])
		case strings.HasPrefix(text[at:], "''"):
			out.WriteByte('\'')
			at++
		default:
			return out.String(), text[at+1:], true
		}
	}
	return "", text, false
}

// named is the id that a name stands for: the user of that name at the usual host,
// unless the name itself is in SQL's spelling.
func named(name, host string) id {
	if i, spelled := parseID(name); spelled {
		return i
	}
	return id{name, host}
}

// name is the shortest name that stands for the id.
func (i id) name(host string) string {
	if named(i.user, host) == i {
		return i.user
	}
	return i.String()
}
