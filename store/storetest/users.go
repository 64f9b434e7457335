package storetest

import (
	"context"
	"fmt"
	"time"

	"birthright/identity"
	"birthright/store"
)

var userCases = []Case{
	{
		Name: "a user comes back as saved",
		Why:  "everything is decided from it",
		Run: func(h *Hub) {
			u := &identity.User{
				UserName: "Ada", State: identity.OnLeave, Attributes: identity.Attributes{"team": {"Core"}, "email": {"a@x", "b@x"}},
				Origins: map[string]string{"team": "hr", "email": "okta", "title": "hr"}, StartsAt: epoch.Add(-1e6 * time.Hour), EndsAt: epoch.Add(time.Microsecond),
			}
			h.update(func(tx *store.Tx) error { return tx.SaveUsers(h.Context(), []*identity.User{u}) })
			h.same("assigned", []any{u.N, u.ID, u.Created, u.Modified}, []any{int64(1), "id-0001", epoch, epoch})
			h.view(func(tx *store.Tx) error {
				for how, find := range map[string]func() (identity.User, error){
					"number": func() (identity.User, error) { return tx.UserByN(h.Context(), u.N) },
					"name":   func() (identity.User, error) { return tx.UserByName(h.Context(), "aDA") },
					"id":     func() (identity.User, error) { return tx.UserByID(h.Context(), u.ID) },
				} {
					found, err := find()
					h.must(err)
					h.same("user by "+how, found, *u)
				}
				_, err := tx.UserByName(h.Context(), "nobody")
				h.is(err, identity.NotFound)
				_, err = tx.UserByName(h.Context(), "ada\x00")
				h.is(err, identity.NotFound)
				_, err = tx.UserByN(h.Context(), 99)
				h.is(err, identity.NotFound)
				return nil
			})
			h.pass(time.Hour)
			u.State = identity.Left
			h.update(func(tx *store.Tx) error { return tx.SaveUsers(h.Context(), []*identity.User{u}) })
			h.same("saved again", []any{u.N, u.Created, u.Modified}, []any{int64(1), epoch, epoch.Add(time.Hour)})
		},
	},
	{
		Name: "a user name has one owner, whatever its case",
		Why:  "two people under one name would share access",
		Run: func(h *Hub) {
			ada, bob := &identity.User{UserName: "ada"}, &identity.User{UserName: "bob"}
			h.update(func(tx *store.Tx) error { return tx.SaveUsers(h.Context(), []*identity.User{ada, bob}) })
			for _, taken := range [][]*identity.User{{{UserName: "ADA"}}, {{UserName: "eve"}, {UserName: "Eve"}}, {{N: bob.N, UserName: "Ada"}}} {
				err := h.DB.Update(h.Context(), func(tx *store.Tx) error { return tx.SaveUsers(h.Context(), taken) })
				h.is(err, identity.Conflict)
			}
			ada.UserName, bob.UserName = "Bob", "ADA"
			h.update(func(tx *store.Tx) error { return tx.SaveUsers(h.Context(), []*identity.User{ada, bob}) })
			h.view(func(tx *store.Tx) error {
				found, err := tx.UserByName(h.Context(), "bob")
				h.same("bob is now", found.N, ada.N)
				return err
			})
			eve := &identity.User{UserName: "ada"}
			bob.UserName = "robert"
			h.update(func(tx *store.Tx) error { return tx.SaveUsers(h.Context(), []*identity.User{eve, bob}) })
		},
	},
	{
		Name: "users are filtered, and paged by name",
		Why:  "lists are how people find others",
		Run: func(h *Hub) {
			h.update(func(tx *store.Tx) error {
				return tx.SaveUsers(h.Context(), []*identity.User{
					{UserName: "ada", State: identity.Active, Attributes: identity.Attributes{"department": {"Eng"}, "team": {"Core"}, "displayName": {"Ada Straße"}}},
					{UserName: "bob", State: identity.Active, Attributes: identity.Attributes{"department": {"Eng"}, "email": {"b_b@x.example"}}},
					{UserName: "cy", State: identity.Left, Attributes: identity.Attributes{"department": {"Ops"}, "email": {"b%b@x.example"}}},
				})
			})
			h.view(func(tx *store.Tx) error {
				for _, c := range []struct {
					f    store.UserFilter
					want string
				}{
					{store.UserFilter{}, "[ada bob cy]"},
					{store.UserFilter{State: identity.Active}, "[ada bob]"},
					{store.UserFilter{Department: "Eng", Team: "Core"}, "[ada]"},
					{store.UserFilter{Department: "Eng"}, "[ada bob]"},
					{store.UserFilter{Department: "Eng", State: identity.Left}, "[]"},
					{store.UserFilter{Department: "Eng", Search: "x.example"}, "[bob]"},
					{store.UserFilter{State: identity.Left, Search: "x.example"}, "[cy]"},
					{store.UserFilter{Search: "STRASS"}, "[]"},
					{store.UserFilter{Search: "straßE"}, "[ada]"},
					{store.UserFilter{Search: "B_B"}, "[bob]"},
					{store.UserFilter{Search: "b%b"}, "[cy]"},
					{store.UserFilter{Search: "!'\\"}, "[]"},
					{store.UserFilter{Search: "a\x00"}, "[]"},
					{store.UserFilter{Limit: 1}, "[ada]"},
					{store.UserFilter{After: "ADA", Limit: 1}, "[bob]"},
					{store.UserFilter{After: "bob"}, "[cy]"},
					{store.UserFilter{After: "c"}, "[cy]"},
					{store.UserFilter{Search: "b", Limit: 1}, "[bob]"},
					{store.UserFilter{Search: "b", After: "Bob"}, "[cy]"},
					{store.UserFilter{Search: "b", After: "cy"}, "[]"},
				} {
					users, err := tx.Users(h.Context(), c.f)
					h.must(err)
					h.same(fmt.Sprintf("%+v", c.f), fmt.Sprint(userNames(users)), c.want)
				}
				users, err := tx.UsersAfter(h.Context(), 1, 1)
				h.must(err)
				h.same("by number", fmt.Sprint(userNames(users)), "[bob]")
				n, err := tx.CountUsers(h.Context())
				h.same("count", n, 3)
				return err
			})
		},
	},
	{
		Name: "a text is found in what people are called now",
		Why:  "texts are kept apart from people, many in a row: one that is forgotten hides somebody",
		Run: func(h *Hub) {
			var users []*identity.User
			for i := range 1200 {
				users = append(users, &identity.User{UserName: fmt.Sprintf("u%04d", i), State: identity.Active, Attributes: identity.Attributes{"displayName": {"Crowd"}}})
			}
			h.update(func(tx *store.Tx) error { return tx.SaveUsers(h.Context(), users) })
			users[1100].UserName, users[30].Attributes = "zoe", identity.Attributes{"email": {"zoe@x.example"}}
			users[31].State = identity.Left
			h.update(func(tx *store.Tx) error {
				return tx.SaveUsers(h.Context(), []*identity.User{users[1100], users[30], users[31], {UserName: "anna", Attributes: identity.Attributes{"displayName": {"Zoe too"}}}})
			})
			h.view(func(tx *store.Tx) error {
				for _, c := range []struct {
					f    store.UserFilter
					want string
				}{
					{store.UserFilter{Search: "ZOE"}, "[anna u0030 zoe]"},
					{store.UserFilter{Search: "zoe", Limit: 2}, "[anna u0030]"},
					{store.UserFilter{Search: "zoe", After: "u0030", Limit: 2}, "[zoe]"},
					{store.UserFilter{Search: "zoe", State: identity.Active, Limit: 9}, "[u0030 zoe]"},
					{store.UserFilter{Search: "u1100"}, "[]"},
					{store.UserFilter{Search: "1100"}, "[]"},
					{store.UserFilter{Search: "u1199", Limit: 5}, "[u1199]"},
					{store.UserFilter{Search: "crowd", Limit: 2}, "[u0000 u0001]"},
					{store.UserFilter{Search: "crowd", State: identity.Left, Limit: 2}, "[u0031]"},
				} {
					found, err := tx.Users(h.Context(), c.f)
					h.must(err)
					h.same(fmt.Sprintf("%+v", c.f), fmt.Sprint(userNames(found)), c.want)
				}
				return nil
			})
		},
	},
	{
		Name: "every user is told once, in order, across pages",
		Why:  "one left out loses all access in a full run",
		Run: func(h *Hub) {
			const n = 4100
			users := make([]*identity.User, n)
			people := make([]*identity.Record, n)
			group := &identity.SourceGroup{Source: "hr", Key: "g", Name: "Everyone"}
			members := make([]store.MemberN, n)
			h.update(func(tx *store.Tx) error {
				for i := range n {
					users[i] = &identity.User{UserName: fmt.Sprint("u", i)}
				}
				h.must(tx.SaveUsers(h.Context(), users))
				for i := range n {
					people[i] = person("hr", fmt.Sprint(i))
					people[i].UserN = users[i].N
				}
				h.must(tx.SaveRecords(h.Context(), people))
				h.must(tx.SaveSourceGroups(h.Context(), []*identity.SourceGroup{group}))
				for i := range n {
					members[i].N = people[i].N
				}
				_, err := tx.AddMembers(h.Context(), group.N, members)
				return err
			})
			last, count := int64(0), 0
			h.view(func(tx *store.Tx) error {
				return tx.EachUser(h.Context(), func(u identity.User) error {
					if u.N <= last {
						h.Fatalf("user %d after %d", u.N, last)
					}
					if len(u.Groups) != 1 {
						h.Fatalf("user %d has groups %v", u.N, u.Groups)
					}
					last, count = u.N, count+1
					if count%1000 == 0 { // the transaction can be used in between
						_, err := tx.CountUsers(h.Context())
						return err
					}
					return nil
				})
			})
			h.same("users told", count, n)
			last, count = 0, 0
			h.view(func(tx *store.Tx) error {
				h.must(tx.EachPerson(h.Context(), func(u identity.User) error {
					if u.N <= last || len(u.Groups) != 1 {
						h.Fatalf("user %d after %d, in %v", u.N, last, u.Groups)
					}
					last, count = u.N, count+1
					return nil
				}))
				_, err := tx.CountUsers(h.Context()) // and the transaction can be used afterwards
				return err
			})
			h.same("people told", count, n)
		},
	},
	{
		Name: "people are told with all that decisions are made of",
		Why:  "what is left out gives or takes access",
		Run: func(h *Hub) {
			u := &identity.User{
				UserName: "Ada", State: identity.Staged, Attributes: identity.Attributes{"team": {"Core"}, "email": {"a@x", "b@x"}},
				Origins: map[string]string{"team": "hr"}, StartsAt: epoch.Add(time.Hour), EndsAt: epoch.Add(2 * time.Hour),
			}
			h.update(func(tx *store.Tx) error { return tx.SaveUsers(h.Context(), []*identity.User{u}) })
			want := identity.User{
				N: u.N, UserName: u.UserName, State: u.State, Attributes: u.Attributes, StartsAt: u.StartsAt, EndsAt: u.EndsAt, Modified: u.Modified,
			}
			h.view(func(tx *store.Tx) error {
				return tx.EachPerson(h.Context(), func(found identity.User) error {
					h.same("person", found, want)
					return nil
				})
			})
		},
	},
	{
		Name: "an error of the caller ends a stream and comes back as it is",
		Why:  "a run that was stopped must not look complete",
		Run: func(h *Hub) {
			h.update(func(tx *store.Tx) error { return tx.SaveUsers(h.Context(), []*identity.User{{UserName: "ada"}}) })
			for _, each := range []func(*store.Tx) func(context.Context, func(identity.User) error) error{
				func(tx *store.Tx) func(context.Context, func(identity.User) error) error { return tx.EachUser },
				func(tx *store.Tx) func(context.Context, func(identity.User) error) error { return tx.EachPerson },
			} {
				err := h.DB.View(h.Context(), func(tx *store.Tx) error {
					return each(tx)(h.Context(), func(identity.User) error { return errPlanned })
				})
				if err != errPlanned {
					h.Errorf("got %v", err)
				}
			}
		},
	},
}

func userNames(users []identity.User) []string {
	names := []string{}
	for _, u := range users {
		names = append(names, u.UserName)
	}
	return names
}
