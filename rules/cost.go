package rules

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
)

// maxCost is the most that one evaluation of a condition may cost by CEL's own
// estimate: room for a scan of all of a user's groups with a pattern, not for
// groups times groups.
const maxCost = 1_000_000

// tooCostly says why a condition is refused, "" when it is not.
func tooCostly(env *cel.Env, checked *cel.Ast) string {
	estimate, err := env.EstimateCost(checked, sizes{})
	if err != nil {
		return "the cost of the condition cannot be estimated: " + err.Error()
	}
	if estimate.Max > maxCost {
		return fmt.Sprintf("the condition may take %s steps for one user, more than %d: loops inside loops are the usual reason",
			steps(estimate.Max), maxCost)
	}
	return ""
}

func steps(n uint64) string {
	if n > 1_000_000_000_000 {
		return "millions of millions of"
	}
	return fmt.Sprint(n)
}

// sizes tells the estimate how large a user's values get.
type sizes struct{}

// EstimateSize bounds what is read from the user; what an expression makes of
// it follows from CEL's own rules.
func (sizes) EstimateSize(node cost.AstNode) *cost.SizeEstimate {
	switch node.Type().Kind() {
	case types.ListKind:
		return &cost.SizeEstimate{Max: 1000}
	case types.MapKind:
		return &cost.SizeEstimate{Max: 200}
	default:
		return &cost.SizeEstimate{Max: 500}
	}
}

// EstimateCallCost leaves functions to CEL, but for those that ask for facts.
func (sizes) EstimateCallCost(function, _ string, _ *cost.AstNode, _ []cost.AstNode) *cost.CallEstimate {
	for _, f := range factFunctions {
		if f.name == function {
			return &cost.CallEstimate{CostEstimate: cost.FixedCostEstimate(10)}
		}
	}
	return nil
}
