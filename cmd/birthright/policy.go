package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/rules"
)

func (p *program) policyCommand() *cobra.Command {
	return p.family("policy", "The policy: groups, rules and who gets what",
		p.policyCheckCommand(), p.policyDiffCommand(), p.policySimulateCommand(), p.policyGraphCommand(), p.policyHistoryCommand(), p.policyShowCommand())
}

func (p *program) policyCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Validate the policy files and run their tests; needs no database",
		Args:  takes(0, 0),
		RunE: func(*cobra.Command, []string) error {
			cfg, err := p.loadConfig()
			if err != nil {
				return err
			}
			engine, err := app.Policy(cfg)
			if err != nil {
				return err
			}
			policy, tests := engine.Policy(), engine.RunTests()
			data := map[string]any{
				"ok": true, "files": len(cfg.PolicyFiles), "groups": len(policy.Groups), "rules": len(policy.Rules),
				"templates": len(policy.Templates), "constraints": len(policy.Constraints), "hash": policy.Hash, "version": policy.Version, "tests": tests,
				"warnings": p.policyWarnings(policy),
			}
			failed := failedTests(tests)
			data["ok"] = len(failed) == 0
			err = p.print(listing{
				data: data,
				text: fmt.Sprintf("The policy is valid: %s and %s in %s; %d of %s pass.\n",
					count(len(policy.Groups), "group", "groups"), count(len(policy.Rules), "rule", "rules"),
					count(len(cfg.PolicyFiles), "file", "files"), len(tests)-len(failed), count(len(tests), "test", "tests")),
				header: []string{"files", "groups", "rules", "tests", "failed"},
				rows: [][]string{{
					strconv.Itoa(len(cfg.PolicyFiles)), strconv.Itoa(len(policy.Groups)), strconv.Itoa(len(policy.Rules)),
					strconv.Itoa(len(tests)), strconv.Itoa(len(failed)),
				}},
			})
			if err == nil && len(failed) > 0 {
				return codeError{exitUsage, fmt.Errorf("%s", strings.Join(failed, "\n"))}
			}
			return err
		},
	}
}

// policyWarnings tells what works and is probably not meant, and returns it.
func (p *program) policyWarnings(policy *rules.Policy) []string {
	warnings := make([]string, len(policy.Warnings))
	for i, w := range policy.Warnings {
		warnings[i] = w.Error()
		p.remark("warning: %s", w)
	}
	return warnings
}

// failedTests describes the tests of the policy that do not hold.
func failedTests(tests []rules.TestResult) []string {
	var out []string
	for _, t := range tests {
		if t.OK {
			continue
		}
		text := fmt.Sprintf("%s: test %q fails:", t.Position, t.Name)
		if len(t.Missing) > 0 {
			text += " it lacks " + strings.Join(t.Missing, ", ")
		}
		if len(t.Unwanted) > 0 {
			text += " it gets " + strings.Join(t.Unwanted, ", ")
		}
		out = append(out, text)
	}
	return out
}
