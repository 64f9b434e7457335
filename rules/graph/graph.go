package graph

// Layer is a column of the picture.
type Layer string

// The layers, from left to right.
const (
	People  Layer = "people" // departments, and teams that rules single out
	Rules   Layer = "rules"
	Groups  Layer = "groups"
	Targets Layer = "targets"
)

// Layers returns the layers from left to right.
func Layers() []Layer { return []Layer{People, Rules, Groups, Targets} }

// Kind is what sort of thing a node is, within its layer.
type Kind string

// The kinds of node.
const (
	Plain  Kind = ""
	Team   Kind = "team"   // below the department that is its Parent
	Made   Kind = "made"   // groups that one rule makes, by the name that it writes
	Folded Kind = "folded" // several that are alike
	Rest   Kind = "rest"   // those for which there was no room
	Idle   Kind = "idle"   // gives nobody anything at the moment
)

// Graph is a picture of a policy.
type Graph struct {
	// Counted reports whether people are counted; without a directory they are not.
	Counted bool `json:"counted"`
	// About says what the picture is limited to, "" for all of the policy.
	About  string  `json:"about"`
	Totals []Total `json:"totals"`
	Nodes  []Node  `json:"nodes"`
	Edges  []Edge  `json:"edges"`
}

// Total is what a layer holds, drawn one by one or not.
type Total struct {
	Layer Layer `json:"layer"`
	// Holds counts departments and teams, rules, groups, or targets.
	Holds  int `json:"holds"`
	People int `json:"people"`
}

// Node is one box.
type Node struct {
	ID    string `json:"id"`
	Layer Layer  `json:"layer"`
	Kind  Kind   `json:"kind"`
	Label string `json:"label"`
	// Parent is the department's node, for a team.
	Parent string `json:"parent,omitempty"`
	// Holds is how many departments and teams, rules, groups or targets it is.
	Holds int `json:"holds"`
	// People is how many different people it is about.
	People int `json:"people"`
	// Entitlements is how many a target gives.
	Entitlements int `json:"entitlements,omitempty"`
	// Inside is what it was folded from, and the teams of a department.
	Inside []Part `json:"inside,omitempty"`
}

// Part is something inside a node.
type Part struct {
	Label  string `json:"label"`
	People int    `json:"people"`
}

// Edge leads from one node to another; between groups it leads from the group
// inside to the one that contains it.
type Edge struct {
	From string `json:"from"`
	To   string `json:"to"`
	// People is how many different people get something this way.
	People int `json:"people"`
	// Links is how many edges it was folded from, Shares their people added up.
	Links  int `json:"links"`
	Shares int `json:"shares"`
	// Entitlements is how many the groups carry of the target.
	Entitlements int `json:"entitlements,omitempty"`
}

// In returns the nodes of a layer.
func (g *Graph) In(layer Layer) []Node {
	var out []Node
	for _, n := range g.Nodes {
		if n.Layer == layer {
			out = append(out, n)
		}
	}
	return out
}

// Total returns what a layer holds.
func (g *Graph) Total(layer Layer) Total {
	for _, t := range g.Totals {
		if t.Layer == layer {
			return t
		}
	}
	return Total{Layer: layer}
}
