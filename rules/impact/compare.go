package impact

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// comparison is one under way.
type comparison struct {
	before, after *picture
	scope         Scope
	// groups are those whose members may differ, carriers those that may carry
	// something else; sorted.
	groups, carriers []string
	// partly is set where pictures are completed group by group.
	partly bool
	diff   difference
	// granted are the groups of grants.
	granted map[string]bool
	made    []string // see everyName
	listed  bool
}

// Compare returns what the step from before to after would do.
func Compare(before, after Side, scope Scope) (Impact, error) {
	for _, s := range []Side{before, after} {
		if err := s.check(); err != nil {
			return Impact{}, err
		}
	}
	c := &comparison{scope: scope, granted: map[string]bool{}}
	for _, g := range scope.Grants {
		c.granted[g.Group] = true
	}
	c.draw(before, after)
	c.before.grant(scope.Grants)
	c.after.grant(scope.Grants)
	return c.impact()
}

// draw makes the two pictures in the cheapest way that is exact.
func (c *comparison) draw(before, after Side) {
	samePolicy := before.Engine.Policy().Hash == after.Engine.Policy().Hash
	decided := before.Members == nil && after.Members == nil
	switch {
	case decided && before.Population == after.Population && before.World.At.Equal(after.World.At):
		c.partly = true
		c.before, c.after = before.partial(), after.partial()
		c.diff = differ(before, after)
		c.groups = sortedSet(append(reach(before, after, c.diff.groups), sortedKeys(c.granted)...))
		c.carriers = sortedSet(append(sortedKeys(c.diff.carriers), sortedKeys(c.granted)...))
		c.look(c.groups)
	case decided && samePolicy && c.scope.People != nil && few(c.scope.People, after):
		c.before, c.after = before.only(c.scope.People), after.only(c.scope.People)
		c.groups = c.everyName()
	default:
		c.before, c.after = before.all(), after.all()
		c.groups = c.everyName()
		c.carriers = c.groups
	}
}

// few reports whether it is cheaper to decide about people one by one.
func few(people *roaring.Bitmap, s Side) bool {
	return people.GetCardinality() <= uint64(256+s.Population.Len()/20)
}

func (c *comparison) look(groups []string) {
	c.before.look(groups)
	c.after.look(groups)
}

// everyName is every group that there is on either side: spelled out, made for
// somebody, or granted.
func (c *comparison) everyName() []string {
	if c.listed {
		return c.made
	}
	c.listed = true
	c.made = slices.Concat(c.before.names(), c.after.names(), sortedKeys(c.granted))
	if c.partly {
		for _, p := range []*picture{c.before, c.after} {
			c.made = append(c.made, makers(p.Side, func(string) bool { return true })...)
		}
	}
	c.made = sortedSet(c.made)
	return c.made
}

// makers are the groups that those rules with placeholders make which take names.
func makers(s Side, take func(rule string) bool) []string {
	var out []string
	for i := range s.Engine.Policy().Rules {
		if r := &s.Engine.Policy().Rules[i]; slices.ContainsFunc(r.Groups, hasPlaceholder) && take(r.Name) {
			out = append(out, s.Engine.MadeBy(r.Name, s.Population)...)
		}
	}
	return out
}

// impact puts the result together.
func (c *comparison) impact() (Impact, error) {
	m := Impact{
		Before: c.before.Engine.Policy().Version, After: c.after.Engine.Policy().Version,
		People: c.after.Population.Len(),
	}
	m.Groups = c.compareGroups()
	m.Entitlements, m.Targets = c.compareAccess(m.Groups)
	m.Constraints = c.compareConstraints()
	m.Needless, m.Ending, m.Failing = c.needless(), c.ending(), c.failing()
	var err error
	m.Properties, err = c.compareProperties()
	return m, err
}
