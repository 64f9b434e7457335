package graph

import (
	"fmt"
	"strings"
)

// heading is what stands above a column.
func heading(layer Layer) string {
	switch layer {
	case People:
		return "Departments and teams"
	case Rules:
		return "Rules"
	case Groups:
		return "Groups"
	default:
		return "Targets"
	}
}

// amount is how much a layer, or a node of it, holds.
func amount(layer Layer, n int) string {
	switch layer {
	case People:
		return counted(n, "department or team", "departments and teams")
	case Rules:
		return counted(n, "rule", "rules")
	case Groups:
		return counted(n, "group", "groups")
	default:
		return counted(n, "target", "targets")
	}
}

// note is the second line of a box, "" for none.
func note(n *Node) string {
	switch {
	case n.Layer == Targets && n.Entitlements > 0:
		return counted(n.Entitlements, "entitlement", "entitlements")
	case n.Kind == Idle && n.Holds == 1 && n.Layer == Groups:
		return "nobody has it by rule"
	case n.Kind == Idle && n.Holds == 1:
		return "gives nobody anything"
	case n.Kind == Made && n.Holds == 1:
		return "made as needed"
	case n.Layer == People && n.Holds > 1 && n.Kind == Plain:
		return ""
	case n.Holds > 1:
		return amount(n.Layer, n.Holds)
	}
	return ""
}

// told is how many parts a tooltip lists.
const told = 12

// tooltip is everything about a node, for those who look closer.
func (g *Graph) tooltip(n *Node) string {
	var b strings.Builder
	b.WriteString(n.Label)
	if g.Counted {
		fmt.Fprintf(&b, ": %s", counted(n.People, "person", "people"))
	}
	if text := note(n); text != "" {
		fmt.Fprintf(&b, " (%s)", text)
	}
	for _, p := range n.Inside[:min(told, len(n.Inside))] {
		fmt.Fprintf(&b, "\n%s", p.Label)
		if g.Counted {
			fmt.Fprintf(&b, ": %s", grouped(p.People))
		}
	}
	if more := len(n.Inside) - told; more > 0 {
		fmt.Fprintf(&b, "\nand %s more", grouped(more))
	}
	return b.String()
}

// tooltip is everything about an edge.
func (g *Graph) edgeTip(from, to *Node, e *Edge) string {
	text := from.Label + " → " + to.Label
	if g.Counted {
		text += ": " + counted(e.People, "person", "people")
	}
	if e.Entitlements > 0 {
		text += ", " + counted(e.Entitlements, "entitlement", "entitlements")
	}
	if e.Links > 1 {
		text += " (" + grouped(e.Links) + " links)"
	}
	if from.Layer == to.Layer {
		text += " (the one is inside the other)"
	}
	return text
}

// Title names the picture.
func (g *Graph) Title() string {
	if g.About == "" {
		return "Who gets what"
	}
	return "Who gets what: " + g.About
}

// Summary says in a line what there is to see.
func (g *Graph) Summary() string {
	var parts []string
	for _, t := range g.Totals {
		parts = append(parts, amount(t.Layer, t.Holds))
	}
	text := strings.Join(parts, ", ")
	if g.Counted {
		text += "; " + counted(g.Total(Rules).People, "person gets", "people get") + " something"
	}
	return text
}
