package impact

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules"
)

// Stopped is a grant that the change ends, or keeps from beginning.
type Stopped struct {
	Grant
	Why string
}

// grant notes whom grants put into groups on one side. What the policy does not know,
// or keeps from somebody, no grant gives.
func (p *picture) grant(grants []Grant) {
	p.granted = map[string]*roaring.Bitmap{}
	for _, g := range grants {
		if p.refusal(g) != "" {
			continue
		}
		if p.granted[g.Group] == nil {
			p.granted[g.Group] = roaring.New()
		}
		p.granted[g.Group].Add(g.User)
	}
}

// refusal says why a grant gives nothing here; "" where it gives what it is for.
func (p *picture) refusal(g Grant) string {
	if _, known := p.Engine.Group(g.Group); !known {
		return "the policy has no group " + g.Group + " any more"
	}
	for _, r := range p.refused[g.User] {
		switch {
		case !slices.Contains(r.Causes, g.Cause):
		case r.Kind == rules.RefusedByConstraint:
			return "constraint " + r.Name + ": " + r.Kept + " is held"
		default:
			return "exclusion: " + r.Reason
		}
	}
	return ""
}

// with is who is in a group by whatever way. The set must not be changed.
func (p *picture) with(group string) *roaring.Bitmap { return p.joined(p.users(group), group) }

// joined adds those whom grants put into a group.
func (p *picture) joined(users *roaring.Bitmap, group string) *roaring.Bitmap {
	if granted := p.granted[group]; granted != nil {
		return roaring.Or(users, granted)
	}
	return users
}

// ruled answers who is in some groups by rules alone.
func (p *picture) ruled(groups []string) func(string) *roaring.Bitmap {
	if p.Members != nil || len(p.World.Overlay) == 0 {
		p.look(groups)
		return p.users
	}
	w := p.World
	w.Overlay = nil
	return p.Engine.Groups(groups, p.Population, w).Users
}

// needless are the grants of what rules give after the change and not before.
func (c *comparison) needless() []Grant {
	if len(c.scope.Grants) == 0 {
		return nil
	}
	var out []Grant
	before, after := c.before.ruled(sortedKeys(c.granted)), c.after.ruled(sortedKeys(c.granted))
	for _, g := range c.scope.Grants {
		if after(g.Group).Contains(g.User) && !before(g.Group).Contains(g.User) {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, compareGrants)
	return out
}

// ending are the grants that give something before the change and not after it.
func (c *comparison) ending() []Stopped {
	var out []Stopped
	for _, g := range c.scope.Grants {
		if why := c.after.refusal(g); why != "" && c.before.refusal(g) == "" {
			out = append(out, Stopped{g, why})
		}
	}
	return inOrder(out)
}

// failing are the grants whose time is ahead and that cannot begin after the change:
// nothing is approved any more that may not be asked for.
func (c *comparison) failing() []Stopped {
	var out []Stopped
	for _, g := range c.scope.Scheduled {
		if why := unasked(c.after.Engine, g.Group); why != "" && unasked(c.before.Engine, g.Group) == "" {
			out = append(out, Stopped{g, why})
		}
	}
	return inOrder(out)
}

func unasked(e *rules.Engine, group string) string {
	if _, known := e.Group(group); !known {
		return "the policy has no group " + group + " any more"
	}
	if e.Request(group) == nil {
		return group + " may not be asked for any more"
	}
	return ""
}

func inOrder(list []Stopped) []Stopped {
	slices.SortFunc(list, func(a, b Stopped) int { return compareGrants(a.Grant, b.Grant) })
	return list
}

func compareGrants(a, b Grant) int {
	return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.Group, b.Group), compareCauses(a.Cause, b.Cause))
}

func compareCauses(a, b identity.Cause) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
}
