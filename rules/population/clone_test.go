package population

import (
	"slices"
	"testing"

	"birthright/identity"
)

func TestACloneIsChangedApart(t *testing.T) {
	team, groups := Reading{Attribute: "team"}, Reading{Kind: Groups}
	p := New([]Reading{team, groups, {Kind: Whole}})
	person := func(n int64, team string, state identity.State, groups ...string) *identity.User {
		return &identity.User{N: n, State: state, Attributes: identity.Attributes{"team": {team}}, Groups: groups}
	}
	for n := range int64(40) { // enough for a bitmap, and for a short list
		p.Put(person(n, []string{"a", "a", "a", "b"}[n%4], identity.Active, "g"))
	}
	p.Seal()
	look := func(p *Population) []uint32 {
		c := p.Column(team)
		a, _ := c.Find("a")
		b, _ := c.Find("b")
		return slices.Concat(c.Holders(a).ToArray(), c.Holders(b).ToArray(), p.Column(groups).Containing("g").ToArray(), p.Active().ToArray(), p.Staged().ToArray())
	}
	was := look(p)
	q := p.Clone()
	if !slices.Equal(was, look(q)) {
		t.Fatal("a clone is something else")
	}
	q.Put(person(0, "c", identity.Active, "h"))
	q.Put(person(1, "b", identity.Active))
	q.Put(person(3, "a", identity.Staged, "g"))
	q.Drop(7)
	if !slices.Equal(was, look(p)) || p.Face(0).Text(team) != "a" || p.Face(7).Whole() == nil {
		t.Error("what was changed in the clone is seen where it came from")
	}
	if q.Face(0).Text(team) != "c" || !q.Staged().Contains(3) || q.Has(7) || q.Len() != 39 {
		t.Error("the clone did not change")
	}
	p.Put(person(9, "d", identity.Active))
	if q.Face(9).Text(team) != "a" {
		t.Error("what was changed where it came from is seen in the clone")
	}
}
