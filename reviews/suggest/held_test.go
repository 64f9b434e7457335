package suggest_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"birthright/identity"
	"birthright/reviews/suggest"
	"birthright/rules"
)

func holding(address string, users ...uint32) suggest.Holding {
	e, err := identity.ParseEntitlement(address)
	if err != nil {
		panic(err)
	}
	return suggest.Holding{Entitlement: e, Holders: roaring.BitmapOf(users...)}
}

// toldHeld is a report in short.
func toldHeld(r suggest.HeldReport) []string {
	out := []string{}
	for i := range r.Drafts {
		d := &r.Drafts[i]
		out = append(out, fmt.Sprintf("%s new=%t %v: %s (%d of %d, %d others)", d.Group.Name, d.New, d.Access, d.Condition, d.Holding.GetCardinality(), d.Holders, d.Others.GetCardinality()))
	}
	for _, l := range r.LeftOut {
		out = append(out, fmt.Sprintf("not %v: %s", l.Access, l.Reason))
	}
	return out
}

func TestFromHeld(t *testing.T) {
	// 1–10 are engineers, of whom 1–5 are in Berlin; 11–20 sell.
	all := func(from, to uint32) (out []uint32) {
		for n := from; n <= to; n++ {
			out = append(out, n)
		}
		return out
	}
	for _, c := range []struct {
		name, policy string
		held         []suggest.Holding
		want         []string
	}{
		{"nothing is held", "", nil, []string{}},
		{"held together is one group, strangers aside", "", []suggest.Holding{
			holding("gh:team/eng", append(all(1, 10), identity.FirstStranger)...), holding("jira:group/eng", all(1, 10)...),
		}, []string{`held-gh-eng new=true [gh:team/eng jira:group/eng]: user.department == "Eng" (10 of 10, 0 others)`}},
		{"two terms, and who would be given it", "", []suggest.Holding{holding("vpn:role/b", append(all(1, 4), 7)...)},
			[]string{`held-vpn-b new=true [vpn:role/b]: user.department == "Eng" && user.location == "Berlin" (4 of 5, 1 others)`}},
		{"few", "", []suggest.Holding{holding("vpn:role/b", 1, 2, 3, 4)}, []string{}},
		{"nothing in common", "", []suggest.Holding{holding("vpn:role/b", 1, 2, 6, 11, 12, 16, 20)},
			[]string{"not [vpn:role/b]: those who hold it have too little in common"}},
		{"explained", "groups: [{name: e, access: ['gh:team/eng']}]\nrules: [{name: r, when: 'user.department == \"Eng\"', groups: [e]}]",
			[]suggest.Holding{holding("gh:team/eng", all(1, 10)...)}, []string{}},
		{"a group that carries it", "groups: [{name: e, access: ['gh:team/eng']}]",
			[]suggest.Holding{holding("gh:team/eng", all(1, 10)...)},
			[]string{`e new=false [gh:team/eng]: user.department == "Eng" (10 of 10, 0 others)`}},
		{"much risk", "groups: [{name: e, risk: high, access: ['gh:team/eng']}]",
			[]suggest.Holding{holding("gh:team/eng", all(1, 10)...)},
			[]string{"not [gh:team/eng]: group e carries it: its risk is high: nobody should have it standing; who asks for it again and again need not wait for an answer"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			co := company{t: t, policy: c.policy}
			for i := range 20 {
				co.join(fmt.Sprintf("u%d department=%s location=%s", i+1, []string{"Eng", "Sales"}[i/10], []string{"Berlin", "Paris"}[i/5%2]))
			}
			limits := suggest.UsualHeld()
			r := suggest.FromHeld(co.input(), slices.Values(c.held), limits)
			if d := cmp.Diff(c.want, toldHeld(r)); d != "" {
				t.Fatal(d)
			}
			data, err := suggest.Apply([]rules.File{{Name: "p.yaml", Data: []byte(c.policy)}}, nil, nil, r.Drafts...)
			if err != nil {
				t.Fatal(err)
			}
			compile(t, string(data))
		})
	}
}

// Two groups that a constraint keeps apart are not suggested for the same people, by what
// they hold, nor by that and what they ask for: the policy with all drafts in it gives
// what each of them tells.
func TestDraftsOfOneReportKeepApart(t *testing.T) {
	const policy = `
groups:
  - {name: pay, access: ['fin:role/pay'], request: {}, owners: [manager]}
  - {name: approve, access: ['fin:role/approve']}
  - {name: audit, access: ['fin:role/audit']}
constraints:
  - {name: hands, conflict: [pay, approve], mode: MODE}
  - {name: eyes, conflict: [approve, audit], mode: MODE}
`
	for _, mode := range []string{"enforce", "report"} {
		co := company{t: t, policy: strings.ReplaceAll(policy, "MODE", mode)}
		for i := range 20 {
			co.join(fmt.Sprintf("u%d department=%s", i+1, []string{"Eng", "Sales"}[i/10]))
		}
		everyEngineer := []uint32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
		held := slices.Values([]suggest.Holding{holding("fin:role/approve", everyEngineer...), holding("fin:role/audit", everyEngineer[:9]...)})
		if d := cmp.Diff([]string{
			`approve new=false [fin:role/approve]: user.department == "Eng" (10 of 10, 0 others)`,
			"not [fin:role/audit]: a constraint keeps it apart from approve, which is suggested for some of the same people",
		}, toldHeld(suggest.FromHeld(co.input(), held, suggest.UsualHeld()))); d != "" {
			t.Errorf("%s, by what is held: %s", mode, d)
		}
		for n := range int64(9) {
			co.ask(n+1, "pay", 3)
		}
		asked := suggest.Suggest(co.input())
		if len(asked.Drafts) != 1 || asked.Drafts[0].Group.Name != "pay" {
			t.Fatalf("%s: drafts %+v, left out %+v", mode, asked.Drafts, asked.LeftOut)
		}
		beside := suggest.FromHeld(co.input(), held, suggest.UsualHeld(), asked.Drafts...)
		if d := cmp.Diff([]string{
			`audit new=false [fin:role/audit]: user.department == "Eng" (9 of 9, 1 others)`,
			"not [fin:role/approve]: a constraint keeps it apart from pay, which is suggested for some of the same people",
		}, toldHeld(beside)); d != "" {
			t.Errorf("%s, by what is held and asked for: %s", mode, d)
		}
	}
}

// Exactly the planted rules are found, not the noise, in whatever order holdings
// come; and with the drafts in force the engine gives what they say.
func TestPlantedAccessIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		c := company{t: t}
		for i := range 120 {
			c.join(fmt.Sprintf("u%d department=D%d title=T%d location=L%d", i+1, i%4, i/4%3, random.IntN(50)))
		}
		var held []suggest.Holding
		want := map[string]string{}
		for d := range rapid.IntRange(0, 4).Draw(t, "rules") {
			h := holding(fmt.Sprintf("x:team/d%d", d))
			skipped := random.IntN(30)
			for i := d; i < 120; i += 4 {
				if i/4 != skipped {
					h.Holders.Add(uint32(i + 1))
				}
			}
			want[fmt.Sprintf("held-x-d%d", d)] = fmt.Sprintf("user.department == %q", fmt.Sprintf("D%d", d))
			twin := suggest.Holding{Entitlement: identity.Entitlement{Target: "y", Kind: "team", ID: h.Entitlement.ID}, Holders: h.Holders.Clone()}
			held = append(held, h, twin)
		}
		noise := holding("z:role/noise")
		for i := range 120 {
			if random.IntN(3) == 0 {
				noise.Holders.Add(uint32(i + 1))
			}
		}
		held = rapid.Permutation(append(held, noise)).Draw(t, "order")
		in := c.input()
		r := suggest.FromHeld(in, slices.Values(held), suggest.UsualHeld())
		got := map[string]string{}
		for i := range r.Drafts {
			got[r.Drafts[i].Group.Name] = r.Drafts[i].Condition
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
		data, err := suggest.Apply(nil, nil, nil, r.Drafts...)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Drafts) == 0 {
			return
		}
		after := compile(t, string(data))
		again := c.input(after)
		everyone := after.Everyone(again.Population, again.World)
		for i := range r.Drafts {
			d := &r.Drafts[i]
			if !everyone.Users(d.Group.Name).Equals(roaring.Or(d.Holding, d.Others)) {
				t.Fatalf("%s gives something else than it says", strings.TrimSpace(d.YAML()))
			}
		}
	})
}
