package company

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"birthright/rules"
)

func now() time.Time { return time.Date(2026, 11, 24, 15, 4, 5, 0, time.UTC) }

func TestSameSeedSameBytes(t *testing.T) {
	render := func(seed uint64) string {
		var out bytes.Buffer
		c := Generate(seed, 500, now())
		if err := c.WriteCSV(&out); err != nil {
			t.Fatal(err)
		}
		if err := c.WriteLDIF(&out, "dc=example,dc=com"); err != nil {
			t.Fatal(err)
		}
		for _, p := range c.People {
			out.Write(p.SCIM(now()))
		}
		return out.String()
	}
	first := render(1)
	if again := render(1); again != first {
		t.Error("the same seed gives other bytes")
	}
	if first == render(2) {
		t.Error("another seed gives the same bytes")
	}
}

func TestNamesAreUniqueAndLatin(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Generate(7, 20_000, now()).People {
		if seen[p.UserName] || seen[p.Email] || seen[p.EmployeeNumber] {
			t.Fatalf("%s is there twice", p.UserName)
		}
		seen[p.UserName], seen[p.Email], seen[p.EmployeeNumber] = true, true, true
		if strings.ContainsFunc(p.UserName, func(r rune) bool {
			return r != '.' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
		}) {
			t.Errorf("login name %q", p.UserName)
		}
	}
}

func TestScripts(t *testing.T) {
	found := map[string]bool{}
	for _, p := range Generate(1, 1000, now()).People {
		for _, r := range p.DisplayName {
			for script, table := range map[string]*unicode.RangeTable{
				"Latin": unicode.Latin, "Greek": unicode.Greek, "Cyrillic": unicode.Cyrillic, "Arabic": unicode.Arabic,
				"Han": unicode.Han, "Devanagari": unicode.Devanagari, "Hebrew": unicode.Hebrew, "Hiragana": unicode.Hiragana, "Hangul": unicode.Hangul,
			} {
				if unicode.Is(table, r) {
					found[script] = true
				}
			}
			if r > 0x7f && unicode.Is(unicode.Latin, r) {
				found["diacritics"] = true
			}
		}
	}
	if len(found) != 10 {
		t.Errorf("scripts found: %v", found)
	}
}

func TestManagersFormATree(t *testing.T) {
	for _, n := range []int{1, 2, 30, 1000, 20_000} {
		people := Generate(3, n, now()).People
		index := map[string]int{}
		for i, p := range people {
			index[p.UserName] = i
		}
		for i, p := range people {
			boss, ok := index[p.Manager]
			switch {
			case i == 0 && p.Manager != "":
				t.Errorf("the head reports to %s", p.Manager)
			case i > 0 && (!ok || boss >= i):
				t.Errorf("of %d: %s (%d) reports to %q (%d)", n, p.UserName, i, p.Manager, boss)
			case i > 0 && !people[boss].Employed(now()):
				t.Errorf("%s reports to %s, who does not work there", p.UserName, p.Manager)
			}
		}
	}
}

func TestShares(t *testing.T) {
	departments, types := map[string]int{}, map[string]int{}
	teams := map[string]bool{}
	var starters, ended int
	for _, p := range Generate(1, 1000, now()).People {
		departments[p.Department]++
		types[p.Type]++
		teams[p.Department+"/"+p.Team] = true
		if p.Start.After(now()) {
			starters++
		}
		if !p.End.IsZero() && p.End.Before(now()) {
			ended++
		}
	}
	t.Log(departments, types, len(teams), "teams", starters, "starters", ended, "ended")
	if departments["Engineering"] < 300 || departments["Legal & Compliance"] > 60 || len(departments) != 10 {
		t.Errorf("departments: %v", departments)
	}
	if types[Contractor] < 60 || types[Intern] < 10 {
		t.Errorf("types: %v", types)
	}
	if starters < 3 || starters > 30 || ended < 3 || ended > 30 {
		t.Errorf("%d about to start, %d just ended", starters, ended)
	}
	if len(teams) < 30 {
		t.Errorf("%d teams", len(teams))
	}
}

func TestSCIM(t *testing.T) {
	c := Generate(1, 200, now())
	for _, p := range c.People {
		var in map[string]any
		if err := json.Unmarshal(p.SCIM(now()), &in); err != nil {
			t.Fatal(err)
		}
		enterprise := in["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"].(map[string]any)
		if in["userName"] != p.UserName || enterprise["department"] != p.Department || in["active"] != p.Employed(now()) {
			t.Errorf("%s: %v", p.UserName, in)
		}
	}
}

func TestCSV(t *testing.T) {
	var out bytes.Buffer
	c := Generate(1, 50, now())
	if err := c.WriteCSV(&out); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(rows) != 51 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if got := rows[1][slices.Index(Columns(), "startDate")]; got != c.People[0].Start.Format(time.DateOnly) {
		t.Errorf("start date %q", got)
	}
}

func TestLDIF(t *testing.T) {
	var out bytes.Buffer
	if err := Generate(1, 300, now()).WriteLDIF(&out, "dc=example,dc=com"); err != nil {
		t.Fatal(err)
	}
	entries := strings.Split(strings.TrimSpace(out.String()), "\n\n")
	if len(entries) < 290 || !strings.Contains(out.String(), "dn: cn=Engineering,ou=groups,dc=example,dc=com\n") {
		t.Errorf("%d entries", len(entries))
	}
	for i, r := range out.String() {
		if r > 0x7e {
			t.Fatalf("a letter at %d is not written in base64", i)
		}
	}
}

func TestPolicy(t *testing.T) {
	p, err := rules.Load([]rules.File{{Name: "sample.yaml", Data: []byte(Policy())}}, []string{"app", "directory"})
	if err != nil {
		t.Fatal(err)
	}
	engine, err := rules.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	results := engine.RunTests()
	for _, r := range results {
		if !r.OK {
			t.Errorf("%s: missing %v, unwanted %v", r.Name, r.Missing, r.Unwanted)
		}
	}
	if len(results) != 3 {
		t.Errorf("%d tests ran", len(results))
	}
}

func BenchmarkGenerate100k(b *testing.B) {
	for b.Loop() {
		Generate(1, 100_000, now())
	}
}
