package entra

import (
	"errors"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/sim"
	"birthright/targets"
)

// Group is the one kind of entitlement.
const Group = "group"

// Target is one tenant. It is safe for concurrent use.
type Target struct {
	name, base             string
	client                 *httpkit.Client
	stand                  *sim.Transport // nil where it is the real one
	fields                 []targets.Mapping
	create, roleAssignable bool
	signIns                bool // reads tell when people last signed in
	page, atOnce           int
	log                    *slog.Logger
	now                    func() time.Time

	mu    sync.Mutex
	known map[string]cachedGroup // by the entitlement's id
	fresh map[string]time.Time   // ids of what was made here, and when
	feed  feed
}

// Capabilities says what may be asked of the target.
func (t *Target) Capabilities() targets.Capabilities {
	return targets.Capabilities{
		Kinds:          []string{Group},
		CreateAccounts: true, UpdateAccounts: true, DisableAccounts: true, DeleteAccounts: true,
		CreateEntitlements: t.create,
		Attributes:         targets.Mapped(t.fields),
		MaxBatch:           maxBatch,
		Concurrency:        4,
		FoldNames:          true,
		LastUsed:           t.signIns,
	}
}

// Normalise returns a as a read would show it. Entra wants a name to display of
// everybody: who has none gets one of the others.
func (t *Target) Normalise(a targets.Account) targets.Account {
	kept := identity.Attributes{}
	for _, f := range t.fields {
		if v := a.Attributes.First(f.From); f.To == principal && v != "" {
			a.Name = v
		}
	}
	for _, f := range t.fields {
		value := a.Attributes.First(f.From)
		switch {
		case f.To == principal:
			value = a.Name
		case f.To == "displayName" && value == "":
			value = shown(a)
		}
		kept.Set(f.From, value)
	}
	a.Attributes = kept
	return a
}

// shown is what to call somebody who has no name to display.
func shown(a targets.Account) string {
	parts := []string{a.Attributes.First(identity.AttrGivenName), a.Attributes.First(identity.AttrFamilyName)}
	if name := strings.TrimSpace(strings.Join(parts, " ")); name != "" {
		return name
	}
	return a.Name
}

// SerialKey is the group whose members an op changes: twenty go in one request, and what
// one of them names must not change meanwhile.
func (t *Target) SerialKey(op targets.Op) string { return targets.ByEntitlement(op) }

// Calls tells how many requests were sent.
func (t *Target) Calls() int64 { return t.client.Calls() }

// Close lets go of connections.
func (t *Target) Close() error {
	t.client.Close()
	if t.stand != nil {
		return t.stand.Close()
	}
	return nil
}

func (t *Target) entitlement(id string) identity.Entitlement {
	return identity.Entitlement{Target: t.name, Kind: Group, ID: id}
}

// copying is for how long something that was made may not be there everywhere: Entra
// copies it from one of its places to the others.
const copying = time.Minute

// made notes that the thing of that id is new.
func (t *Target) made(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now := t.now(); len(t.fresh) > 10_000 {
		maps.DeleteFunc(t.fresh, func(_ string, until time.Time) bool { return !now.Before(until) })
	}
	t.fresh[id] = t.now().Add(copying)
}

// isFresh reports whether the thing of that id is new.
func (t *Target) isFresh(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	until, ok := t.fresh[id]
	if ok && !t.now().Before(until) {
		delete(t.fresh, id)
		ok = false
	}
	return ok
}

// settled notes that the thing of that id is as old as any, for we change it, and
// reports whether it was new.
func (t *Target) settled(id string) bool {
	was := t.isFresh(id)
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.fresh, id)
	return was
}

// kindOf is identity.KindOf for errors that may be a *httpkit.Failure.
func kindOf(err error) identity.Kind {
	if f := httpkit.AsFailure(err); f != nil {
		return f.Kind()
	}
	return identity.KindOf(err)
}

var (
	errNoAccount = errors.New("no such user")
	errNoGroup   = errors.New("no such group")
)
