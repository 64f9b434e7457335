package directory_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"birthright/directory"
	"birthright/identity"
)

func record(source, key string, pairs ...string) identity.Record {
	r := identity.Record{Source: source, Key: key, Attributes: identity.Attributes{}}
	for i := 0; i < len(pairs); i += 2 {
		r.Attributes[pairs[i]] = append(r.Attributes[pairs[i]], pairs[i+1])
	}
	return r
}

func TestKeys(t *testing.T) {
	tests := []struct {
		name  string
		rules [][]string
		in    identity.Record
		want  []string
	}{
		{"in order of the rules", [][]string{{"employeeNumber"}, {"email"}}, record("hr", "1", "email", "Ada@X.org", "employeeNumber", " 7 "),
			[]string{"employeenumber=7", "email=ada@x.org"}},
		{"empty values give no key", [][]string{{"employeeNumber"}, {"email"}}, record("hr", "1", "employeeNumber", "  "), nil},
		{"absent attribute of a pair", [][]string{{"familyName", "givenName"}}, record("hr", "1", "familyName", "L"), nil},
		{"pair", [][]string{{"familyName", "givenName"}}, record("hr", "1", "familyName", "Lovelace", "givenName", "Ada"),
			[]string{"familyname+givenname=lovelace\x1fada"}},
		{"each value once", [][]string{{"email"}}, record("hr", "1", "email", "a@x", "email", "A@x", "email", "b@x"),
			[]string{"email=a@x", "email=b@x"}},
		{"attribute names without letter case", [][]string{{"EMPLOYEENUMBER"}}, record("hr", "1", "employeeNumber", "7"), []string{"employeenumber=7"}},
		{"composed and decomposed letters", [][]string{{"displayName"}}, record("hr", "1", "displayName", "A\u030asa", "displayName", "Åsa"),
			[]string{"displayname=åsa"}},
		{"no rules", nil, record("hr", "1", "email", "a@x"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, directory.NewCorrelation(tt.rules).Keys(tt.in)); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
		})
	}
}

func TestKeysAreBounded(t *testing.T) {
	r := record("hr", "1")
	for _, name := range []string{"a", "b"} {
		for i := range 100 {
			r.Attributes[name] = append(r.Attributes[name], string(rune('!'+i)))
		}
	}
	if n := len(directory.NewCorrelation([][]string{{"a", "b"}}).Keys(r)); n > 16 {
		t.Errorf("%d keys for one rule", n)
	}
}

func TestMatch(t *testing.T) {
	ada := directory.Candidate{UserN: 1, UserName: "ada", Live: true}
	bob := directory.Candidate{UserN: 2, UserName: "bob", Live: true}
	gone := func(c directory.Candidate) directory.Candidate { c.Live = false; return c }
	spoken := func(c directory.Candidate, key string) directory.Candidate { c.Speaker = key; return c }
	r := record("corp", "new", "employeeNumber", "7", "email", "a@x")
	tests := []struct {
		name  string
		found map[string][]directory.Candidate
		want  directory.Verdict
	}{
		{"nobody", nil, directory.Verdict{Outcome: directory.New}},
		{"first rule wins", map[string][]directory.Candidate{"employeenumber=7": {ada}, "email=a@x": {bob}},
			directory.Verdict{Outcome: directory.Link, UserN: 1, Rule: "employeeNumber"}},
		{"second rule where the first is silent", map[string][]directory.Candidate{"email=a@x": {bob}},
			directory.Verdict{Outcome: directory.Link, UserN: 2, Rule: "email"}},
		{"second rule decides where the first finds two", map[string][]directory.Candidate{"employeenumber=7": {ada, bob}, "email=a@x": {bob}},
			directory.Verdict{Outcome: directory.Link, UserN: 2, Rule: "email"}},
		{"two and nothing decides", map[string][]directory.Candidate{"employeenumber=7": {bob, ada}},
			directory.Verdict{Outcome: directory.Ambiguous, Candidates: []int64{1, 2}, Reason: `employeeNumber "7" matches 2 users: ada, bob`}},
		{"one user by two records", map[string][]directory.Candidate{"employeenumber=7": {ada, gone(ada)}},
			directory.Verdict{Outcome: directory.Link, UserN: 1, Rule: "employeeNumber"}},
		{"the present one before the one who left", map[string][]directory.Candidate{"employeenumber=7": {gone(ada), bob}},
			directory.Verdict{Outcome: directory.Link, UserN: 2, Rule: "employeeNumber"}},
		{"someone who left comes back", map[string][]directory.Candidate{"employeenumber=7": {gone(ada)}},
			directory.Verdict{Outcome: directory.Link, UserN: 1, Rule: "employeeNumber"}},
		{"the source already speaks", map[string][]directory.Candidate{"employeenumber=7": {spoken(ada, "K")}, "email=a@x": {bob}},
			directory.Verdict{Outcome: directory.Ambiguous, Candidates: []int64{1},
				Reason: "employeeNumber matches ada, but source corp already speaks for ada with record K"}},
		{"the record itself speaks", map[string][]directory.Candidate{"employeenumber=7": {spoken(ada, "new")}},
			directory.Verdict{Outcome: directory.Link, UserN: 1, Rule: "employeeNumber"}},
	}
	c := directory.NewCorrelation([][]string{{"employeeNumber"}, {"email"}})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, c.Match(r, c.Keys(r), tt.found)); diff != "" {
				t.Errorf("verdict (-want +got):\n%s", diff)
			}
		})
	}
}

func TestContradict(t *testing.T) {
	c := directory.NewCorrelation([][]string{{"employeeNumber"}, {"email"}})
	tests := []struct {
		name string
		a, b identity.Record
		want bool
	}{
		{"nothing to compare", record("hr", "1"), record("hr", "2", "email", "a@x"), false},
		{"agree", record("hr", "1", "email", "A@x"), record("hr", "2", "email", "a@x"), false},
		{"differ", record("hr", "1", "email", "b@x"), record("hr", "2", "email", "a@x"), true},
		{"one rule differs", record("hr", "1", "email", "a@x", "employeeNumber", "1"), record("hr", "2", "email", "a@x", "employeeNumber", "2"), true},
	}
	for _, tt := range tests {
		if got := c.Contradict(tt.a, tt.b); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
