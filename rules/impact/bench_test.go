package impact

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/rules/population"
)

// wide is a policy of n rules of the shapes that people write, one of which says
// what is given.
func wide(n int, changed string) string {
	var groups, list strings.Builder
	for i := range n {
		when := fmt.Sprintf([...]string{
			`user.department == "D%d" && user.team in ["T%d", "T%d"]`, `user.team == "T%[2]d" && user.employeeType != "D%[1]d"`, `user.title.startsWith("Lead") && user.department == "D%[1]d"`,
		}[i%3], i%40, i%400, (i+7)%400)
		if i == 100 {
			when = changed
		}
		fmt.Fprintf(&groups, "  - {name: g%d, access: [\"app:group/g%d\"]}\n", i, i)
		fmt.Fprintf(&list, "  - {name: r%d, groups: [g%d], when: '%s'}\n", i, i, when)
	}
	return "groups:\n" + groups.String() + "rules:\n" + list.String() + "  - {name: made, groups: [\"team-{department}-{team}\"], when: 'user.team != \"\"'}\n" +
		"templates: [{match: \"team-*\", access: [\"wiki:space/{1}\"], prehire: false}]\nconstraints: [{name: k, conflict: [g1, g2]}]\n"
}

// BenchmarkOneRuleOfAMillion is the exact impact of one changed rule among a
// thousand, from a population that is there already.
func BenchmarkOneRuleOfAMillion(b *testing.B) {
	d, e := compile(b, wide(1000, `user.department == "D3"`)), compile(b, wide(1000, `user.department == "D3" && user.employeeType != "Contractor"`))
	pop := population.New(append(d.Readings(), e.Readings()...))
	random := rand.New(rand.NewPCG(1, 2))
	for n := range int64(1_000_000) {
		u := identity.User{N: n, State: identity.Active, UserName: fmt.Sprint("u", n), Attributes: identity.Attributes{
			"department": {fmt.Sprint("D", int(random.ExpFloat64()*10)%40)}, "team": {fmt.Sprint("T", int(random.ExpFloat64()*100)%400)},
			"title": {[]string{"Engineer", "Lead Engineer"}[n%2]}, "employeeType": {[]string{"Employee", "Contractor"}[random.IntN(2)]},
		}}
		if n%100 == 0 {
			u.State = identity.Staged
		}
		pop.Put(&u)
	}
	pop.Seal()
	for b.Loop() {
		m, err := Compare(Side{Engine: d, Population: pop}, Side{Engine: e, Population: pop}, Scope{})
		if err != nil {
			b.Fatal(err)
		}
		_, losses := m.Totals()
		b.ReportMetric(float64(losses), "losses")
	}
}
