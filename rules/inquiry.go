package rules

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/functions"

	"birthright/identity"
)

// Inquiry is what a condition of a request reads besides the user: the request
// itself, and the instant. What it reads of the ticket that the request names is
// asked of the world: a ticket may be closed while the request stays what it is.
type Inquiry struct {
	Request map[string]any
	Now     time.Time
}

// Keep writes the request down, to be asked about again later.
func (in Inquiry) Keep() ([]byte, error) {
	return json.Marshal(struct{ Request map[string]any }{in.Request})
}

// Kept reads what Keep wrote; numbers, the duration and the start are what they were.
func Kept(data []byte, now time.Time) (Inquiry, error) {
	in := Inquiry{Now: now}
	if len(data) == 0 {
		return in, nil
	}
	var kept struct{ Request map[string]any }
	if err := json.Unmarshal(data, &kept); err != nil {
		return in, err
	}
	for key, value := range kept.Request {
		if n, ok := value.(float64); ok {
			kept.Request[key] = int64(n)
		}
	}
	if n, ok := kept.Request["duration"].(int64); ok {
		kept.Request["duration"] = time.Duration(n)
	}
	if text, ok := kept.Request["start"].(string); ok {
		if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
			kept.Request["start"] = at
		}
	}
	in.Request = kept.Request
	return in, nil
}

// inquiries keeps the programs of request conditions, by text.
var inquiries sync.Map

// HoldsOf reports whether a request condition holds of u. A condition that is not
// there holds. One that fails, for example by reading a key that the request does
// not have, does not hold; the error says why, for people. inGroup asks for the
// groups that World.Held names.
func (e *Engine) HoldsOf(c Condition, u identity.User, w World, in Inquiry) (bool, error) {
	if c.IsZero() {
		return true, nil
	}
	program, err := inquiry(e.lang, c)
	if err != nil {
		return false, err
	}
	s := e.subject(u, w)
	defer s.release()
	s.asking(u, w)
	answer, _, err := program.Eval(&inquirer{s, in})
	if err != nil {
		return false, fmt.Errorf("%s: %w", c.Source, err)
	}
	holds, ok := answer.Value().(bool)
	return ok && holds, nil
}

// asking makes inGroup ask for the groups that World.Held names.
func (s *subject) asking(u identity.User, w World) {
	var held []string
	if w.Held != nil {
		held = w.Held(u.N)
	}
	s.inGroup = func(group string) bool { return slices.Contains(held, group) }
}

// RequestCondition compiles a condition of a request that stands by itself: one
// that was kept with a grant.
func RequestCondition(source string) (Condition, error) {
	lang, err := newLanguage()
	if err != nil {
		return Condition{}, fmt.Errorf("prepare the language of conditions: %w", err)
	}
	c, issues := lang.compile(lang.request, source)
	if len(issues) > 0 {
		return Condition{}, invalid("read a condition", fmt.Errorf("%s: %s", source, issues[0].message))
	}
	return c, nil
}

func inquiry(l *language, c Condition) (cel.Program, error) {
	if known, ok := inquiries.Load(c.Source); ok {
		return known.(cel.Program), nil
	}
	program, err := l.request.PlanProgram(c.ast.NativeRep())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Source, err)
	}
	inquiries.Store(c.Source, program)
	return program, nil
}

// inquirer is a subject who asks for something.
type inquirer struct {
	*subject
	in Inquiry
}

// ResolveName gives CEL the value of a variable.
func (q *inquirer) ResolveName(name string) (any, bool) {
	switch name {
	case "request":
		return orEmpty(q.in.Request), true
	case "ticket":
		return q.ticket(), true
	case "now":
		return q.in.Now, true
	}
	return q.subject.ResolveName(name)
}

// ResolveFunction gives CEL the functions that ask for facts.
func (q *inquirer) ResolveFunction(name string) (functions.LateBoundOp, bool) {
	return q.subject.ResolveFunction(name)
}

// ticket is what the world knows of the ticket that the request names.
func (q *inquirer) ticket() map[string]any {
	number, _ := q.in.Request["ticket"].(string)
	queue, open := q.world.Facts.Ticket(q.subject.user, number, q.world.At)
	return map[string]any{"id": number, "known": open, "queue": queue, "assigned": open}
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}
