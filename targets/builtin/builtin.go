// Package builtin lists the kinds of target that the program knows: one line
// each. It owns no behaviour; an unknown kind fails where the map is asked.
package builtin

import (
	"birthright/targets"
	"birthright/targets/ad"
	"birthright/targets/file"
	"birthright/targets/google"
	"birthright/targets/ldap"
	"birthright/targets/memory"
	"birthright/targets/mysql"
	"birthright/targets/postgres"
	"birthright/targets/scim"
	"birthright/targets/slack"
)

// Kinds returns, by the name written after `kind:`, what makes an empty Config.
func Kinds() map[string]func() targets.Config {
	return map[string]func() targets.Config{
		"ad":       func() targets.Config { return new(ad.Config) },
		"file":     func() targets.Config { return new(file.Config) },
		"google":   func() targets.Config { return new(google.Config) },
		"ldap":     func() targets.Config { return new(ldap.Config) },
		"memory":   func() targets.Config { return new(memory.Config) },
		"mysql":    func() targets.Config { return new(mysql.Config) },
		"postgres": func() targets.Config { return new(postgres.Config) },
		"scim":     func() targets.Config { return new(scim.Config) },
		"slack":    func() targets.Config { return new(slack.Config) },
	}
}
