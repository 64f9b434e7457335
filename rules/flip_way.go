package rules

import (
	"slices"

	"birthright/identity"
	"birthright/rules/population"
)

// The ways in which an Otherwise can want something.
const (
	MustBe         = "be"          // one of Values
	MustNotBe      = "not be"      // anything but Values
	MustInclude    = "include"     // have Values among its values
	MustNotInclude = "not include" // not have Values among its values
	MustHold       = "hold"        // a fact
	MustNotHold    = "not hold"
)

// Otherwise is one thing that would have to be otherwise: what it is now, and what
// it must be. In values, a star stands for any text, and "" for no value.
type Otherwise struct {
	Evidence
	Must   string   `json:"must"`
	Values []string `json:"values"`
}

// Way is a set of changes that works.
type Way struct {
	Changes []Otherwise `json:"changes"`
}

// variants are ways that are the same but for the values of their slots.
type variants struct {
	slots  []slot
	values [][]candidate
}

// merged puts ways together that differ in the values of one slot.
func (f *flipping) merged(found [][]edit) []variants {
	var all []variants
	for _, edits := range gentle(found) {
		v := variants{}
		for _, x := range edits {
			v.slots, v.values = append(v.slots, x.slot), append(v.values, []candidate{x.value})
		}
		all = append(all, v)
	}
	for i := 0; i < len(all); i++ {
		for j := i + 1; j < len(all); {
			if !all[i].take(all[j]) {
				j++
				continue
			}
			all = slices.Delete(all, j, j+1)
			j = i + 1 // a wider way may take what a narrow one could not
		}
	}
	return all
}

// gentle leaves out ways that replace all values of an attribute where it is enough
// that one of them comes or goes.
func gentle(found [][]edit) [][]edit {
	shape := func(edits []edit) (key string, replaced int) {
		for _, x := range edits {
			if x.slot.kind == slotSet {
				replaced++
				x.slot.kind = slotElement
			}
			key += string(rune('a'+x.slot.kind)) + x.slot.name + "\x00" + x.slot.fact.text + "\x00"
		}
		return key, replaced
	}
	least := map[string]int{}
	for _, edits := range found {
		key, replaced := shape(edits)
		if n, ok := least[key]; !ok || replaced < n {
			least[key] = replaced
		}
	}
	return slices.DeleteFunc(slices.Clone(found), func(edits []edit) bool {
		key, replaced := shape(edits)
		return replaced > least[key]
	})
}

// take merges b into a, if they differ in one place.
func (a *variants) take(b variants) bool {
	if !slices.Equal(a.slots, b.slots) {
		return false
	}
	at := -1
	for i := range a.values {
		if slices.Equal(a.values[i], b.values[i]) {
			continue
		}
		if at >= 0 {
			return false
		}
		at = i
	}
	if at >= 0 {
		a.values[at] = append(a.values[at], b.values[at]...)
		slices.SortFunc(a.values[at], compareCandidates)
		a.values[at] = slices.Compact(a.values[at])
	}
	return true
}

// way tells a way.
func (f *flipping) way(v variants) Way {
	out := Way{Changes: make([]Otherwise, len(v.slots))}
	for i := range v.slots {
		out.Changes[i] = f.change(v.slots[i], v.values[i])
	}
	return out
}

func (f *flipping) change(s slot, values []candidate) Otherwise {
	sub := f.engine.subject(f.user, f.world)
	defer sub.release()
	on := values[0].text != ""
	switch s.kind {
	case slotState:
		return Otherwise{sub.reading(population.Reading{Kind: population.State}), MustBe, texts(values)}
	case slotFact:
		return Otherwise{sub.factRead(s.fact), choice(on, MustHold, MustNotHold), []string{}}
	case slotGroup:
		return Otherwise{sub.reading(groupsReading), choice(on, MustInclude, MustNotInclude), []string{starred(s.text)}}
	case slotElement:
		r := population.Reading{Kind: population.All, Attribute: s.name}
		return Otherwise{sub.reading(r), choice(on, MustInclude, MustNotInclude), []string{starred(s.text)}}
	}
	r := population.Reading{Attribute: s.name}
	if s.name == identity.AttrUserName {
		r.Kind = population.Name
	}
	c := Otherwise{sub.reading(r), MustBe, texts(covered(values))}
	if values[0].form == formOther {
		c.Must, c.Values = MustNotBe, texts(f.rest(s, values))
	}
	return c
}

func choice(on bool, yes, no string) string {
	if on {
		return yes
	}
	return no
}

// rest are the values of a slot that do not work, where all others do: of those
// that were looked at, and the present one.
func (f *flipping) rest(s slot, works []candidate) []candidate {
	r := population.Reading{Attribute: s.name}
	now := candidate{formExact, f.user.Attributes.First(s.name)}
	out := []candidate{now}
	for _, c := range f.values.of(r) {
		if c.form != formOther && c != now && !slices.Contains(works, c) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, compareCandidates)
	return covered(out)
}

// covered leaves out the text that is an example of a form: "Lead*" says "Lead".
func covered(values []candidate) []candidate {
	return slices.DeleteFunc(slices.Clone(values), func(c candidate) bool {
		return c.form == formExact && slices.ContainsFunc(values, func(v candidate) bool { return v.form != formExact && v.text == c.text && c.text != "" })
	})
}

func texts(values []candidate) []string {
	out := make([]string, len(values))
	for i, c := range values {
		out[i] = c.String()
	}
	slices.Sort(out)
	return slices.Compact(out)
}
