package analysis_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/rules"
	"birthright/rules/analysis"
	"birthright/rules/population"
)

func TestLive(t *testing.T) {
	for _, c := range []struct{ name, policy, want string }{
		{"an owner who is here", `groups: [{name: g, owners: ["user:ada"]}]`, ""},
		{"an owner on leave", `groups: [{name: g, owners: ["user:lea"]}]`, ""},
		{"an owner who left", `groups: [{name: g, owners: ["user:ada", "user:bob"]}]`, "warning dead-owner 1  g"},
		{"nobody but one who left", `groups: [{name: g, owners: ["user:bob"]}]`, "warning dead-owner 1  g\nwarning no-owner 1  g"},
		{"and may be asked for", `groups: [{name: g, owners: ["user:bob"], request: {}}]`, "warning dead-owner 1  g\nerror no-owner 1  g"},
		{"an owner who never was", `groups: [{name: g, owners: ["user:eve", manager]}]`, "warning unknown-user 1  g"},
		{"an owning group with somebody in it", `
groups: [{name: g, owners: ["group:h"]}, {name: h}]
rules: [{name: r, groups: [h], when: 'user.team == "a"'}]`, ""},
		{"an owning group with nobody in it", `
groups: [{name: g, owners: ["group:h", manager]}, {name: h}]
rules: [{name: r, groups: [h], when: 'user.team == "b"'}]`, "warning dead-owner 2  g\nnote nobody-now 2  h\nnote nobody-now 3 r"},
		{"an approver who left", `groups: [{name: g, request: {approve: [{by: "user:bob"}]}}]`, "warning dead-owner 1  g"},
		{"a rule's owner who left", `
groups: [{name: g}]
rules: [{name: r, owner: "user:bob", groups: [g], when: 'true'}]`, "warning dead-owner 3 r"},
		{"an exclusion of nobody", `
groups: [{name: g}]
exclusions: [{user: eve, groups: [g], reason: x, until: never}, {user: BOB, groups: [g], reason: x, until: never}]`, "warning unknown-user 3"},
	} {
		e := engine(t, c.policy)
		users := []identity.User{
			{N: 1, UserName: "ada", State: identity.Active, Attributes: identity.Attributes{"team": {"a"}}},
			{N: 2, UserName: "bob", State: identity.Left}, {N: 3, UserName: "lea", State: identity.OnLeave},
		}
		pop := population.New(e.Readings())
		states := map[string]identity.State{}
		for i := range users {
			pop.Put(&users[i])
			states[users[i].UserName] = users[i].State
		}
		got := told(analysis.Live(e, analysis.Directory{
			Everyone: e.Everyone(pop, rules.World{At: today}),
			State: func(name string) (identity.State, bool) {
				s, ok := states[strings.ToLower(name)]
				return s, ok
			},
		}))
		if d := cmp.Diff(strings.Split(c.want, "\n"), got); d != "" && (c.want != "" || len(got) > 0) {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

func TestNamesAreThoseOfPeople(t *testing.T) {
	e := engine(t, `
groups: [{name: g, owners: ["user:a", "group:g", manager], request: {approve: [{by: owners}, {by: "user:b"}]}}]
rules: [{name: r, owner: "user:c", groups: [g], when: true}]
exclusions: [{user: d, groups: [g], reason: x, until: never}]`)
	if d := cmp.Diff([]string{"a", "b", "c", "d"}, analysis.Names(e.Policy())); d != "" {
		t.Error(d)
	}
}
