package rules

import (
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"birthright/identity"
)

// subject is one user under evaluation: what CEL asks for values and functions.
// It is reused from user to user; nothing of it outlives an evaluation.
type subject struct {
	engine *Engine
	user   identity.User
	world  World
	// boxed keeps each variable as CEL wants it, once it was asked for.
	boxed []ref.Val
	// given is what the rules evaluated so far give; inGroup reads it.
	given []given

	functions [4]functions.LateBoundOp
}

// given is one group given by one rule.
type given struct{ group, rule string }

func newSubject(e *Engine) *subject {
	s := &subject{engine: e, boxed: make([]ref.Val, len(e.lang.slots))}
	s.functions = [...]functions.LateBoundOp{
		s.ask(func(schedule string) bool { return s.world.Facts.OnCall(s.user, schedule, s.world.At) }),
		s.ask(func(queue string) bool { return s.world.Facts.HasTicket(s.user, queue, s.world.At) }),
		s.ask(s.holds),
		s.ask(func(manager string) bool { return s.world.Facts.ReportsTo(s.user, manager) }),
	}
	return s
}

// subject takes a subject for u out of the pool; release gives it back.
func (e *Engine) subject(u identity.User, w World) *subject {
	s := e.subjects.Get().(*subject)
	s.user, s.world = u, w
	if w.Facts == nil {
		s.world.Facts = Nothing{}
	}
	return s
}

// release forgets the user and makes s free for the next one.
func (s *subject) release() {
	s.user, s.world = identity.User{}, World{}
	clear(s.boxed)
	clear(s.given)
	s.given = s.given[:0]
	s.engine.subjects.Put(s)
}

// ask makes a function of one string into what CEL calls.
func (s *subject) ask(answer func(string) bool) functions.LateBoundOp {
	return func(_ string, args ...ref.Val) ref.Val {
		name, ok := args[0].(types.String)
		return types.Bool(ok && answer(string(name)))
	}
}

// holds reports whether a rule evaluated before gave group.
func (s *subject) holds(group string) bool {
	return slices.ContainsFunc(s.given, func(g given) bool { return g.group == group })
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
		return types.String(s.user.State)
	case varGroups:
		return newGroupList(s.user.Groups)
	case varAttributes:
		return &attributeMap{attributes: s.user.Attributes}
	case varValues:
		return &attributeMap{attributes: s.user.Attributes, lists: true}
	default:
		return types.String(attributeOf(&s.user, strings.TrimPrefix(name, "user.")))
	}
}

// attributeOf returns the primary value of an attribute, "" when it is absent.
// A custom one may be written attributes.NAME.
func attributeOf(u *identity.User, name string) string {
	if custom, ok := strings.CutPrefix(name, "attributes."); ok {
		return u.Attributes.First(custom)
	}
	if value := u.Attributes.First(name); value != "" || name != identity.AttrUserName {
		return value
	}
	return u.UserName
}
