package rules

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"birthright/identity"
	"birthright/rules/population"
)

// makeSo returns u and w with a change made: with value in place of a star.
func makeSo(u identity.User, w World, c Otherwise, value string) (identity.User, World) {
	name := strings.TrimPrefix(strings.TrimPrefix(c.Attribute, "attributes."), "values.")
	value = strings.ReplaceAll(value, "*", "~")
	on := c.Must == MustInclude || c.Must == MustHold
	x := edit{slot{kind: slotSet, name: name}, candidate{formExact, value}}
	switch {
	case name == "state":
		x.slot = slot{kind: slotState}
	case name == "groups":
		x = toggled(slot{kind: slotGroup, text: value}, on)
	case c.Must == MustInclude || c.Must == MustNotInclude:
		x = toggled(slot{kind: slotElement, name: name, text: value}, on)
	case c.Must == MustHold || c.Must == MustNotHold:
		function, argument, _ := strings.Cut(strings.TrimSuffix(name, `")`), `("`)
		x = toggled(slot{kind: slotFact, fact: fact{factKinds[function], argument}}, on)
	}
	return changed(u, w, []edit{x})
}

// choices are values that a change says would do.
func (c Otherwise) choices() []string {
	if c.Must == MustNotBe {
		return []string{"what nobody has thought of"}
	}
	if len(c.Values) == 0 {
		return []string{""}
	}
	return c.Values
}

func TestAFlipFlips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, u, w := drawnEngine(t), drawUser(t), World{At: noon, Facts: drawFacts(t), Held: drawHeld(t)}
		group := rapid.SampledFrom(append(e.GroupNames(), "made-a", "made-b-ab")).Draw(t, "group")
		flips := e.Flip(u, w, group)
		if before := holdsGroup(e.Memberships(u, w), group); flips.Held == before {
			t.Fatalf("%s is held: %v, and would be: %v", group, before, flips.Held)
		}
		for _, way := range flips.Ways {
			for choice := range 4 { // one value of each change, the next one, …
				then, world := u, w
				for _, c := range way.Changes {
					values := c.choices()
					then, world = makeSo(then, world, c, values[choice%len(values)])
				}
				if holdsGroup(e.Decide(then, world).Memberships, group) != flips.Held {
					t.Fatalf("%s does not flip by %+v, choice %d", group, way, choice)
				}
			}
		}
	})
}

// everySingle are all changes of one thing to a value that the policy names for it,
// or that the user has somewhere.
func everySingle(e *Engine, u identity.User, group string) []edit {
	var out []edit
	has := slices.Concat(append(slices.Collect(maps.Values(u.Attributes)), u.Groups, []string{""})...)
	named := e.candidates(group)
	fits := func(attribute, text string) bool {
		return slices.Contains(has, text) || slices.Contains(named[attribute], candidate{formExact, text})
	}
	for _, name := range []string{"department", "team", "x"} {
		for _, value := range []string{"", "a", "b", "Ab", "1", "2", "3", "漢"} {
			if fits(name, value) {
				out = append(out, edit{slot{kind: slotSet, name: name}, candidate{formExact, value}})
			}
		}
	}
	for _, text := range []string{"a", "g", "h"} {
		if fits("", text) {
			out = append(out, toggled(slot{kind: slotGroup, text: text}, !slices.Contains(u.Groups, text)))
		}
	}
	if fits("x", "a") {
		out = append(out, toggled(listElement(population.Reading{Kind: population.All, Attribute: "x"}, "a"), !slices.Contains(u.Attributes["x"], "a")))
	}
	for _, f := range []fact{{leafOnCall, "s"}, {leafReportsTo, "m"}} {
		for _, on := range []bool{true, false} {
			out = append(out, toggled(slot{kind: slotFact, fact: f}, on))
		}
	}
	return out
}

// TestNoFlipIsSmaller tries all changes of one thing and of two.
func TestNoFlipIsSmaller(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, u, w := drawnEngine(t), drawUser(t), World{At: noon, Facts: drawFacts(t), Held: drawHeld(t)}
		group := rapid.SampledFrom(append(e.GroupNames(), "made-a")).Draw(t, "group")
		flips := e.Flip(u, w, group)
		size := 3
		if len(flips.Ways) > 0 {
			size = len(flips.Ways[0].Changes)
		}
		works := func(edits ...edit) bool {
			slices.SortFunc(edits, compareEdits)
			then, world := changed(u, w, edits)
			return holdsGroup(e.Memberships(then, world), group) == flips.Held
		}
		singles := everySingle(e, u, group)
		for i, x := range singles {
			if size > 1 && works(x) {
				t.Fatalf("%s flips by %+v alone, and not as told: %+v", group, x, flips)
			}
			for _, y := range singles[:i] {
				if size > 2 && x.slot != y.slot && works(x, y) {
					t.Fatalf("%s flips by %+v and %+v, and not as told: %+v", group, x, y, flips)
				}
			}
		}
	})
}
