package impact

import (
	"fmt"
	"strings"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/rules"
	"birthright/rules/population"
)

// team is five people: 1 and 2 in a, 3 and 4 in b, 5 before the first day in a.
func team(engines ...*rules.Engine) *population.Population {
	var readings []population.Reading
	for _, e := range engines {
		readers, err := Readers(e)
		if err != nil {
			return nil
		}
		for _, r := range readers {
			readings = append(readings, r.Readings()...)
		}
	}
	pop := population.New(readings)
	for n := range int64(5) {
		u := identity.User{N: n + 1, UserName: fmt.Sprintf("u%d", n+1), State: identity.Active, Attributes: identity.Attributes{"team": {"aabba"[n : n+1]}}}
		if n == 4 {
			u.State = identity.Staged
		}
		pop.Put(&u)
	}
	return pop
}

const base = `groups: [{name: a, access: ["x:g/1"], risk: high}, {name: b, access: ["x:g/1"]}, {name: all, contains: [a, b]}]
rules: [{name: ra, when: user.team == "a", groups: [a]}, {name: rb, when: user.team == "b", groups: [b]}]
`

func TestCompare(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string
		grants   []Grant
		want     plain
	}{
		"nothing": {old: base, new: "# a word\n" + base},
		"a title": {old: base, new: strings.Replace(base, "name: a,", "name: a, title: A,", 1)},
		"kept through another group": {
			old: base, new: strings.Replace(base, `"b", groups: [b]`, `"b", groups: [a]`, 1),
			want: plain{"3 gains a", "3 loses b", "4 gains a", "4 loses b",
				"group a 2→4 appears false vanishes false empties false", "group b 2→0 appears false vanishes false empties true"},
		},
		"what a group carries": {
			old: base, new: strings.Replace(base, `{name: b, access: ["x:g/1"]}`, `{name: b, access: ["y:g/1"]}`, 1),
			want: plain{"3 adds y:g/1", "3 removes x:g/1", "4 adds y:g/1", "4 removes x:g/1"},
		},
		"a group appears, another vanishes": {
			old: base + `constraints: [{name: k, conflict: [a, b]}]`, new: strings.NewReplacer("name: b,", "name: c,", "contains: [a, b]", "contains: [a, c]", "groups: [b]", "groups: [c]").Replace(base),
			want: plain{"3 gains c", "3 loses b", "4 gains c", "4 loses b",
				"group b 2→0 appears false vanishes true empties true", "group c 0→2 appears true vanishes false empties false"},
		},
		"a constraint is enforced": {
			old: base, new: strings.Replace(base, `"b", groups: [b]`, `"b", groups: [a, b]`, 1) + "constraints: [{name: k, conflict: [a, b]}]",
			want: plain{"3 gains a", "3 loses b", "4 gains a", "4 loses b",
				"group a 2→4 appears false vanishes false empties false", "group b 2→0 appears false vanishes false empties true",
				"k enforce breaks for 3", "k enforce breaks for 4"},
		},
		"a grant becomes needless": {
			old: base, new: strings.Replace(base, `user.team == "a"`, `user.team != "c"`, 1),
			grants: []Grant{{3, "a", identity.Cause{Kind: identity.CauseGrant, Name: "1"}}},
			want:   plain{"4 gains a", "grant of a to 3 is needless", "group a 3→4 appears false vanishes false empties false"},
		},
		"another constraint speaks first": {
			old:  strings.Replace(base, `groups: [b]`, `groups: [a, b]`, 1) + "constraints: [{name: k, conflict: [a, b]}, {name: l, conflict: [a, b]}]",
			new:  strings.Replace(base, `groups: [b]`, `groups: [a, b]`, 1) + "constraints: [{name: l, conflict: [a, b]}, {name: k, conflict: [a, b]}]",
			want: plain{"k enforce mends for 3", "k enforce mends for 4", "l enforce breaks for 3", "l enforce breaks for 4"},
		},
		"prehire": {
			old: base, new: strings.Replace(base, "risk: high", "risk: high, prehire: true", 1),
			want: plain{"5 adds x:g/1", "5 gains a", "group a 2→3 appears false vanishes false empties false"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, e := compile(t, c.old), compile(t, c.new)
			pop := team(d, e)
			got, err := Compare(Side{Engine: d, Population: pop}, Side{Engine: e, Population: pop}, Scope{Grants: c.grants})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got.plain()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWhatIsInForce compares with memberships as they are, whoever gave them.
func TestWhatIsInForce(t *testing.T) {
	e := compile(t, base+"constraints: [{name: k, conflict: [a, b]}]")
	pop := team(e)
	members := map[string]*roaring.Bitmap{"a": roaring.BitmapOf(1, 3), "b": roaring.BitmapOf(4), "gone": roaring.BitmapOf(2), "all": roaring.BitmapOf(1, 2, 3, 4)}
	got, err := Compare(Side{Engine: e, Population: pop, Members: members}, Side{Engine: e, Population: pop}, Scope{})
	if err != nil {
		t.Fatal(err)
	}
	want := plain{"2 adds x:g/1", "2 gains a", "2 loses gone", "3 gains b", "3 loses a",
		"group a 2→2 appears false vanishes false empties false", "group b 1→2 appears false vanishes false empties false",
		"group gone 1→0 appears false vanishes true empties true"}
	if diff := cmp.Diff(want, got.plain()); diff != "" {
		t.Error(diff)
	}
}

func TestRiskComesFirst(t *testing.T) {
	text := `groups: [{name: a}, {name: b, risk: low}, {name: c, risk: critical}, {name: d, risk: critical}, {name: e, risk: critical}]
rules: [{name: r, when: user.team == "a", groups: [a, b, c, e]}, {name: s, when: 'true', groups: [d]}]`
	d, e := compile(t, text), compile(t, strings.ReplaceAll(strings.ReplaceAll(text, `user.team == "a"`, `user.team == "b"`), "'true'", `user.team == "a"`))
	pop := team(d, e)
	got, err := Compare(Side{Engine: d, Population: pop}, Side{Engine: e, Population: pop}, Scope{})
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, g := range got.Groups {
		order = append(order, g.Name)
	}
	if diff := cmp.Diff([]string{"c", "e", "d", "b", "a"}, order); diff != "" {
		t.Error(diff)
	}
}

// TestAPopulationMustKeepWhatIsRead: a missing column is no answer.
func TestAPopulationMustKeepWhatIsRead(t *testing.T) {
	d, e := compile(t, base), compile(t, base+`never: [{name: n, when: user.title == "x", groups: [a]}]`)
	pop := team(d)
	if _, err := Compare(Side{Engine: d, Population: pop}, Side{Engine: e, Population: pop}, Scope{}); err == nil {
		t.Error("a population without titles was asked about titles")
	}
}

// What an edit does to grants, where the world has them, too: as it is in a hub.
func TestGrantsThatLive(t *testing.T) {
	grant := Grant{3, "a", identity.Cause{Kind: identity.CauseGrant, Name: "g1"}}
	world := rules.World{At: noon, Facts: rules.Nothing{}, Overlay: rules.Overlays{3: {{Group: "a", Cause: grant.Cause}}}}
	old := strings.NewReplacer("risk: high", "risk: high, request: {}", `{name: a, access: ["x:g/1"]`, `{name: a, access: ["x:g/1", "x:g/2"]`).Replace(base)
	for name, c := range map[string]struct {
		new              string
		needless         []Grant
		ending, failing  []Stopped
		gains, losses    int
		entitlementsLost int
	}{
		"nothing changes":         {new: old},
		"a rule gives it":         {new: strings.Replace(old, `user.team == "a"`, `user.team != "c"`, 1), needless: []Grant{grant}, gains: 1},
		"it may not be asked for": {new: strings.Replace(old, ", request: {}", "", 1), failing: []Stopped{{grant, "a may not be asked for any more"}}},
		"the person is excluded": {
			new:    old + "exclusions: [{user: u3, groups: [a], reason: audit, until: never}]",
			ending: []Stopped{{grant, "exclusion: audit"}}, losses: 1, entitlementsLost: 1,
		},
		"a constraint keeps it from those in another group": {
			new:    old + "constraints: [{name: k, conflict: [a, b]}]",
			ending: []Stopped{{grant, "constraint k: b is held"}}, losses: 1, entitlementsLost: 1,
		},
		"the group is gone": {
			new:    strings.NewReplacer("name: a,", "name: z,", "contains: [a, b]", "contains: [z, b]", "groups: [a]", "groups: [z]").Replace(old),
			ending: []Stopped{{grant, "the policy has no group a any more"}}, failing: []Stopped{{grant, "the policy has no group a any more"}},
			gains: 2, losses: 3, entitlementsLost: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, e := compile(t, old), compile(t, c.new)
			pop := team(d, e)
			got, err := Compare(Side{Engine: d, Population: pop, World: world}, Side{Engine: e, Population: pop, World: world},
				Scope{Grants: []Grant{grant}, Scheduled: []Grant{grant}})
			if err != nil {
				t.Fatal(err)
			}
			gains, losses := got.Totals()
			lost := 0
			for _, x := range got.Targets {
				lost += x.Removes
			}
			if diff := cmp.Diff([]any{c.needless, c.ending, c.failing, c.gains, c.losses, c.entitlementsLost},
				[]any{got.Needless, got.Ending, got.Failing, gains, losses, lost}); diff != "" {
				t.Error(diff)
			}
		})
	}
}
