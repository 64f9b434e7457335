package salesforce

import (
	"io"
	"log/slog"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// The kinds of entitlement.
const (
	PermissionSet      = "permission-set"
	PermissionSetGroup = "permission-set-group"
	Profile            = "profile"
	PublicGroup        = "public-group"
)

// Target is one organisation. It is safe for concurrent use.
type Target struct {
	name, root string
	client     *httpkit.Client
	settings   Config
	fields     []field
	log        *slog.Logger
	now        func() time.Time
	simulated  io.Closer // the stand-in, nil where there is none
}

// Capabilities says what may be asked of the target.
func (t *Target) Capabilities() targets.Capabilities {
	return targets.Capabilities{
		Kinds:          []string{PermissionSet, PermissionSetGroup, Profile, PublicGroup},
		CreateAccounts: t.settings.Users.Profile != "", UpdateAccounts: true, DisableAccounts: true,
		Attributes: hubNames(t.fields),
		MaxBatch:   800, Concurrency: 2, FoldNames: true, LastUsed: true,
		NativeExpiry: true, NativeExpiryKinds: []string{PermissionSet, PermissionSetGroup},
	}
}

// Normalise returns a as a read would show it.
func (t *Target) Normalise(a targets.Account) targets.Account {
	a.Name = strings.TrimSpace(a.Name)
	kept := identity.Attributes{}
	for _, f := range t.fields {
		value := f.stored(a.Attributes.First(f.hub))
		switch {
		case value == "" && f.to == "LastName":
			value = a.Name
		case value == "" && f.to == "Email":
			value = strings.ToLower(t.username(a))
		}
		kept.Set(f.hub, value)
	}
	a.Attributes = kept
	return a
}

// username is what a signs in with: its name, with the suffix where it is no address.
func (t *Target) username(a targets.Account) string {
	if strings.Contains(a.Name, "@") {
		return a.Name
	}
	return a.Name + t.settings.Users.UsernameSuffix
}

// nameField is the field that names of accounts are in.
func (t *Target) nameField() string {
	if t.settings.NameField == byFederation {
		return "FederationIdentifier"
	}
	return "Username"
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
