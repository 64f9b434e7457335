package rules

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"birthright/identity"
)

// benchPolicy is n rules of the shapes that people write, over skewed values.
func benchPolicy(tb testing.TB, n int) *Engine {
	tb.Helper()
	var b strings.Builder
	b.WriteString("groups:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {name: g%d, access: [\"app:group/g%d\"]}\n", i, i)
	}
	b.WriteString("rules:\n")
	for i := range n {
		when := [...]string{
			`user.department == "D#1" && user.team in ["T#2", "T#3"]`,
			`user.team == "T#2" && user.employeeType != "Contractor"`,
			`user.title.startsWith("Lead") && user.department == "D#1"`,
			`(user.location == "L#1" || user.location == "L#3") && user.employeeType == "Employee"`,
		}[i%4]
		fmt.Fprintf(&b, "  - name: r%d\n    when: %s\n    groups: [g%d]\n", i, strings.NewReplacer("#1", fmt.Sprint(i%40), "#2", fmt.Sprint(i%400), "#3", fmt.Sprint((i+7)%20)).Replace(when), i)
	}
	return engine(tb, b.String())
}

func benchUsers(n int) []identity.User {
	random := rand.New(rand.NewPCG(1, 2))
	users := make([]identity.User, n)
	for i := range users {
		users[i] = identity.User{
			N: int64(i + 1), State: identity.Active, UserName: fmt.Sprintf("u%d", i),
			Attributes: identity.Attributes{
				"department":   {fmt.Sprintf("D%d", int(random.ExpFloat64()*10)%40)},
				"team":         {fmt.Sprintf("T%d", int(random.ExpFloat64()*100)%400)},
				"title":        {[]string{"Engineer", "Lead Engineer", "Manager"}[random.IntN(3)]},
				"location":     {fmt.Sprintf("L%d", random.IntN(20))},
				"employeeType": {[]string{"Employee", "Contractor"}[random.IntN(2)]},
			},
		}
	}
	return users
}

func BenchmarkOneUserThousandRules(b *testing.B) {
	e, users := benchPolicy(b, 1000), benchUsers(100)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		e.Memberships(users[i%len(users)], World{})
	}
}

// BenchmarkHundredRules evaluates 100,000 users one by one.
func BenchmarkHundredThousandUsersHundredRules(b *testing.B) {
	e, users := benchPolicy(b, 100), benchUsers(100_000)
	b.ReportAllocs()
	for b.Loop() {
		total := 0
		for _, u := range users {
			total += len(e.Memberships(u, World{}))
		}
		b.ReportMetric(float64(total), "memberships/op")
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e7, "ns/evaluation")
}

func BenchmarkLoadThousandRules(b *testing.B) {
	for b.Loop() {
		benchPolicy(b, 1000)
	}
}
