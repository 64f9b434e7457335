package rules

import (
	"slices"
	"time"

	"birthright/identity"
)

// TestResult is the outcome of one test of the policy.
type TestResult struct {
	Name     string   `json:"name"`
	Position Position `json:"position"`
	OK       bool     `json:"ok"`
	// Missing are groups that the test wants and the rules do not give,
	// Unwanted those that they give and must not.
	Missing  []string `json:"missing,omitempty"`
	Unwanted []string `json:"unwanted,omitempty"`
}

// RunTests runs the tests of the policy, in order.
func (e *Engine) RunTests() []TestResult {
	results := make([]TestResult, 0, len(e.policy.Tests))
	for i := range e.policy.Tests {
		results = append(results, e.runTest(&e.policy.Tests[i]))
	}
	return results
}

func (e *Engine) runTest(t *Test) TestResult {
	held := map[string]bool{}
	for _, m := range e.Memberships(t.User, World{At: t.At, Facts: testFacts{test: t}}) {
		held[m.Group] = true
	}
	r := TestResult{Name: t.Name, Position: t.Position}
	for _, group := range t.Gets {
		if !held[group] {
			r.Missing = append(r.Missing, group)
		}
	}
	for _, group := range t.Lacks {
		if held[group] {
			r.Unwanted = append(r.Unwanted, group)
		}
	}
	r.OK = len(r.Missing)+len(r.Unwanted) == 0
	return r
}

// testFacts are the facts that a test states.
type testFacts struct {
	Nothing
	test *Test
}

func (f testFacts) OnCall(_ identity.User, schedule string, _ time.Time) bool {
	return slices.Contains(f.test.OnCall, schedule)
}

func (f testFacts) HasTicket(_ identity.User, queue string, _ time.Time) bool {
	return slices.Contains(f.test.Tickets, queue)
}

func (f testFacts) ReportsTo(u identity.User, manager string) bool {
	return slices.Contains(f.test.ReportsTo, manager) || manager != "" && u.Attributes.First(identity.AttrManager) == manager
}
