package suggest

import (
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/rules"
	"birthright/rules/population"
)

// pool is who could gain a group by a rule.
type pool struct {
	could *roaring.Bitmap
	// spoil are those of them for whom a constraint would break that is only
	// reported: no condition may be about any of them.
	spoil *roaring.Bitmap
	// except are conditions of properties that guard the group: a rule must leave out
	// whom they are about.
	except []string
	// reason says why nothing can be suggested.
	reason string
}

// hold decides who holds what by birthright: of the groups that are asked for, and
// of what constraints keep apart.
func (l *learner) hold() {
	names := sortedKeys(l.asked)
	for _, c := range l.Engine.Policy().Constraints {
		names = append(names, c.Conflict...)
	}
	slices.Sort(names)
	l.World.Overlay = nil
	l.everyone = l.Engine.Groups(slices.Compact(names), l.Population, l.World)
	l.exclude()
}

// exclude finds whom exclusions keep from which groups.
func (l *learner) exclude() {
	l.excluded = map[string]*roaring.Bitmap{}
	byName := map[string][]string{}
	for _, x := range l.Engine.Policy().Exclusions {
		if x.Until.IsZero() || l.World.At.Before(x.Until) {
			name := strings.ToLower(x.User)
			byName[name] = append(byName[name], x.Groups...)
		}
	}
	logins := l.Population.Column(population.Reading{Kind: population.Login})
	if len(byName) == 0 || logins == nil {
		return
	}
	for code := range uint32(logins.Distinct()) {
		for _, group := range byName[strings.ToLower(logins.Text(code))] {
			if l.excluded[group] == nil {
				l.excluded[group] = roaring.New()
			}
			l.excluded[group].Or(logins.Holders(code))
		}
	}
}

// pool returns who could gain a group.
func (l *learner) pool(group, kind string) pool {
	p := pool{could: roaring.AndNot(l.Population.Active(), l.everyone.Users(group)), spoil: roaring.New()}
	if out := l.excluded[group]; out != nil {
		p.could.AndNot(out)
	}
	unit := append([]string{group}, l.Engine.View().Around(group)...)
	for i := range l.Engine.Policy().Constraints {
		k := &l.Engine.Policy().Constraints[i]
		against := l.against(k, unit)
		if k.Mode == rules.Enforce {
			p.could.AndNot(against)
		} else {
			p.spoil.Or(against)
		}
	}
	l.guard(&p, unit, kind)
	p.spoil.And(p.could)
	return p
}

// guard leaves out whom properties keep from the group. A rule can say so; of a
// request it is enough that the condition is about nobody of them.
func (l *learner) guard(p *pool, unit []string, kind string) {
	for i := range l.Engine.Policy().Properties {
		property := &l.Engine.Policy().Properties[i]
		if !slices.ContainsFunc(unit, property.Covers) {
			continue
		}
		q, err := rules.NewQuestion(property.When)
		if err != nil || len(property.When.Groups) > 0 {
			p.reason = "property " + property.Name + " guards it, and asks who is in which group: write the rule by hand"
			continue
		}
		about := q.Matches(l.Population, l.World, nil)
		if kind != AsRule {
			p.spoil.Or(about)
			continue
		}
		p.could.AndNot(about)
		p.except = append(p.except, strings.TrimSpace(property.When.Source))
	}
}

// against returns who holds something that a constraint keeps apart from one of the
// groups of a unit; everybody, where the unit itself is against it.
func (l *learner) against(k *rules.Constraint, unit []string) *roaring.Bitmap {
	out, own := roaring.New(), 0
	for _, group := range k.Conflict {
		if slices.Contains(unit, group) {
			own++
		}
	}
	if own == 0 {
		return out
	}
	if own > 1 {
		return l.Population.Active().Clone()
	}
	for _, group := range k.Conflict {
		if !slices.Contains(unit, group) {
			out.Or(l.everyone.Users(group))
		}
	}
	return out
}

// together leaves out rules that would give people two groups which a constraint
// keeps apart: the draft that is worth more stays.
func (l *learner) together(r *Report) {
	var kept []Draft
	for _, d := range r.Drafts {
		at := -1
		if d.Kind == AsRule {
			at = slices.IndexFunc(kept, func(o Draft) bool { return o.Kind == AsRule && l.apart(o.gives(), d.gives()) })
		}
		if at < 0 {
			kept = append(kept, d)
			continue
		}
		r.LeftOut = append(r.LeftOut, LeftOut{
			Group: d.Group.Name, Evidence: d.Evidence,
			Reason: apartFrom(kept[at].Group.Name),
		})
	}
	r.Drafts = kept
	slices.SortFunc(r.LeftOut, func(a, b LeftOut) int { return strings.Compare(a.Group, b.Group) })
}

// apartFrom is why something is left out that a constraint keeps apart from a group.
func apartFrom(group string) string {
	return "a constraint keeps it apart from " + group + ", which is suggested for some of the same people"
}

// given is what the rule of a draft gives, and to whom.
type given struct {
	groups []string
	users  *roaring.Bitmap
}

func (d *Draft) gives() given {
	return given{append([]string{d.Group.Name}, d.Around...), roaring.Or(d.Asking, d.Others)}
}

// apart reports whether two rules would meet in somebody against a constraint.
func (l *learner) apart(a, b given) bool {
	of := func(unit []string) func(string) bool {
		return func(group string) bool { return slices.Contains(unit, group) }
	}
	for _, k := range l.Engine.Policy().Constraints {
		if slices.ContainsFunc(k.Conflict, of(a.groups)) && slices.ContainsFunc(k.Conflict, of(b.groups)) {
			return a.users.Intersects(b.users)
		}
	}
	return false
}
