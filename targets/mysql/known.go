package mysql

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// known is what a server has, as far as it was read, and as it became since.
type known struct {
	place
	t          *Target
	principals map[id]*principal
	holds      map[id]map[id]bool // roles by who holds them directly
	admin      map[id]bool        // roles that we may give
}

func (t *Target) knowing(at place, c contents) *known {
	k := &known{place: at, t: t, principals: map[id]*principal{}, holds: map[id]map[id]bool{}, admin: map[id]bool{}}
	for _, p := range c.principals {
		k.principals[p.id] = &p
	}
	for _, g := range c.grants {
		k.give(g.role, g.holder)
		if g.holder == at.self && g.admin {
			k.admin[g.role] = true
		}
	}
	return k
}

func (k *known) give(role, holder id) {
	if k.holds[holder] == nil {
		k.holds[holder] = map[id]bool{}
	}
	k.holds[holder][role] = true
}

// account returns the account of an id, nil where there is none.
func (k *known) account(i id) *principal {
	if p := k.principals[i]; p != nil && !p.role {
		return p
	}
	return nil
}

func (k *known) role(i id) *principal {
	if p := k.principals[i]; p != nil && p.role {
		return p
	}
	return nil
}

// all returns the accounts, or the roles, that are anybody's business, in order.
func (k *known) all(roles bool) []*principal {
	var out []*principal
	for _, p := range k.principals {
		if p.role == roles && !k.hidden(p.id) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b *principal) int { return strings.Compare(a.String(), b.String()) })
	return out
}

// reached returns the roles that somebody holds, and of each whether directly.
func (k *known) reached(holder id) map[id]bool {
	direct := map[id]bool{}
	queue := slices.Collect(maps.Keys(k.holds[holder]))
	for _, r := range queue {
		direct[r] = true
	}
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		for r := range k.holds[next] {
			if _, seen := direct[r]; !seen {
				direct[r] = false
				queue = append(queue, r)
			}
		}
	}
	return direct
}

// hidden reports whether an account or role is not shown at all.
func (k *known) hidden(i id) bool { return k.t.ignored(i) || builtin(i) || i == k.self }

// builtin reports whether something is the server's own: what it needs to run, what
// stands for everybody, and the account by which administrators get back in.
func builtin(i id) bool {
	user := strings.ToLower(i.user)
	return user == "" || user == "root" || user == "mariadb.sys" || user == "mysql" || strings.HasPrefix(user, "mysql.") ||
		user == "public" || user == "none" || user == "event_scheduler" || user == "debian-sys-maint"
}

// untouchable says why an account or role is never changed, nil where it may be.
func (k *known) untouchable(i id) error {
	why := ""
	switch p := k.principals[i]; {
	case k.t.ignored(i):
		why = "%s is one to ignore, by the configuration"
	case builtin(i):
		why = "%s is one of the server's own, which are not for the hub to change"
	case i == k.self:
		why = "%s is the one that the hub itself connects as"
	case p != nil && p.super:
		why = "%s may do everything on the server (SUPER), and such are not for the hub to change"
	default:
		return nil
	}
	return fmt.Errorf(why, i)
}

// badName says why nothing can have a name, nil where something can.
func (k *known) badName(name string) error {
	const basic = 0xFFFF // the servers keep names in three bytes a character
	switch n := utf8.RuneCountInString(name); {
	case n > k.dialect.longest():
		return fmt.Errorf("%q has %d characters, and %s takes %d at most", name, n, k.dialect.product(), k.dialect.longest())
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return r == 0 || r > basic }):
		return fmt.Errorf("%q holds a character that the server cannot write", name)
	case strings.HasSuffix(name, " "):
		return fmt.Errorf("%q ends with a blank, which the server drops", name)
	}
	return nil
}

// askable reports whether a server can be asked for a name at all.
func askable(name string) bool {
	return utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return r == 0 || r > 0xFFFF })
}

// move has an account be known by another id.
func (k *known) move(p *principal, to id) {
	from := p.id
	k.principals[to], k.holds[to] = p, k.holds[from]
	k.forget(from)
	p.id = to
}

func (k *known) forget(i id) {
	delete(k.principals, i)
	delete(k.holds, i)
}

// sorted returns the roles among the keys that are there, in order.
func (k *known) sorted(set map[id]bool) []id {
	var out []id
	for r := range set {
		if k.role(r) != nil && !k.hidden(r) {
			out = append(out, r)
		}
	}
	return inOrder(out)
}

func compareIDs(a, b id) int { return strings.Compare(a.String(), b.String()) }
