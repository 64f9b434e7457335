package storetest

import (
	"birthright/identity"
	"birthright/store"
)

// company saves people and groups: ada in eng, bob in platform, which is in
// eng, which is in all, which is in platform again.
func (h *Hub) company() (people []*identity.Record, groups []*identity.SourceGroup) {
	h.Helper()
	users := []*identity.User{{UserName: "ada"}, {UserName: "bob"}, {UserName: "cy"}}
	people = []*identity.Record{person("hr", "ada", "displayName", "Ada L"), person("hr", "bob", "userName", "bob"), person("hr", "cy")}
	for _, name := range []string{"Eng", "Platform", "All", "Empty"} {
		groups = append(groups, &identity.SourceGroup{Source: "hr", Key: name, Name: name})
	}
	h.update(func(tx *store.Tx) error {
		h.must(tx.SaveUsers(h.Context(), users))
		for i, u := range users {
			people[i].UserN = u.N
		}
		h.must(tx.SaveRecords(h.Context(), people))
		h.must(tx.SaveSourceGroups(h.Context(), groups))
		for group, member := range map[int]store.MemberN{0: {N: groups[1].N, Group: true}, 1: {N: groups[2].N, Group: true}, 2: {N: groups[0].N, Group: true}} {
			_, err := tx.AddMembers(h.Context(), groups[group].N, []store.MemberN{member})
			h.must(err)
		}
		_, err := tx.AddMembers(h.Context(), groups[0].N, []store.MemberN{{N: people[0].N}})
		h.must(err)
		_, err = tx.AddMembers(h.Context(), groups[1].N, []store.MemberN{{N: people[1].N}})
		return err
	})
	return people, groups
}

var groupCases = []Case{
	{
		Name: "source groups are saved, found and deleted",
		Why:  "rules speak of them by name, SCIM clients by id",
		Run: func(h *Hub) {
			_, groups := h.company()
			eng := groups[0]
			h.view(func(tx *store.Tx) error {
				found, err := tx.SourceGroupByID(h.Context(), "hr", eng.ID)
				h.must(err)
				h.same("by id", found, *eng)
				_, err = tx.SourceGroupByID(h.Context(), "okta", eng.ID)
				h.is(err, identity.NotFound)
				byKey, err := tx.SourceGroupsByKey(h.Context(), "hr", []string{"Eng", "None"})
				h.must(err)
				h.same("by key", byKey, map[string]identity.SourceGroup{"Eng": *eng})
				for _, q := range []store.SourceGroupQuery{{Attr: "displayName", Value: "ENG"}, {Attr: "externalId", Value: "Eng"}, {Attr: "id", Value: eng.ID}, {Limit: 1}} {
					found, _, err := tx.SourceGroups(h.Context(), q)
					h.must(err)
					h.same("by "+q.Attr, found, []identity.SourceGroup{*eng})
				}
				all, total, err := tx.SourceGroups(h.Context(), store.SourceGroupQuery{Source: "hr", Offset: 3})
				h.same("rest", len(all), 1)
				h.same("total", total, 4)
				return err
			})
			h.update(func(tx *store.Tx) error { return tx.DeleteSourceGroups(h.Context(), []int64{groups[1].N}) })
			h.view(func(tx *store.Tx) error {
				_, err := tx.SourceGroupByID(h.Context(), "hr", groups[1].ID)
				h.is(err, identity.NotFound)
				members, err := tx.GroupMembers(h.Context(), eng.N)
				h.same("members left", len(members), 1)
				return err
			})
		},
	},
	{
		Name: "members change by difference",
		Why:  "a client may send what is so already; only what changed may cost work",
		Run: func(h *Hub) {
			people, groups := h.company()
			g, ada, bob, cy := groups[0].N, store.MemberN{N: people[0].N}, store.MemberN{N: people[1].N}, store.MemberN{N: people[2].N}
			nested := store.MemberN{N: groups[1].N, Group: true}
			h.update(func(tx *store.Tx) error {
				changed, err := tx.AddMembers(h.Context(), g, []store.MemberN{cy, ada, bob, bob})
				h.must(err)
				h.same("added", changed, []store.MemberN{bob, cy})
				changed, err = tx.RemoveMembers(h.Context(), g, []store.MemberN{cy, {N: 99}, cy})
				h.must(err)
				h.same("removed", changed, []store.MemberN{cy})
				added, removed, err := tx.SetMembers(h.Context(), g, []store.MemberN{cy, ada, {N: groups[3].N, Group: true}})
				h.must(err)
				h.same("added by set", added, []store.MemberN{cy, {N: groups[3].N, Group: true}})
				h.same("removed by set", removed, []store.MemberN{bob, nested})
				added, removed, err = tx.SetMembers(h.Context(), g, []store.MemberN{cy, ada, {N: groups[3].N, Group: true}})
				h.same("set again", len(added)+len(removed), 0)
				return err
			})
			h.view(func(tx *store.Tx) error {
				members, err := tx.GroupMembers(h.Context(), g)
				h.must(err)
				h.same("members", members, []store.Member{
					{N: people[0].N, ID: people[0].ID, Key: "ada", Name: "Ada L"}, {N: people[2].N, ID: people[2].ID, Key: "cy"},
					{N: groups[3].N, ID: groups[3].ID, Key: "Empty", Name: "Empty", Group: true},
				})
				for _, c := range []struct {
					n     int64
					group bool
					want  bool
				}{{people[0].N, false, true}, {people[1].N, false, false}, {groups[3].N, true, true}, {people[0].N, true, false}} {
					has, err := tx.HasMember(h.Context(), g, c.n, c.group)
					h.must(err)
					h.same("has member", has, c.want)
				}
				of, err := tx.GroupsOfRecord(h.Context(), people[0].N)
				h.must(err)
				h.same("groups of ada", of, []identity.SourceGroup{*groups[0]})
				return err
			})
			all, err := h.DB.GroupsOfRecords(h.Context(), "hr", []string{people[0].ID, people[1].ID, people[2].ID, "none"})
			h.must(err)
			h.same("groups of all", all, map[string][]identity.SourceGroup{people[0].ID: {*groups[0]}, people[1].ID: {*groups[1]}, people[2].ID: {*groups[0]}})
		},
	},
	{
		Name: "nesting is followed, and a cycle ends",
		Why:  "a person in a nested group has what the outer one gives; directories do contain cycles",
		Run: func(h *Hub) {
			people, groups := h.company()
			want := map[string][]string{"ada": {"All", "Eng", "Platform"}, "bob": {"All", "Eng", "Platform"}, "cy": nil}
			check := func(how string, users []identity.User) {
				got := map[string][]string{}
				for _, u := range users {
					got[u.UserName] = u.Groups
				}
				h.same("groups "+how, got, want)
			}
			h.view(func(tx *store.Tx) error {
				few, err := tx.UsersByN(h.Context(), []int64{3, 1, 2})
				h.must(err)
				check("of a few", few)
				listed, err := tx.Users(h.Context(), store.UserFilter{})
				h.must(err)
				check("of a list", listed)
				var all []identity.User
				h.must(tx.EachUser(h.Context(), func(u identity.User) error { all = append(all, u); return nil }))
				check("of all", all)
				all = nil
				h.must(tx.EachPerson(h.Context(), func(u identity.User) error { all = append(all, u); return nil }))
				check("of all people", all)
				under, err := tx.UsersUnderGroups(h.Context(), []int64{groups[2].N})
				h.must(err)
				h.same("under All", under, []int64{people[0].UserN, people[1].UserN})
				under, err = tx.UsersUnderGroups(h.Context(), []int64{groups[3].N})
				h.same("under Empty", len(under), 0)
				return err
			})
		},
	},
	{
		Name: "records that are gone or held give no groups",
		Why:  "a group of a former account would keep giving access",
		Run: func(h *Hub) {
			people, _ := h.company()
			h.update(func(tx *store.Tx) error {
				people[0].GoneAt = epoch
				people[1].UserN, people[1].HeldReason = 0, "two users match"
				return tx.SaveRecords(h.Context(), people)
			})
			h.view(func(tx *store.Tx) error {
				return tx.EachUser(h.Context(), func(u identity.User) error {
					one, err := tx.UserByN(h.Context(), u.N)
					h.same("groups of "+u.UserName, len(u.Groups)+len(one.Groups), 0)
					return err
				})
			})
		},
	},
}
