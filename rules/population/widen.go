package population

import (
	"maps"
	"slices"
)

// With returns a population of the same people that also keeps some readings of which
// everybody has nothing: whoever knows that spares itself reading everybody again. It
// shares everything else with p, and neither may be changed afterwards.
func (p *Population) With(nothing []Reading) *Population {
	out := &Population{columns: maps.Clone(p.columns), posted: p.posted, staged: p.staged, whole: p.whole}
	out.readings = slices.Compact(slices.SortedFunc(slices.Values(slices.Concat(p.readings, nothing)), Compare))
	for _, r := range out.readings {
		if r.kept() && out.columns[r] == nil {
			out.columns[r] = newColumn(r)
		}
	}
	return out
}
