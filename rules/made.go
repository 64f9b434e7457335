package rules

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/rules/population"
)

// MadeBy returns, sorted, the names of the groups that a rule makes for somebody
// of a population, or would if it held of everybody.
func (e *Engine) MadeBy(rule string, pop *population.Population) []string {
	p, ok := e.byName[rule]
	if !ok || !slices.ContainsFunc(p.rule.names, naming.made) {
		return nil
	}
	c := e.crowd(pop, World{})
	everybody := roaring.Or(pop.Active(), pop.Staged())
	names := map[string]bool{}
	for i := range p.rule.names {
		n := &p.rule.names[i]
		if !n.made() {
			continue
		}
		for name := range c.make(n, everybody) {
			names[name] = true
		}
	}
	return sortedKeys(names)
}
