package rules

import (
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"birthright/identity"
	"birthright/rules/population"
)

// subject is one person under evaluation: what conditions ask for values and
// facts. It is reused from person to person; nothing of it outlives an evaluation.
type subject struct {
	engine *Engine
	person person
	// user is what facts are asked about: a user at hand, or one put together for it.
	user  identity.User
	world World
	// inGroup answers whether a rule evaluated before gave a group.
	inGroup func(group string) bool
	// boxed keeps each variable as CEL wants it, once it was asked for.
	boxed []ref.Val
	// answers keeps those of leaves, in the round that they are of.
	answers []answered
	round   uint32
	// given is what the rules evaluated so far give, refused are the groups that
	// something keeps from the person, and withheld what would give these.
	given    []given
	keys     []uint64 // scratch of collect
	refused  []Refusal
	withheld []withheld

	// marked are the leaves that hold by a value alone, candidates the rules that
	// could hold.
	marked, candidates marks
	functions          [4]functions.LateBoundOp
}

// answered is the answer of a leaf.
type answered struct {
	round uint32
	truth truth
}

// withheld is one group that one thing would give.
type withheld struct {
	group string
	cause identity.Cause
}

func newSubject(e *Engine) *subject {
	s := &subject{
		engine: e, boxed: make([]ref.Val, len(e.lang.slots)), answers: make([]answered, len(e.leaves.all)),
		marked: newMarks(len(e.leaves.all)), candidates: newMarks(len(e.rules)),
	}
	s.functions = [...]functions.LateBoundOp{
		s.ask(func(schedule string) bool { return s.world.Facts.OnCall(s.user, schedule, s.world.At) }),
		s.ask(func(queue string) bool { return s.world.Facts.HasTicket(s.user, queue, s.world.At) }),
		s.ask(func(group string) bool { return s.inGroup(group) }),
		s.ask(func(manager string) bool { return s.world.Facts.ReportsTo(s.user, manager) }),
	}
	return s
}

// subject takes a subject for u out of the pool; release gives it back.
func (e *Engine) subject(u identity.User, w World) *subject {
	s := e.blank(w)
	s.user = u
	s.person = known{&s.user}
	s.inGroup = s.holds
	s.mark()
	return s
}

// mark notes what follows from the person's values.
func (s *subject) mark() {
	clear(s.marked)
	clear(s.candidates)
	s.candidates.set(s.engine.index.anybody)
	s.engine.index.each(s.person, func(c *consequence) {
		s.marked.set(c.leaves)
		s.candidates.set(c.rules)
	})
}

// blank takes a subject without a person out of the pool.
func (e *Engine) blank(w World) *subject {
	s := e.subjects.Get().(*subject)
	s.world = w
	if w.Facts == nil {
		s.world.Facts = Nothing{}
	}
	s.again()
	return s
}

// again forgets all answers: something that they depend on changed.
func (s *subject) again() {
	s.round++
	if s.round == 0 { // after four thousand million rounds
		clear(s.answers)
		s.round = 1
	}
	s.forget()
}

func (s *subject) forget() {
	clear(s.given)
	clear(s.withheld)
	s.given, s.withheld = s.given[:0], s.withheld[:0]
}

// face makes s about one of a population, of whom inGroup knows the groups.
func (s *subject) face(f population.Face, n uint32, inGroup func(group string) bool) {
	clear(s.boxed)
	s.person, s.inGroup = f, inGroup
	s.user = identity.User{N: int64(n), State: f.State(), Attributes: identity.Attributes{}}
	s.user.Attributes.Set(identity.AttrManager, f.Text(managerReading))
}

// release forgets the user and makes s free for the next one.
func (s *subject) release() {
	s.user, s.world, s.person, s.inGroup, s.refused = identity.User{}, World{}, nil, nil, nil
	clear(s.boxed)
	s.forget()
	s.engine.subjects.Put(s)
}

// ask makes a function of one string into what CEL calls.
func (s *subject) ask(answer func(string) bool) functions.LateBoundOp {
	return func(_ string, args ...ref.Val) ref.Val {
		name, ok := args[0].(types.String)
		return types.Bool(ok && answer(string(name)))
	}
}

// holds reports whether a rule evaluated before gave group, or a group that it contains.
func (s *subject) holds(group string) bool {
	for _, g := range s.given {
		if g.group == group || slices.Contains(s.outward(g.group), group) {
			return true
		}
	}
	return false
}

// outward returns the groups that the subject is in for being in group. An
// exclusion from one of them, or a review, leaves the inner one; a constraint does not.
func (s *subject) outward(group string) []string {
	if len(s.engine.around[group]) == 0 {
		return nil
	}
	return outward(group, func(inner string) []string {
		return slices.DeleteFunc(slices.Clone(s.engine.direct[inner]), func(outer string) bool {
			return isRefusedBy(RefusedByExclusion, s.refused, outer) || isRefusedBy(RefusedByReview, s.refused, outer) ||
				!s.engine.mayGive(s.user.State, outer, "")
		})
	}, nil)
}

// ResolveFunction gives CEL the functions that ask for facts.
func (s *subject) ResolveFunction(name string) (functions.LateBoundOp, bool) {
	for i, f := range factFunctions {
		if f.name == name {
			return s.functions[i], true
		}
	}
	return nil, false
}

// Parent says that there are no other variables.
func (s *subject) Parent() cel.Activation { return nil }

// ResolveName gives CEL the value of a variable.
func (s *subject) ResolveName(name string) (any, bool) {
	slot, ok := s.engine.lang.slots[name]
	if !ok {
		return nil, false
	}
	if s.boxed[slot] == nil {
		s.boxed[slot] = s.box(name)
	}
	return s.boxed[slot], true
}

func (s *subject) box(name string) ref.Val {
	switch name {
	case varState:
		return types.String(s.person.State())
	case varGroups:
		return newGroupList(s.person.List(groupsReading))
	case varAttributes:
		return &attributeMap{person: s.person}
	case varValues:
		return &attributeMap{person: s.person, lists: true}
	default:
		reading, _ := variableReading(name)
		return types.String(s.person.Text(reading))
	}
}

// attributeOf returns the primary value of an attribute, "" when it is absent.
// A custom one may be written attributes.NAME.
func attributeOf(u *identity.User, name string) string {
	return placeholderReading(name).Text(u)
}
