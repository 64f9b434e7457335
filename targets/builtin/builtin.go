// Package builtin lists the kinds of target that the program knows: one line
// each. It owns no behaviour; an unknown kind fails where the map is asked.
package builtin

import (
	"birthright/targets"
	"birthright/targets/ad"
	"birthright/targets/aws"
	"birthright/targets/command"
	"birthright/targets/entra"
	"birthright/targets/file"
	"birthright/targets/github"
	"birthright/targets/google"
	"birthright/targets/jira"
	"birthright/targets/kubernetes"
	"birthright/targets/ldap"
	"birthright/targets/memory"
	"birthright/targets/mysql"
	"birthright/targets/okta"
	"birthright/targets/postgres"
	"birthright/targets/salesforce"
	"birthright/targets/scim"
	"birthright/targets/slack"
	"birthright/targets/webhook"
)

// Kinds returns, by the name written after `kind:`, what makes an empty Config.
func Kinds() map[string]func() targets.Config {
	return map[string]func() targets.Config{
		"ad":         func() targets.Config { return new(ad.Config) },
		"aws":        func() targets.Config { return new(aws.Config) },
		"command":    func() targets.Config { return new(command.Config) },
		"entra":      func() targets.Config { return new(entra.Config) },
		"file":       func() targets.Config { return new(file.Config) },
		"github":     func() targets.Config { return new(github.Config) },
		"google":     func() targets.Config { return new(google.Config) },
		"jira":       func() targets.Config { return new(jira.Config) },
		"kubernetes": func() targets.Config { return new(kubernetes.Config) },
		"ldap":       func() targets.Config { return new(ldap.Config) },
		"memory":     func() targets.Config { return new(memory.Config) },
		"mysql":      func() targets.Config { return new(mysql.Config) },
		"okta":       func() targets.Config { return new(okta.Config) },
		"postgres":   func() targets.Config { return new(postgres.Config) },
		"salesforce": func() targets.Config { return new(salesforce.Config) },
		"scim":       func() targets.Config { return new(scim.Config) },
		"slack":      func() targets.Config { return new(slack.Config) },
		"webhook":    func() targets.Config { return new(webhook.Config) },
	}
}
