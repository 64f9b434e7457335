package analysis

import (
	"slices"
	"strings"

	"birthright/identity"
	"birthright/rules"
	"birthright/rules/population"
)

// Editable is what people can change about themselves, each with the sources that
// let them.
type Editable struct {
	Attributes map[string][]string
	Groups     []string // people can join the source's groups
	Tickets    []string // people can get tickets assigned
	Shifts     []string // people can put themselves on call
}

func (e *Editable) none() bool {
	return len(e.Attributes)+len(e.Groups)+len(e.Tickets)+len(e.Shifts) == 0
}

// question reports whether people can change the answer to a question.
func (e *Editable) question(q rules.Ask) bool {
	switch q.Asking {
	case rules.AskShift:
		return len(e.Shifts) > 0
	case rules.AskTicket:
		return len(e.Tickets) > 0
	case rules.AskGroup: // what is behind it is asked by itself
		return false
	case rules.AskManager:
		return len(e.Attributes[identity.AttrManager]) > 0
	case rules.AskFree:
		return slices.ContainsFunc(q.Reads, func(r population.Reading) bool { return len(e.reading(r)) > 0 })
	default:
		return len(e.reading(q.Reading)) > 0
	}
}

// reading returns the sources that let people change what a reading sees.
func (e *Editable) reading(r population.Reading) []string {
	switch r.Kind {
	case population.Groups:
		return e.Groups
	case population.Name, population.Login:
		return e.Attributes[identity.AttrUserName]
	case population.State:
		return e.attributes(identity.AttrActive, identity.AttrOnLeave, identity.AttrStartDate, identity.AttrEndDate)
	case population.Whole:
		return e.attributes(sortedKeys(e.Attributes)...)
	default:
		return e.Attributes[r.Attribute]
	}
}

func (e *Editable) attributes(names ...string) []string {
	var sources []string
	for _, name := range names {
		sources = append(sources, e.Attributes[name]...)
	}
	slices.Sort(sources)
	return slices.Compact(sources)
}

// touched is something that a condition reads and people can change.
type touched struct {
	what    string // as it is written
	sources []string
}

func (t touched) String() string {
	return t.what + " (in " + strings.Join(t.sources, " and ") + ")"
}

// within returns what a part of a condition reads that people can change, what is
// behind inGroup aside.
func (e *Editable) within(view *rules.View, n *rules.Node) []touched {
	if n == nil {
		return nil
	}
	var out []touched
	if n.Op == rules.OpAsk {
		out = e.asked(&view.Questions[n.Question])
	}
	for _, a := range n.Args {
		out = append(out, e.within(view, a)...)
	}
	return out
}

func (e *Editable) asked(q *rules.Ask) []touched {
	var out []touched
	switch q.Asking {
	case rules.AskShift, rules.AskTicket, rules.AskGroup, rules.AskManager: // see facts
	case rules.AskFree:
		for _, r := range q.Reads {
			out = add(out, spelled(r), e.reading(r))
		}
	default:
		out = add(out, spelled(q.Reading), e.reading(q.Reading))
	}
	return out
}

func add(list []touched, what string, sources []string) []touched {
	if len(sources) == 0 {
		return list
	}
	return append(list, touched{what, sources})
}

// facts returns what a condition asks that people can change and that is no
// attribute of theirs.
func (e *Editable) facts(c *rules.Condition) []touched {
	var out []touched
	for _, name := range c.Schedules {
		out = add(out, "oncall("+quote(name)+")", e.Shifts)
	}
	for _, name := range c.Queues {
		out = add(out, "hasTicket("+quote(name)+")", e.Tickets)
	}
	for _, name := range c.Managers {
		out = add(out, "reportsTo("+quote(name)+")", e.Attributes[identity.AttrManager])
	}
	return out
}

// in returns what a condition of a request reads that people can change.
func (e *Editable) in(c *rules.Condition) []touched {
	var out []touched
	for _, name := range c.Attributes {
		out = add(out, variableOf(name), e.variable(name))
	}
	return append(out, e.facts(c)...)
}

// spelled is a reading as a condition writes it.
func spelled(r population.Reading) string {
	switch r.Kind {
	case population.All:
		return "user.values[" + quote(r.Attribute) + "]"
	case population.Groups:
		return "user.groups"
	case population.Name, population.Login:
		return "user.userName"
	case population.State:
		return "user.state"
	case population.Whole:
		return "user.attributes"
	default:
		if slices.Contains(identity.KnownAttributes(), r.Attribute) {
			return "user." + r.Attribute
		}
		return "user.attributes[" + quote(r.Attribute) + "]"
	}
}

// variable returns the sources that let people change what a variable reads, by
// its name as a condition lists it.
func (e *Editable) variable(name string) []string {
	kind, key, keyed := strings.Cut(name, ".")
	switch {
	case keyed && (kind == "attributes" || kind == "values"):
		return e.Attributes[key]
	case name == "groups":
		return e.Groups
	case name == "state":
		return e.reading(population.Reading{Kind: population.State})
	case name == "attributes" || name == "values":
		return e.reading(population.Reading{Kind: population.Whole})
	default:
		return e.Attributes[name]
	}
}

func variableOf(name string) string {
	if kind, key, keyed := strings.Cut(name, "."); keyed {
		return "user." + kind + "[" + quote(key) + "]"
	}
	return "user." + name
}
