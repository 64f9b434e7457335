// Package builtin lists the kinds of target that the program knows: one line
// each. It owns no behaviour; an unknown kind fails where the map is asked.
package builtin

import (
	"birthright/targets"
	"birthright/targets/ad"
	"birthright/targets/command"
	"birthright/targets/file"
	"birthright/targets/kubernetes"
	"birthright/targets/ldap"
	"birthright/targets/memory"
	"birthright/targets/mysql"
	"birthright/targets/postgres"
	"birthright/targets/salesforce"
	"birthright/targets/scim"
	"birthright/targets/webhook"
)

// Kinds returns, by the name written after `kind:`, what makes an empty Config.
func Kinds() map[string]func() targets.Config {
	return map[string]func() targets.Config{
		"ad":         func() targets.Config { return new(ad.Config) },
		"command":    func() targets.Config { return new(command.Config) },
		"file":       func() targets.Config { return new(file.Config) },
		"kubernetes": func() targets.Config { return new(kubernetes.Config) },
		"ldap":       func() targets.Config { return new(ldap.Config) },
		"memory":     func() targets.Config { return new(memory.Config) },
		"mysql":      func() targets.Config { return new(mysql.Config) },
		"postgres":   func() targets.Config { return new(postgres.Config) },
		"salesforce": func() targets.Config { return new(salesforce.Config) },
		"scim":       func() targets.Config { return new(scim.Config) },
		"webhook":    func() targets.Config { return new(webhook.Config) },
	}
}
