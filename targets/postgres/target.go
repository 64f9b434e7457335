package postgres

import (
	"path"
	"strings"
	"sync/atomic"

	"birthright/identity"
	"birthright/targets"
)

const (
	// kindRole is the kind of entitlement: membership in a role.
	kindRole = "role"
	// maxBatch is how many ops go into one transaction.
	maxBatch = 500
)

// Target is a PostgreSQL cluster. It is safe for concurrent use.
type Target struct {
	env    targets.Env
	config Config
	server server
	calls  atomic.Int64
}

// Capabilities follow from the configuration. Those who write take turns on the
// server, so that more calls at once would only wait.
func (t *Target) Capabilities() targets.Capabilities {
	return targets.Capabilities{
		Kinds:          []string{kindRole},
		CreateAccounts: true, UpdateAccounts: true, DisableAccounts: true, DeleteAccounts: true,
		CreateEntitlements: t.config.Roles.Create,
		MaxBatch:           maxBatch,
		Concurrency:        1,
		FoldNames:          true,
	}
}

// Calls is how many statements were sent.
func (t *Target) Calls() int64 { return t.calls.Load() }

// Close ends the connections.
func (t *Target) Close() error { return t.server.Close() }

// Normalise returns a as a later read shows it: its name in lower case, as
// PostgreSQL itself writes names that nobody put in quotes.
func (t *Target) Normalise(a targets.Account) targets.Account {
	a.Name, a.Attributes = fold(a.Name), identity.Attributes{}
	return a
}

func fold(name string) string { return strings.ToLower(name) }

func (t *Target) address(name string) identity.Entitlement {
	return identity.Entitlement{Target: t.env.Name, Kind: kindRole, ID: name}
}

// ignored reports whether the configuration says that the role is nobody's business.
func (t *Target) ignored(name string) bool {
	for _, pattern := range t.config.Ignore {
		if matches, err := path.Match(pattern, name); err == nil && matches {
			return true
		}
	}
	return false
}

func (t *Target) op(what string) string { return what + " on " + t.env.Name }
