package creep_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/reviews/creep"
)

const causesPolicy = `
groups:
  - {name: eng, risk: medium, owners: ["group:eng-leads"], access: ["app:role/eng"]}
  - {name: all-eng, contains: [eng], access: ["app:role/all"]}
  - {name: sales, access: ["app:role/sales"]}
  - {name: db, risk: high, request: {}, owners: ["user:x"], access: ["app:role/db"]}
  - {name: empty}
rules:
  - {name: engineers, when: 'user.department == "Engineering"', groups: [eng]}
  - {name: sellers, when: 'user.department == "Sales"', groups: [sales]}
`

func rule(name string) []identity.Cause {
	return []identity.Cause{{Kind: identity.CauseRule, Name: name}}
}

func grant(name string) []identity.Cause {
	return []identity.Cause{{Kind: identity.CauseGrant, Name: name}}
}

// How it came follows from what is known of it, and only from that.
func TestCauses(t *testing.T) {
	late := daysAgo(10)
	for name, c := range map[string]struct {
		state      identity.State
		ent        string
		since      time.Time
		indirect   bool
		facts      creep.Facts
		before     []creep.Place
		cause, how string
	}{
		"there at the first look": {ent: "app:role/eng", since: first, cause: creep.BeforeHub, how: "it was there when the hub first looked, 2025-10-26"},
		"came later":              {ent: "app:role/eng", since: late, cause: creep.ByHand, how: "it was first seen on 2026-11-20 and the hub did not add it"},
		"a move": {ent: "app:role/eng", since: first, facts: creep.Facts{Former: []creep.Former{{Group: "eng", From: daysAgo(300), Until: daysAgo(50), Causes: rule("engineers")}}},
			cause: creep.AfterMove, how: "a membership in eng ended on 2026-10-11"},
		"a move, by a group within": {ent: "app:role/all", since: first, facts: creep.Facts{Former: []creep.Former{{Group: "all-eng", Until: daysAgo(50), Causes: rule("engineers")}}},
			cause: creep.AfterMove, how: "a membership in all-eng ended on 2026-10-11"},
		"the last membership tells": {ent: "app:role/eng", since: first, facts: creep.Facts{Former: []creep.Former{
			{Group: "eng", Until: daysAgo(90), Causes: rule("gone")}, {Group: "eng", Until: daysAgo(50), Causes: rule("engineers")}}},
			cause: creep.AfterMove, how: "a membership in eng ended on 2026-10-11"},
		"added again after the move": {ent: "app:role/eng", since: late, facts: creep.Facts{Former: []creep.Former{{Group: "eng", Until: daysAgo(50), Causes: rule("engineers")}}},
			cause: creep.ByHand, how: "it was first seen on 2026-11-20 and the hub did not add it"},
		"a move, seen late, by the hub": {ent: "app:role/eng", since: late, facts: creep.Facts{Managed: true, Former: []creep.Former{{Group: "eng", Until: daysAgo(11), Causes: rule("engineers")}}},
			cause: creep.AfterMove, how: "a membership in eng ended on 2026-11-19"},
		"a rule that is gone": {ent: "app:role/eng", since: first, facts: creep.Facts{Former: []creep.Former{{Group: "eng", Until: daysAgo(50), Causes: rule("gone")}}},
			cause: creep.RuleRemoved, how: "rule gone gave eng until 2026-10-11, and does not any more"},
		"a group that carries it no more": {ent: "app:role/eng", since: first, facts: creep.Facts{Former: []creep.Former{{Group: "empty", Until: daysAgo(50), Causes: rule("engineers")}}},
			cause: creep.RuleRemoved, how: "a membership in empty ended on 2026-10-11, and the group carries it no more"},
		"still in a group that carried it": {ent: "app:role/eng", since: late, facts: creep.Facts{Former: []creep.Former{{Group: "empty", From: daysAgo(99), Causes: rule("engineers")}}},
			cause: creep.RuleRemoved, how: "group empty gave it, and carries it no more"},
		"a grant that is over": {ent: "app:role/db", since: first, facts: creep.Facts{Former: []creep.Former{{Group: "db", Until: daysAgo(50), Causes: grant("g1")}}, Grants: creep.Grants{Count: 1}},
			cause: creep.TimeEnded, how: "db gave it by grant g1 until 2026-10-11"},
		"grants again and again": {ent: "app:role/db", since: first, facts: creep.Facts{Former: []creep.Former{{Group: "db", Until: daysAgo(50), Causes: grant("g1")}}, Grants: creep.Grants{Count: 2, Renewed: 1}},
			cause: creep.Renewed, how: "granted 2 times, extended 1 times"},
		"one grant, nothing else known": {ent: "app:role/db", since: first, facts: creep.Facts{Grants: creep.Grants{Count: 1}}, cause: creep.TimeEnded, how: "granted once"},
		"a guard": {ent: "app:role/eng", since: first, facts: creep.Facts{Managed: true, Held: "12 removals, 5 are allowed", Former: []creep.Former{{Group: "eng", Until: daysAgo(1), Causes: rule("engineers")}}},
			cause: creep.IsHeld, how: "12 removals, 5 are allowed"},
		"a failure":  {ent: "app:role/eng", since: first, facts: creep.Facts{Failed: "403"}, cause: creep.IsHeld, how: "its removal failed: 403"},
		"a leaver":   {state: identity.Left, ent: "app:role/eng", since: late, cause: creep.HasLeft, how: "the holder has left"},
		"suspended":  {state: identity.Suspended, ent: "app:role/eng", since: late, cause: creep.HasLeft, how: "the holder is suspended"},
		"on leave":   {state: identity.OnLeave, ent: "app:role/eng", since: late, cause: creep.HasLeft, how: "the holder is on leave"},
		"by the hub": {ent: "app:role/eng", since: late, facts: creep.Facts{Managed: true}, cause: creep.Pending, how: "the hub gave it, and nothing does any more: the next run takes it away"},
		"indirect":   {ent: "app:role/eng", since: late, indirect: true, facts: creep.Facts{Held: "x"}, cause: creep.Indirect, how: "through something else on the target"},
		"was in a place where most have it": {ent: "app:role/eng", since: first, before: []creep.Place{{Until: daysAgo(30), Department: "Engineering"}},
			cause: creep.AfterMove, how: "until 2026-10-31 the holder was in Engineering, where most of 4 people are given it"},
		"came after that place":       {ent: "app:role/eng", since: late, before: []creep.Place{{Until: daysAgo(30), Department: "Engineering"}}, cause: creep.ByHand, how: "it was first seen on 2026-11-20 and the hub did not add it"},
		"was where nobody has it":     {ent: "app:role/db", since: first, before: []creep.Place{{Until: daysAgo(30), Department: "Engineering"}}, cause: creep.BeforeHub, how: "it was there when the hub first looked, 2025-10-26"},
		"was where the person is now": {ent: "app:role/eng", since: first, before: []creep.Place{{Until: daysAgo(30), Department: "Sales"}}, cause: creep.BeforeHub, how: "it was there when the hub first looked, 2025-10-26"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newCompany(t, causesPolicy)
			for _, e := range []string{"e1", "e2", "e3", "e4"} {
				w.join(e + " department=Engineering")
			}
			line := "ada department=Sales"
			if c.state != "" {
				line += " state=" + string(c.state)
			}
			ada := w.join(line)
			if c.indirect {
				w.indirectly(c.ent, c.since, ada)
			} else {
				w.holds(c.ent, c.since, ada)
			}
			w.fact(ada, c.ent, c.facts)
			p := w.details.People[ada]
			p.Before = c.before
			w.details.People[ada] = p
			if d := cmp.Diff([]string{"ada " + c.ent + " " + c.cause + ": " + c.how}, surplus(w.report())); d != "" {
				t.Fatal(d)
			}
		})
	}
}
