package memory

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"birthright/identity"
	"birthright/targets"
)

// Target is an in-process target. It is safe for concurrent use.
type Target struct {
	name string
	caps targets.Capabilities
	// wait is called before each read page and each op, outside the lock.
	wait func(context.Context) error

	mu       sync.Mutex
	faults   Faults
	counts   Counts
	version  int // counts the changes of contents; the watermark
	lastID   int
	accounts map[string]*account // by id
	names    map[string]string   // folded name → id
	catalog  map[key]targets.Entitlement
	clock    func() time.Time // nil: nothing ends by itself
	soonest  time.Time        // before that nothing does; zero for never
	sessions []*session
}

// account is an account with what it holds.
type account struct {
	targets.Account
	holds map[key]holding
	// implicit accounts came into being by being named, and end with the last
	// thing they hold.
	implicit bool
}

// holding is how an account holds an entitlement.
type holding struct {
	indirect bool      // through something else
	notAfter time.Time // when it ends by itself; zero for never
}

// key names an entitlement within one target.
type key struct{ kind, id string }

// Option shapes a new Target.
type Option func(*Target)

// WithCapabilities replaces DefaultCapabilities.
func WithCapabilities(c targets.Capabilities) Option { return func(t *Target) { t.caps = c } }

// WithLatency makes every read page and every op call wait first, outside all
// locks; an error of wait (a cancelled context) ends the call.
func WithLatency(wait func(context.Context) error) Option { return func(t *Target) { t.wait = wait } }

// WithClock lets what has an end of its own end by that clock.
func WithClock(now func() time.Time) Option { return func(t *Target) { t.clock = now } }

// WithFaults is SetFaults from the start.
func WithFaults(f Faults) Option { return func(t *Target) { t.faults = f } }

// New returns an empty target with the configured name.
func New(name string, options ...Option) *Target {
	t := &Target{
		name:     name,
		caps:     DefaultCapabilities(),
		wait:     func(ctx context.Context) error { return ctx.Err() },
		accounts: map[string]*account{},
		names:    map[string]string{},
		catalog:  map[key]targets.Entitlement{},
	}
	for _, o := range options {
		o(t)
	}
	return t
}

// DefaultCapabilities says that everything works, with entitlements of any kind
// that have to be created first.
func DefaultCapabilities() targets.Capabilities {
	return targets.Capabilities{
		CreateAccounts: true, UpdateAccounts: true, DisableAccounts: true, DeleteAccounts: true,
		CreateEntitlements: true, NativeExpiry: true, LastUsed: true,
		Attributes: []string{
			identity.AttrDepartment, identity.AttrDisplayName, identity.AttrEmail, identity.AttrFamilyName,
			identity.AttrGivenName, identity.AttrTeam, identity.AttrTitle,
		},
		Concurrency: 4,
	}
}

// Capabilities returns what the target was made with.
func (t *Target) Capabilities() targets.Capabilities { return t.caps }

// Probe always reaches the target, unless a read fault says otherwise.
func (t *Target) Probe(ctx context.Context) (targets.Report, error) {
	if err := t.wait(ctx); err != nil {
		return targets.Report{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if f := t.faults.Read; f != nil {
		if err := f(0); err != nil {
			return targets.Report{Findings: []targets.Finding{{Check: "reach", Detail: err.Error()}}}, nil
		}
	}
	detail := fmt.Sprintf("%d accounts, %d entitlements", len(t.accounts), len(t.catalog))
	return targets.Report{
		Reachable: true, Version: "memory",
		Findings: []targets.Finding{{OK: true, Check: "read", Detail: detail}},
	}, nil
}

// Watermark changes with every change of the contents.
func (t *Target) Watermark(ctx context.Context) (string, error) {
	if err := t.wait(ctx); err != nil {
		return "", err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return fmt.Sprint(t.version), nil
}

// fold returns what account names are compared by.
func (t *Target) fold(name string) string {
	if t.caps.FoldNames {
		return strings.ToLower(name)
	}
	return name
}

// find returns the account that a names, by id or else by name, or nil.
func (t *Target) find(a targets.Account) *account {
	if a.ID != "" {
		return t.accounts[a.ID]
	}
	return t.accounts[t.names[t.fold(a.Name)]]
}

// insert stores a new account, giving it an id if it has none.
func (t *Target) insert(a targets.Account) *account {
	if a.ID == "" {
		t.lastID++
		a.ID = fmt.Sprintf("m-%06d", t.lastID)
	}
	stored := &account{Account: a, holds: map[key]holding{}}
	stored.Attributes = t.kept(a.Attributes)
	t.accounts[a.ID] = stored
	t.names[t.fold(a.Name)] = a.ID
	t.version++
	return stored
}

// drop removes an account with all it holds.
func (t *Target) drop(a *account) {
	for k := range a.holds {
		delete(a.holds, k)
		t.forgetIfUnheld(k)
	}
	delete(t.accounts, a.ID)
	delete(t.names, t.fold(a.Name))
	t.version++
}

// forgetIfUnheld lets an implicit entitlement end with its last assignment.
func (t *Target) forgetIfUnheld(k key) {
	if !t.caps.ImplicitEntitlements {
		return
	}
	for _, a := range t.accounts {
		if _, held := a.holds[k]; held {
			return
		}
	}
	delete(t.catalog, k)
}

// endIfImplicit lets an implicit account end with the last thing it held.
func (t *Target) endIfImplicit(a *account) {
	if a.implicit && len(a.holds) == 0 {
		t.drop(a)
	}
}

// kept returns a copy of those attributes that the target stores.
func (t *Target) kept(a identity.Attributes) identity.Attributes {
	out := identity.Attributes{}
	for _, name := range t.caps.Attributes {
		out.Set(name, a[name]...)
	}
	return out
}

func (t *Target) address(k key) identity.Entitlement {
	return identity.Entitlement{Target: t.name, Kind: k.kind, ID: k.id}
}
