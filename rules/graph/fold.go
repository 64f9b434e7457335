package graph

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// bundle is the node that others are folded into.
type bundle struct {
	name, label string
	kind        Kind
}

// fold puts the nodes together for which into names the same bundle; those for
// which it names none, and those that would be alone, stay as they are. A team
// goes into its department.
func (d *draft) fold(into func(*node) (bundle, bool)) *draft {
	bundles, alone := map[string]bundle{}, map[string]int{}
	names := map[string]string{}
	for id, n := range d.nodes {
		if b, ok := into(n); ok {
			key := string(n.Layer) + ":" + b.name
			bundles[key], names[id] = b, key
			alone[key]++
		}
	}
	out, moved := newDraft(), map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(d.nodes)) {
		n := d.nodes[id]
		if key, ok := names[id]; ok && alone[key] > 1 {
			b := bundles[key]
			moved[id] = key
			out.put(key, n, b)
			continue
		}
		moved[id] = id
		out.nodes[id] = n
	}
	for at, e := range d.edges {
		out.edge(ends{moved[at.from], moved[at.to]}).join(e)
	}
	return out
}

// put adds n to the node of a bundle.
func (d *draft) put(id string, n *node, b bundle) {
	whole := d.nodes[id]
	if whole == nil {
		whole = &node{Node: Node{ID: id, Layer: n.Layer, Kind: b.kind, Label: b.label}, apart: n.apart}
		d.nodes[id] = whole
	}
	whole.Holds += n.Holds
	whole.users.add(n.users.set())
	switch {
	case n.Kind == Team, n.ID == id:
		whole.Inside = append(whole.Inside, n.Inside...)
	case len(n.Inside) > 0 && n.Layer != People:
		whole.Inside = append(whole.Inside, n.Inside...)
	default:
		whole.Inside = append(whole.Inside, Part{n.Label, n.users.count()})
	}
}

func (e *edge) join(other *edge) {
	e.users.add(other.users.set())
	e.links += other.links
	e.shares += other.shares
	for entitlement := range other.access {
		e.access[entitlement] = true
	}
}

// madeTogether folds the groups that a rule makes, where there are many.
func (d *draft) madeTogether() *draft {
	made := map[string]int{}
	for _, n := range d.in(Groups) {
		made[n.apart]++
	}
	return d.fold(func(n *node) (bundle, bool) {
		return bundle{"*made/" + n.apart, n.apart, Made}, n.Layer == Groups && n.apart != "" && n.Kind != Idle && made[n.apart] > manyMade
	})
}

// manyMade is how many groups that one rule makes are still worth a node each.
const manyMade = 8

// byDepartment folds rules and groups by the departments that they are for, and
// teams into their departments.
func (d *draft) byDepartment() *draft {
	homes := d.homes()
	return d.fold(func(n *node) (bundle, bool) {
		switch {
		case n.Layer == People:
			return d.department(n)
		case n.Layer == Targets:
			return bundle{}, false
		case n.Kind == Idle:
			return bundle{"*idle", map[Layer]string{Rules: "give nobody anything", Groups: "nobody has them by rule"}[n.Layer], Idle}, true
		case n.Layer == Groups && n.apart != "":
			return bundle{"*made/" + n.apart, n.apart, Made}, true
		}
		label := shared(slices.Sorted(maps.Keys(homes[n.ID])))
		return bundle{"*for/" + label, label, Folded}, true
	})
}

// department is the bundle of a department and its teams.
func (d *draft) department(n *node) (bundle, bool) {
	if n.Kind == Team {
		n = d.nodes[n.Parent]
	}
	return bundle{strings.TrimPrefix(n.ID, string(People)+":"), n.Label, Plain}, true
}

// homes returns the labels of the departments from which people come to a rule
// or a group, also through groups inside it.
func (d *draft) homes() map[string]map[string]bool {
	homes := map[string]map[string]bool{}
	for id := range d.nodes {
		homes[id] = map[string]bool{}
	}
	for _, n := range d.in(People) {
		b, _ := d.department(n)
		homes[n.ID][b.label] = true
	}
	for grown := true; grown; {
		grown = false
		for at := range d.edges {
			before := len(homes[at.to])
			maps.Copy(homes[at.to], homes[at.from])
			grown = grown || len(homes[at.to]) > before
		}
	}
	return homes
}

// shared names a set of departments.
func shared(departments []string) string {
	switch {
	case len(departments) == 0:
		return "nobody"
	case len(departments) > 2:
		return "across departments"
	default:
		return strings.Join(departments, " + ")
	}
}

// capped leaves at most so many nodes in each layer: the least of them, by
// people, become one.
func (d *draft) capped(most int) *draft {
	if d.crowded(People, most) {
		d = d.fold(func(n *node) (bundle, bool) { b, _ := d.department(n); return b, n.Layer == People })
	}
	rest := map[string]bundle{}
	for _, layer := range Layers() {
		most := most
		if layer == Targets { // as many as all groups can lead to without a tangle
			most /= 2
		}
		if !d.crowded(layer, most) {
			continue
		}
		nodes := d.in(layer)
		slices.SortStableFunc(nodes, func(a, b *node) int {
			return cmp.Or(cmp.Compare(b.users.count(), a.users.count()), cmp.Compare(b.Holds, a.Holds))
		})
		holds := 0
		for _, n := range nodes[most-1:] {
			holds += n.Holds
		}
		for _, n := range nodes[most-1:] {
			rest[n.ID] = bundle{"*rest", "and " + grouped(holds) + " more", Rest}
		}
	}
	return d.fold(func(n *node) (bundle, bool) { b, ok := rest[n.ID]; return b, ok })
}

func (d *draft) crowded(layer Layer, most int) bool { return len(d.in(layer)) > most }

// grouped writes a number as people read it.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
