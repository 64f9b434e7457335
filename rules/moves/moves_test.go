package moves

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRead(t *testing.T) {
	type move struct {
		User string
		Asks bool
		Set  map[string][]string
		At   string
	}
	for name, c := range map[string]struct {
		file, text string
		want       []move
		faults     []string
	}{
		"a table": {file: "m.csv", text: "\ufeffusername, Department,attributes.Note\nada,Payments,\nlinus,-,a|b\n\nmei,,\n", want: []move{
			{User: "ada", Set: map[string][]string{"department": {"Payments"}}, At: "m.csv:2:1"},
			{User: "linus", Set: map[string][]string{"department": nil, "Note": {"a", "b"}}, At: "m.csv:3:1"},
		}},
		"a list": {file: "m.yaml", text: "- {user: ada, set: {department: Payments, team: \"-\"}}\n- where: user.team == \"x\"\n  set: {attributes.ou: [a, b], costCenter: 47}\n", want: []move{
			{User: "ada", Set: map[string][]string{"department": {"Payments"}, "team": nil}, At: "m.yaml:1:3"},
			{Asks: true, Set: map[string][]string{"ou": {"a", "b"}, "costCenter": {"47"}}, At: "m.yaml:2:3"},
		}},
		"everything at once": {file: "m.csv", text: "name,department,department,userName\na,b\n,x,y,\n", faults: []string{
			`m.csv:1:1: unknown attribute "name"; a custom one is written attributes.NAME`,
			`m.csv:1:17: column "department" is there twice`,
			`m.csv:2:1: 2 columns, but the header has 4 (a field with a comma in it must be quoted)`,
			`m.csv:3:6: a row without a userName`,
		}},
		"nobody is named":  {file: "m.csv", text: "department\nx\n", faults: []string{"m.csv:1:1: no column is called userName: nobody knows whose rows these are"}},
		"an empty table":   {file: "m.csv", faults: []string{"m.csv: the file is empty: a header such as userName,department comes first"}},
		"a lost quote":     {file: "m.csv", text: "userName,team\nada,\"x\n", faults: []string{`m.csv:2:8: extraneous or missing " in quoted-field`}},
		"an empty list":    {file: "m.yml", faults: []string{"m.yml:1:1: no moves are there: write a list such as - {user: ada, set: {department: Payments}}"}},
		"of no known form": {file: "m.txt", faults: []string{"m.txt: the ending does not tell what it is: write .csv or .yaml"}},
		"faults in a list": {file: "m.yaml", text: "- {user: ada, where: 'true', set: {team: x}}\n- {user: ada, sett: {team: x}}\n- {where: [a], set: {userName: x}}\n- {where: 'user.team == 3', set: {team: {a: b}}}\n", faults: []string{
			`m.yaml:1:3: say whom it is about: user and a name, or where and a condition`,
			`m.yaml:2:3: nothing is set: write set: {attribute: value}`,
			`m.yaml:2:15: unknown key`,
			`m.yaml:3:11: where must be a condition, such as user.team == "Ledger"`,
			`m.yaml:3:22: userName says who it is, and cannot be changed here`,
			`m.yaml:4:22: == cannot be applied to (string, int): attributes are strings`,
			`m.yaml:4:41: [3].set.team: expected a text, found a mapping`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := Read(c.file, []byte(c.text))
			var got []move
			for _, m := range list {
				got = append(got, move{m.User, m.Where != nil, m.Set, m.Position.String()})
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			lines := strings.Split(errorText(err), "\n")
			for i, want := range c.faults {
				if i >= len(lines) || !strings.HasPrefix(lines[i], want) {
					t.Errorf("fault %d: want %q in:\n%s", i, want, strings.Join(lines, "\n"))
				}
			}
			if len(c.faults) != len(lines) && err != nil {
				t.Errorf("%d faults, want %d:\n%s", len(lines), len(c.faults), strings.Join(lines, "\n"))
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func FuzzRead(f *testing.F) {
	f.Add("m.csv", "userName,team\nada,x\n")
	f.Add("m.yaml", "- {where: 'user.team == \"x\"', set: {team: y}}")
	f.Fuzz(func(t *testing.T, name, text string) {
		list, err := Read(name, []byte(text))
		if err != nil && list != nil {
			t.Error("moves of a file with faults")
		}
		for _, m := range list {
			if len(m.Set) == 0 || (m.User == "") == (m.Where == nil) {
				t.Errorf("%+v", m)
			}
		}
	})
}
