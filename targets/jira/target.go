package jira

import (
	"log/slog"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/sim"
	"birthright/targets"
)

// The kinds of entitlement: group/NAME and project-role/KEY/ROLE.
const (
	kindGroup = "group"
	kindRole  = "project-role"

	fieldEmail = "emailAddress"
	fieldName  = "displayName"
)

var (
	allKinds   = []string{kindGroup, kindRole}
	projectKey = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,254}$`)
)

// Target is one site. It is safe for concurrent use.
type Target struct {
	name     string
	client   *httpkit.Client
	fields   map[string]string // Jira's field → the hub's attribute
	kinds    []string
	projects []string
	readOnly []string
	page     int
	log      *slog.Logger
	standIn  *sim.Transport // where simulated
	// removing is true in the copy that serves a removal: what is looked up for it
	// does not wait behind others either.
	removing bool
}

// Capabilities says what may be asked of the target. A site can neither make nor
// suspend an account: both are the organisation's.
func (t *Target) Capabilities() targets.Capabilities {
	return targets.Capabilities{
		Kinds:       t.kinds,
		Attributes:  slices.Sorted(maps.Values(t.fields)),
		MaxBatch:    50,
		Concurrency: 4,
		FoldNames:   true,
	}
}

// Calls returns how many requests were sent so far.
func (t *Target) Calls() int64 { return t.client.Calls() }

// Close lets go of connections, and has a simulated site kept.
func (t *Target) Close() error {
	t.client.Close()
	if t.standIn != nil {
		return t.standIn.Close()
	}
	return nil
}

func (t *Target) has(kind string) bool { return slices.Contains(t.kinds, kind) }

func (t *Target) group(name string) identity.Entitlement {
	return identity.Entitlement{Target: t.name, Kind: kindGroup, ID: name}
}

func (t *Target) role(key, name string) identity.Entitlement {
	return identity.Entitlement{Target: t.name, Kind: kindRole, ID: key + "/" + name}
}

// splitRole takes KEY/ROLE apart.
func splitRole(id string) (key, role string, ok bool) {
	key, role, ok = strings.Cut(id, "/")
	return key, role, ok && projectKey.MatchString(key) && role != ""
}

// looksAt reports whether the roles of a project are any of ours.
func (t *Target) looksAt(key string) bool {
	return len(t.projects) == 0 || slices.Contains(t.projects, key)
}

// foreign reports whether somebody else decides who is in a group.
func (t *Target) foreign(group string) bool {
	return slices.ContainsFunc(t.readOnly, func(pattern string) bool {
		match, err := path.Match(pattern, group)
		return err == nil && match || pattern == group
	})
}

// account is how a user is shown: under the address where Atlassian tells it, else
// under the accountId.
func (t *Target) account(u user) targets.Account {
	a := targets.Account{ID: u.AccountID, Name: u.name(), Active: u.Active, Attributes: identity.Attributes{}}
	for field, value := range map[string]string{fieldEmail: u.Email, fieldName: u.DisplayName} {
		if hub := t.fields[field]; hub != "" && value != "" {
			a.Attributes.Set(hub, value)
		}
	}
	return a
}
