package graph

import (
	"birthright/rules"
	"birthright/rules/population"
)

// The values of Options.Fold.
const (
	FoldAuto       = "auto"       // where there is too much to read
	FoldNone       = "none"       // never: every rule and group is a node
	FoldDepartment = "department" // rules and groups by the departments they are for
)

// Options say what of a policy to draw, and how.
type Options struct {
	Fold string // FoldAuto where empty
	// The filters; each keeps what is connected with what it names.
	Group, Rule, Department, Target string
}

// Crowd is everybody, to be counted.
type Crowd struct {
	Everyone *rules.Everyone
	// Places keeps what Readings names of the same people.
	Places *population.Population
}

// Readings are what a picture reads of people.
func Readings() []population.Reading { return []population.Reading{departmentReading, teamReading} }

// Build draws the policy of an engine; nobody is counted where crowd is nil. It
// fails where a filter names what is not there.
func Build(engine *rules.Engine, crowd *Crowd, o Options) (Graph, error) {
	w := newWeave(engine, crowd)
	if err := w.check(o); err != nil {
		return Graph{}, err
	}
	w.filter(o)
	d := w.draft()
	switch many := len(d.in(Rules)) > plenty; {
	case o.Fold == FoldNone:
	case o.Fold == FoldDepartment, many:
		d = d.byDepartment().capped(few)
	default:
		d = d.madeTogether().capped(plenty)
	}
	return d.graph(crowd != nil, o.about()), nil
}

const (
	// plenty is how many nodes of a layer can be read one by one.
	plenty = 40
	// few is how many nodes a folded layer has at most.
	few = 24
)
