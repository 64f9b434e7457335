package graph

import (
	"regexp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules"
)

// strand is one rule that gives one group.
type strand struct {
	rule  *rules.Rule
	group string
	users *roaring.Bitmap // empty where nobody is counted
}

// weave is all strands of a policy, and what leads on from groups.
type weave struct {
	engine  *rules.Engine
	places  *places // nil where nobody is counted
	strands []strand
	// nested are the groups that contain groups.
	nested []nesting
	access map[string][]identity.Entitlement
	// idle are the groups that no rule gives anybody.
	idle []string
	// mute are the rules that may give nothing to anybody.
	mute []*rules.Rule
	// madeAs says, of a group that the policy does not spell out, how a rule
	// writes its name.
	madeAs map[string]string
}

// nesting is a group inside another.
type nesting struct {
	inner, outer string
	users        *roaring.Bitmap
}

func newWeave(engine *rules.Engine, crowd *Crowd) *weave {
	w := &weave{engine: engine, access: map[string][]identity.Entitlement{}, madeAs: map[string]string{}}
	if crowd != nil {
		w.places = newPlaces(crowd.Places)
		w.count(crowd.Everyone)
	}
	w.read()
	w.findIdle()
	return w
}

// count takes the strands from what everybody gets.
func (w *weave) count(everyone *rules.Everyone) {
	byName := map[string]*rules.Rule{}
	policy := w.engine.Policy()
	for i := range policy.Rules {
		byName[policy.Rules[i].Name] = &policy.Rules[i]
	}
	for _, h := range everyone.Holdings {
		for _, c := range h.Causes {
			switch rule := byName[c.Cause.Name]; {
			case c.Cause.Kind == identity.CauseGroup:
				w.nested = append(w.nested, nesting{c.Cause.Name, h.Group, c.Users})
			case c.Cause.Kind == identity.CauseRule && rule != nil:
				w.strand(rule, h.Group, c.Users)
			}
		}
	}
}

// read takes the strands from the policy that nobody is known to hang on: what
// rules may give, to whomever.
func (w *weave) read() {
	policy, counted := w.engine.Policy(), map[*rules.Rule]bool{}
	for _, s := range w.strands {
		counted[s.rule] = true
	}
	for i := range policy.Rules {
		if counted[&policy.Rules[i]] {
			continue
		}
		for _, name := range policy.Rules[i].Groups {
			if g, ok := w.engine.Group(name); !ok || !g.NoStanding {
				w.strand(&policy.Rules[i], name, roaring.New())
			}
		}
	}
	w.nest()
}

// nest adds the nesting that nobody is known to be in.
func (w *weave) nest() {
	counted := map[ends]bool{}
	for _, n := range w.nested {
		counted[ends{n.inner, n.outer}] = true
	}
	for _, outer := range w.engine.Policy().Groups {
		for _, inner := range outer.Contains {
			if !outer.NoStanding && !counted[ends{inner, outer.Name}] {
				w.nested = append(w.nested, nesting{inner, outer.Name, roaring.New()})
			}
		}
	}
}

func (w *weave) strand(rule *rules.Rule, group string, users *roaring.Bitmap) {
	w.strands = append(w.strands, strand{rule, group, users})
	w.carry(group, rule.Name)
	if !slices.Contains(rule.Groups, group) || placeholder.MatchString(group) {
		w.madeAs[group], _ = rule.NameOf(placeholder.ReplaceAllString(group, "x"))
	}
}

// placeholder is what a rule writes in the name of a group that it makes.
var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// carry notes what a group carries; of one that is made by a rule and is nobody's
// yet, what any such group would.
func (w *weave) carry(group, rule string) {
	if _, known := w.access[group]; !known {
		w.access[group] = w.engine.Made(placeholder.ReplaceAllString(group, "x"), rule).Access
	}
}

// findIdle finds the groups and rules that no strand and no nesting is about.
func (w *weave) findIdle() {
	given, giving := map[string]bool{}, map[string]bool{}
	for _, s := range w.strands {
		given[s.group], giving[s.rule.Name] = true, true
	}
	for _, n := range w.nested {
		given[n.outer] = true
		w.carry(n.outer, "")
		w.carry(n.inner, "")
	}
	for _, name := range w.engine.GroupNames() {
		if !given[name] {
			w.idle = append(w.idle, name)
			w.carry(name, "")
		}
	}
	policy := w.engine.Policy()
	for i := range policy.Rules {
		if !giving[policy.Rules[i].Name] {
			w.mute = append(w.mute, &policy.Rules[i])
		}
	}
}
