package ldap

import (
	"context"
	"slices"
	"strings"

	"birthright/internal/ldaptarget"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

// Probe connects, binds, looks at the bases and finds out whether members may be
// written, without changing anything.
func (t *Target) Probe(ctx context.Context) (targets.Report, error) {
	return t.Examine(ctx, func(found *ldaptarget.Probe) {
		p := probe{Probe: found, t: t}
		p.server()
		p.users()
		p.groups()
	})
}

// probe is one look at a directory.
type probe struct {
	*ldaptarget.Probe
	t *Target
}

// server looks at what the server says of itself.
func (p probe) server() {
	e, err := p.At("root DSE", "", "(objectClass=*)", "vendorName", "vendorVersion", "supportedControl", "objectClass")
	if err != nil || e == nil {
		p.Note("root DSE", "not shown", err)
		return
	}
	p.Report.Version = strings.TrimSpace(e.GetAttributeValue("vendorName") + " " + e.GetAttributeValue("vendorVersion"))
	if p.Report.Version == "" && slices.Contains(e.GetAttributeValues("objectClass"), "OpenLDAProotDSE") {
		p.Report.Version = "OpenLDAP"
	}
	if !slices.Contains(e.GetAttributeValues("supportedControl"), goldap.ControlTypePaging) {
		p.Warn("paging", "the server does not say that it can page", "allow the simple paged results control there: "+goldap.ControlTypePaging)
	}
}

func (p probe) users() {
	users := p.t.schema.users
	if !p.Base("users.base_dn", users.BaseDN) {
		return
	}
	_, _ = p.Users(users.RDN + " or " + users.ID)
	p.Note("make and change accounts", "cannot be told without changing something: it takes add, write, rename and delete below users.base_dn", nil)
	if users.Disable.Attribute == "" {
		p.Note("disable accounts", "not set up: accounts of leavers keep working until they are deleted; see users.disable", nil)
	}
}

func (p probe) groups() {
	base := p.t.schema.groups.BaseDN
	if base == "" || !p.Base("groups.base_dn", base) {
		return
	}
	if one := p.Teams(); one != nil {
		p.writable(one)
	}
}

// writable asks for the removal of a member that no group has. A server that
// checks rights first, as OpenLDAP does, answers "not allowed" or "no such
// value": either way nothing changes.
func (p probe) writable(one *ldaptarget.Team) {
	const check = "write members"
	nobody := "cn=birthright-probe," + p.t.schema.groups.BaseDN
	if p.t.schema.names {
		nobody = "birthright-probe"
	}
	err := p.ModifyGroup(one, nil, []string{nobody})
	switch {
	case goldap.IsErrorWithCode(err, goldap.LDAPResultNoSuchAttribute):
		p.Note(check, "members may be written", nil)
	case goldap.IsErrorWithCode(err, goldap.LDAPResultInsufficientAccessRights):
		p.Warn(check, "the bind account may not change "+p.t.schema.groups.Member+" of "+one.DN, "give it the right to write that attribute under groups.base_dn")
	default:
		p.Note(check, "cannot be told without changing something", nil)
	}
}
