package conformance

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "look for a planted fault for each case that has none, and write testdata/planted.txt anew")

// plantedFile has, for each case, a fault that the case must find.
const plantedFile = "testdata/planted.txt"

// garden is the faults by their names.
type garden map[string]fault

// finds reports whether a case finds a fault. Each time everything is made anew:
// some faults remember what they saw.
func (g garden) finds(t *testing.T, c Case, name string) bool {
	t.Helper()
	for _, f := range faults() {
		if f.name != name {
			continue
		}
		suite, err := Open(t.Context(), faulty(f))
		if err != nil {
			t.Fatal(err)
		}
		return len(suite.Check(t.Context(), c)) > 0
	}
	return false
}

// TestEveryCaseCanFail puts each fault in front of the model: every case must find
// the one that is written down for it, and every fault must be found. A case that
// never failed proves nothing; a fault that nobody finds is a hole in the suite.
func TestEveryCaseCanFail(t *testing.T) {
	t.Parallel()
	g := garden{}
	for _, f := range faults() {
		g[f.name] = f
	}
	pairs := readPlanted(t)
	if *update {
		pairs = g.search(t, pairs)
		writePlanted(t, pairs)
	}
	used := map[string]bool{}
	for _, c := range Cases() {
		name := pairs[c.ID()]
		used[name] = true
		if g[name].broad || !g.finds(t, c, name) {
			t.Errorf("%s does not find that %s; run this test with -update", c.ID(), cmp.Or(name, "anything is wrong"))
		}
	}
	for name, f := range g {
		if !used[name] && !(f.broad && slices.ContainsFunc(Cases(), func(c Case) bool { return g.finds(t, c, name) })) {
			t.Errorf("nobody notices that %s", name)
		}
	}
}

// rank puts casual faults behind the others.
func (g garden) rank(name string) int {
	if g[name].casual {
		return 1
	}
	return 0
}

// search gives each case the rarest of the faults that it finds: the one that is
// most its own. Faults that still nobody has go to a case whose fault others have.
func (g garden) search(t *testing.T, pairs map[string]string) map[string]string {
	finders, found := map[string][]string{}, map[string][]string{}
	for _, c := range Cases() {
		if f, there := g[pairs[c.ID()]]; there && !f.broad && g.finds(t, c, pairs[c.ID()]) {
			continue
		}
		delete(pairs, c.ID())
		for name, f := range g {
			if !f.broad && g.finds(t, c, name) {
				finders[name], found[c.ID()] = append(finders[name], c.ID()), append(found[c.ID()], name)
			}
		}
	}
	uses := map[string]int{}
	for _, name := range pairs {
		uses[name]++
	}
	for id, names := range found {
		pairs[id] = slices.MinFunc(names, func(a, b string) int {
			return cmp.Or(g.rank(a)-g.rank(b), cmp.Compare(len(finders[a])+uses[a], len(finders[b])+uses[b]), strings.Compare(a, b))
		})
		uses[pairs[id]]++
	}
	for name := range g {
		for _, id := range finders[name] {
			if uses[name] == 0 && uses[pairs[id]] > 1 {
				uses[pairs[id]]--
				pairs[id] = name
				uses[name]++
			}
		}
	}
	return pairs
}

func readPlanted(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile(plantedFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	pairs := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if id, name, ok := strings.Cut(strings.TrimSpace(line), " <- "); ok {
			pairs[id] = name
		}
	}
	return pairs
}

func writePlanted(t *testing.T, pairs map[string]string) {
	t.Helper()
	var out bytes.Buffer
	fmt.Fprintln(&out, "# For each case a fault that it must find; go test ./scim/conformance -run TestEveryCaseCanFail -update")
	for _, c := range Cases() {
		fmt.Fprintf(&out, "%s <- %s\n", c.ID(), pairs[c.ID()])
	}
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(plantedFile, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
