package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"birthright/identity"
	"birthright/rules/population"
)

// These tests are here to stay: whatever is indexed, cut short or remembered must
// say what CEL says of every rule about every user.

// crowdFacts are facts about several users, by number.
type crowdFacts struct {
	Nothing
	onCall map[int64]string
	over   time.Time // when every shift ends
	boss   string
	// tickets are everybody's, with their queues.
	tickets map[string]string
}

func (f crowdFacts) Ticket(_ identity.User, number string, _ time.Time) (queue string, open bool) {
	queue, open = f.tickets[number]
	return queue, open
}

func (f crowdFacts) OnCall(u identity.User, schedule string, at time.Time) bool {
	return f.onCall[u.N] == schedule && at.Before(f.over)
}
func (f crowdFacts) ReportsTo(u identity.User, manager string) bool {
	return manager == f.boss && u.Attributes.First("manager") != ""
}
func (f crowdFacts) NextTurn(u identity.User, after time.Time) time.Time {
	if f.onCall[u.N] != "" && after.Before(f.over) {
		return f.over
	}
	return time.Time{}
}
func (f crowdFacts) Concerned() []int64 { return sortedNumbers(f.onCall) }

func sortedNumbers(m map[int64]string) []int64 {
	var out []int64
	for n := range m {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// more are conditions that property_test.go cannot say in Go so easily.
var more = []string{
	`user.department == user.team`,
	`user.team < "b"`,
	`user.team.contains("b") || user.team.endsWith("a")`,
	`user.department.lowerAscii() in ["a", "ab"]`,
	`user.values["x"] == []`,
	`size(user.values["x"]) > 1`,
	`user.values["x"][0] == user.team`,
	`user.team == "" ? user.department == "a" : int(user.team) == 3`,
	`user.attributes.exists(name, user.attributes[name] == "b")`,
	`size(user.attributes) < 3`,
	`user.attributes[user.team] != ""`,
	`["a", "b"].exists(x, x == user.team && reportsTo("m"))`,
	`user.userName.startsWith("u1")`,
	`user.attributes["userName"] == ""`,
	`user.manager != ""`,
	`timestamp(user.team) < timestamp("2026-01-01T00:00:00Z")`,
	`user.groups.all(g, g != "h")`,
	`date(user.team) < date("2026-01-01") || user.department == "b"`,
	`user.state in ["active", "staged"] && user.state != "staged"`,
	`user.state.startsWith("act")`,
	`1 < 2`, `int("x") > 0`, `"a" in ["a"]`,
	`user.groups == ["g", "h"]`,
	`dyn(user.team) == 3`,
	`!(user.groups[0] == "a") && user.team != "a"`,
}

func drawCrowd(t *rapid.T) ([]identity.User, crowdFacts) {
	users := make([]identity.User, rapid.IntRange(1, 40).Draw(t, "people"))
	facts := crowdFacts{onCall: map[int64]string{}, boss: "m", over: noon.Add(time.Hour)}
	for i := range users {
		u := drawUser(t)
		u.N, u.UserName = int64(i*3+1), fmt.Sprintf("u%d", i)
		if rapid.Bool().Draw(t, "managed") {
			u.Attributes.Set("manager", "boss")
		}
		if rapid.IntRange(0, 4).Draw(t, "on call") == 0 {
			facts.onCall[u.N] = "s"
		}
		users[i] = u
	}
	return users, facts
}

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func populate(readings []population.Reading, users []identity.User) *population.Population {
	pop := population.New(readings)
	for i := range users {
		pop.Put(&users[i])
	}
	return pop
}

// plainly is what CEL says of one rule about the subject, without any index.
func plainly(t *rapid.T, s *subject, r *Rule) bool {
	ask := func(c Condition) truth {
		p, err := s.engine.lang.program(c)
		if err != nil {
			t.Fatal(err)
		}
		return run(p, s)
	}
	return ask(r.When) == yes && (r.Except.IsZero() || ask(r.Except) == no)
}

func TestIndexAgreesWithCEL(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn := drawRules(t, false)
		for i := range drawn { // half of them with something that is no Go
			if rapid.Bool().Draw(t, "more") {
				with := rapid.SampledFrom(more).Draw(t, "condition")
				drawn[i].when.text = fmt.Sprintf(rapid.SampledFrom([]string{"(%s) && (%s)", "(%s) || (%s)", "!(%s) || (%s)", "true && !(%s) && (%s)"}).Draw(t, "shape"), with, drawn[i].when.text)
			}
		}
		e := randomEngine(t, policyText(drawn))
		users, facts := drawCrowd(t)
		w := World{At: noon, Facts: facts}
		pop := populate(e.Readings(), users)
		for i := range e.policy.Rules {
			r := &e.policy.Rules[i]
			who, _ := e.Who(r.Name, pop, w)
			for _, u := range users {
				if u.State != identity.Active {
					continue
				}
				s := e.subject(u, w)
				at := slices.IndexFunc(e.rules, func(p program) bool { return p.rule == r })
				want, got := plainly(t, s, r), s.judge(e.rules[at].logic) == yes
				if s.satisfies(at) != got {
					t.Fatalf("the steps say %v, the logic %v of %+v\n%s", !got, got, u, policyText(drawn))
				}
				candidate := s.candidates.has(at)
				s.release()
				if want != got || want && !candidate {
					t.Fatalf("CEL says %v, the logic %v (asked: %v) of %+v\n%s", want, got, candidate, u, policyText(drawn))
				}
				if facts.onCall[u.N] == "" && who.Contains(uint32(u.N)) != want {
					t.Fatalf("CEL says %v, the set %v of %+v\n%s", want, !want, u, policyText(drawn))
				}
			}
		}
	})
}

// drawPolicy is a policy with everything that comes after the rules.
func drawPolicy(t *rapid.T) string {
	text := policyText(drawRules(t, true))
	var extra strings.Builder
	groups := []string{"g0", "g1", "g2", "g3"}
	if rapid.Bool().Draw(t, "nested") {
		text = strings.Replace(text, "{name: g3}", "{name: g3, contains: [g0, g1]}, {name: g4, prehire: true, contains: [g3]}", 1)
		asked := rapid.SampledFrom([]string{`inGroup("g3")`, `inGroup("g4")`, ""}).Draw(t, "ask for what is around")
		if at := strings.Index(text, "inGroup("); at >= 0 && asked != "" {
			end := at + strings.Index(text[at:], ")") + 1
			text = text[:at] + asked + text[end:]
		}
	}
	if rapid.Bool().Draw(t, "kept apart") {
		pair := rapid.Permutation(groups).Draw(t, "pair")
		fmt.Fprintf(&extra, "constraints:\n  - {name: c0, conflict: [%s, %s]}\n", pair[0], pair[1])
		fmt.Fprintf(&extra, "  - {name: c1, conflict: [%s, %s, %s], mode: %s}\n", pair[1], pair[2], pair[3], rapid.SampledFrom([]string{"enforce", "report"}).Draw(t, "mode"))
	}
	if rapid.Bool().Draw(t, "excluding") {
		fmt.Fprintf(&extra, "exclusions:\n  - {user: U1, groups: [%s], reason: because, until: never}\n  - {user: u2, groups: [g0], reason: past, until: 2026-11-01}\n", rapid.SampledFrom(groups).Draw(t, "from"))
	}
	valid := rapid.SampledFrom([]string{"", "", "\n    valid_from: 2026-12-01", "\n    valid_until: 2026-12-24", "\n    valid_until: 2026-10-01"}).Draw(t, "valid")
	return strings.Replace(text, "\n    groups:", valid+"\n    groups:", 1) + extra.String()
}

// drawOverlays is what grants give some of the users: some before their time or after
// it, some of groups that there are not.
func drawOverlays(t *rapid.T, users []identity.User) Overlays {
	out := Overlays{}
	for _, u := range users {
		for i := range rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "grants") {
			o := Overlay{
				Group: rapid.SampledFrom([]string{"g0", "g1", "g2", "g3", "g4", "made-a", "gone"}).Draw(t, "granted"),
				Cause: identity.Cause{Kind: identity.CauseGrant, Name: fmt.Sprintf("g%d-%d", u.N, i)},
				Start: noon.Add(time.Duration(rapid.IntRange(-2, 1).Draw(t, "since")) * time.Hour),
			}
			if rapid.Bool().Draw(t, "ends") {
				o.End = noon.Add(time.Duration(rapid.IntRange(-1, 3).Draw(t, "until")) * time.Hour)
			}
			out[u.N] = append(out[u.N], o)
		}
	}
	return out
}

func TestEveryoneIsEachOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawPolicy(t)
		p, err := Load([]File{{"p.yaml", []byte(text)}}, nil)
		if err != nil {
			return // rules that ask each other in a circle
		}
		e, err := Compile(p)
		if err != nil {
			t.Fatal(err)
		}
		users, facts := drawCrowd(t)
		held := func(n int64) []string { return [][]string{nil, {"g1"}, {"g2", "g3"}}[n%3] }
		w := World{At: noon, Facts: facts, Held: held, Overlay: drawOverlays(t, users)}
		readings := e.Readings()
		pop := populate(readings, users)
		if rapid.Bool().Draw(t, "sealed before") { // then all of them change
			pop = populate(readings, func() []identity.User { some, _ := drawCrowd(t); return some }())
			pop.Seal()
			for n := range int64(200) {
				pop.Drop(n)
			}
			for i := range users {
				pop.Put(&users[i])
			}
		}
		want := map[int64][]identity.Membership{}
		for _, u := range users {
			if memberships := e.Decide(u, w).Memberships; len(memberships) > 0 {
				want[u.N] = memberships
			}
		}
		got := map[int64][]identity.Membership{}
		x := e.Everyone(pop, w)
		x.Each(func(n int64, memberships []identity.Membership) bool {
			got[n] = slices.Clone(memberships)
			return true
		})
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("%s\n%s", d, text)
		}
		if d := cmp.Diff(want, byHoldings(x), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(identity.Membership{}, "EndsAt")); d != "" {
			t.Fatalf("%s\n%s", d, text)
		}
		conflicts := map[uint32][]Conflict{}
		for n, memberships := range want {
			if found := e.Conflicts(memberships); len(found) > 0 {
				conflicts[uint32(n)] = found
			}
		}
		if d := cmp.Diff(conflicts, x.Conflicts()); d != "" {
			t.Fatalf("%s\n%s", d, text)
		}
		some := e.Groups([]string{"g1"}, pop, w)
		if !some.Users("g1").Equals(x.Users("g1")) {
			t.Fatalf("g1 asked for alone: %v, with all: %v\n%s", some.Users("g1"), x.Users("g1"), text)
		}
	})
}

// byHoldings turns holdings around.
func byHoldings(x *Everyone) map[int64][]identity.Membership {
	out := map[int64][]identity.Membership{}
	for _, h := range x.Holdings {
		for it := h.Users().Iterator(); it.HasNext(); {
			n := it.Next()
			m := identity.Membership{UserN: int64(n), Group: h.Group}
			for _, c := range h.Causes {
				if c.Users.Contains(n) {
					m.Causes = append(m.Causes, c.Cause)
				}
			}
			out[m.UserN] = append(out[m.UserN], m)
		}
	}
	return out
}
