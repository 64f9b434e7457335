package facts

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/sources"
	"birthright/sources/sourcetest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(testing.TB, []identity.Fact) string{"rota.yaml": asYAML, "rota.json": asJSON, "rota.csv": asCSV} {
		t.Run(filepath.Ext(name), func(t *testing.T) {
			t.Parallel()
			sourcetest.RunContext(t, sourcetest.ContextHarness{Tickets: true, Open: func(t testing.TB, facts []identity.Fact) sourcetest.ContextPeer {
				path := filepath.Join(t.TempDir(), name)
				put := func(t testing.TB, facts []identity.Fact) {
					t.Helper()
					if err := os.WriteFile(path, []byte(write(t, facts)), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				put(t, facts)
				return sourcetest.ContextPeer{Source: open(t, path), Change: put, Break: func(t testing.TB) {
					text, err := os.ReadFile(path)
					if err != nil {
						t.Fatal(err)
					}
					cut := strings.LastIndex(string(text), "@x.test") // within a row: a cut between two is a shorter rota
					if err := os.Truncate(path, int64(cut)); err != nil {
						t.Fatal(err)
					}
				}}
			}})
		})
	}
}

// The same over the network, from a server that knows ETags.
func TestContractOfPages(t *testing.T) {
	t.Parallel()
	sourcetest.RunContext(t, sourcetest.ContextHarness{Tickets: true, Open: func(t testing.TB, facts []identity.Fact) sourcetest.ContextPeer {
		s := serve(t, asJSON(t, facts))
		return sourcetest.ContextPeer{
			Source: fetch(t, s, nil),
			Change: func(t testing.TB, facts []identity.Fact) { s.put(asJSON(t, facts)) },
			Break:  func(testing.TB) { s.cut(len(s.text) / 2) },
		}
	}})
}

// open makes the source as the program does.
func open(t testing.TB, path string) sources.Context {
	t.Helper()
	source, err := (&Config{Path: path}).Open(sources.Env{Name: "rota"})
	if err != nil {
		t.Fatal(err)
	}
	return source.(sources.Context)
}

// written returns a fact's columns as a person writes them.
func written(f identity.Fact) map[string]string {
	out := map[string]string{"kind": f.Kind, "name": f.Name, "person": f.Person, "start": f.Start.Format(time.RFC3339)}
	if !f.End.IsZero() {
		out["end"] = f.End.In(time.FixedZone("", 7200)).Format(time.RFC3339)
	}
	return out
}

func asJSON(t testing.TB, facts []identity.Fact) string {
	rows := []map[string]string{}
	for _, f := range facts {
		rows = append(rows, written(f))
	}
	text, err := json.MarshalIndent(rows, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func asYAML(t testing.TB, facts []identity.Fact) string {
	if len(facts) == 0 {
		return "# nobody\n[]\n"
	}
	var b strings.Builder
	for _, f := range facts {
		lead := "- "
		for _, column := range columns {
			if value, ok := written(f)[column]; ok {
				quoted, err := json.Marshal(value)
				if err != nil {
					t.Fatal(err)
				}
				b.WriteString(lead + column + ": " + string(quoted) + "\n")
				lead = "  "
			}
		}
	}
	return b.String()
}

func asCSV(t testing.TB, facts []identity.Fact) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	rows := [][]string{{"person", "Kind", "name", "start", "end"}}
	for _, f := range facts {
		values := written(f)
		rows = append(rows, []string{values["person"], values["kind"], values["name"], values["start"], values["end"]})
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
