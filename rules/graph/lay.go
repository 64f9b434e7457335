package graph

import (
	"cmp"
	"maps"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules"
)

// draft lays the strands out, each rule and group a node of its own.
func (w *weave) draft() *draft {
	d := newDraft()
	members := map[string]*crowd{}
	byRule := map[*rules.Rule]*crowd{}
	for _, s := range w.strands {
		d.link(d.node(Rules, s.rule.Name), w.group(d, s.group), s.users)
		crowdOf(members, s.group).add(s.users)
		crowdOf(byRule, s.rule).add(s.users)
	}
	for _, rule := range slices.SortedFunc(maps.Keys(byRule), func(a, b *rules.Rule) int { return cmp.Compare(a.Name, b.Name) }) {
		w.comeFrom(d, rule, byRule[rule].set())
	}
	for _, n := range w.outward() {
		users := roaring.And(n.users, crowdOf(members, n.inner).set())
		d.link(w.group(d, n.inner), w.group(d, n.outer), users)
		crowdOf(members, n.outer).add(users)
	}
	for _, group := range slices.Sorted(maps.Keys(members)) {
		w.leadTo(d, group, members[group].set())
	}
	w.idlers(d)
	d.teamsOf(w.places)
	return d
}

func crowdOf[K comparable](m map[K]*crowd, key K) *crowd {
	c := m[key]
	if c == nil {
		c = &crowd{}
		m[key] = c
	}
	return c
}

func (w *weave) group(d *draft, name string) *node {
	n := d.node(Groups, name)
	if as := w.madeAs[name]; as != "" {
		n.apart = as
	}
	if placeholder.MatchString(name) {
		n.Kind = Made
	}
	return n
}

// outward returns the nesting in an order in which who is in a group is known
// before it is asked which groups that one is in.
func (w *weave) outward() []nesting {
	open := map[string]int{}
	for _, n := range w.nested {
		open[n.outer]++
	}
	left := slices.Clone(w.nested)
	var out []nesting
	for len(left) > 0 {
		ready := func(n nesting) bool { return open[n.inner] == 0 }
		at := slices.IndexFunc(left, ready)
		if at < 0 { // a circle, which Load refuses
			return append(out, left...)
		}
		open[left[at].outer]--
		out = append(out, left[at])
		left = slices.Delete(left, at, at+1)
	}
	return out
}

// comeFrom links the places from where the people of a rule are: teams where the
// rule asks for teams, else whole departments.
func (w *weave) comeFrom(d *draft, rule *rules.Rule, users *roaring.Bitmap) {
	to := d.node(Rules, rule.Name)
	if w.places == nil {
		for _, at := range home(w.engine, rule.Name) {
			d.link(d.place(at), to, users)
		}
		return
	}
	teams, _ := w.engine.Requires(rule.Name, teamReading)
	for _, at := range w.places.split(users, teams) {
		d.link(d.place(at.place), to, at.users)
	}
}

// place returns the node of a place; that of a team comes with its department.
func (d *draft) place(at place) *node {
	label := at.department
	switch label {
	case "":
		label = "no department"
	case anywhere.department:
		label = "anyone"
	}
	above := d.at(placeID(at.department), People, label)
	if at.team == "" {
		return above
	}
	n := d.at(above.ID+"/"+named.Replace(at.team), People, at.team)
	n.Kind, n.Parent = Team, above.ID
	return n
}

// placeID is the ID of a department's node.
func placeID(department string) string {
	switch department {
	case "":
		return string(People) + ":*nowhere"
	case anywhere.department:
		return string(People) + ":*anywhere"
	default:
		return string(People) + ":" + named.Replace(department)
	}
}

// teamsOf counts the people of teams into their departments, and lists the teams
// of each department.
func (d *draft) teamsOf(places *places) {
	for _, n := range d.in(People) {
		if n.Kind == Team {
			d.nodes[n.Parent].users.add(n.users.set())
		}
	}
	if places == nil {
		return
	}
	for _, at := range places.list {
		n := d.nodes[placeID(at.department)]
		if n == nil || at.team == "" {
			continue
		}
		if people := int(n.users.set().AndCardinality(at.users)); people > 0 {
			n.Inside = append(n.Inside, Part{at.team, people})
		}
	}
}

// leadTo links a group with the targets that it gives access to.
func (w *weave) leadTo(d *draft, group string, users *roaring.Bitmap) {
	byTarget := map[string][]identity.Entitlement{}
	for _, e := range w.access[group] {
		byTarget[e.Target] = append(byTarget[e.Target], e)
	}
	for _, target := range slices.Sorted(maps.Keys(byTarget)) {
		e := d.link(w.group(d, group), d.node(Targets, target), users)
		for _, entitlement := range byTarget[target] {
			e.access[entitlement] = true
		}
	}
}

// idlers adds the rules and groups that nothing leads through, and marks those
// through which nobody gets anything.
func (w *weave) idlers(d *draft) {
	for _, rule := range w.mute {
		d.node(Rules, rule.Name).Kind = Idle
	}
	for _, group := range w.idle {
		w.group(d, group).Kind = Idle
		w.leadTo(d, group, roaring.New())
	}
	for _, n := range d.nodes {
		if w.places != nil && n.Layer != Targets && n.users.set().IsEmpty() {
			n.Kind = Idle
		}
	}
}
