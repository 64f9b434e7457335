package graph

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// DOT writes the picture in the language of Graphviz.
func (g *Graph) DOT() []byte {
	var b bytes.Buffer
	b.WriteString("digraph birthright {\n")
	fmt.Fprintf(&b, "  graph [rankdir=LR, nodesep=0.15, ranksep=1.6, fontname=\"sans-serif\", labelloc=t, label=%s];\n", quoted(g.Title()+"\n"+g.Summary()))
	b.WriteString("  node [shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\", fontname=\"sans-serif\", fontsize=11];\n")
	b.WriteString("  edge [arrowsize=0.6, color=\"#64748b\", fontname=\"sans-serif\", fontsize=9];\n")
	names := map[string]string{} // short ones: IDs may hold anything
	for i := range g.Nodes {
		names[g.Nodes[i].ID] = "n" + strconv.Itoa(i)
	}
	for _, layer := range Layers() {
		g.dotLayer(&b, names, layer)
	}
	for i := range g.Edges {
		g.dotEdge(&b, names, &g.Edges[i])
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// dotLayer writes the nodes of a layer: one rank.
func (g *Graph) dotLayer(b *bytes.Buffer, names map[string]string, layer Layer) {
	fmt.Fprintf(b, "  subgraph %s {\n    rank=same;\n", layer)
	for i := range g.Nodes {
		if n := &g.Nodes[i]; n.Layer == layer {
			fmt.Fprintf(b, "    %s [label=%s, tooltip=%s, color=%s%s];\n",
				names[n.ID], quoted(g.dotLabel(n)), quoted(g.tooltip(n)), quoted(dotColor(layer)), dotLook(n.Kind))
		}
	}
	b.WriteString("  }\n")
}

func (g *Graph) dotLabel(n *Node) string {
	lines := []string{n.Label}
	if n.Parent != "" {
		at := slices.IndexFunc(g.Nodes, func(above Node) bool { return above.ID == n.Parent })
		lines[0] = g.Nodes[at].Label + " / " + n.Label
	}
	if text := note(n); text != "" {
		lines = append(lines, text)
	}
	if g.Counted {
		lines = append(lines, counted(n.People, "person", "people"))
	}
	return strings.Join(lines, "\n")
}

func (g *Graph) dotEdge(b *bytes.Buffer, names map[string]string, e *Edge) {
	attributes := []string{"penwidth=" + px(thickness(e.People))}
	if g.Counted {
		attributes = append(attributes, "label="+quoted(grouped(e.People)))
	}
	if e.From != e.To && g.layerOf(e.From) == g.layerOf(e.To) {
		attributes = append(attributes, "style=dashed")
	}
	fmt.Fprintf(b, "  %s -> %s [%s];\n", names[e.From], names[e.To], strings.Join(attributes, ", "))
}

func (g *Graph) layerOf(id string) Layer {
	layer, _, _ := strings.Cut(id, ":")
	return Layer(layer)
}

func dotColor(layer Layer) string {
	return map[Layer]string{People: "#2563eb", Rules: "#7c3aed", Groups: "#0f766e", Targets: "#b45309"}[layer]
}

func dotLook(kind Kind) string {
	switch kind {
	case Made, Folded:
		return `, fillcolor="#f1f5f9", peripheries=2`
	case Idle, Rest:
		return `, style="rounded,dashed"`
	default:
		return ""
	}
}

// quoted is a text as a string of DOT. Backslashes begin escapes and ampersands
// entities there, so both are written out.
func quoted(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = dotEscapes.Replace(plain(lines[i]))
	}
	return `"` + strings.Join(lines, `\n`) + `"`
}

var dotEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;")
