package sourcetest

import (
	"errors"
	"fmt"
	"testing"

	"birthright/identity"
)

// tellingCases are about what is told.
func tellingCases() []Case {
	return []Case{
		{
			Name:  "tells everybody with every value",
			Why:   "a person who is not told is taken for gone; a value that is lost or changed gives and takes access",
			check: checkWorld(func(h Harness) World { return company(h.Nested) }),
			plant: changeRecords(func(r *identity.Record) {
				if v := r.Attributes[identity.AttrEmail]; len(v) > 1 {
					r.Attributes[identity.AttrEmail] = v[:1]
				}
			}),
		},
		{
			Name:  "tells everybody once over many pages",
			Why:   "errors hide at the borders of pages: people lost, or told twice",
			check: checkWorld(func(Harness) World { return crowd(2500) }),
			plant: skipRecord(1000),
		},
		{
			Name:  "leaves out members that are nobody",
			Why:   "a membership of somebody the hub does not know can never be resolved",
			check: checkWorld(func(h Harness) World { return company(h.Nested) }),
			plant: changeGroups(func(members []identity.MemberRef) []identity.MemberRef {
				return append(members, identity.MemberRef{Key: key("nobody")})
			}),
		},
		{
			Name: "tells people before groups", Why: "a group's members are looked up when it arrives",
			check: func(t testing.TB, h Harness) error {
				got, err := pull(t.Context(), h.Open(t, company(h.Nested)).Source)
				if err == nil && got.late > 0 {
					err = fmt.Errorf("%d people came after the first group", got.late)
				}
				return err
			},
			plant: groupsFirst,
		},
		{
			Name: "tells no empty values", Why: "an attribute without a value must look absent, or rules see two kinds of nothing",
			check: func(t testing.TB, h Harness) error {
				got, err := pull(t.Context(), h.Open(t, company(h.Nested)).Source)
				if err != nil {
					return err
				}
				for _, r := range got.records {
					for name, values := range r.Attributes {
						if len(values) == 0 {
							return fmt.Errorf("%s has %s without a value", r.Key, name)
						}
						for _, v := range values {
							if v == "" {
								return fmt.Errorf("%s has an empty value of %s", r.Key, name)
							}
						}
					}
				}
				return nil
			},
			plant: changeRecords(func(r *identity.Record) { r.Attributes["nickName"] = []string{""} }),
		},
		{
			Name: "sets nothing that is the hub's", Why: "ids and times belong to the store; a source that sets them writes over somebody else's record",
			check: func(t testing.TB, h Harness) error {
				got, err := pull(t.Context(), h.Open(t, company(h.Nested)).Source)
				if err != nil {
					return err
				}
				for _, r := range got.records {
					if r.N != 0 || r.ID != "" || r.Source != "" || r.UserN != 0 || !r.Created.IsZero() || !r.Modified.IsZero() || !r.GoneAt.IsZero() {
						return fmt.Errorf("record %+v sets more than key, attributes and payload", r)
					}
				}
				for _, g := range got.groups {
					if g.N != 0 || g.ID != "" || g.Source != "" || !g.Created.IsZero() || !g.Modified.IsZero() {
						return fmt.Errorf("group %+v sets more than key, name and payload", g)
					}
				}
				return nil
			},
			plant: changeRecords(func(r *identity.Record) { r.ID = r.Key }),
		},
		{
			Name: "tells nobody, or refuses to", Why: "an empty answer is a claim about the world and must be meant",
			check: func(t testing.TB, h Harness) error {
				var got heard
				checkpoint, err := h.Open(t, World{}).Source.Pull(t.Context(), "", &got)
				switch {
				case len(got.records) > 0:
					return errors.New("somebody was told of an empty world")
				case h.EmptyIsError && (err == nil || checkpoint.Complete):
					return errors.New("an empty world went for complete")
				case !h.EmptyIsError && (err != nil || !checkpoint.Complete || checkpoint.Seen != 0):
					return fmt.Errorf("an empty world ended with %+v, %w", checkpoint, err)
				}
				return nil
			},
			plant: addRecord,
		},
	}
}

// checkWorld opens a world and expects to hear exactly that.
func checkWorld(world func(Harness) World) func(testing.TB, Harness) error {
	return func(t testing.TB, h Harness) error {
		w := world(h)
		got, err := pull(t.Context(), h.Open(t, w).Source)
		if err != nil {
			return err
		}
		return got.matches(w)
	}
}

// checkChange opens one world, changes it into another and hands both answers on.
func checkChange(before, after func(Harness) World, look func(first, second *heard, want World) error) func(testing.TB, Harness) error {
	return func(t testing.TB, h Harness) error {
		peer := h.Open(t, before(h))
		if peer.Change == nil {
			return nil
		}
		first, err := pull(t.Context(), peer.Source)
		if err != nil {
			return err
		}
		peer.Change(t, after(h))
		second, err := pull(t.Context(), peer.Source)
		if err != nil {
			return err
		}
		return look(first, second, after(h))
	}
}
