package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/config"
	"birthright/rules"
	"birthright/rules/analysis"
)

func (p *program) policyCheckCommand() *cobra.Command {
	var live, strict bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Validate the policy files, run their tests and look for mistakes; needs no database",
		Long: `Validate the policy files, run their tests and look for mistakes: rules that
never match or always do, groups that nobody can get or answers for, constraints
that cannot be kept, and ways for people to widen their own access. Each comes
with what to do about it; docs/policy-tools.md lists them.

Errors, and tests that fail, give exit code 2; warnings do so with --strict.`,
		Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, args []string) error {
			if live {
				return p.with(func(ctx context.Context, a *app.App, _ []string) error {
					found, err := a.Live(ctx)
					if err != nil {
						return err
					}
					return p.check(a.Config, a.Engine(), found, strict)
				})(cmd, args)
			}
			cfg, engine, err := p.policyAlone()
			if err != nil {
				return err
			}
			return p.check(cfg, engine, nil, strict)
		},
	}
	cmd.Flags().BoolVar(&live, "live", false, "look at the people in the directory, too: owners who left, rules that match nobody now")
	cmd.Flags().BoolVar(&strict, "strict", false, "fail on warnings, too")
	return cmd
}

// verdict is what is known of a policy.
type verdict struct {
	files      int
	policy     *rules.Policy
	tests      []rules.TestResult
	properties []rules.PropertyResult
	findings   []analysis.Finding
	strict     bool
}

// check tells what is wrong with a policy.
func (p *program) check(cfg *config.Config, engine *rules.Engine, live []analysis.Finding, strict bool) error {
	v := verdict{
		files: len(cfg.PolicyFiles), policy: engine.Policy(), tests: engine.RunTests(), strict: strict,
		properties: app.TestProperties(engine).Results,
		findings:   append(app.Findings(cfg, engine, time.Now()), live...),
	}
	wrong := v.wrong()
	err := p.print(listing{
		data: v.data(len(wrong) == 0), text: v.text(),
		header: []string{"files", "groups", "rules", "tests", "failed"},
		rows: [][]string{{
			strconv.Itoa(v.files), strconv.Itoa(len(v.policy.Groups)), strconv.Itoa(len(v.policy.Rules)),
			strconv.Itoa(len(v.tests)), strconv.Itoa(len(failedTests(v.tests))),
		}},
	})
	if err == nil && len(wrong) > 0 {
		return codeError{exitUsage, errors.New(strings.Join(wrong, "\n"))}
	}
	return err
}

func (v *verdict) data(ok bool) map[string]any {
	warnings := []string{}
	for _, w := range v.policy.Warnings {
		warnings = append(warnings, w.Error())
	}
	return map[string]any{
		"ok": ok, "files": v.files, "groups": len(v.policy.Groups), "rules": len(v.policy.Rules),
		"templates": len(v.policy.Templates), "constraints": len(v.policy.Constraints), "hash": v.policy.Hash, "version": v.policy.Version,
		"tests": v.tests, "properties": v.properties, "warnings": warnings, "findings": orEmpty(v.findings),
	}
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// wrong returns what makes the command fail.
func (v *verdict) wrong() []string {
	out := append(failedTests(v.tests), failedProperties(v.properties)...)
	counts := v.counts()
	if n := counts[analysis.Error]; n > 0 {
		out = append(out, count(n, "error", "errors")+" found in the policy")
	}
	if n := counts[analysis.Warning]; n > 0 && v.strict {
		out = append(out, count(n, "warning", "warnings")+" found in the policy; --strict makes them count")
	}
	return out
}

func (v *verdict) counts() map[analysis.Severity]int {
	counts := map[analysis.Severity]int{}
	for _, f := range v.findings {
		counts[f.Severity]++
	}
	return counts
}

// text is the verdict for people, and the findings after it.
func (v *verdict) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "The policy is valid: %s and %s in %s; %d of %s pass", count(len(v.policy.Groups), "group", "groups"),
		count(len(v.policy.Rules), "rule", "rules"), count(v.files, "file", "files"),
		len(v.tests)-len(failedTests(v.tests)), count(len(v.tests), "test", "tests"))
	if n := len(v.properties); n > 0 {
		fmt.Fprintf(&b, ", %d of %s hold", n-len(failedProperties(v.properties)), count(n, "property", "properties"))
	}
	b.WriteString(".\n")
	if len(v.findings) == 0 {
		return b.String()
	}
	counts := v.counts()
	fmt.Fprintf(&b, "%s, %s, %s:\n", count(counts[analysis.Error], "error", "errors"),
		count(counts[analysis.Warning], "warning", "warnings"), count(counts[analysis.Note], "note", "notes"))
	for _, f := range v.findings {
		fmt.Fprintf(&b, "\n%s: %s: %s\n  %s\n", f.Position, f.Severity, visible(f.Message), visible(f.Remedy))
	}
	return b.String()
}
