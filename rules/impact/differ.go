package impact

import (
	"slices"

	"birthright/rules"
)

// difference is what two policies say differently about one population.
type difference struct {
	before, after Side
	// groups are those whose members may differ by what is said of them, or of
	// what gives them; carriers those that may carry something else.
	groups, carriers map[string]bool
	// constraints and properties that are not the same on both sides, by name.
	constraints, properties map[string]bool
}

// differ compares the definitions of two policies.
func differ(before, after Side) difference {
	d := difference{
		before: before, after: after, groups: map[string]bool{}, carriers: map[string]bool{},
		constraints: map[string]bool{}, properties: map[string]bool{},
	}
	p, q := before.Engine.Policy(), after.Engine.Policy()
	if p.Hash == q.Hash {
		return d
	}
	d.compareRules()
	d.compareGroups()
	d.compareTemplates()
	d.compareConstraints()
	d.compareExclusions()
	for name := range unlike(p.Properties, q.Properties, func(x rules.Property) string { return x.Name }, sameProperty) {
		d.properties[name] = true
	}
	return d
}

// unlike returns the names of which the two lists do not say the same.
func unlike[T any](before, after []T, name func(T) string, same func(a, b T) bool) map[string]bool {
	out := map[string]bool{}
	old := make(map[string]T, len(before))
	for _, x := range before {
		old[name(x)] = x
		out[name(x)] = true
	}
	for _, y := range after {
		x, ok := old[name(y)]
		out[name(y)] = !ok || !same(x, y)
	}
	for n, differs := range out {
		if !differs {
			delete(out, n)
		}
	}
	return out
}

// sameOrder reports whether what both lists name comes in the same order.
func sameOrder[T any](before, after []T, name func(T) string) bool {
	common := func(list, other []T) []string {
		in := map[string]bool{}
		for _, x := range other {
			in[name(x)] = true
		}
		var out []string
		for _, x := range list {
			if in[name(x)] {
				out = append(out, name(x))
			}
		}
		return out
	}
	return slices.Equal(common(before, after), common(after, before))
}

func (d *difference) sides() [2]Side { return [2]Side{d.before, d.after} }
