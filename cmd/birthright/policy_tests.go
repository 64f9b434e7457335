package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/rules"
)

// policyTest is one run of `policy test`.
type policyTest struct {
	live               bool
	people, junit, run string
	chosen             *regexp.Regexp
	tests              []rules.TestResult
	properties         []rules.PropertyResult
	held               int // how many people the properties were held against
}

func (p *program) policyTestCommand() *cobra.Command {
	var t policyTest
	cmd := &cobra.Command{
		Use:   "test",
		Short: "Run the policy's tests, and hold its properties against people",
		Long: `Run the tests: of the policy files, and hold their properties (never:) against
people: the users of the tests, those of --people, and with --live everybody in
the directory. A property that follows from the conditions alone is proven: it
is true of everybody there could ever be. Needs no database without --live.

A test that fails, and a property that somebody breaks, give exit code 2.`,
		Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if t.chosen, err = regexp.Compile(t.run); err != nil {
				return usageError{fmt.Errorf("--run %s: not a regular expression: %w", t.run, err)}
			}
			if t.live {
				return p.with(func(ctx context.Context, a *app.App, _ []string) error {
					return p.testPolicy(ctx, &t, a.Engine(), a)
				})(cmd, args)
			}
			_, engine, err := p.policyAlone()
			if err != nil {
				return err
			}
			return p.testPolicy(cmd.Context(), &t, engine, nil)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&t.live, "live", false, "hold properties against everybody in the directory")
	flags.StringVar(&t.people, "people", "", "hold properties against the people of a CSV or JSON `FILE`, as a source of kind file reads it")
	flags.StringVar(&t.junit, "junit", "", "write the outcome for CI as JUnit XML to `FILE`")
	flags.StringVar(&t.run, "run", "", "only tests and properties whose name the regular expression `PATTERN` matches")
	return cmd
}

// testPolicy runs what was chosen and tells the outcome. a is nil without --live.
func (p *program) testPolicy(ctx context.Context, t *policyTest, engine *rules.Engine, a *app.App) error {
	properties := app.TestProperties(engine)
	if t.people != "" {
		now := time.Now()
		people, err := app.PeopleFile(ctx, t.people, now)
		if err != nil {
			return err
		}
		app.TestPeople(properties, people, now)
	}
	if a != nil {
		if err := a.TestLive(ctx, properties); err != nil {
			return err
		}
	}
	t.held = properties.People
	t.tests, t.properties = t.choose(engine.RunTests(), properties.Results)
	if t.run != "" && len(t.tests)+len(t.properties) == 0 {
		return usageError{fmt.Errorf("--run %s: no test and no property has such a name", t.run)}
	}
	if err := t.writeJUnit(); err != nil {
		return err
	}
	return p.tell(t)
}

// choose keeps what --run names.
func (t *policyTest) choose(tests []rules.TestResult, properties []rules.PropertyResult) ([]rules.TestResult, []rules.PropertyResult) {
	tests = slices.DeleteFunc(tests, func(r rules.TestResult) bool { return !t.chosen.MatchString(r.Name) })
	properties = slices.DeleteFunc(properties, func(r rules.PropertyResult) bool { return !t.chosen.MatchString(r.Name) })
	return tests, properties
}

// tell prints the outcome, and fails where something does not hold.
func (p *program) tell(t *policyTest) error {
	failed := append(failedTests(t.tests), failedProperties(t.properties)...)
	l := listing{
		data: map[string]any{
			"ok": len(failed) == 0, "tests": orEmpty(t.tests), "properties": orEmpty(t.properties), "people": t.held,
		},
		header: []string{"outcome", "kind", "name", "remark"},
		empty:  "The policy has no tests and no properties.",
	}
	for _, r := range t.tests {
		l.rows = append(l.rows, []string{passed(r.OK), "test", r.Name, ""})
	}
	for _, r := range t.properties {
		l.rows = append(l.rows, []string{passed(r.OK), "property", r.Name, t.remark(r)})
	}
	if err := p.print(l); err != nil || len(failed) == 0 {
		return err
	}
	return codeError{exitUsage, errors.New(strings.Join(failed, "\n"))}
}

func passed(ok bool) string {
	if ok {
		return "ok"
	}
	return "fails"
}

// remark says how far the truth of a property is known.
func (t *policyTest) remark(r rules.PropertyResult) string {
	switch n := len(r.Breaches) + r.More; {
	case n > 0:
		return "broken " + count(n, "time", "times")
	case r.Proven:
		return "proven for everybody"
	default:
		return "true of " + count(t.held, "person", "people")
	}
}

// failedTests describes the tests of the policy that do not hold.
func failedTests(tests []rules.TestResult) []string {
	var out []string
	for _, t := range tests {
		if !t.OK {
			out = append(out, fmt.Sprintf("%s: test %q fails: %s", t.Position, t.Name, testFailure(t)))
		}
	}
	return out
}

func testFailure(t rules.TestResult) string {
	var parts []string
	if len(t.Missing) > 0 {
		parts = append(parts, "it lacks "+strings.Join(t.Missing, ", "))
	}
	if len(t.Unwanted) > 0 {
		parts = append(parts, "it gets "+strings.Join(t.Unwanted, ", "))
	}
	return strings.Join(parts, " ")
}

// failedProperties describes the properties that somebody breaks.
func failedProperties(properties []rules.PropertyResult) []string {
	var out []string
	for _, r := range properties {
		if !r.OK {
			out = append(out, fmt.Sprintf("%s: property %q is broken: %s", r.Position, r.Name, strings.Join(breaches(r), "; ")))
		}
	}
	return out
}

// breaches says who breaks a property, and how that came.
func breaches(r rules.PropertyResult) []string {
	var out []string
	for _, b := range r.Breaches {
		who := b.From
		if b.User != "" {
			who = b.User + " (" + b.From + ")"
		}
		out = append(out, visible(fmt.Sprintf("%s gets %s by %s", who, b.Group, because(b.Causes))))
	}
	if r.More > 0 {
		out = append(out, fmt.Sprintf("and %d more", r.More))
	}
	return out
}
