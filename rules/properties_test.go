package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"birthright/identity"
)

const properties = `
groups: [{name: all, contains: [prod-admin]}, {name: prod-admin}, {name: prod-read}, {name: desk}]
rules:
  - {name: admins, when: 'user.title == "Admin"', groups: [prod-admin]}
  - {name: teams, when: 'user.team != ""', groups: ["prod-{team}"]}
  - {name: desks, when: 'true', groups: [desk]}
never:
  - {name: no contractor is admin, when: 'user.employeeType == "Contractor"', groups: [prod-admin]}
  - {name: no contractor is in production, when: 'user.employeeType == "Contractor"', groups: ["prod-*"]}
  - {name: no admin is in all, when: 'inGroup("prod-admin")', groups: [all]}
  - {name: nobody on call has a desk, when: 'oncall("s")', groups: [desk]}
`

func TestBreaches(t *testing.T) {
	e := engine(t, properties)
	for _, c := range []struct {
		name  string
		user  identity.User
		facts world
		want  []string
	}{
		{"nobody that a property is about", someone("title", "Admin", "team", "x"), world{}, []string{"", "", "all", ""}},
		{"a contractor with a team", someone("employeeType", "Contractor", "team", "x"), world{}, []string{"", "prod-x", "", ""}},
		{"a contractor and admin", someone("employeeType", "Contractor", "title", "Admin"), world{}, []string{"prod-admin", "prod-admin", "all", ""}},
		{"by what a team is called", someone("employeeType", "Contractor", "team", "Admin"), world{}, []string{"prod-admin", "prod-admin", "all", ""}},
		{"on call", someone(), world{shifts: "s"}, []string{"", "", "", "desk"}},
	} {
		var got []string
		for _, breaches := range e.BreachesBy(c.user, in(c.facts)) {
			var groups []string
			for _, b := range breaches {
				groups = append(groups, b.Group)
				if b.User != "ada" || len(b.Causes) == 0 {
					t.Errorf("%s: %+v", c.name, b)
				}
			}
			got = append(got, strings.Join(groups, " "))
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// TestTrespassesAreBreaches: sets say of everybody what is said of each.
func TestTrespassesAreBreaches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn := drawRules(t, true)
		text := policyText(drawn) + "never:\n"
		for _, name := range []string{"p0", "p1"} {
			when := drawCondition(t, 2).text
			if rapid.Bool().Draw(t, "asks") {
				when += " || inGroup(\"" + drawn[0].groups[0] + "\")"
				if strings.Contains(drawn[0].groups[0], "{") {
					when = "true"
				}
			}
			text += "  - name: " + name + "\n    groups: [g0, \"made-*\"]\n    when: |\n      " + when + "\n"
		}
		e := randomEngine(t, text)
		users, facts := drawCrowd(t)
		pop := populate(e.Readings(), users)
		w := in(facts)
		x := e.Everyone(pop, w)
		got := x.Trespasses(pop, w)
		for _, u := range users {
			for i, breaches := range e.BreachesBy(u, w) {
				var want, have []string
				for _, b := range breaches {
					want = append(want, b.Group)
				}
				for _, trespass := range got[i] {
					if trespass.Users.Contains(uint32(u.N)) {
						have = append(have, trespass.Group)
						if len(x.BecauseOf(uint32(u.N), trespass.Group)) == 0 {
							t.Fatalf("%s is in %s without a cause", u.UserName, trespass.Group)
						}
					}
				}
				if !slices.Equal(want, have) {
					t.Fatalf("property %d about %+v: one by one %v, by sets %v\n%s", i, u, want, have, text)
				}
			}
		}
	})
}
