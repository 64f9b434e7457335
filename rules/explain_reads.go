package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/rules/population"
)

// Evidence is one thing that a condition looked at, and who said it.
type Evidence struct {
	// Attribute is what was looked at, as conditions call it without the user. in
	// front: "department", "attributes.costCentre", `oncall("primary")`.
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
	// Source is who said it; "" where nobody did, and for what no source says.
	Source string `json:"source"`
	// AsOf is when the source is known to have said it last, and Since when what it
	// says of this person changed last. The engine leaves both to who knows sources.
	AsOf  *time.Time `json:"as_of"`
	Since *time.Time `json:"since"`
	// Fact is what was asked for, by kind and name, where it was a shift or a ticket.
	Fact identity.Fact `json:"-"`
}

// asked is what a condition reads and asks.
type asked struct {
	readings []population.Reading
	facts    []fact
}

// asked gathers what some logic reads and asks, attributes before facts.
func (e *Engine) asked(nodes ...*logic) asked {
	var a asked
	for _, n := range nodes {
		e.gather(n, &a)
	}
	slices.SortFunc(a.readings, func(x, y population.Reading) int { return cmp.Compare(nameOf(x), nameOf(y)) })
	a.readings = slices.Compact(a.readings)
	slices.SortFunc(a.facts, func(x, y fact) int { return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.text, y.text)) })
	a.facts = slices.Compact(a.facts)
	return a
}

func (e *Engine) gather(n *logic, into *asked) {
	if n.op == opLeaf {
		switch l := &e.leaves.all[n.leaf]; {
		case l.fact():
			into.facts = append(into.facts, fact{l.kind, l.texts[0]})
		case l.kind == leafFree:
			into.readings = append(into.readings, l.reads...)
			into.facts = append(into.facts, l.asks...)
		default:
			into.readings = append(into.readings, l.reading)
		}
	}
	for _, arg := range n.args {
		e.gather(arg, into)
	}
}

// reads tells the values of what some logic reads and asks.
func (s *subject) reads(nodes ...*logic) []Evidence {
	a := s.engine.asked(nodes...)
	out := make([]Evidence, 0, len(a.readings)+len(a.facts))
	for _, r := range a.readings {
		out = append(out, s.reading(r))
	}
	for _, f := range a.facts {
		out = append(out, s.factRead(f))
	}
	return out
}

// reading tells the value that a reading has now.
func (s *subject) reading(r population.Reading) Evidence {
	return Evidence{Attribute: nameOf(r), Value: valueOf(&s.user, r), Source: originOf(&s.user, r)}
}

// factRead tells the answer to a fact. Who is above whom, the source of the manager
// says.
func (s *subject) factRead(f fact) Evidence {
	r := Evidence{Attribute: f.String(), Value: fmt.Sprint(s.factHolds(f))}
	switch f.kind {
	case leafReportsTo:
		r.Source = originOf(&s.user, managerReading)
	case leafOnCall:
		r.Fact = identity.Fact{Kind: identity.FactShift, Name: f.text}
	case leafHasTicket:
		r.Fact = identity.Fact{Kind: identity.FactTicket, Name: f.text}
	}
	return r
}

// factHolds asks a fact.
func (s *subject) factHolds(f fact) bool {
	return s.answer(&leaf{kind: f.kind, texts: []string{f.text}}) == yes
}

// String writes a fact as conditions do.
func (f fact) String() string {
	return fmt.Sprintf("%s(%q)", factFunctions[f.kind-leafOnCall].name, f.text)
}

// nameOf is what a reading is called.
func nameOf(r population.Reading) string {
	switch r.Kind {
	case population.State:
		return "state"
	case population.Groups:
		return "groups"
	case population.Whole:
		return "attributes"
	case population.Name, population.Login:
		return identity.AttrUserName
	case population.All:
		return "values." + r.Attribute
	}
	if slices.Contains(identity.KnownAttributes(), r.Attribute) {
		return r.Attribute
	}
	return "attributes." + r.Attribute
}

// valueOf prints what a reading sees.
func valueOf(u *identity.User, r population.Reading) string {
	switch {
	case r.Kind == population.Whole:
		all := make([]string, 0, len(u.Attributes))
		for _, name := range u.Attributes.Names() {
			all = append(all, name+"="+strings.Join(u.Attributes[name], "|"))
		}
		return strings.Join(all, ", ")
	case r.Listed():
		return strings.Join(r.List(u), ", ")
	}
	return r.Text(u)
}

// deciders are the attributes that a state follows from.
var deciders = map[identity.State]string{
	identity.Staged: identity.AttrStartDate, identity.OnLeave: identity.AttrOnLeave, identity.Left: identity.AttrEndDate,
}

// originOf names the source that a reading came from, or the sources.
func originOf(u *identity.User, r population.Reading) string {
	switch r.Kind {
	case population.State:
		return cmp.Or(u.Origins[deciders[u.State]], u.Origins[identity.AttrActive])
	case population.Name, population.Login:
		return u.Origins[identity.AttrUserName]
	case population.Whole:
		var all []string
		for _, source := range u.Origins {
			all = append(all, source)
		}
		return strings.Join(sortedSet(all), ", ")
	}
	return u.Origins[r.Attribute]
}
