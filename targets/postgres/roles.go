package postgres

import (
	"fmt"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// mark begins the comment on a role that is an account whether it may log in or not.
// ownRole is the comment on a role that the hub made as an entitlement.
const (
	mark    = "birthright: account"
	ownRole = "birthright: role"
)

// longest is how many bytes a name has at most: PostgreSQL cuts longer ones off.
const longest = 63

// role is a role of the cluster, account or entitlement.
type role struct {
	oid, name    string
	login, super bool
	comment      string
}

func (r *role) isAccount() bool { return r.login || strings.HasPrefix(r.comment, mark) }

// account is the role as the engine sees it.
func (r *role) account() targets.Account {
	return targets.Account{ID: r.oid, Name: r.name, Active: r.login, Attributes: identity.Attributes{}}
}

// marked is the comment that makes the role an account even when it may not log in;
// what somebody else wrote there stays.
func (r *role) marked() string {
	if r.comment == "" {
		return mark
	}
	return mark + "; " + r.comment
}

// title is what people wrote about the role.
func (r *role) title() string {
	if strings.HasPrefix(r.comment, "birthright: ") {
		return ""
	}
	return r.comment
}

// untouchable says why a role is never changed, nil where it may be.
func (t *Target) untouchable(r *role, self string) error {
	why := ""
	switch {
	case t.ignored(r.name):
		why = "role %q is one to ignore, by the configuration"
	case r.super:
		why = "role %q is a superuser, and those are not for the hub to change"
	case strings.HasPrefix(r.name, "pg_"):
		why = "role %q is one of PostgreSQL's own, which the hub does not give out: make a role that has it, and name that in the policy"
	case r.oid == self:
		why = "role %q is the one that the hub itself connects as"
	default:
		return nil
	}
	return fmt.Errorf(why, r.name)
}

// badName says why a role cannot have a name, nil where it can.
func badName(name string) error {
	switch {
	case len(name) > longest:
		return fmt.Errorf("%q has %d bytes, and a role's name has %d at most", name, len(name), longest)
	case strings.ContainsRune(name, 0):
		return fmt.Errorf("%q holds a zero byte", name)
	case name == "public", name == "none", strings.HasPrefix(name, "pg_"):
		return fmt.Errorf("%q is a name that PostgreSQL keeps for itself", name)
	}
	return nil
}

// quote writes a text as a literal, as the session's settings read it.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// known are the roles that a call names.
type known struct{ roles []*role }

// printable leaves out names that no role can have and no statement can carry.
func printable(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return strings.ContainsRune(n, 0) })
}

// isOID reports whether text can be the id of a role.
func isOID(text string) bool {
	return text != "" && len(text) <= 10 && strings.Trim(text, "0123456789") == "" && (len(text) < 10 || text <= "4294967295")
}

// called returns the role of exactly that name.
func (k *known) called(name string) *role {
	for _, r := range k.roles {
		if r.name == name {
			return r
		}
	}
	return nil
}

// find returns the accounts that a names: by id, or else by name, the exact spelling
// before others.
func (k *known) find(a targets.Account) []*role {
	var found []*role
	for _, r := range k.roles {
		if r.isAccount() && (a.ID != "" && r.oid == a.ID || a.ID == "" && fold(r.name) == fold(a.Name)) {
			found = append(found, r)
		}
	}
	for _, r := range found {
		if r.name == fold(a.Name) {
			return []*role{r}
		}
	}
	return found
}

func (k *known) add(r *role) { k.roles = append(k.roles, r) }

func (k *known) drop(r *role) {
	k.roles = slices.DeleteFunc(k.roles, func(other *role) bool { return other == r })
}
