package graph

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// dotStatements are the forms of line that a picture in DOT has; names are short
// and texts in quotes, in which a backslash stands before something.
var (
	dotText   = `"(?:[^"\\\x00-\x1f]|\\["\\n])*"`
	dotList   = `\[[a-z]+=(?:` + dotText + `|[A-Za-z0-9.-]+)(?:, [a-z]+=(?:` + dotText + `|[A-Za-z0-9.-]+))*\]`
	dotAbout  = regexp.MustCompile(`^  (?:graph|node|edge) ` + dotList + `;$`)
	dotOpen   = regexp.MustCompile(`^  subgraph [a-z]+ \{$`)
	dotNode   = regexp.MustCompile(`^    (n[0-9]+) ` + dotList + `;$`)
	dotEdge   = regexp.MustCompile(`^  (n[0-9]+) -> (n[0-9]+) ` + dotList + `;$`)
	dotEntity = regexp.MustCompile(`&(?:[a-z]+|#[0-9]+);|&`)
)

// parsedDOT is what a picture in DOT says.
type parsedDOT struct {
	nodes []string
	edges int
}

// parseDOT reads what DOT writes, and nothing else.
func parseDOT(text string) (parsedDOT, error) {
	var p parsedDOT
	depth := 0
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		for _, entity := range dotEntity.FindAllString(line, -1) {
			if entity != "&amp;" {
				return p, fmt.Errorf("line %d: Graphviz would read %q as an entity: %s", i+1, entity, line)
			}
		}
		node, edge := dotNode.FindStringSubmatch(line), dotEdge.FindStringSubmatch(line)
		switch {
		case i == 0 && line == "digraph birthright {", depth == 1 && dotOpen.MatchString(line):
			depth++
		case depth == 1 && line == "}", depth == 2 && line == "  }":
			depth--
		case depth == 1 && dotAbout.MatchString(line), depth == 2 && line == "    rank=same;":
		case depth == 2 && node != nil && !slices.Contains(p.nodes, node[1]):
			p.nodes = append(p.nodes, node[1])
		case depth == 1 && edge != nil && slices.Contains(p.nodes, edge[1]) && slices.Contains(p.nodes, edge[2]):
			p.edges++
		default:
			return p, fmt.Errorf("line %d cannot stand there: %s", i+1, line)
		}
	}
	if depth != 0 {
		return p, fmt.Errorf("%d braces are open", depth)
	}
	return p, nil
}

func TestDOTHasEverything(t *testing.T) {
	e := engineOf(t, manyRules(30))
	for name, g := range map[string]Graph{"counted": draw(t, e, crowdOfUsers(e, workers(100)), Options{}), "bare": draw(t, e, nil, Options{})} {
		got, err := parseDOT(string(g.DOT()))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(got.nodes) != len(g.Nodes) || got.edges != len(g.Edges) {
			t.Errorf("%s: %d nodes and %d edges, want %d and %d", name, len(got.nodes), got.edges, len(g.Nodes), len(g.Edges))
		}
	}
}

// The reader would see it if a text broke out.
func TestBrokenDOTIsSeen(t *testing.T) {
	e := engineOf(t, small)
	g := draw(t, e, nil, Options{})
	good := string(g.DOT())
	for _, bad := range []string{
		strings.Replace(good, `label="eng"`, `label="eng" onclick="x"`, 1), strings.Replace(good, `label="eng"`, `label="e"ng"`, 1),
		strings.Replace(good, `label="eng"`, `label="e\"`, 1), strings.Replace(good, `label="eng"`, `label="e&lt;"`, 1),
		strings.Replace(good, "n0 ->", "n99 ->", 1), strings.TrimSuffix(good, "}\n"),
	} {
		if _, err := parseDOT(bad); err == nil || bad == good {
			t.Errorf("nothing is wrong with\n%s", bad)
		}
	}
}
