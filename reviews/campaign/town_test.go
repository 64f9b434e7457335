package campaign

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"pgregory.net/rapid"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/reviews"
	"birthright/rules"
)

// town is some people by a few slices: u1, u2 …, who is in which group, and who decides
// in whose place.
type town struct {
	users     []identity.User // the n-th has the number n+1
	groups    map[string][]int64
	delegates map[int64][]int64
}

func (w *town) User(n int64) (identity.User, bool) {
	if n < 1 || n > int64(len(w.users)) {
		return identity.User{}, false
	}
	return w.users[n-1], true
}

func (w *town) Named(name string) int64 {
	return int64(slices.IndexFunc(w.users, func(u identity.User) bool { return u.UserName == name })) + 1
}

func (w *town) Belongs(n int64, group string) approval.Belonging {
	return approval.Belonging{In: slices.Contains(w.groups[group], n)}
}
func (w *town) OnCall(int64, string) bool           { return false }
func (w *town) Watch(string) []int64                { return nil }
func (w *town) Members(group string, _ int) []int64 { return w.groups[group] }
func (w *town) Delegates(n int64) []int64           { return w.delegates[n] }
func (w *town) Principals(n int64) (out []int64) {
	for from := range int64(len(w.users)) {
		if slices.Contains(w.delegates[from+1], n) {
			out = append(out, from+1)
		}
	}
	return out
}

func drawTown(t *rapid.T) *town {
	w := &town{groups: map[string][]int64{}, delegates: map[int64][]int64{}}
	count := rapid.IntRange(2, 9).Draw(t, "people")
	someone := rapid.Int64Range(1, int64(count))
	for n := 1; n <= count; n++ {
		a := identity.Attributes{}
		a.Set(identity.AttrDepartment, rapid.SampledFrom([]string{"A", "B"}).Draw(t, "department"))
		a.Set(identity.AttrManager, fmt.Sprintf("u%d", rapid.IntRange(1, count).Draw(t, "manager")))
		state := rapid.SampledFrom([]identity.State{identity.Active, identity.Active, identity.Active, identity.OnLeave, identity.Left}).Draw(t, "state")
		w.users = append(w.users, identity.User{N: int64(n), UserName: fmt.Sprintf("u%d", n), State: state, Attributes: a})
	}
	w.groups["leads"] = rapid.SliceOfNDistinct(someone, 0, 3, rapid.ID[int64]).Draw(t, "leads")
	for range rapid.IntRange(0, 3).Draw(t, "delegations") {
		from := someone.Draw(t, "from")
		w.delegates[from] = append(w.delegates[from], someone.Draw(t, "to"))
	}
	return w
}

// active reports whether somebody can decide alone.
func (w *town) active(n int64) bool {
	u, known := w.User(n)
	return known && u.State == identity.Active
}

// decides is who may decide about somebody, by the words of the rule: of the first rung
// in which anybody can, whoever is named and here, or stands in for who is named and not
// gone; never the one whose access it is.
func (w *town) decides(rungs [][]string, about int64) []int64 {
	for _, rung := range rungs {
		var out []int64
		for n := int64(1); n <= int64(len(w.users)); n++ {
			if !w.active(n) || n == about {
				continue
			}
			for _, named := range append([]int64{n}, w.Principals(n)...) {
				u, _ := w.User(named)
				here := u.State == identity.Active || u.State == identity.OnLeave
				if here && named != about && w.names(rung, named) {
					out = append(out, n)
				}
			}
		}
		if len(out) > 0 {
			return slices.Compact(out)
		}
	}
	return nil
}

func (w *town) names(rung []string, n int64) bool {
	return slices.ContainsFunc(rung, func(term string) bool {
		return term == Person(n) || term == "group:leads" && slices.Contains(w.groups["leads"], n)
	})
}

func TestWhoMayDecideIsWhoTheWordsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawTown(t)
		someone := rapid.Int64Range(1, int64(len(w.users)))
		term := rapid.OneOf(rapid.Map(someone, Person), rapid.Just("group:leads"))
		rungs := rapid.SliceOfN(rapid.SliceOfN(term, 1, 2), 1, 3).Draw(t, "rungs")
		about := someone.Draw(t, "about")
		want := w.decides(rungs, about)
		for n := int64(1); n <= int64(len(w.users)); n++ {
			got := Matter{UserN: about, Rungs: rungs}.Stand(n, w)
			if len(got.For) > 0 != slices.Contains(want, n) {
				t.Fatalf("u%d about u%d by %v: got %+v, want one of %v", n, about, rungs, got, want)
			}
			if slices.Contains(got.For, about) {
				t.Fatalf("u%d decides in the place of the one whose access it is", n)
			}
		}
	})
}

const townPolicy = `
groups:
  - {name: alpha, risk: low, owners: ["user:u1", "group:leads"], access: ["app:g/alpha", "app:g/both"]}
  - {name: beta, risk: high, owners: [manager], access: ["wiki:g/beta", "app:g/both"]}
  - {name: leads}
`

func townEngine(t testing.TB) *rules.Engine {
	t.Helper()
	p, err := rules.Load([]rules.File{{Name: "policy.yaml", Data: []byte(townPolicy)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := rules.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// What is made of memberships is what one loop over people and groups says: who is in
// scope, how many are alike, and never somebody who is asked about themselves alone.
func TestItemsAreWhatALoopWouldSay(t *testing.T) {
	engine := townEngine(t)
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		w := drawTown(t)
		scope := reviews.Scope{
			Groups:  rapid.SampledFrom([][]string{nil, {"a*"}, {"beta"}, {"*a"}}).Draw(t, "groups"),
			Targets: rapid.SampledFrom([][]string{nil, {"wiki"}, {"app"}}).Draw(t, "targets"),
			Risk:    rapid.SampledFrom([]string{"", "low", "high"}).Draw(t, "risk"),
		}
		within := roaring.New()
		for n := range w.users {
			if rapid.Bool().Draw(t, "within") {
				within.Add(uint32(n + 1))
			}
		}
		c := &reviews.Campaign{Scope: scope, Stages: []reviews.Stage{{Reviewers: []string{"owners"}}}, Owner: "user:u2"}
		people := NewPeople()
		for i := range w.users {
			people.Put(&w.users[i])
		}
		held := map[string][]int64{}
		g := NewGenerator(Input{Now: at, Engine: engine, Campaign: c, Admins: []string{"group:leads"}, People: people, Crowd: w, Within: within})
		want := []string{}
		for _, name := range []string{"alpha", "beta"} {
			held[name] = rapid.SliceOfNDistinct(rapid.Int64Range(1, int64(len(w.users))), 0, 6, rapid.ID[int64]).Draw(t, name)
			slices.Sort(held[name])
			group, _ := engine.Group(name)
			if !Covers(scope, group) {
				continue
			}
			var members []Member
			for _, n := range held[name] {
				members = append(members, Member{UserN: n, Since: at})
				if within.Contains(uint32(n)) {
					want = append(want, fmt.Sprintf("u%d %s %v", n, name, w.alike(n, held[name])))
				}
			}
			g.Group(group, members)
		}
		d := g.Draft()
		got := []string{}
		for _, i := range d.Items {
			got = append(got, fmt.Sprintf("%s %s %v", i.User, i.Group, [2]int{i.Alike, i.Peers}))
			if asked := d.Asked[i.PanelN-1]; len(asked) == 1 && asked[0] == i.UserN {
				t.Fatalf("%s is asked alone about their own %s", i.User, i.Group)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// alike counts, by a loop, the active people of somebody's department, and those of them
// who hold something; teams and titles are the same for all.
func (w *town) alike(n int64, held []int64) [2]int {
	me, _ := w.User(n)
	if me.State != identity.Active {
		return [2]int{}
	}
	var out [2]int
	for _, u := range w.users {
		if u.N == n || u.State != identity.Active || u.Attributes.First(identity.AttrDepartment) != me.Attributes.First(identity.AttrDepartment) {
			continue
		}
		out[1]++
		if slices.Contains(held, u.N) {
			out[0]++
		}
	}
	if out[1] < fewPeers {
		return [2]int{}
	}
	return out
}

func TestCovers(t *testing.T) {
	group := identity.Group{Name: "team-a", Risk: "medium", Access: []identity.Entitlement{{Target: "app", Kind: "g", ID: "x"}}}
	for name, x := range map[string]struct {
		scope reviews.Scope
		want  bool
	}{
		"everything":   {reviews.Scope{}, true},
		"a star":       {reviews.Scope{Groups: []string{"team-*"}}, true},
		"another":      {reviews.Scope{Groups: []string{"x", "team"}}, false},
		"less risk":    {reviews.Scope{Risk: "low"}, true},
		"as much":      {reviews.Scope{Risk: "medium"}, true},
		"more risk":    {reviews.Scope{Risk: "high"}, false},
		"its target":   {reviews.Scope{Targets: []string{"wiki", "app"}}, true},
		"another one":  {reviews.Scope{Targets: []string{"wiki"}}, false},
		"both must be": {reviews.Scope{Groups: []string{"team-*"}, Risk: "high"}, false},
	} {
		if got := Covers(x.scope, group); got != x.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

func TestAdvice(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	rule := []identity.Cause{{Kind: identity.CauseRule, Name: "r"}}
	access := identity.Entitlement{Target: "app", Kind: "g", ID: "x"}
	for name, x := range map[string]struct {
		item        reviews.Item
		requestable bool
		advice      string
	}{
		"a grant ends":             {reviews.Item{Group: "g", Causes: []identity.Cause{{Kind: identity.CauseGrant, Name: "g1"}}}, true, reviews.Kept},
		"a rule gives it":          {reviews.Item{Group: "g", Causes: rule}, false, reviews.Kept},
		"not used":                 {reviews.Item{Group: "g", Causes: rule, LastUsed: at.Add(-91 * 24 * time.Hour)}, false, reviews.Revoked},
		"used":                     {reviews.Item{Group: "g", Causes: rule, LastUsed: at.Add(-89 * 24 * time.Hour)}, false, reviews.Kept},
		"high, and can be asked":   {reviews.Item{Group: "g", Causes: rule, Risk: "high"}, true, reviews.Shortened},
		"high, and cannot":         {reviews.Item{Group: "g", Causes: rule, Risk: "high"}, false, reviews.Kept},
		"nobody like that has it":  {reviews.Item{Group: "g", Causes: rule, Alike: 1, Peers: 20}, false, reviews.Revoked},
		"nothing explains it":      {reviews.Item{Entitlement: access}, false, reviews.Revoked},
		"nothing, but all have it": {reviews.Item{Entitlement: access, Alike: 9, Peers: 10}, false, reviews.Kept},
	} {
		advice, because := advise(&x.item, at, x.requestable)
		if advice != x.advice || because == "" {
			t.Errorf("%s: got %s because %q, want %s", name, advice, because, x.advice)
		}
	}
}
