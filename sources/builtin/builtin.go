// Package builtin lists the kinds of source that the program knows. A new kind
// is its folder, one line here, one contract test and one page of docs.
package builtin

import (
	"birthright/sources"
	"birthright/sources/facts"
	"birthright/sources/file"
	"birthright/sources/jira"
	"birthright/sources/ldap"
	"birthright/sources/pagerduty"
	"birthright/sources/push"
)

// Kinds returns, by the name written behind kind:, how to make an empty Config
// to decode the rest of a source's settings into. The map is the caller's.
func Kinds() map[string]func() sources.Config {
	return map[string]func() sources.Config{
		"facts":     func() sources.Config { return new(facts.Config) },
		"file":      func() sources.Config { return new(file.Config) },
		"jira":      func() sources.Config { return new(jira.Config) },
		"ldap":      func() sources.Config { return new(ldap.Config) },
		"pagerduty": func() sources.Config { return new(pagerduty.Config) },
		"scim":      func() sources.Config { return new(push.Config) },
	}
}
