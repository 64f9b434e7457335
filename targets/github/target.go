package github

import (
	"log/slog"
	"slices"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/sim"
	"birthright/targets"
)

const (
	// invitations is the budget that invitations are charged to.
	invitations = "invitations"
	// GitHub weighs requests by their method.
	readCost, writeCost = 1, 5
	maxBatch            = 50
)

// Target is one organisation. It is safe for concurrent use.
type Target struct {
	name, org string
	client    *httpkit.Client
	fields    fields
	kinds     []string
	page      int
	idp       string // the endpoint below a team that tells who owns its members
	app       bool
	log       *slog.Logger
	now       func() time.Time
	seen      *seen
	standIn   *sim.Transport // where simulated
	// removing is true in the copy that serves a removal: what is looked up for it
	// does not wait behind others either.
	removing bool
}

// Capabilities says what may be asked of the target. GitHub cannot switch an account
// of somebody's own off: there is inviting and removing.
func (t *Target) Capabilities() targets.Capabilities {
	c := targets.Capabilities{
		Kinds:          t.kinds,
		CreateAccounts: t.fields.invites(),
		DeleteAccounts: true,
		MaxBatch:       maxBatch,
		Concurrency:    4,
		FoldNames:      true,
	}
	c.Attributes = t.fields.attributes()
	return c
}

// Calls returns how many requests were sent so far.
func (t *Target) Calls() int64 { return t.client.Calls() }

// Close lets go of connections, and has a simulated organisation kept.
func (t *Target) Close() error {
	t.client.Close()
	if t.standIn != nil {
		return t.standIn.Close()
	}
	return nil
}

func (t *Target) has(kind string) bool { return slices.Contains(t.kinds, kind) }

// account is how somebody is shown.
func (t *Target) account(p *person) targets.Account {
	a := targets.Account{ID: accountID(p.ID), Name: p.Login, Active: true, Attributes: identity.Attributes{}}
	if name := t.fields.login; name != "" && name != identity.AttrUserName {
		a.Attributes.Set(name, p.Login)
	}
	if t.fields.nameID != "" && p.nameID != "" {
		a.Attributes.Set(t.fields.nameID, p.nameID)
	}
	return a
}
