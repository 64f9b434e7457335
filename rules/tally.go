package rules

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
)

// tally gathers who is in which group because of what.
type tally struct {
	byGroup map[string]map[identity.Cause]*roaring.Bitmap
	wanted  map[string]bool // nil for all
}

func (t *tally) rule(c *crowd, p *program, users *roaring.Bitmap) {
	if users == nil || users.IsEmpty() {
		return
	}
	cause := identity.Cause{Kind: identity.CauseRule, Name: p.rule.Name}
	c.named(p, users, func(group string, users *roaring.Bitmap) { t.add(group, cause, users) })
}

// add notes users, which may be somebody else's set, for a cause.
func (t *tally) add(group string, cause identity.Cause, users *roaring.Bitmap) {
	if t.wanted != nil && !t.wanted[group] || users.IsEmpty() {
		return
	}
	causes := t.byGroup[group]
	if causes == nil {
		causes = map[identity.Cause]*roaring.Bitmap{}
		t.byGroup[group] = causes
	}
	causes[cause] = either(causes[cause], users)
}

// users is everybody in a group so far; nil for nobody.
func (t *tally) users(group string) *roaring.Bitmap {
	var parts []*roaring.Bitmap
	for _, users := range t.byGroup[group] {
		parts = append(parts, users)
	}
	return either(parts...)
}

// surround adds the memberships that follow from groups containing groups.
func (e *Engine) surround(t *tally) {
	for _, outer := range e.containers {
		if outer.NoStanding {
			continue
		}
		for _, inner := range outer.Contains {
			if users := t.users(inner); users != nil {
				t.add(outer.Name, identity.Cause{Kind: identity.CauseGroup, Name: inner}, users)
			}
		}
	}
}

// without takes some users out of everything.
func (t *tally) without(apart *roaring.Bitmap) {
	if apart.IsEmpty() {
		return
	}
	for _, causes := range t.byGroup {
		for cause, users := range causes {
			if users.Intersects(apart) {
				causes[cause] = roaring.AndNot(users, apart)
			}
		}
	}
}

// holdings returns what was gathered, in order, without what is empty.
func (t *tally) holdings() []Holding {
	out := make([]Holding, 0, len(t.byGroup))
	for group, causes := range t.byGroup {
		h := Holding{Group: group}
		for cause, users := range causes {
			if !users.IsEmpty() {
				h.Causes = append(h.Causes, Causing{cause, users})
			}
		}
		if len(h.Causes) == 0 {
			continue
		}
		slices.SortFunc(h.Causes, func(a, b Causing) int { return identity.CompareCauses(a.Cause, b.Cause) })
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b Holding) int { return cmp.Compare(a.Group, b.Group) })
	return out
}
