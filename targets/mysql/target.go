package mysql

import (
	"path"
	"sync/atomic"

	"birthright/identity"
	"birthright/targets"
)

const (
	// kindRole is the kind of entitlement: holding a role.
	kindRole = "role"
	// maxBatch is how many ops go into one call: each is a statement of its own.
	maxBatch = 200
)

// Target is a MariaDB or MySQL server. It is safe for concurrent use.
type Target struct {
	env    targets.Env
	config Config
	server server
	calls  atomic.Int64
}

// Capabilities follow from the configuration. The server lets one after the other
// change accounts, so that more calls at once would only wait.
func (t *Target) Capabilities() targets.Capabilities {
	return targets.Capabilities{
		Kinds:          []string{kindRole},
		CreateAccounts: true, UpdateAccounts: true, DisableAccounts: true, DeleteAccounts: true,
		CreateEntitlements: t.config.Roles.Create,
		MaxBatch:           maxBatch,
		Concurrency:        1,
	}
}

// Normalise returns a as a later read shows it: by the shortest name.
func (t *Target) Normalise(a targets.Account) targets.Account {
	a.Name, a.Attributes = t.accountID(a.Name).name(t.config.Host), identity.Attributes{}
	return a
}

// accountID is the id that an account's name stands for.
func (t *Target) accountID(name string) id { return named(name, t.config.Host) }

// Calls is how many statements were sent.
func (t *Target) Calls() int64 { return t.calls.Load() }

// Close ends the connections.
func (t *Target) Close() error { return t.server.Close() }

func (t *Target) keepsDefaults() bool { return t.config.DefaultRoles == nil || *t.config.DefaultRoles }

func (t *Target) address(name string) identity.Entitlement {
	return identity.Entitlement{Target: t.env.Name, Kind: kindRole, ID: name}
}

// ignored reports whether the configuration says that an account or role is nobody's
// business.
func (t *Target) ignored(i id) bool {
	for _, pattern := range t.config.Ignore {
		if matches, err := path.Match(pattern, i.user); err == nil && matches {
			return true
		}
	}
	return false
}

func (t *Target) op(what string) string { return what + " on " + t.env.Name }
