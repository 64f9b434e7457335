package main

import (
	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/config"
	"birthright/rules"
)

func (p *program) policyCommand() *cobra.Command {
	return reaching(p.family("policy", "The policy: groups, rules and who gets what",
		p.policyCheckCommand(), p.policyTestCommand(), p.policyExplainCommand(), p.policyDiffCommand(), p.policySimulateCommand(),
		p.policyGraphCommand(), p.policyHistoryCommand(), p.policyShowCommand()))
}

// policyAlone loads the policy without anything else, the one at the place that args name
// or else the configured one, and tells its warnings.
func (p *program) policyAlone(args []string) (*config.Config, *rules.Engine, error) {
	cfg, err := p.loadConfig()
	if err != nil {
		return nil, nil, err
	}
	if len(args) > 0 {
		if cfg, err = app.ConfigFor(cfg, args[0]); err != nil {
			return nil, nil, err
		}
	}
	engine, err := app.Policy(cfg)
	if err == nil {
		p.policyWarnings(engine.Policy())
	}
	return cfg, engine, err
}

// policyWarnings tells what works and is probably not meant.
func (p *program) policyWarnings(policy *rules.Policy) {
	for _, w := range policy.Warnings {
		p.remark("warning: %s", w)
	}
}
