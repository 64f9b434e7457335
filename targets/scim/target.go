package scim

import (
	"io"
	"log/slog"
	"sync"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// Group is the one kind of entitlement.
const Group = "group"

// Target is one SCIM server. It is safe for concurrent use.
type Target struct {
	name      string
	client    *httpkit.Client
	fields    []field
	used      *field // tells of the last use, nil where nothing does
	create    bool
	entitled  string // sent with every user that is made
	habits    Habits
	simulated io.Closer // the stand-in, nil where there is none
	log       *slog.Logger
	now       func() time.Time

	// put serialises the replacement of whole groups, which would otherwise
	// overwrite each other.
	put sync.Mutex

	mu       sync.Mutex
	server   *server // nil until learned
	groupIDs map[string]cachedGroup
	listed   listed
	sizes    map[string]int // how long the lists were last, by endpoint
}

// Capabilities says what may be asked of the target.
func (t *Target) Capabilities() targets.Capabilities {
	return targets.Capabilities{
		Kinds:          []string{Group},
		CreateAccounts: true, UpdateAccounts: true, DisableAccounts: true,
		DeleteAccounts:     t.habits.UserDelete == allowed,
		CreateEntitlements: t.create,
		Attributes:         hubNames(t.fields),
		MaxBatch:           maxBatch,
		Concurrency:        4,
		FoldNames:          true,
		LastUsed:           t.used != nil,
	}
}

// Normalise returns a as a read would show it: the mapped attributes, one value
// of each.
func (t *Target) Normalise(a targets.Account) targets.Account {
	kept := identity.Attributes{}
	for _, f := range t.fields {
		kept.Set(f.hub, a.Attributes.First(f.hub))
	}
	a.Attributes = kept
	return a
}

// Calls returns how many requests were sent so far.
func (t *Target) Calls() int64 { return t.client.Calls() }

// Close lets go of connections, and keeps what a stand-in holds.
func (t *Target) Close() error {
	t.client.Close()
	if t.simulated != nil {
		return t.simulated.Close()
	}
	return nil
}

func (t *Target) entitlement(displayName string) identity.Entitlement {
	return identity.Entitlement{Target: t.name, Kind: Group, ID: displayName}
}

// SerialKey is the group whose members an op changes: requests for one group would
// wait for each other, and those for many members at once are fewer.
func (t *Target) SerialKey(op targets.Op) string { return targets.ByEntitlement(op) }
