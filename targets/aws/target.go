package aws

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// The kinds of entitlements.
const (
	Group         = "group"
	PermissionSet = "permission-set"
	IAMGroup      = "iam-group"
)

// maxBatch is small: assignments of one permission set on one account are made one
// after the other, and an Apply that waits for many of them keeps a removal waiting.
const maxBatch = 10

// Target is one instance of Identity Center. It is safe for concurrent use.
type Target struct {
	*conn
	name   string
	fields []field
	create bool
	only   []string
	page   int32
	wait   time.Duration
	scim   *httpkit.Client // nil where users cannot be switched off
	log    *slog.Logger
	now    func() time.Time
	sleep  func(context.Context, time.Duration) error
	given  instance
	memory *memory
}

// memory is what was learned of AWS and spares calls: none of it is believed where a
// call says otherwise.
type memory struct {
	mu          sync.Mutex
	found       instance
	groups      map[string]group  // by name
	memberships map[member]string // → MembershipId
	sets        map[string]string // ARN → name: neither ever changes
	setARNs     map[string]string // name → ARN
	pending     map[string]job    // by entitlement id
	turns       map[string]chan struct{}

	accounts      []string
	accountsUntil time.Time
}

func newMemory() *memory {
	return &memory{
		groups: map[string]group{}, memberships: map[member]string{},
		sets: map[string]string{}, setARNs: map[string]string{}, pending: map[string]job{}, turns: map[string]chan struct{}{},
	}
}

// Capabilities says what may be asked of the target.
func (t *Target) Capabilities() targets.Capabilities {
	return targets.Capabilities{
		Kinds:          []string{Group, PermissionSet},
		CreateAccounts: true, UpdateAccounts: true, DisableAccounts: t.scim != nil, DeleteAccounts: true,
		CreateEntitlements: t.create,
		Attributes:         hubNames(t.fields),
		MaxBatch:           maxBatch,
		Concurrency:        4,
		FoldNames:          true,
	}
}

// Normalise returns a as a read would show it. AWS wants three names of everybody:
// the login name stands in for one that the hub does not know.
func (t *Target) Normalise(a targets.Account) targets.Account {
	kept := identity.Attributes{}
	for _, f := range t.fields {
		value := a.Attributes.First(f.hub)
		if value == "" && f.needed {
			value = a.Name
		}
		kept.Set(f.hub, value)
	}
	a.Attributes = kept
	return a
}

// Close lets go of connections, and keeps what a simulator holds.
func (t *Target) Close() error {
	if t.scim != nil {
		t.scim.Close()
	}
	return t.conn.Close()
}

// SerialKey is the group, or the permission set on an account, that an op changes: AWS
// takes one change of these at a time.
func (t *Target) SerialKey(op targets.Op) string { return targets.ByEntitlement(op) }

// Calls returns how many requests were sent so far.
func (t *Target) Calls() int64 {
	if t.scim == nil {
		return t.kit.Calls()
	}
	return t.kit.Calls() + t.scim.Calls()
}

// Close lets go of connections, and keeps what a simulator holds.
func (c *conn) Close() error {
	c.kit.Close()
	if c.close == nil {
		return nil
	}
	return c.close()
}

func (t *Target) entitlement(kind, id string) identity.Entitlement {
	return identity.Entitlement{Target: t.name, Kind: kind, ID: id}
}

// splitSet parts NAME@ACCOUNT, the id of a permission set on an account.
func splitSet(id string) (name, account string, ok bool) {
	at := strings.LastIndexByte(id, '@')
	if at <= 0 || !accountForm.MatchString(id[at+1:]) {
		return "", "", false
	}
	return id[:at], id[at+1:], true
}

func fold(name string) string { return strings.ToLower(name) }
