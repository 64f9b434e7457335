package graph

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
)

// draft is a picture on its way: nodes and edges with the people themselves, so
// that folding counts each of them once.
type draft struct {
	nodes map[string]*node
	edges map[ends]*edge
}

type ends struct{ from, to string }

type node struct {
	Node
	users crowd
	// apart is what keeps it from being folded with others: how a rule writes the
	// name of a group that it makes, and the like.
	apart string
}

type edge struct {
	users  crowd
	links  int
	shares int
	access map[identity.Entitlement]bool
}

// crowd is a union of people that is not made before somebody asks.
type crowd struct{ parts []*roaring.Bitmap }

func (c *crowd) add(users ...*roaring.Bitmap) { c.parts = append(c.parts, users...) }

func (c *crowd) set() *roaring.Bitmap {
	if len(c.parts) != 1 {
		c.parts = []*roaring.Bitmap{roaring.FastOr(c.parts...)}
	}
	return c.parts[0]
}

func (c *crowd) count() int { return int(c.set().GetCardinality()) }

func newDraft() *draft { return &draft{map[string]*node{}, map[ends]*edge{}} }

// named makes a part of an ID of a name. What begins with a star, or has a slash
// in it, is no name but what was made up here.
var named = strings.NewReplacer("%", "%25", "*", "%2A", "/", "%2F")

// node returns the node that has a name in a layer, a new one if need be.
func (d *draft) node(layer Layer, name string) *node {
	return d.at(string(layer)+":"+named.Replace(name), layer, name)
}

func (d *draft) at(id string, layer Layer, label string) *node {
	n := d.nodes[id]
	if n == nil {
		if strings.TrimSpace(plain(label)) == "" { // it must be seen to be there
			label = strconv.Quote(label)
		}
		n = &node{Node: Node{ID: id, Layer: layer, Label: label, Holds: 1}}
		d.nodes[id] = n
	}
	return n
}

// link adds one link between two nodes, and its people to both of them.
func (d *draft) link(from, to *node, users *roaring.Bitmap) *edge {
	e := d.edge(ends{from.ID, to.ID})
	e.links++
	e.shares += int(users.GetCardinality())
	e.users.add(users)
	from.users.add(users)
	to.users.add(users)
	return e
}

func (d *draft) edge(at ends) *edge {
	e := d.edges[at]
	if e == nil {
		e = &edge{access: map[identity.Entitlement]bool{}}
		d.edges[at] = e
	}
	return e
}

// in returns the nodes of a layer in order.
func (d *draft) in(layer Layer) []*node {
	var out []*node
	for _, id := range slices.Sorted(maps.Keys(d.nodes)) {
		if n := d.nodes[id]; n.Layer == layer {
			out = append(out, n)
		}
	}
	return out
}

// graph is the finished draft.
func (d *draft) graph(counted bool, about string) Graph {
	g := Graph{Counted: counted, About: about, Nodes: []Node{}, Edges: []Edge{}}
	for _, layer := range Layers() {
		total, everybody := Total{Layer: layer}, crowd{}
		for _, n := range d.in(layer) {
			n.People = n.users.count()
			total.Holds += n.Holds
			everybody.add(n.users.set())
			slices.SortStableFunc(n.Inside, func(a, b Part) int { return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(a.Label, b.Label)) })
			g.Nodes = append(g.Nodes, n.Node)
		}
		total.People = everybody.count()
		g.Totals = append(g.Totals, total)
	}
	for i := range g.Nodes {
		if n := &g.Nodes[i]; n.Layer == Targets {
			n.Entitlements = d.entitlements(n.ID)
		}
	}
	for at, e := range d.edges {
		g.Edges = append(g.Edges, Edge{at.from, at.to, e.users.count(), e.links, e.shares, len(e.access)})
	}
	slices.SortFunc(g.Edges, func(a, b Edge) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return g
}

// entitlements counts what groups carry of a target.
func (d *draft) entitlements(id string) int {
	all := map[identity.Entitlement]bool{}
	for at, e := range d.edges {
		if at.to == id {
			maps.Copy(all, e.access)
		}
	}
	return len(all)
}
