package impact

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"birthright/identity"
	"birthright/rules"
	"birthright/rules/population"
)

// plain is an impact in words, one line for each thing.
type plain []string

func (m Impact) plain() plain {
	var out plain
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, g := range m.Groups {
		say("group %s %d→%d appears %v vanishes %v empties %v", g.Name, g.Before, g.After, g.Appears, g.Vanishes, g.Empties)
		for _, n := range g.Gains.ToArray() {
			say("%d gains %s", n, g.Name)
		}
		for _, n := range g.Losses.ToArray() {
			say("%d loses %s", n, g.Name)
		}
	}
	for _, e := range m.Entitlements {
		for _, n := range e.Adds.ToArray() {
			say("%d adds %s", n, e.Entitlement)
		}
		for _, n := range e.Removes.ToArray() {
			say("%d removes %s", n, e.Entitlement)
		}
	}
	for _, f := range m.Constraints {
		for _, v := range f.Breaks {
			say("%s %s breaks for %d", f.Name, f.Mode, v.User)
		}
		for _, v := range f.Mends {
			say("%s %s mends for %d", f.Name, f.Mode, v.User)
		}
	}
	for _, f := range m.Properties {
		for _, v := range f.Breaks {
			say("%s breaks for %d by %s", f.Name, v.User, v.Groups)
		}
		for _, v := range f.Mends {
			say("%s mends for %d by %s", f.Name, v.User, v.Groups)
		}
	}
	for _, g := range m.Needless {
		say("grant of %s to %d is needless", g.Group, g.User)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// person is what the plain way knows of one person on one side.
type person struct {
	groups, entitlements, constraints, properties map[string]bool
	guarded                                       map[string][]string
}

// ask decides about everybody, one by one. Properties are asked as rules.
func ask(t *rapid.T, text string, users []identity.User, w rules.World, grants []Grant) map[uint32]person {
	e := compile(t, text)
	extra := ""
	for _, p := range e.Policy().Properties {
		extra += fmt.Sprintf("\n  - {name: %s, when: '%s', groups: [hit-%s]}", p.Name, p.When.Source, p.Name)
		text = strings.Replace(text, "groups:\n", fmt.Sprintf("groups:\n  - {name: hit-%s, prehire: true}\n", p.Name), 1)
	}
	asking := compile(t, strings.Replace(text, "\nrules:", "\nrules:"+extra, 1))
	out := map[uint32]person{}
	for _, u := range users {
		p := person{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string][]string{}}
		d := e.Decide(u, w)
		for _, m := range d.Memberships {
			p.groups[m.Group] = true
		}
		for _, r := range d.Refused {
			if r.Kind == rules.RefusedByConstraint {
				p.constraints[r.Name+" enforce"] = true
			}
		}
		for _, c := range e.Policy().Constraints {
			if both := slices.DeleteFunc(slices.Clone(c.Conflict), func(g string) bool { return !p.groups[g] }); c.Mode == rules.Report && len(both) > 1 {
				p.constraints[c.Name+" report"] = true
			}
		}
		for _, property := range e.Policy().Properties {
			hit := slices.ContainsFunc(asking.Memberships(u, w), func(m identity.Membership) bool { return m.Group == "hit-"+property.Name })
			for _, g := range slices.Sorted(maps.Keys(p.groups)) {
				if hit && guards(property, g) {
					p.properties[property.Name] = true
					p.guarded[property.Name] = append(p.guarded[property.Name], g)
				}
			}
		}
		for _, g := range grants {
			if _, known := e.Group(g.Group); known && int64(g.User) == u.N {
				p.groups[g.Group] = true
			}
		}
		for g := range p.groups {
			definition, _ := e.Group(g)
			for _, entitlement := range definition.Access {
				p.entitlements[entitlement.String()] = true
			}
		}
		out[uint32(u.N)] = p
	}
	return out
}

// plainly is the impact, all pairs of people and things.
func plainly(before, after map[uint32]person, d, e *rules.Engine, grants []Grant, decided func(uint32, string) (bool, bool)) plain {
	out := map[string]bool{}
	say := func(format string, args ...any) { out[fmt.Sprintf(format, args...)] = true }
	each := func(a, b map[string]bool, fn func(string)) {
		for key := range a {
			if !b[key] {
				fn(key)
			}
		}
	}
	was, is, changed := map[string]int{}, map[string]int{}, map[string]bool{}
	for n, p := range before {
		q := after[n]
		for g := range p.groups {
			was[g]++
		}
		for g := range q.groups {
			is[g]++
		}
		each(q.groups, p.groups, func(g string) { changed[g] = true; say("%d gains %s", n, g) })
		each(p.groups, q.groups, func(g string) { changed[g] = true; say("%d loses %s", n, g) })
		each(q.entitlements, p.entitlements, func(x string) { say("%d adds %s", n, x) })
		each(p.entitlements, q.entitlements, func(x string) { say("%d removes %s", n, x) })
		each(q.constraints, p.constraints, func(c string) { say("%s breaks for %d", c, n) })
		each(p.constraints, q.constraints, func(c string) { say("%s mends for %d", c, n) })
		each(q.properties, p.properties, func(c string) { say("%s breaks for %d by %s", c, n, q.guarded[c]) })
		each(p.properties, q.properties, func(c string) { say("%s mends for %d by %s", c, n, p.guarded[c]) })
	}
	spelledOut := func(e *rules.Engine, g string) bool { return slices.Contains(e.GroupNames(), g) }
	for _, g := range slices.Concat(slices.Collect(maps.Keys(was)), slices.Collect(maps.Keys(is)), d.GroupNames(), e.GroupNames()) {
		before, after := was[g] > 0 || spelledOut(d, g), is[g] > 0 || spelledOut(e, g)
		if changed[g] || before != after {
			say("group %s %d→%d appears %v vanishes %v empties %v", g, was[g], is[g], !before && after, before && !after, was[g] > 0 && is[g] == 0)
		}
	}
	for _, g := range grants {
		if old, now := decided(g.User, g.Group); now && !old {
			say("grant of %s to %d is needless", g.Group, g.User)
		}
	}
	return slices.Sorted(maps.Keys(out))
}

type drawn struct {
	users  []identity.User
	world  rules.World
	grants []Grant
}

func drawPeople(t *rapid.T) drawn {
	d := drawn{users: make([]identity.User, rapid.IntRange(1, 12).Draw(t, "people"))}
	var facts shifts
	for i := range d.users {
		d.users[i] = drawUser(t, i)
		if rapid.IntRange(0, 4).Draw(t, "on call") == 0 {
			facts.numbers = append(facts.numbers, d.users[i].N)
		}
	}
	d.world = rules.World{At: noon, Facts: facts}
	if rapid.Bool().Draw(t, "holds") {
		d.world.Held = func(n int64) []string { return [][]string{nil, {"g0"}, {"crate", "g2"}}[n%3] }
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "grants") {
		u := rapid.SampledFrom(d.users).Draw(t, "granted")
		if u.State == identity.Active {
			group := rapid.SampledFrom([]string{"g0", "g1", "made-a", "crate"}).Draw(t, "grant")
			d.grants = append(d.grants, Grant{uint32(u.N), group, identity.Cause{Kind: identity.CauseGrant, Name: fmt.Sprint(i)}})
		}
	}
	return d
}

func populate(t *rapid.T, users []identity.User, engines ...*rules.Engine) *population.Population {
	var readings []population.Reading
	for _, e := range engines {
		readers, err := Readers(e)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range readers {
			readings = append(readings, r.Readings()...)
		}
	}
	pop := population.New(readings)
	for i := range users {
		pop.Put(&users[i])
	}
	return pop
}

// decides answers what rules alone give before and after.
func decides(d, e *rules.Engine, old, now []identity.User, w, v rules.World) func(uint32, string) (bool, bool) {
	in := func(e *rules.Engine, users []identity.User, w rules.World, n uint32, group string) bool {
		i := slices.IndexFunc(users, func(u identity.User) bool { return u.N == int64(n) })
		return slices.ContainsFunc(e.Memberships(users[i], w), func(m identity.Membership) bool { return m.Group == group })
	}
	return func(n uint32, group string) (bool, bool) { return in(d, old, w, n, group), in(e, now, v, n, group) }
}

// TestPoliciesPlainly compares two policies for the same people with the plain way.
func TestPoliciesPlainly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := drawParts(t)
		old, now := first.text(), drawChange(t, first).text()
		people := drawPeople(t)
		d, e := compile(t, old), compile(t, now)
		pop := populate(t, people.users, d, e)
		got, err := Compare(Side{Engine: d, Population: pop, World: people.world}, Side{Engine: e, Population: pop, World: people.world}, Scope{Grants: people.grants})
		if err != nil {
			t.Fatal(err)
		}
		want := plainly(ask(t, old, people.users, people.world, people.grants), ask(t, now, people.users, people.world, people.grants), d, e, people.grants,
			decides(d, e, people.users, people.users, people.world, people.world))
		if diff := cmp.Diff(want, got.plain()); diff != "" {
			t.Fatalf("%s\n--- before\n%s\n--- after\n%s", diff, old, now)
		}
	})
}

// TestPeoplePlainly compares one policy for people of whom some change.
func TestPeoplePlainly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawParts(t).text()
		people := drawPeople(t)
		moved := slices.Clone(people.users)
		changed := roaring.New()
		for i := range moved {
			if rapid.IntRange(0, 2).Draw(t, "moves") == 0 {
				moved[i] = drawUser(t, i)
				changed.Add(uint32(moved[i].N))
			}
		}
		e := compile(t, text)
		before := Side{Engine: e, Population: populate(t, people.users, e), World: people.world}
		after := Side{Engine: e, Population: populate(t, moved, e), World: people.world}
		if rapid.Bool().Draw(t, "by clone") {
			after.Population = before.Population.Clone()
			for i := range moved {
				if changed.Contains(uint32(moved[i].N)) {
					after.Population.Put(&moved[i])
				}
			}
		}
		want := plainly(ask(t, text, people.users, people.world, people.grants), ask(t, text, moved, people.world, people.grants), e, e, people.grants,
			decides(e, e, people.users, moved, people.world, people.world))
		for _, some := range []*roaring.Bitmap{changed, nil} {
			got, err := Compare(before, after, Scope{Grants: people.grants, People: some})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got.plain()); diff != "" {
				t.Fatalf("some: %v: %s\n%s", some != nil, diff, text)
			}
		}
	})
}
