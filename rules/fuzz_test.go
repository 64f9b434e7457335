package rules

import (
	"birthright/identity"
	"testing"
)

// FuzzLoad feeds files to everything that works on a policy: no input may
// panic, every fault has its place, and what loads also compiles and answers.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(company))
	f.Add([]byte(ruleFor(`user.department == "Engineering" && !oncall("x")`)))
	f.Add([]byte("rules: [{name: r, when: 'user.team == \"\\u00e9\"', except: \"a\\n&& b\", groups: [\"t-{team}\"]}]"))
	f.Add([]byte("groups: [{name: a, request: {durations: {max: 1d}, approve: [{by: owners}]}}]"))
	f.Add([]byte("tests: [{name: t, user: {groups: [a], attributes: {b: [c]}}, lacks: [d]}]"))
	f.Add([]byte("a: &x [*x]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Load([]File{{"p.yaml", data}}, nil)
		if err != nil {
			for _, fault := range faultsOf(err) {
				if fault.Message == "" || fault.Line < 1 || fault.Column < 1 {
					t.Fatalf("a fault without words or place: %+v", fault)
				}
			}
			return
		}
		e, err := Compile(p)
		if err != nil {
			t.Fatalf("it loads and does not compile: %v", err)
		}
		u := someone("department", "Engineering", "team", "Plätze")
		memberships := e.Memberships(u, World{})
		for _, m := range memberships {
			if x := e.Explain(u, World{}, m.Group); !x.Held {
				t.Fatalf("%s is held, and explained as not held", m.Group)
			}
		}
		for _, g := range p.Groups {
			e.Explain(u, World{}, g.Name)
		}
		e.RunTests()
	})
}

// FuzzCondition feeds conditions: the clauses of one that loads hold together
// exactly where it holds.
func FuzzCondition(f *testing.F) {
	for _, a := range atoms {
		f.Add(a.text)
	}
	f.Add(`user.team == "&&" && (user.title == r'\' || true)`)
	f.Add("true // a && b\n && user.team == '''x'''")
	lang, err := newLanguage()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, source string) {
		c, issues := lang.compile(lang.rule, source)
		if len(issues) > 0 {
			for _, i := range issues {
				if i.offset < 0 || i.offset > len(source) || i.message == "" {
					t.Fatalf("%+v", i)
				}
			}
			return
		}
		e, err := Compile(&Policy{lang: lang, Rules: []Rule{{Name: "r", When: c}}})
		if err != nil {
			t.Fatal(err)
		}
		agreesWithCEL(t, e, c)
		s := e.subject(someone("team", "a"), World{})
		all := true
		for _, clause := range conjuncts(source, e.rules[0].when) {
			all = all && s.judge(clause.logic) == yes
			alone, issues := lang.compile(lang.rule, clause.text)
			if len(issues) > 0 {
				t.Fatalf("clause %q is no condition: %v", clause.text, issues)
			}
			if p, err := lang.program(alone); err != nil || run(p, s) != s.judge(clause.logic) {
				t.Fatalf("clause %q: its logic says something else (%v)", clause.text, err)
			}
		}
		if whole := s.judge(e.rules[0].logic) == yes; whole != all {
			t.Fatalf("holds: %v, its clauses %q: %v", whole, clauses(source), all)
		}
	})
}

// agreesWithCEL holds the steps, the logic and the sets of a condition against CEL,
// for a few people who differ in what conditions like to look at.
func agreesWithCEL(t *testing.T, e *Engine, c Condition) {
	plain, err := e.lang.program(c)
	if err != nil {
		t.Fatal(err)
	}
	users := []identity.User{
		someone(), someone("team", "a"), someone("team", "3", "department", "a"), someone("department", "b", "x", "a"), someone("title", "Lead", "manager", "m"),
	}
	for i := range users {
		users[i].N = int64(i + 1)
		users[i].Groups = [][]string{nil, {"g"}, {"a", "h"}}[i%3]
	}
	pop := populate(e.Readings(), users)
	who, _ := e.Who("r", pop, World{})
	for _, u := range users {
		s := e.subject(u, World{})
		want, logic := run(plain, s), s.judge(e.rules[0].logic)
		if want != logic || s.satisfies(0) != (want == yes) || who.Contains(uint32(u.N)) != (want == yes) {
			t.Fatalf("of %+v CEL says %v, the logic %v, the steps %v, the set %v", u, want, logic, s.satisfies(0), who.Contains(uint32(u.N)))
		}
		s.release()
	}
}
