package main

import (
	"github.com/spf13/cobra"

	"birthright/rules"
)

func (p *program) policyCommand() *cobra.Command {
	return p.family("policy", "The policy: groups, rules and who gets what",
		p.policyCheckCommand(), p.policyTestCommand(), p.policyExplainCommand(), p.policyDiffCommand(), p.policySimulateCommand(),
		p.policyGraphCommand(), p.policyHistoryCommand(), p.policyShowCommand())
}

// policyWarnings tells what works and is probably not meant.
func (p *program) policyWarnings(policy *rules.Policy) {
	for _, w := range policy.Warnings {
		p.remark("warning: %s", w)
	}
}
