package impact

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/rules"
)

// compareProperties returns the properties that break or mend for somebody.
func (c *comparison) compareProperties() ([]Finding, error) {
	var out []Finding
	for _, property := range c.touchedProperties() {
		before, err := c.breach(c.before, property.Name)
		if err != nil {
			return nil, err
		}
		after, err := c.breach(c.after, property.Name)
		if err != nil {
			return nil, err
		}
		f := Finding{Name: property.Name, Groups: property.Groups, Breaks: without(after, before), Mends: without(before, after)}
		if len(f.Breaks)+len(f.Mends) > 0 {
			out = append(out, f)
		}
	}
	return out, nil
}

// touchedProperties are those of either policy that could break or mend, by name.
func (c *comparison) touchedProperties() []rules.Property {
	all := slices.Concat(c.after.Engine.Policy().Properties, c.before.Engine.Policy().Properties)
	all = slices.DeleteFunc(all, func(p rules.Property) bool {
		return c.partly && !c.diff.properties[p.Name] && !slices.ContainsFunc(p.When.Groups, c.mayDiffer) &&
			!slices.ContainsFunc(c.groups, func(group string) bool { return guards(p, group) })
	})
	slices.SortStableFunc(all, func(a, b rules.Property) int { return cmp.Compare(a.Name, b.Name) })
	return slices.CompactFunc(all, func(a, b rules.Property) bool { return a.Name == b.Name })
}

// guards reports whether a property speaks of a group. Names have no letter that
// means anything to path.Match but the star.
func guards(p rules.Property, group string) bool {
	return slices.ContainsFunc(p.Groups, func(pattern string) bool {
		fits, err := path.Match(pattern, group)
		return err == nil && fits
	})
}

// guarded are the groups that a property speaks of. All names there are, which may
// be many, are needed for patterns only.
func (c *comparison) guarded(p rules.Property) []string {
	if !slices.ContainsFunc(p.Groups, func(pattern string) bool { return strings.Contains(pattern, "*") }) {
		return sortedSet(slices.Clone(p.Groups))
	}
	return slices.DeleteFunc(slices.Clone(c.everyName()), func(group string) bool { return !guards(p, group) })
}

// breach returns who is in a group against the property of that name, as one side
// has it.
func (c *comparison) breach(p *picture, name string) ([]Violation, error) {
	list := p.Engine.Policy().Properties
	at := slices.IndexFunc(list, func(x rules.Property) bool { return x.Name == name })
	if at < 0 {
		return nil, nil
	}
	question, err := rules.NewQuestion(list[at].When)
	if err != nil {
		return nil, err
	}
	guarded := c.guarded(list[at])
	c.look(slices.Concat(guarded, question.Groups()))
	concerned := question.Matches(p.Population, p.World, p.users)
	held := map[uint32][]string{}
	for _, group := range guarded {
		for it := roaring.And(concerned, p.users(group)).Iterator(); it.HasNext(); {
			n := it.Next()
			held[n] = append(held[n], group)
		}
	}
	var out []Violation
	for n, groups := range held {
		out = append(out, Violation{User: n, Groups: groups})
	}
	return sorted(out), nil
}
