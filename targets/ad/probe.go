package ad

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"birthright/internal/ldaptarget"
	"birthright/targets"
)

// readOnlyController is what a domain controller that takes no changes says it can
// ([MS-ADTS] 3.1.1.3.4.3.6).
const readOnlyController = "1.2.840.113556.1.4.1920"

// Probe connects, binds, looks at the bases and asks the domain what the bind
// account may do there. It changes nothing.
func (t *Target) Probe(ctx context.Context) (targets.Report, error) {
	return t.Examine(ctx, func(found *ldaptarget.Probe) {
		p := probe{Probe: found, t: t}
		p.server()
		p.users()
		p.groups()
	})
}

// probe is one look at a domain.
type probe struct {
	*ldaptarget.Probe
	t *Target
}

// server looks at what the server says of itself, and at the encryption without
// which passwords cannot be set.
func (p probe) server() {
	e, err := p.At("root DSE", "", "(objectClass=*)", "vendorName", "dnsHostName", "domainFunctionality", "supportedCapabilities", "supportedControl")
	if err != nil || e == nil {
		p.Note("root DSE", "not shown", err)
		return
	}
	p.Report.Version = strings.TrimSpace(fmt.Sprintf("%s Active Directory, functional level %s, at %s",
		e.GetAttributeValue("vendorName"), e.GetAttributeValue("domainFunctionality"), e.GetAttributeValue("dnsHostName")))
	if slices.Contains(e.GetAttributeValues("supportedCapabilities"), readOnlyController) {
		p.Warn("domain controller", "it is a read-only one", "point url at a writable domain controller")
	}
	for _, c := range p.t.Layout.Controls {
		if !slices.Contains(e.GetAttributeValues("supportedControl"), c.GetControlType()) {
			p.Warn("controls", "the server does not know control "+c.GetControlType(), "it seems to be no Active Directory: use kind: ldap")
		}
	}
	if endpoint, err := p.t.Settings.Endpoint(); err == nil && !p.t.config.Simulate && p.t.Settings.Security(endpoint) == "plain text" {
		p.Warn("encryption", "the connection is plain text, over which Windows takes no password: no account can be made", "use ldaps://, or start_tls: true")
	}
}

func (p probe) users() {
	u := p.t.config.Users
	if !p.Base("users.base_dn", u.BaseDN) {
		return
	}
	one, err := p.Users(attrLogin + " or " + attrGUID)
	if err != nil {
		return
	}
	if ou := p.t.config.Users.OU; len(template(ou).names()) == 0 {
		p.mayMake("make accounts", "users.ou", ou, "user")
	} else {
		p.mayMake("make accounts", "users.base_dn", u.BaseDN, "user")
	}
	if u.DisabledOU != "" && p.Base("users.disabled_ou", u.DisabledOU) {
		p.mayMake("move leavers", "users.disabled_ou", u.DisabledOU, "user")
	}
	if one == nil {
		p.Note("change accounts", "cannot be told: there is none", nil)
		return
	}
	p.mayWrite("change accounts", one.Ref, one.DN, append([]string{attrLogin, attrUPN, "userAccountControl"}, p.t.mapping.Fields()...))
}

func (p probe) groups() {
	g := p.t.config.Groups
	if g.BaseDN == "" || !p.Base("groups.base_dn", g.BaseDN) {
		return
	}
	if g.Create {
		p.mayMake("make groups", "groups.ou", g.OU, "group")
	}
	one := p.Teams()
	if one == nil {
		p.Note("write members", "cannot be told: there is no group", nil)
		return
	}
	p.mayWrite("write members", one.Ref, one.DN, []string{"member"})
}

// mayMake tells whether children of a class may be made in a place.
func (p probe) mayMake(check, key, place, class string) {
	classes, err := p.effective(place, "allowedChildClassesEffective")
	switch {
	case err != nil:
		p.Note(check, "", err)
	case !slices.Contains(classes, class):
		p.Warn(check, "the bind account may not create "+class+" objects in "+place,
			"delegate \"Create "+class+" objects\" in "+key+" to it")
	default:
		p.Note(check, "in "+place, nil)
	}
}

// mayWrite tells which attributes of an entry may not be written.
func (p probe) mayWrite(check, ref, dn string, attributes []string) {
	allowed, err := p.effective(ref, "allowedAttributesEffective")
	if err != nil {
		p.Note(check, "", err)
		return
	}
	var missing []string
	for _, a := range attributes {
		if !slices.Contains(allowed, strings.ToLower(a)) {
			missing = append(missing, a)
		}
	}
	if len(missing) > 0 {
		p.Warn(check, "the bind account may not write "+strings.Join(missing, ", ")+" of "+dn,
			"delegate \"Write\" of these attributes to it, on the objects below the base")
		return
	}
	p.Note(check, "all attributes may be written; looked at "+dn, nil)
}

// effective asks the server what the bind account may do with an entry.
func (p probe) effective(ref, attribute string) ([]string, error) {
	e, err := p.At("rights", ref, "(objectClass=*)", attribute)
	if err != nil || e == nil {
		return nil, err
	}
	var out []string
	for _, v := range e.GetEqualFoldAttributeValues(attribute) {
		out = append(out, strings.ToLower(v))
	}
	return out, nil
}
