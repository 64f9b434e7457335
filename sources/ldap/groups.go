package ldap

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/internal/ldapdn"
	"birthright/internal/ldapwire"
	"birthright/sources"
)

// group is what goes to the sink.
type group struct {
	group   identity.SourceGroup
	members []identity.MemberRef
}

// groups turns entries into groups.
type groups struct {
	*reader
	row     *row
	name    int
	key     []int
	keyIsDN bool
	members []memberSlot

	seen  map[int]bool // members of the group in hand, by number
	canon []byte
	stray int // members that are not in this pull
}

// memberSlot is an attribute with members.
type memberSlot struct {
	slot  int
	byUID bool
}

// readGroups hands every group to sink. Groups may name each other in any
// order, so their names are read first and their members then.
func (r *reader) readGroups(sink sources.Sink) error {
	if err := r.readGroupNames(); err != nil {
		return err
	}
	g := r.newGroups()
	for _, a := range r.config.Groups.MemberAttributes {
		g.members = append(g.members, memberSlot{slot: g.row.slots.of(a), byUID: strings.EqualFold(a, memberUID)})
	}
	g.row = g.row.slots.newRow()

	search, err := r.groupSearch(g.row.slots.request)
	if err != nil {
		return err
	}
	var outcome ldapwire.Outcome
	made, taken := stream(r.cancel, func(emit func(group) error) error {
		var err error
		outcome, err = r.conn.Search(search, func(e *ldapwire.Entry) error {
			found, err := g.read(e)
			if err != nil {
				return err
			}
			return emit(found)
		})
		return err
	}, func(one group) error { return sink.Group(one.group, one.members) })
	switch {
	case taken != nil:
		return taken
	case made != nil:
		return r.cutShort("groups", outcome, made)
	}
	if g.stray > 0 {
		r.env.Log.Info("group members that are nobody in this source are left out", "source", r.env.Name, "members", g.stray)
	}
	return r.referred("groups", outcome)
}

// readGroupNames puts every group into the index.
func (r *reader) readGroupNames() error {
	g := r.newGroups()
	search, err := r.groupSearch(g.row.slots.request)
	if err != nil {
		return err
	}
	outcome, err := r.conn.Search(search, func(e *ldapwire.Entry) error {
		g.row.fill(e)
		key, err := g.identify(e)
		if err != nil {
			return err
		}
		return g.remember(e, key)
	})
	if err != nil {
		return r.cutShort("groups", outcome, err)
	}
	return nil
}

// newGroups returns a reader that asks for name and key.
func (r *reader) newGroups() *groups {
	s := newSlots()
	g := &groups{reader: r, name: s.of(r.config.Groups.Name), seen: map[int]bool{}}
	key := r.config.Groups.Key
	if key == "" && slices.ContainsFunc(append(autoKey, keyDN), func(k string) bool { return strings.EqualFold(k, r.config.Key) }) {
		key = r.config.Key
	}
	switch {
	case strings.EqualFold(key, keyDN):
		g.keyIsDN = true
	case key != "":
		g.key = []int{s.of(key)}
	default:
		for _, name := range autoKey {
			g.key = append(g.key, s.of(name))
		}
	}
	g.row = s.newRow()
	return g
}

// identify returns the key of the group in the row; its canonical name is then
// in g.canon.
func (g *groups) identify(e *ldapwire.Entry) (key string, err error) {
	if g.canon, err = ldapdn.Append(g.canon[:0], e.DN); err != nil {
		return "", g.badEntry(e.DN, "", "%w", err)
	}
	if g.keyIsDN {
		return string(g.canon), nil
	}
	if key, err = keyOf(g.row, g.key); err != nil {
		return "", g.badEntry(e.DN, fmt.Sprintf("let %s read it, or set groups.key to an attribute that every group has", g.config.Who()), "%w", err)
	}
	return key, nil
}

func (g *groups) remember(e *ldapwire.Entry, key string) error {
	x := g.index
	i := x.keys.len()
	if !x.add(x.hash(byGroupKey, []byte(key)), i) {
		return &identity.Error{Kind: identity.Conflict, Op: g.op(), Object: fmt.Sprintf("entry %q", e.DN),
			Err:  fmt.Errorf("another group has its key %q too", key),
			Hint: "set groups.key to an attribute that differs from group to group; if it does, the group moved while it was read: try again"}
	}
	x.keys.append(key)
	x.add(x.hash(byGroupDN, g.canon), i)
	return nil
}

// read turns an entry into a group with its members.
func (g *groups) read(e *ldapwire.Entry) (group, error) {
	g.row.fill(e)
	key, err := g.identify(e)
	if err != nil {
		return group{}, err
	}
	name := g.row.first(g.name)
	if fault := textFault(name); fault != "" || len(name) == 0 {
		return group{}, g.badEntry(e.DN, "set groups.name to the attribute with the group's name", "its name (%s) is missing or no text", g.config.Groups.Name)
	}
	out := group{group: identity.SourceGroup{Key: key, Name: string(name)}}
	clear(g.seen)
	for _, m := range g.members {
		out.members = g.append(out.members, m, g.row.values[m.slot])
	}
	for _, part := range g.row.ranged {
		i := slices.IndexFunc(g.members, func(m memberSlot) bool { return m.slot == part.slot })
		if i < 0 {
			continue
		}
		err := g.follow(string(e.DN), part, func(values [][]byte) error {
			out.members = g.append(out.members, g.members[i], values)
			return nil
		})
		if err != nil {
			return group{}, err
		}
	}
	return out, nil
}

// append adds the members that values name. A member that is nobody in this
// pull, or named a second time, is left out.
func (g *groups) append(members []identity.MemberRef, from memberSlot, values [][]byte) []identity.MemberRef {
	if members == nil && len(values) > 0 {
		members = make([]identity.MemberRef, 0, len(values))
	}
	for _, v := range values {
		i, isGroup, ok := g.find(from, v)
		if !ok {
			g.stray++
			continue
		}
		if !g.seen[i] {
			g.seen[i] = true
			members = append(members, identity.MemberRef{Key: g.index.keys.get(i), Group: isGroup})
		}
	}
	return members
}

// find returns the number of the entry that a member value names.
func (g *groups) find(from memberSlot, v []byte) (i int, isGroup, ok bool) {
	x := g.index
	if from.byUID {
		i, ok = x.find(x.hash(byUID, bytes.ToLower(v)))
		return i, false, ok
	}
	var err error
	if g.canon, err = ldapdn.Append(g.canon[:0], withoutUID(v)); err != nil {
		return 0, false, false
	}
	if i, ok = x.find(x.hash(byPersonDN, g.canon)); ok {
		return i, false, true
	}
	i, ok = x.find(x.hash(byGroupDN, g.canon))
	return i, true, ok
}

// withoutUID cuts off the bit string that a uniqueMember may carry behind its
// name (RFC 4517 section 3.3.21): #'0101'B.
func withoutUID(v []byte) []byte {
	if !bytes.HasSuffix(v, []byte("'B")) {
		return v
	}
	if at := bytes.LastIndex(v, []byte("#'")); at >= 0 && len(bytes.Trim(v[at+2:len(v)-2], "01")) == 0 {
		return v[:at]
	}
	return v
}
