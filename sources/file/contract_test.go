package file

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"birthright/sources"
	"birthright/sources/sourcetest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(testing.TB, sourcetest.World) []byte{"people.json": asJSON, "people.csv": asCSV} {
		t.Run(filepath.Ext(name), func(t *testing.T) {
			sourcetest.Run(t, sourcetest.Harness{EmptyIsError: true, Open: func(t testing.TB, w sourcetest.World) sourcetest.Peer {
				path := filepath.Join(t.TempDir(), name)
				put := func(t testing.TB, w sourcetest.World) {
					t.Helper()
					if err := os.WriteFile(path, write(t, w), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				put(t, w)
				source, err := Config{Path: path, Key: "userName"}.Open(sources.Env{Name: "hr"})
				if err != nil {
					t.Fatal(err)
				}
				return sourcetest.Peer{Source: source, Change: put, Break: func(t testing.TB) {
					// In the middle of a row: a cut between rows cannot be told
					// from a shorter file, which is for the guard to hold.
					text, err := os.ReadFile(path)
					if err != nil {
						t.Fatal(err)
					}
					middle := len(text) / 2
					cut := middle + strings.IndexByte(string(text[middle:]), ',') + 1
					if err := os.Truncate(path, int64(cut)); err != nil {
						t.Fatal(err)
					}
				}}
			}})
		})
	}
}

// groupsOf returns the names of somebody's groups.
func groupsOf(w sourcetest.World, userName string) []string {
	var out []string
	for _, g := range w.Groups {
		if slices.Contains(g.People, userName) {
			out = append(out, g.Name)
		}
	}
	return out
}

func asJSON(t testing.TB, w sourcetest.World) []byte {
	t.Helper()
	people := []map[string]any{}
	for _, p := range w.People {
		object := map[string]any{"userName": p.UserName, "groups": groupsOf(w, p.UserName)}
		for name, values := range p.Attributes {
			object[name] = values
		}
		people = append(people, object)
	}
	text, err := json.Marshal(people)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func asCSV(_ testing.TB, w sourcetest.World) []byte {
	columns := []string{"userName", "givenName", "familyName", "displayName", "email", "title", "employeeNumber", "groups"}
	var b strings.Builder
	b.WriteString(strings.Join(columns, ",") + "\n")
	for _, p := range w.People {
		for i, name := range columns {
			values := p.Attributes[name]
			switch name {
			case "userName":
				values = []string{p.UserName}
			case "groups":
				values = groupsOf(w, p.UserName)
			}
			if i > 0 {
				b.WriteString(",")
			}
			b.WriteString(`"` + strings.ReplaceAll(strings.Join(values, "|"), `"`, `""`) + `"`)
		}
		b.WriteString("\n")
	}
	return []byte(b.String())
}
