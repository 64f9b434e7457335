package impact

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"birthright/identity"
	"birthright/rules"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// spelled are the groups of every drawn policy; those called a… are given by
// rules that ask for nothing, so that others can ask for them.
var spelled = []string{"a0", "a1", "g0", "g1", "g2", "box", "crate"}

var conditions = []string{
	`user.department == "a"`, `user.department != "b"`, `user.team in ["a", "b"]`, `user.team == ""`, `true`, `false`,
	`int(user.team) > 1`, `!(int(user.team) > 1)`, `"g" in user.groups`, `oncall("s")`, `reportsTo("m") || user.team == "b"`,
	`user.title.startsWith("L") && user.department == "a"`, `user.state == "active"`, `user.userName < "u5"`,
}

// drawCondition is a condition, which may ask for groups that come first.
func drawCondition(t *rapid.T, asks bool) string {
	one := rapid.SampledFrom(conditions).Draw(t, "condition")
	if asks && rapid.Bool().Draw(t, "asks") {
		one = fmt.Sprintf(rapid.SampledFrom([]string{`(%s) || inGroup("%s")`, `(%s) && !inGroup("%s")`, `(%s) && inGroup("%s")`}).Draw(t, "how"),
			one, rapid.SampledFrom([]string{"a0", "a1", "box"}).Draw(t, "asked"))
	}
	return one
}

// parts is a policy by its parts: each an entry of YAML.
type parts struct{ groups, rules, templates, constraints, exclusions, never []string }

func (p parts) text() string {
	var b strings.Builder
	for i, entries := range [][]string{p.groups, p.rules, p.templates, p.constraints, p.exclusions, p.never} {
		if len(entries) > 0 {
			b.WriteString([]string{"groups", "rules", "templates", "constraints", "exclusions", "never"}[i] + ":\n")
		}
		for _, entry := range entries {
			b.WriteString("  - " + entry + "\n")
		}
	}
	return b.String()
}

func drawGroup(t *rapid.T, name string) string {
	access := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{`"x:g/1"`, `"x:g/2"`, `"y:g/1"`, `"y:g/made-a"`}), 0, 2, rapid.ID).Draw(t, "access")
	entry := fmt.Sprintf("{name: %s, access: [%s]", name, strings.Join(access, ", "))
	if risk := rapid.SampledFrom([]string{"", "low", "critical"}).Draw(t, "risk"); risk != "" {
		entry += ", risk: " + risk
	}
	if rapid.IntRange(0, 3).Draw(t, "prehire") == 0 {
		entry += ", prehire: true"
	}
	inside := map[string][]string{"box": {"a0", "a1"}, "crate": {"g0", "g1", "a0"}}[name]
	if len(inside) > 0 {
		entry += ", contains: [" + strings.Join(rapid.SliceOfNDistinct(rapid.SampledFrom(inside), 1, 2, rapid.ID).Draw(t, "contains"), ", ") + "]"
	}
	return entry + "}"
}

func drawRule(t *rapid.T, i int) string {
	gives := []string{`"g0"`, `"g1"`, `"g2"`, `"made-{team}"`, `"made-{department}-{team}"`, `"crate"`}
	if i < 2 {
		gives = []string{`"a0"`, `"a1"`}
	}
	groups := rapid.SliceOfNDistinct(rapid.SampledFrom(gives), 1, 2, rapid.ID).Draw(t, "gives")
	entry := fmt.Sprintf("{name: r%d, groups: [%s], when: '%s'", i, strings.Join(groups, ", "), drawCondition(t, i >= 2))
	if rapid.IntRange(0, 3).Draw(t, "excepts") == 0 {
		entry += fmt.Sprintf(", except: '%s'", drawCondition(t, i >= 2))
	}
	return entry + rapid.SampledFrom([]string{"", "", "", ", valid_until: 2026-12-24", ", valid_from: 2026-12-24"}).Draw(t, "valid") + "}"
}

func drawConstraint(t *rapid.T, i int) string {
	pair := rapid.Permutation([]string{"a0", "g0", "g1", "g2", "made-a", "box", "crate"}).Draw(t, "pair")
	return fmt.Sprintf("{name: c%d, conflict: [%s, %s], mode: %s}", i, pair[0], pair[1], rapid.SampledFrom([]string{"enforce", "report"}).Draw(t, "mode"))
}

func drawExclusion(t *rapid.T, _ int) string {
	return fmt.Sprintf("{user: U%d, groups: [%s], reason: because, until: never}", rapid.IntRange(0, 9).Draw(t, "whom"), rapid.SampledFrom(spelled).Draw(t, "from"))
}

func drawProperty(t *rapid.T, i int) string {
	return fmt.Sprintf(`{name: n%d, when: '%s', groups: ["%s"]}`, i, drawCondition(t, true), rapid.SampledFrom([]string{"g*", "made-*", "a0", "crate"}).Draw(t, "guards"))
}

func drawTemplate(t *rapid.T, _ int) string {
	return fmt.Sprintf(`{match: "made-%s", access: [%s], prehire: %v}`, rapid.SampledFrom([]string{"*", "a*", "*-b"}).Draw(t, "match"),
		rapid.SampledFrom([]string{`"y:g/{name}"`, `"x:g/{1}"`, `"y:g/made-a"`, `"z:r/{rule}"`}).Draw(t, "carries"), rapid.Bool().Draw(t, "prehire"))
}

func entries(t *rapid.T, least, most int, draw func(*rapid.T, int) string) []string {
	out := make([]string, rapid.IntRange(least, most).Draw(t, "how many"))
	for i := range out {
		out[i] = draw(t, i)
	}
	return out
}

func drawParts(t *rapid.T) parts {
	p := parts{
		rules: entries(t, 3, 6, drawRule), constraints: entries(t, 0, 2, drawConstraint), exclusions: entries(t, 0, 2, drawExclusion),
		never: entries(t, 0, 2, drawProperty), templates: entries(t, 0, 2, drawTemplate),
	}
	for _, name := range spelled {
		p.groups = append(p.groups, drawGroup(t, name))
	}
	// Both are given, so that conditions may ask for them.
	p.rules[0] = strings.Replace(p.rules[0], "groups: [", `groups: ["a0", "a1", `, 1)
	p.rules[0] = strings.NewReplacer(`"a0", "a1", "a0", "a1"`, `"a0", "a1"`, `"a0", "a1", "a1", "a0"`, `"a0", "a1"`, `"a0", "a1", "a0"`, `"a0", "a1"`, `"a0", "a1", "a1"`, `"a0", "a1"`).Replace(p.rules[0])
	return p
}

// drawChange is a policy that is another one but for one part, mostly.
func drawChange(t *rapid.T, p parts) parts {
	other := drawParts(t)
	switch rapid.IntRange(0, 9).Draw(t, "changed") {
	case 0:
		return other
	case 1:
		p.groups = slices.Clone(p.groups)
		i := rapid.IntRange(0, len(p.groups)-1).Draw(t, "which")
		p.groups[i] = other.groups[i]
	case 2:
		p.templates = other.templates
	case 3:
		if p.constraints = rapid.Permutation(p.constraints).Draw(t, "order"); rapid.Bool().Draw(t, "others") {
			p.constraints = other.constraints
		}
	case 4:
		p.exclusions = other.exclusions
	case 5:
		p.never = other.never
	case 6:
		p.rules = append(slices.Clone(p.rules), drawRule(t, len(p.rules)))
	case 7:
		p.rules = append(slices.Clone(p.rules[:1]), rapid.Permutation(p.rules[1:]).Draw(t, "order")...)
	case 8:
		p.rules = p.rules[:len(p.rules)-1]
	default:
		p.rules = slices.Clone(p.rules)
		i := rapid.IntRange(2, len(p.rules)-1).Draw(t, "which")
		p.rules[i] = drawRule(t, i)
	}
	return p
}

func compile(t interface{ Fatalf(string, ...any) }, text string) *rules.Engine {
	p, err := rules.Load([]rules.File{{Name: "p.yaml", Data: []byte(text)}}, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	e, err := rules.Compile(p)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return e
}

func drawUser(t *rapid.T, i int) identity.User {
	value := rapid.SampledFrom([]string{"", "a", "b", "3"})
	u := identity.User{N: int64(2*i + 1), UserName: fmt.Sprintf("u%d", i), Attributes: identity.Attributes{}}
	u.Attributes.Set("department", value.Draw(t, "department"))
	u.Attributes.Set("team", value.Draw(t, "team"))
	u.Attributes.Set("title", rapid.SampledFrom([]string{"", "Lead"}).Draw(t, "title"))
	u.Attributes.Set("manager", rapid.SampledFrom([]string{"", "m"}).Draw(t, "manager"))
	u.Groups = rapid.SampledFrom([][]string{nil, {"g"}}).Draw(t, "source groups")
	u.State = rapid.SampledFrom([]identity.State{identity.Active, identity.Active, identity.Active, identity.Staged, identity.Left}).Draw(t, "state")
	return u
}

// shifts are facts: who is on call, and that managers are who they are.
type shifts struct {
	rules.Nothing
	numbers []int64
}

func (f shifts) OnCall(u identity.User, _ string, _ time.Time) bool {
	return slices.Contains(f.numbers, u.N)
}
func (f shifts) ReportsTo(u identity.User, m string) bool { return u.Attributes.First("manager") == m }
func (f shifts) Concerned() []int64                       { return f.numbers }
