package analysis

import (
	"fmt"
	"time"

	"birthright/rules"
)

// Options are what the policy itself does not say.
type Options struct {
	// Now is the instant at which it is looked at.
	Now time.Time
	// Editable is what people can change about themselves.
	Editable Editable
}

// Run returns everything that is wrong with a policy, sorted by place.
func Run(e *rules.Engine, o Options) []Finding {
	c := newChecker(e, o)
	c.warnings()
	c.rules()
	c.covered()
	c.groups()
	c.conflicts()
	c.exclusions()
	c.duplicates()
	c.selfService()
	c.requests()
	c.bundles()
	c.entitlements()
	return sorted(c.findings)
}

// checker gathers what is found.
type checker struct {
	Options
	policy     *rules.Policy
	view       *rules.View
	conditions *conditions
	groupOf    map[string]*rules.Group
	// dead holds the rules that give nothing, now or ever, and why.
	dead map[int]string
	// refused holds, by rule, the groups that it can never give for a constraint.
	refused map[int]map[string]bool
	// witnesses are examples of whom each rule holds of.
	witnesses []*witness
	// held remembers what is known of conditions of requests.
	held     map[heldKey]outcome
	findings []Finding
}

func newChecker(e *rules.Engine, o Options) *checker {
	p := e.Policy()
	c := &checker{
		Options: o, policy: p, view: e.View(), groupOf: map[string]*rules.Group{},
		held: map[heldKey]outcome{}, dead: map[int]string{}, refused: map[int]map[string]bool{}, witnesses: make([]*witness, len(p.Rules)),
	}
	c.conditions = &conditions{view: c.view, groups: map[string]*node{}, rules: make([]*node, len(p.Rules))}
	for i := range p.Groups {
		c.groupOf[p.Groups[i].Name] = &p.Groups[i]
	}
	return c
}

func (c *checker) found(f Finding, message string, args ...any) {
	f.Message = fmt.Sprintf(message, args...)
	c.findings = append(c.findings, f)
}

// warnings takes over what loading found.
func (c *checker) warnings() {
	for _, w := range c.policy.Warnings {
		c.found(Finding{
			Kind: UndefinedGroup, Severity: Warning, Position: rules.Position{File: w.File, Line: w.Line, Column: w.Column},
			Remedy: "define the group under groups, or take its name out",
		}, "%s", w.Message)
	}
}

// risk is the highest risk of some groups and of the groups around them, 0 to 4.
func (c *checker) risk(groups ...string) int {
	most := 0
	for _, name := range groups {
		for _, group := range append([]string{name}, c.view.Around(name)...) {
			if g := c.groupOf[group]; g != nil {
				most = max(most, levels[g.Risk])
			}
		}
	}
	return most
}

var levels = map[string]int{"low": 1, "medium": 2, "high": 3, "critical": 4}

// high is the level from which on a mistake is taken for an error.
const high = 3

// graver returns the one severity for groups of high risk and the other for others.
func (c *checker) graver(much, little Severity, groups ...string) Severity {
	if c.risk(groups...) >= high {
		return much
	}
	return little
}
