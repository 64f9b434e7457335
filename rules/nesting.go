package rules

import "slices"

// A group may contain groups: whoever is in an inner one is in the outer one
// too, and because of it.

// nest works out, for every group, which groups contain it. Load has refused
// circles.
func (e *Engine) nest() {
	e.around, e.direct = map[string][]string{}, map[string][]string{}
	for i := range e.policy.Groups {
		for _, inner := range e.policy.Groups[i].Contains {
			e.direct[inner] = append(e.direct[inner], e.policy.Groups[i].Name)
		}
	}
	for inner := range e.direct {
		e.around[inner] = outward(inner, func(name string) []string { return e.direct[name] }, nil)
	}
	done := map[string]bool{}
	for i := range e.policy.Groups {
		e.contain(&e.policy.Groups[i], done)
	}
}

// outward appends every group that contains name, as direct tells of each, once.
func outward(name string, direct func(string) []string, found []string) []string {
	for _, outer := range direct(name) {
		if !slices.Contains(found, outer) {
			found = outward(outer, direct, append(found, outer))
		}
	}
	return found
}

// contain lists g among the containers after those that it contains.
func (e *Engine) contain(g *Group, done map[string]bool) {
	if done[g.Name] {
		return
	}
	done[g.Name] = true
	for _, inner := range g.Contains {
		if group, ok := e.groups[inner]; ok {
			e.contain(group, done)
		}
	}
	if len(g.Contains) > 0 {
		e.containers = append(e.containers, g)
	}
}

// Around returns the groups that contain a group, directly or not.
func (e *Engine) Around(group string) []string { return e.around[group] }

// Surroundings are what else the policy says of a group.
type Surroundings struct {
	// Contains are the groups within it, and Within those that contain it, both as
	// far as the policy spells them out.
	Contains []string `json:"contains"`
	Within   []string `json:"within"`
	// Rules give it, and Constraints keep it apart from other groups.
	Rules       []string `json:"rules"`
	Constraints []string `json:"constraints"`
}

// Surroundings tells what else the policy says of a group. No list is nil.
func (e *Engine) Surroundings(group string) Surroundings {
	s := Surroundings{
		Contains: append([]string{}, e.givers.inner[group]...), Within: append([]string{}, e.direct[group]...),
		Rules: append([]string{}, e.RulesGiving(group)...), Constraints: []string{},
	}
	for i := range e.policy.Constraints {
		if c := &e.policy.Constraints[i]; slices.Contains(c.Conflict, group) {
			s.Constraints = append(s.Constraints, c.Name)
		}
	}
	return s
}
