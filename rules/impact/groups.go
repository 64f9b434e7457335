package impact

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// compareGroups returns the groups in which something changes, in order.
func (c *comparison) compareGroups() []Group {
	var out []Group
	for _, name := range c.groups {
		g := Group{
			Name: name, Risk: c.risk(name),
			Gains: roaring.AndNot(c.after.with(name), c.before.with(name)), Losses: roaring.AndNot(c.before.with(name), c.after.with(name)),
		}
		if !g.Gains.IsEmpty() || !g.Losses.IsEmpty() || c.before.spelled[name] != c.after.spelled[name] {
			out = append(out, g)
		}
	}
	c.count(out)
	out = slices.DeleteFunc(out, func(g Group) bool {
		return g.Gains.IsEmpty() && g.Losses.IsEmpty() && !g.Appears && !g.Vanishes
	})
	slices.SortFunc(out, compareRisk)
	return out
}

// count fills in how many are in each group, and what follows from that.
func (c *comparison) count(groups []Group) {
	before := c.totals(groups)
	for i := range groups {
		g := &groups[i]
		g.Before = int(before(g.Name).GetCardinality())
		g.After = g.Before + int(g.Gains.GetCardinality()) - int(g.Losses.GetCardinality())
		was := g.Before > 0 || c.before.spelled[g.Name]
		is := g.After > 0 || c.after.spelled[g.Name]
		g.Appears, g.Vanishes = !was && is, was && !is
		g.Empties = g.Before > 0 && g.After == 0
	}
}

// totals answers who was in each of the groups before, by rules and grants. A
// picture of a few people does not know all the others.
func (c *comparison) totals(groups []Group) func(string) *roaring.Bitmap {
	users := c.before.users
	if c.before.within != nil {
		names := make([]string, len(groups))
		for i := range groups {
			names[i] = groups[i].Name
		}
		users = c.before.Engine.Groups(names, c.before.Population, c.before.World).Users
	}
	return func(group string) *roaring.Bitmap { return c.before.joined(users(group), group) }
}

// risks are the levels, from much to little.
var risks = []string{"critical", "high", "medium", "low"}

// level is the place of a risk among them; none at all comes last.
func level(risk string) int {
	if at := slices.Index(risks, risk); at >= 0 {
		return at
	}
	return len(risks)
}

// risk is the higher one of what the two policies say.
func (c *comparison) risk(group string) string {
	before, after := c.before.group(group).Risk, c.after.group(group).Risk
	if level(before) < level(after) {
		return before
	}
	return after
}

func compareRisk(a, b Group) int {
	return cmp.Or(
		cmp.Compare(level(a.Risk), level(b.Risk)),
		cmp.Compare(b.Losses.GetCardinality(), a.Losses.GetCardinality()),
		cmp.Compare(b.Gains.GetCardinality(), a.Gains.GetCardinality()),
		cmp.Compare(a.Name, b.Name),
	)
}
