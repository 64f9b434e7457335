package rules

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

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

func BenchmarkOneUser(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprint(n, " rules"), func(b *testing.B) {
			e, users := benchPolicy(b, n), benchUsers(1000)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				e.Memberships(users[i%len(users)], World{})
			}
		})
	}
}

// BenchmarkEveryone decides about 100,000 people at once; the ratio is to asking
// about one after the other.
func BenchmarkEveryone(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n, " rules"), func(b *testing.B) {
			e, users := benchPolicy(b, n), benchUsers(100_000)
			pop := populate(e.Readings(), users)
			pop.Seal()
			began := time.Now()
			for _, u := range users[:1000] {
				e.Memberships(u, World{})
			}
			oneByOne := 100 * time.Since(began)
			for b.Loop() {
				e.Everyone(pop, World{})
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(oneByOne), "x-one-by-one")
		})
	}
}

// BenchmarkOneMove is one person's change in a population of 100,000.
func BenchmarkOneMove(b *testing.B) {
	e, users := benchPolicy(b, 1000), benchUsers(100_000)
	pop := populate(e.Readings(), users)
	pop.Seal()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		u := users[i%len(users)]
		u.Attributes = users[(i*31)%len(users)].Attributes
		pop.Put(&u)
	}
}

func BenchmarkLoadThousandRules(b *testing.B) {
	for b.Loop() {
		benchPolicy(b, 1000)
	}
}
