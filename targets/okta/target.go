package okta

import (
	"errors"
	"log/slog"
	"net/mail"
	"sync"
	"time"

	sdk "github.com/okta/okta-sdk-golang/v2/okta"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/sim"
	"birthright/targets"
)

// Group is the one kind of entitlement.
const Group = "group"

// Target is one Okta organisation. It is safe for concurrent use.
type Target struct {
	name                                   string
	client                                 *httpkit.Client
	api                                    *sdk.Client
	stand                                  *sim.Transport // nil where it is the real one
	fields                                 []targets.Mapping
	login                                  string // the attribute that is the login, "" for the name
	create, ignoreRules, deactivate, email bool
	page                                   int64
	reread                                 time.Duration
	log                                    *slog.Logger
	now                                    func() time.Time

	mu      sync.Mutex
	known   map[string]cached[group] // by name
	ruled   cached[map[string]bool]  // ids of groups that rules fill
	members map[string]membership    // by the group's id
}

// cached is something that is believed for a while.
type cached[T any] struct {
	value T
	until time.Time
}

// believed is for how long what was learned of a group is not asked for again: long
// enough for a run, too short for a renamed group to get somebody else's members.
const believed = time.Minute

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
		LastUsed:           true,
	}
}

// Normalise returns a as a read would show it: one value of each mapped attribute.
// Okta wants an address of everybody: who has none gets the login, if it is one.
func (t *Target) Normalise(a targets.Account) targets.Account {
	if login := a.Attributes.First(t.login); t.login != "" && login != "" {
		a.Name = login
	}
	kept := identity.Attributes{}
	for _, f := range t.fields {
		value := a.Attributes.First(f.From)
		if value == "" && f.To == "email" && isAddress(a.Name) {
			value = a.Name
		}
		kept.Set(f.From, value)
	}
	a.Attributes = kept
	return a
}

func isAddress(text string) bool {
	parsed, err := mail.ParseAddress(text)
	return err == nil && parsed.Address == text
}

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

func (t *Target) entitlement(name string) identity.Entitlement {
	return identity.Entitlement{Target: t.name, Kind: Group, ID: name}
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
