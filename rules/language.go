package rules

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/ext"

	"birthright/identity"
	"birthright/internal/dates"
)

// The names of the variables that are not attributes of the same name.
const (
	varState      = "user.state"
	varGroups     = "user.groups"
	varAttributes = "user.attributes"
	varValues     = "user.values"
)

// The functions that ask for facts about the user instead of attributes.
const (
	funcOnCall    = "oncall"
	funcHasTicket = "hasTicket"
	funcInGroup   = "inGroup"
	funcReportsTo = "reportsTo"
)

// factFunction is one of them, with what its argument names.
type factFunction struct{ name, argument string }

// factFunctions lists them in a fixed order.
var factFunctions = []factFunction{
	{funcOnCall, "schedule"},
	{funcHasTicket, "queue"},
	{funcInGroup, "group"},
	{funcReportsTo, "user"},
}

// maxExpressionLength bounds the text of one condition, in characters.
const maxExpressionLength = 20_000

// language is what conditions are written in: the CEL environments with the
// user's attributes as flat variables, and the tables that go with them. It is
// made once and never changes.
type language struct {
	// rule is the language of rules; request adds what a request condition
	// may read.
	rule, request *cel.Env
	// slots numbers the variables; a subject keeps its values by that number.
	slots map[string]int
	// fields are the names that may follow "user.", sorted.
	fields []string
	// functions are the names that may be called, for suggestions, sorted.
	functions []string
}

// newLanguage returns the language, the same one each time.
var newLanguage = sync.OnceValues(makeLanguage)

func makeLanguage() (*language, error) {
	l := &language{slots: make(map[string]int)}
	var options []cel.EnvOption
	declare := func(name string, t *cel.Type) {
		l.slots[name] = len(l.slots)
		l.fields = append(l.fields, strings.TrimPrefix(name, "user."))
		options = append(options, cel.Variable(name, t))
	}
	for _, attribute := range identity.KnownAttributes() {
		declare("user."+attribute, cel.StringType)
	}
	declare(varState, cel.StringType)
	declare(varGroups, cel.ListType(cel.StringType))
	declare(varAttributes, cel.MapType(cel.StringType, cel.StringType))
	declare(varValues, cel.MapType(cel.StringType, cel.ListType(cel.StringType)))
	slices.Sort(l.fields)

	for _, f := range factFunctions {
		options = append(options, cel.Function(f.name,
			cel.Overload(f.name+"_string", []*cel.Type{cel.StringType}, cel.BoolType, cel.LateFunctionBinding())))
	}
	options = append(options,
		cel.Function("date", cel.Overload("date_string", []*cel.Type{cel.StringType}, cel.TimestampType, cel.UnaryBinding(readDate))),
		ext.Strings(), ext.Sets(), ext.Lists(),
		cel.EnableMacroCallTracking(),
		cel.ParserExpressionSizeLimit(maxExpressionLength),
		cel.ASTValidators(cel.ValidateRegexLiterals(), cel.ValidateDurationLiterals(), cel.ValidateTimestampLiterals()),
	)
	var err error
	if l.rule, err = cel.NewEnv(options...); err != nil {
		return nil, err
	}
	l.request, err = l.rule.Extend(
		cel.Variable("request", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable("ticket", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable("now", cel.TimestampType),
	)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(l.rule.Functions())) {
		if isWord(name) {
			l.functions = append(l.functions, name)
		}
	}
	return l, nil
}

// readDate is date("2026-11-30"): the instant at which a date begins, or a time as
// sources write it; it fails for anything else, the empty string too.
func readDate(value ref.Val) ref.Val {
	text, ok := value.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(value)
	}
	at, err := dates.Start(string(text))
	if err != nil {
		return types.WrapErr(err)
	}
	return types.Timestamp{Time: at}
}

// isWord tells a function that people call by name from an operator.
func isWord(name string) bool {
	return name != "" && !strings.ContainsAny(name, "_@!?-[]") && name[0] >= 'a' && name[0] <= 'z'
}

// macros are the names that CEL expands itself; calling one in another shape
// gets past the parser as an ordinary call.
var macros = map[string]string{
	"all":        "LIST.all(x, condition on x)",
	"exists":     "LIST.exists(x, condition on x)",
	"exists_one": "LIST.exists_one(x, condition on x)",
	"filter":     "LIST.filter(x, condition on x)",
	"map":        "LIST.map(x, value made of x)",
}

// plan makes a program of an expression. Constants are worked out beforehand;
// where that fails, as for int("x"), so does every evaluation, as it should.
func (l *language) plan(a *ast.AST) (cel.Program, error) {
	if p, err := l.rule.PlanProgram(a, cel.EvalOptions(cel.OptOptimize)); err == nil {
		return p, nil
	}
	return l.rule.PlanProgram(a)
}
