package population

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"birthright/identity"
)

var (
	team   = Reading{Attribute: "team"}
	units  = Reading{Kind: All, Attribute: "ou"}
	groups = Reading{Kind: Groups}
	login  = Reading{Kind: Login}
)

func drawPerson(t *rapid.T, n int64) identity.User {
	u := identity.User{
		N: n, UserName: rapid.SampledFrom([]string{"ada", "Bob", "cy"}).Draw(t, "name"), Attributes: identity.Attributes{},
		State: rapid.SampledFrom([]identity.State{identity.Active, identity.Active, identity.Staged, identity.Left, identity.OnLeave}).Draw(t, "state"),
	}
	some := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 3)
	u.Attributes.Set("team", rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "team"))
	u.Attributes.Set("ou", some.Draw(t, "units")...)
	u.Groups = some.Draw(t, "groups")
	return u
}

// TestSetsAreThePeople puts, changes and drops people, with postings made before,
// between or after, and compares with a plain list.
func TestSetsAreThePeople(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, plain := New([]Reading{team, units, groups, login, {Kind: Whole}}), map[int64]identity.User{}
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			n := rapid.Int64Range(1, 30).Draw(t, "number")
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0:
				p.Seal()
			case 1:
				p.Drop(n)
				delete(plain, n)
			default:
				u := drawPerson(t, n)
				p.Put(&u)
				plain[n] = u
			}
		}
		p.Seal()
		holders := func(holds func(identity.User) bool) []uint32 {
			out := []uint32{}
			for n, u := range plain {
				if u.State == identity.Active && holds(u) {
					out = append(out, uint32(n))
				}
			}
			slices.Sort(out)
			return out
		}
		same := func(what string, got, want []uint32) {
			if d := cmp.Diff(want, append([]uint32{}, got...)); d != "" {
				t.Fatalf("%s: %s", what, d)
			}
		}
		same("active", p.Active().ToArray(), holders(func(identity.User) bool { return true }))
		for _, value := range []string{"", "x", "y", "z"} {
			var got []uint32
			if code, ok := p.Column(team).Find(value); ok {
				got = p.Column(team).Holders(code).ToArray()
			}
			same("in team "+value, got, holders(func(u identity.User) bool { return u.Attributes.First("team") == value }))
		}
		for _, value := range []string{"a", "b", "c", "d"} {
			for reading, list := range map[Reading]func(identity.User) []string{
				units:  func(u identity.User) []string { return u.Attributes["ou"] },
				groups: func(u identity.User) []string { return u.Groups },
			} {
				var got []uint32
				if set := p.Column(reading).Containing(value); set != nil {
					got = set.ToArray()
				}
				same("having "+value, got, holders(func(u identity.User) bool { return slices.Contains(list(u), value) }))
			}
		}
		for n, u := range plain {
			here := u.State == identity.Active || u.State == identity.Staged
			if p.Has(uint32(n)) != here {
				t.Fatalf("user %d is kept: %v", n, !here)
			}
			if here {
				got := p.User(uint32(n))
				u.Groups, got.Groups = append([]string{}, u.Groups...), append([]string{}, got.Groups...)
				if d := cmp.Diff(u, got); d != "" {
					t.Fatalf("user %d: %s", n, d)
				}
			}
		}
	})
}
