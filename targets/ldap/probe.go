package ldap

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

// Probe connects, binds, looks at the bases and finds out whether members may be
// written, without changing anything.
func (t *Target) Probe(ctx context.Context) (targets.Report, error) {
	p := &probe{t: t}
	s, err := t.begin(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return targets.Report{}, err
		}
		p.note("connect and bind", "", err)
		return p.report, nil
	}
	defer s.end()
	p.session, p.report.Reachable = s, true
	p.note("connect and bind", "as "+t.config.BindDN, nil)
	p.server()
	p.users()
	p.groups()
	return p.report, ctx.Err()
}

// probe gathers findings.
type probe struct {
	*session
	t      *Target
	report targets.Report
}

// note adds a finding; an error's hint becomes the remedy.
func (p *probe) note(check, detail string, err error) {
	p.report.Findings = append(p.report.Findings, identity.Found(check, detail, err))
}

// warn adds a finding about what works and will not do.
func (p *probe) warn(check, detail, remedy string) {
	p.report.Findings = append(p.report.Findings, targets.Finding{Check: check, Detail: detail, Remedy: remedy})
}

// server looks at what the server says of itself.
func (p *probe) server() {
	e, err := p.at("root DSE", "", "(objectClass=*)", "vendorName", "vendorVersion", "supportedControl", "objectClass")
	if err != nil || e == nil {
		p.note("root DSE", "not shown", err)
		return
	}
	p.report.Version = strings.TrimSpace(e.GetAttributeValue("vendorName") + " " + e.GetAttributeValue("vendorVersion"))
	if p.report.Version == "" && slices.Contains(e.GetAttributeValues("objectClass"), "OpenLDAProotDSE") {
		p.report.Version = "OpenLDAP"
	}
	if !slices.Contains(e.GetAttributeValues("supportedControl"), goldap.ControlTypePaging) {
		p.warn("paging", "the server does not say that it can page", "allow the simple paged results control there: "+goldap.ControlTypePaging)
	}
}

// base looks whether a base is there.
func (p *probe) base(key, dn string) bool {
	e, err := p.at(key, dn, "(objectClass=*)", "1.1")
	if err == nil && e == nil {
		p.warn(key, dn+" is not there, or the bind account may not see it", "make it, or correct "+key)
		return false
	}
	p.note(key, dn, err)
	return err == nil
}

func (p *probe) users() {
	schema := p.t.schema
	if !p.base("users.base_dn", schema.users.BaseDN) {
		return
	}
	count, usable := 0, 0
	err := p.each(search{what: "users", base: schema.users.BaseDN, scope: goldap.ScopeWholeSubtree, filter: schema.users.Filter, fields: schema.userFields()},
		func(e *goldap.Entry) error {
			count++
			if _, ok := schema.account(e); ok {
				usable++
			}
			return nil
		})
	p.note("read users", fmt.Sprintf("%d accounts", usable), err)
	if schema.users.Disable.Attribute == "" {
		p.note("disable accounts", "not set up: accounts of leavers keep working until they are deleted; see users.disable", nil)
	}
	if err == nil && usable < count {
		p.warn("name users", fmt.Sprintf("%d entries have no %s or %s", count-usable, schema.users.RDN, schema.users.ID),
			"narrow users.filter, correct users.rdn or users.id, or let the bind account read them")
	}
}

func (p *probe) groups() {
	g := p.t.schema.groups
	if g.BaseDN == "" || !p.base("groups.base_dn", g.BaseDN) {
		return
	}
	first, count := "", 0
	err := p.each(p.groupSearch("", g.Name), func(e *goldap.Entry) error {
		if count == 0 {
			first = e.DN
		}
		count++
		return nil
	})
	p.note("read groups", fmt.Sprintf("%d groups", count), err)
	if first != "" {
		p.writable(first)
	}
}

// writable asks for the removal of a member that no group has. A server that
// checks rights first, as OpenLDAP does, answers "not allowed" or "no such
// value": either way nothing changes.
func (p *probe) writable(dn string) {
	const check = "write members"
	g := p.t.schema.groups
	nobody := "cn=birthright-probe," + g.BaseDN
	if p.t.schema.names {
		nobody = "birthright-probe"
	}
	err := p.modifyGroup(&team{dn: dn}, nil, []string{nobody})
	switch {
	case goldap.IsErrorWithCode(err, goldap.LDAPResultNoSuchAttribute):
		p.note(check, "members may be written", nil)
	case goldap.IsErrorWithCode(err, goldap.LDAPResultInsufficientAccessRights):
		p.warn(check, "the bind account may not change "+g.Member+" of "+dn, "give it the right to write that attribute under groups.base_dn")
	default:
		p.note(check, "cannot be told without changing something", nil)
	}
}
