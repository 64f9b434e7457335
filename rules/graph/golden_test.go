package graph

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/rules"
)

// With -update the pictures are drawn anew instead of being held against the program:
//
//	go test ./rules/graph -update
var update = flag.Bool("update", false, "draw testdata and docs/policy-graph.svg anew")

// golden holds what was drawn against a file.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not what the program draws (-file +program); go test ./rules/graph -update mends it:\n%s", path, diff)
	}
}

const small = `
groups:
  - {name: all, access: ["mail:list/all"], contains: [eng]}
  - {name: eng, access: ["git:team/eng", "git:team/all"]}
  - {name: sre, access: ["git:team/sre", "prod:role/admin"]}
  - {name: vault, standing: never, access: ["prod:role/root"]}
  - {name: nobody}
rules:
  - {name: engineers, when: user.department == "Engineering", groups: [eng]}
  - {name: sre, when: user.department == "Engineering" && user.team == "SRE", groups: [sre]}
  - {name: teams, when: user.team != "", groups: ["team-{team}"]}
  - {name: ghosts, when: user.title == "Ghost", groups: [nobody]}
templates:
  - {match: "team-*", access: ["git:team/{1}"]}
`

func smallPeople() []identity.User {
	d, t := identity.AttrDepartment, identity.AttrTeam
	return []identity.User{
		person(1, d, "Engineering", t, "SRE"), person(2, d, "Engineering", t, "SRE"), person(3, d, "Engineering", t, "Web"),
		person(4, d, "Engineering"), person(5, d, "Sales", t, "EMEA"), person(6, t, "Lone"), person(7, d, "Sales"),
	}
}

func TestSmallPictures(t *testing.T) {
	e := engineOf(t, small)
	counted, bare := draw(t, e, crowdOfUsers(e, smallPeople()), Options{}), draw(t, e, nil, Options{})
	for name, g := range map[string]Graph{"counted": counted, "bare": bare} {
		data, err := json.MarshalIndent(g, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "testdata/"+name+".json", append(data, '\n'))
		golden(t, "testdata/"+name+".svg", g.SVG())
		golden(t, "testdata/"+name+".dot", g.DOT())
	}
}

// The picture in the documentation is that of the policy in the documentation.
func TestTheDocumentedPicture(t *testing.T) {
	language, err := os.ReadFile("../../docs/policies.md")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/policy-tools.md")
	if err != nil {
		t.Fatal(err)
	}
	var files []rules.File
	for i, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(language, -1) {
		files = append(files, rules.File{Name: fmt.Sprintf("%02d.yaml", i), Data: block[1]})
	}
	p, err := rules.Load(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := rules.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	g := draw(t, e, crowdOfUsers(e, documented()), Options{})
	golden(t, "../../docs/policy-graph.svg", g.SVG())
	if told := "\n" + g.Summary() + ".\n"; !strings.Contains(string(page), told) {
		t.Errorf("docs/policy-tools.md does not say %q below the command that draws the picture", told)
	}
}

// documented are people of whom sources say what the documentation's rules ask.
func documented() []identity.User {
	people := workers(200)
	for i := range people {
		switch a := people[i].Attributes; {
		case i%9 == 4 && a.First(identity.AttrDepartment) == "Engineering":
			a.Set(identity.AttrTitle, "Lead Engineer")
		case a.First(identity.AttrDepartment) == "Finance":
			a["costCentre"] = []string{"4711"}
			a.Set(identity.AttrTitle, []string{"Bookkeeper", "Controller", "Treasurer"}[i%3])
		case i%50 == 3:
			a.Set(identity.AttrStartDate, "2014-05-01T00:00:00Z")
		case a.First(identity.AttrDepartment) == "People":
			a["ou"] = []string{"People", "Payroll"}
		}
	}
	return people
}

// The same policy and people give the same bytes, whatever the order of maps.
func TestPicturesAreTheSameEveryTime(t *testing.T) {
	e := engineOf(t, manyRules(60))
	people := workers(150)
	for _, fold := range []string{FoldNone, FoldDepartment} {
		first := draw(t, e, crowdOfUsers(e, people), Options{Fold: fold})
		for range 5 {
			again := draw(t, e, crowdOfUsers(e, people), Options{Fold: fold})
			if diff := cmp.Diff(first, again); diff != "" {
				t.Fatalf("%s: drawn twice it differs:\n%s", fold, diff)
			}
			if !bytes.Equal(first.SVG(), again.SVG()) || !bytes.Equal(first.DOT(), again.DOT()) {
				t.Fatalf("%s: the same picture in other bytes", fold)
			}
		}
	}
}
