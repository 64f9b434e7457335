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
	"birthright/grants/approval"
	"birthright/hub"
	"birthright/hub/trial"
	"birthright/rules/analysis"
)

func (p *program) policyCheckCommand() *cobra.Command {
	var asked hub.PolicyCheck
	cmd := &cobra.Command{
		Use:   "check [PLACE]",
		Short: "Validate the policy files, run their tests and look for mistakes; needs no database",
		Long: `Validate the policy files, run their tests and look for mistakes: rules that
never match or always do, groups that nobody can get or answers for, constraints
that cannot be kept, and ways for people to widen their own access. Each comes
with what to do about it; docs/policy-tools.md lists them.

PLACE is a folder, a file, or a pattern in quotes; without it, it is the policy
that the configuration names, with --server the one in force there.

Errors, and tests that fail, give exit code 2; warnings do so with --strict.`,
		Args: takes(0, 1),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if !asked.Live && p.serverAddress() == "" {
			return p.checkAlone(args, asked)
		}
		return p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			files, err := textsAt(args)
			if err != nil {
				return err
			}
			asked.Files = files
			v, err := o.Hub.CheckPolicy(ctx, actor, asked)
			if err != nil {
				return err
			}
			if o.App == nil {
				for _, w := range v.Warnings {
					p.remark("warning: %s", w)
				}
			}
			return p.tellVerdict(v, asked.Strict)
		})(cmd, args)
	}
	cmd.Flags().BoolVar(&asked.Live, "live", false, "look at the people in the directory, too: owners who left, rules that match nobody now")
	cmd.Flags().BoolVar(&asked.Strict, "strict", false, "fail on warnings, too")
	return cmd
}

// textsAt reads the files of a policy to be sent, nothing where no place is named.
func textsAt(args []string) ([]hub.PolicyFile, error) {
	if len(args) == 0 {
		return nil, nil
	}
	return app.PolicyTexts(args[0])
}

// checkAlone judges a policy without a database.
func (p *program) checkAlone(args []string, asked hub.PolicyCheck) error {
	cfg, engine, err := p.policyAlone(args)
	if err != nil {
		return err
	}
	return p.tellVerdict(trial.Judge(engine, trial.Judgement{
		Files: len(cfg.PolicyFiles), Editable: app.Editable(cfg), Now: time.Now(), Strict: asked.Strict,
	}), asked.Strict)
}

// tellVerdict tells what is wrong with a policy, and fails where it is too much.
func (p *program) tellVerdict(v trial.Verdict, strict bool) error {
	err := p.print(listing{
		data: v, text: verdictText(v),
		header: []string{"files", "groups", "rules", "tests", "failed"},
		rows: [][]string{{
			strconv.Itoa(v.Files), strconv.Itoa(v.Groups), strconv.Itoa(v.Rules), strconv.Itoa(len(v.Tests)), strconv.Itoa(len(failedTests(v.Tests))),
		}},
	})
	if err == nil && !v.OK {
		return codeError{exitUsage, errors.New(strings.Join(wrong(v, strict), "\n"))}
	}
	return err
}

// wrong returns what makes the command fail.
func wrong(v trial.Verdict, strict bool) []string {
	out := append(failedTests(v.Tests), failedProperties(v.Properties)...)
	counts := v.Counts()
	if n := counts[analysis.Error]; n > 0 {
		out = append(out, count(n, "error", "errors")+" found in the policy")
	}
	if n := counts[analysis.Warning]; n > 0 && strict {
		out = append(out, count(n, "warning", "warnings")+" found in the policy; --strict makes them count")
	}
	return out
}

// verdictText is the verdict for people, and the findings after it.
func verdictText(v trial.Verdict) string {
	var b strings.Builder
	fmt.Fprintf(&b, "The policy is valid: %s and %s in %s; %d of %s pass", count(v.Groups, "group", "groups"),
		count(v.Rules, "rule", "rules"), count(v.Files, "file", "files"),
		len(v.Tests)-len(failedTests(v.Tests)), count(len(v.Tests), "test", "tests"))
	if n := len(v.Properties); n > 0 {
		fmt.Fprintf(&b, ", %d of %s hold", n-len(failedProperties(v.Properties)), count(n, "property", "properties"))
	}
	b.WriteString(".\n")
	if len(v.Findings) == 0 {
		return b.String()
	}
	counts := v.Counts()
	fmt.Fprintf(&b, "%s, %s, %s:\n", count(counts[analysis.Error], "error", "errors"),
		count(counts[analysis.Warning], "warning", "warnings"), count(counts[analysis.Note], "note", "notes"))
	for _, f := range v.Findings {
		fmt.Fprintf(&b, "\n%s: %s: %s\n  %s\n", f.Position, f.Severity, visible(f.Message), visible(f.Remedy))
	}
	return b.String()
}
