package rules

import (
	"fmt"

	"github.com/RoaringBitmap/roaring/v2"
	"go.yaml.in/yaml/v3"

	"birthright/internal/strictyaml"
	"birthright/rules/population"
)

// Question is a condition by itself: it gives nothing, and is only asked of whom
// it holds. It never changes and is safe for concurrent use.
type Question struct {
	engine    *Engine
	condition Condition
}

// CompileCondition makes a question of a condition. The error wraps
// strictyaml.Faults, one for each thing that is wrong with it.
func CompileCondition(source string) (*Question, error) {
	q, issues, err := question(source)
	var faults strictyaml.Faults
	for _, i := range issues {
		faults = append(faults, strictyaml.Fault{Message: i.message})
	}
	if err == nil && len(faults) > 0 {
		err = invalid("", faults)
	}
	return q, err
}

// ConditionAt is CompileCondition for one that stands in a YAML file: each fault
// tells where.
func ConditionAt(file string, data []byte, node *yaml.Node) (*Question, error) {
	q, issues, err := question(node.Value)
	text := newTextFile(data)
	var faults strictyaml.Faults
	for _, i := range issues {
		at := text.place(node, i.offset)
		faults = append(faults, strictyaml.Fault{File: file, Line: at.Line, Column: at.Column, Message: i.message})
	}
	if err == nil && len(faults) > 0 {
		err = invalid("", faults)
	}
	return q, err
}

func question(source string) (*Question, []issue, error) {
	lang, err := newLanguage()
	if err != nil {
		return nil, nil, fmt.Errorf("prepare the language of conditions: %w", err)
	}
	c, issues := lang.compile(lang.rule, source)
	if len(issues) > 0 {
		return nil, issues, nil
	}
	q, err := NewQuestion(c)
	return q, nil, err
}

// NewQuestion makes a question of a condition that Load has checked.
func NewQuestion(c Condition) (*Question, error) {
	lang, err := newLanguage()
	if err != nil {
		return nil, fmt.Errorf("prepare the language of conditions: %w", err)
	}
	e, err := Compile(&Policy{lang: lang, Rules: []Rule{{When: c}}})
	if err != nil {
		return nil, err
	}
	return &Question{engine: e, condition: c}, nil
}

// Engine returns an engine that gives nobody anything and reads what the question
// reads: for whoever loads a population and what there is to ask about it.
func (q *Question) Engine() *Engine { return q.engine }

// Groups returns the groups that the question asks for, sorted.
func (q *Question) Groups() []string { return q.condition.Groups }

// Matches returns of whom in the population the question holds. members says who
// is in the groups that it asks for; nil, there and for it, is nobody.
func (q *Question) Matches(pop *population.Population, w World, members func(group string) *roaring.Bitmap) *roaring.Bitmap {
	c := q.engine.crowd(pop, w)
	for _, group := range q.condition.Groups {
		if members != nil {
			c.groups[group] = members(group)
		}
	}
	out := roaring.And(c.all, c.holding(q.logic(), nil))
	apart := q.engine.decidedApart(c, &tally{})
	out.AndNot(apart)
	population.Each(apart, func(n uint32) {
		if q.holds(c, n) {
			out.Add(n)
		}
	})
	return out
}

func (q *Question) logic() *logic { return q.engine.rules[0].logic }

// holds asks about one person.
func (q *Question) holds(c *crowd, n uint32) bool {
	s := q.engine.subject(c.pop.User(n), c.world)
	defer s.release()
	s.inGroup = func(group string) bool {
		set := c.groups[group]
		return set != nil && set.Contains(n)
	}
	return s.judge(q.logic()) == yes
}
