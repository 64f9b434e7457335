package slack

import (
	"io"
	"log/slog"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// The kinds of entitlement.
const (
	kindGroup   = "usergroup"
	kindChannel = "channel"
)

// Target is one workspace. It is safe for concurrent use.
type Target struct {
	config    Config
	name      string
	address   string // the hub's attribute that is the account's name
	client    *httpkit.Client
	transport http.RoundTripper // nil is the network
	log       *slog.Logger
	now       func() time.Time

	// writes has a lock for each user group: its list is read, changed and replaced.
	writes sync.Map

	mu       sync.Mutex
	users    map[string]bool    // who is known, by id, and whether they are active
	groups   map[string]string  // ids of user groups by handle
	channels map[string]channel // by name
}

const maxBatch = 500

// Capabilities says what may be asked of the target.
func (t *Target) Capabilities() targets.Capabilities {
	caps := targets.Capabilities{
		Kinds: []string{kindGroup}, CreateEntitlements: t.config.Usergroups.Create, MaxBatch: maxBatch, Concurrency: 2, FoldNames: true,
	}
	if len(t.config.Channels) > 0 {
		caps.Kinds = append(caps.Kinds, kindChannel)
	}
	if t.address != identity.AttrUserName {
		caps.Attributes = []string{t.address}
	}
	return caps
}

// Normalise returns a as a read would show it: by its address.
func (t *Target) Normalise(a targets.Account) targets.Account {
	kept := identity.Attributes{}
	if t.address != identity.AttrUserName {
		if address := a.Attributes.First(t.address); address != "" {
			a.Name = address
		}
		kept.Set(t.address, fold(a.Name))
	}
	a.Name, a.Attributes = fold(a.Name), kept
	return a
}

// SerialKey is the user group or channel that an op changes: a user group is written as
// a whole, once for all that go together.
func (t *Target) SerialKey(op targets.Op) string { return targets.ByEntitlement(op) }

// Calls counts the requests sent so far.
func (t *Target) Calls() int64 { return t.client.Calls() }

// Close lets go of connections, and keeps what a simulator holds.
func (t *Target) Close() error {
	t.client.Close()
	if kept, ok := t.transport.(io.Closer); ok {
		return kept.Close()
	}
	return nil
}

func (t *Target) entitlement(kind, id string) identity.Entitlement {
	return identity.Entitlement{Target: t.name, Kind: kind, ID: id}
}

// gives reports whether a channel is one of those whose members are given.
func (t *Target) gives(name string) bool {
	return slices.ContainsFunc(t.config.Channels, func(pattern string) bool {
		ok, err := path.Match(pattern, name)
		return ok && err == nil
	})
}

// lock holds a user group for one change.
func (t *Target) lock(id string) func() {
	m, _ := t.writes.LoadOrStore(id, new(sync.Mutex))
	m.(*sync.Mutex).Lock()
	return m.(*sync.Mutex).Unlock
}

// fold makes addresses comparable.
func fold(name string) string { return strings.ToLower(name) }
