package rules

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/interpreter"

	"birthright/identity"
)

// Chance is what can be said of a request condition before all of the request is known.
type Chance int

// What a condition can come to: it holds of no such request, of some, or of every one.
const (
	Never Chance = iota
	Sometimes
	Always
)

// unsaid is what somebody who only looks has not said of a request yet.
var unsaid = []*interpreter.AttributePattern{
	cel.AttributePattern("request").QualString("reason"),
	cel.AttributePattern("request").QualString("ticket"),
	cel.AttributePattern("request").QualString("seconds"),
	cel.AttributePattern("request").QualString("duration"),
	cel.AttributePattern("request").QualString("start"),
	cel.AttributePattern("ticket"),
}

// whichever is unsaid where it is not known either for which group.
var whichever = append([]*interpreter.AttributePattern{
	cel.AttributePattern("request").QualString("group"),
	cel.AttributePattern("request").QualString("approvedBefore"),
	cel.AttributePattern("request").QualString("deniedBefore"),
}, unsaid...)

// Could says what a request condition can come to for u, whatever the request says of
// its reason, its ticket, its length and its start. One that fails holds never.
func (e *Engine) Could(c Condition, u identity.User, w World, in Inquiry) Chance {
	return e.chance(c, u, w, in, unsaid)
}

// CouldOfAny is Could of a request for whichever group.
func (e *Engine) CouldOfAny(c Condition, u identity.User, w World, in Inquiry) Chance {
	return e.chance(c, u, w, in, whichever)
}

func (e *Engine) chance(c Condition, u identity.User, w World, in Inquiry, unsaid []*interpreter.AttributePattern) Chance {
	if c.IsZero() {
		return Always
	}
	program, err := e.lang.request.PlanProgram(c.ast.NativeRep(), cel.EvalOptions(cel.OptPartialEval))
	if err != nil {
		return Never
	}
	s := e.subject(u, w)
	defer s.release()
	s.asking(u, w)
	answer, _, err := program.Eval(&browser{inquirer{s, in}, unsaid})
	switch {
	case err != nil:
		return Never
	case types.IsUnknown(answer):
		return Sometimes
	}
	if holds, ok := answer.Value().(bool); ok && holds {
		return Always
	}
	return Never
}

// browser is a subject who looks at what could be asked for.
type browser struct {
	inquirer
	unsaid []*interpreter.AttributePattern
}

// AsPartialActivation tells CEL that not all is known.
func (b *browser) AsPartialActivation() (interpreter.PartialActivation, bool) { return b, true }

// UnknownAttributePatterns tells CEL what is not.
func (b *browser) UnknownAttributePatterns() []*interpreter.AttributePattern { return b.unsaid }
