package sourcetest

import (
	"fmt"
	"slices"
	"testing"

	"birthright/identity"
)

// keyCases are about how people are recognised.
func keyCases() []Case {
	return []Case{
		{
			Name: "keys are there and differ", Why: "two people under one key are one record: one inherits the other's access",
			check: func(t testing.TB, h Harness) error {
				got, err := pull(t.Context(), h.Open(t, company(h.Nested)).Source)
				if err != nil {
					return err
				}
				taken := map[string]bool{"": true}
				for _, r := range got.records {
					if taken[r.Key] {
						return fmt.Errorf("the key %q of %s is empty or taken", r.Key, r.Attributes.First(identity.AttrUserName))
					}
					taken[r.Key] = true
				}
				taken = map[string]bool{"": true}
				for _, g := range got.groups {
					if taken[g.Key] {
						return fmt.Errorf("the key %q of group %s is empty or taken", g.Key, g.Name)
					}
					taken[g.Key] = true
				}
				return nil
			},
			plant: changeRecords(func(r *identity.Record) { r.Key = "the same" }),
		},
		{
			Name: "keys stay", Why: "a person with a new key has left and somebody else has come: all access goes and comes back",
			check: func(t testing.TB, h Harness) error {
				source := h.Open(t, company(h.Nested)).Source
				first, err := pull(t.Context(), source)
				if err != nil {
					return err
				}
				second, err := pull(t.Context(), source)
				if err != nil {
					return err
				}
				return sameKeys(first, second)
			},
			plant: renumber,
		},
		{
			Name: "keys stay over changes", Why: "people marry and move; they do not become others by that",
			check: checkChange(func(h Harness) World { return company(h.Nested) }, promoted, func(first, second *heard, want World) error {
				if err := second.matches(want); err != nil {
					return err
				}
				return sameKeys(first, second)
			}),
			plant: changeRecords(func(r *identity.Record) { r.Key += r.Attributes.First(identity.AttrTitle) }),
		},
		{
			Name: "who went is not told", Why: "that is how the hub learns of leavers",
			check: checkChange(func(h Harness) World { return company(h.Nested) }, without("björk"), func(_, second *heard, want World) error {
				return second.matches(want)
			}),
			plant: remember,
		},
	}
}

// sameKeys expects whoever is in both to have the same key in both.
func sameKeys(first, second *heard) error {
	after := second.byName()
	for name, r := range first.byName() {
		if now, there := after[name]; there && now.Key != r.Key {
			return fmt.Errorf("the key of %s was %q and is %q", name, r.Key, now.Key)
		}
	}
	return nil
}

// promoted is the company with other titles and names.
func promoted(h Harness) World {
	w := company(h.Nested)
	for i := range w.People {
		w.People[i].Attributes = w.People[i].Attributes.Clone()
		w.People[i].Attributes.Set(identity.AttrTitle, "Director")
		w.People[i].Attributes.Set(identity.AttrFamilyName, "Newname")
	}
	return w
}

// without is the company without one of its people.
func without(userName string) func(Harness) World {
	return func(h Harness) World {
		w := company(h.Nested)
		w.People = slices.DeleteFunc(w.People, func(p Person) bool { return p.UserName == userName })
		for i := range w.Groups {
			w.Groups[i].People = slices.DeleteFunc(w.Groups[i].People, func(name string) bool { return name == userName })
		}
		return w
	}
}
