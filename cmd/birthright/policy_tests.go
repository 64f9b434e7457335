package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
	"birthright/hub/trial"
	"birthright/rules"
)

// testFlags are what `policy test` can be told.
type testFlags struct {
	hub.PolicyTest
	people, junit string
}

func (p *program) policyTestCommand() *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "test [PLACE]",
		Short: "Run the policy's tests, and hold its properties against people",
		Long: `Run the tests: of the policy files, and hold their properties (never:) against
people: the users of the tests, those of --people, and with --live everybody in
the directory. A property that follows from the conditions alone is proven: it
is true of everybody there could ever be. Needs no database without --live.

PLACE is a folder, a file, or a pattern in quotes; without it, it is the policy
that the configuration names, with --server the one in force there.

A test that fails, and a property that somebody breaks, give exit code 2.`,
		Args: takes(0, 1),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if _, err := regexp.Compile(f.Run); err != nil {
			return usageError{fmt.Errorf("--run %s: not a regular expression: %w", f.Run, err)}
		}
		return p.either(p.testHere(f), func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			if f.people != "" {
				return usageError{errors.New("policy test: the people of a file are asked here, without --server")}
			}
			var err error
			if f.Files, err = textsAt(args); err != nil {
				return err
			}
			tested, err := o.Hub.TestPolicy(ctx, actor, f.PolicyTest)
			if err != nil {
				return err
			}
			return p.tellTested(tested, f)
		})(cmd, args)
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.Live, "live", false, "hold properties against everybody in the directory")
	flags.StringVar(&f.people, "people", "", "hold properties against the people of a CSV or JSON `FILE`, as a source of kind file reads it")
	flags.StringVar(&f.junit, "junit", "", "write the outcome for CI as JUnit XML to `FILE`")
	flags.StringVar(&f.Run, "run", "", "only tests and properties whose name the regular expression `PATTERN` matches")
	return cmd
}

// testHere runs tests here, without a database unless --live asks for it.
func (p *program) testHere(f testFlags) func(*cobra.Command, []string) error {
	if !f.Live {
		return func(cmd *cobra.Command, args []string) error {
			_, engine, err := p.policyAlone(args)
			if err != nil {
				return err
			}
			return p.test(cmd.Context(), engine, f, func(*rules.PropertyTests) error { return nil })
		}
	}
	return p.with(func(ctx context.Context, a *app.App, args []string) (err error) {
		engine := a.Engine()
		if len(args) > 0 {
			if engine, err = app.PolicyFrom(a.Config, args[0]); err != nil {
				return err
			}
		}
		return p.test(ctx, engine, f, func(t *rules.PropertyTests) error { return a.HoldEverybody(ctx, engine, t) })
	})
}

// test runs tests and holds properties against the people of a file, and whom everybody
// adds.
func (p *program) test(ctx context.Context, engine *rules.Engine, f testFlags, everybody func(*rules.PropertyTests) error) error {
	properties := trial.Properties(engine)
	if f.people != "" {
		now := time.Now()
		people, err := app.PeopleFile(ctx, f.people, now)
		if err != nil {
			return err
		}
		trial.HoldPeople(properties, people, now)
	}
	if err := everybody(properties); err != nil {
		return err
	}
	return p.tellTested(trial.Test(engine, properties, regexp.MustCompile(f.Run)), f)
}

// tellTested tells the outcome, and fails where something does not hold.
func (p *program) tellTested(t trial.Tested, f testFlags) error {
	if f.Run != "" && len(t.Tests)+len(t.Properties) == 0 {
		return usageError{fmt.Errorf("--run %s: no test and no property has such a name", f.Run)}
	}
	if err := writeJUnit(f.junit, t); err != nil {
		return err
	}
	l := listing{
		data: t, header: []string{"outcome", "kind", "name", "remark"},
		empty: "The policy has no tests and no properties.",
	}
	for _, r := range t.Tests {
		l.rows = append(l.rows, []string{passed(r.OK), "test", r.Name, ""})
	}
	for _, r := range t.Properties {
		l.rows = append(l.rows, []string{passed(r.OK), "property", r.Name, remarkOn(r, t.People)})
	}
	if err := p.print(l); err != nil || t.OK {
		return err
	}
	return codeError{exitUsage, errors.New(strings.Join(append(failedTests(t.Tests), failedProperties(t.Properties)...), "\n"))}
}

func passed(ok bool) string {
	if ok {
		return "ok"
	}
	return "fails"
}

// remarkOn says how far the truth of a property is known.
func remarkOn(r rules.PropertyResult, people int) string {
	switch n := len(r.Breaches) + r.More; {
	case n > 0:
		return "broken " + count(n, "time", "times")
	case r.Proven:
		return "proven for everybody"
	default:
		return "true of " + count(people, "person", "people")
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
