package ldap

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/internal/ldapdn"
	"birthright/internal/ldapwire"
	"birthright/sources"
)

// A probe counts people and groups up to these numbers, by name alone: enough to
// meet the limits that servers usually set, and done in a fraction of a second.
const (
	probeUsers  = 20_000
	probeGroups = 5_000
)

// errEnough ends a count that went far enough.
var errEnough = errors.New("counted far enough")

// Probe connects, binds, looks at what the server can do and counts. What does
// not work is a finding; the steps behind a failed one are left out.
func (s *Source) Probe(ctx context.Context) (sources.Report, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := &probe{Source: s, report: sources.Report{Users: -1, Groups: -1}}
	conn, err := s.dial(ctx)
	if err != nil {
		p.note("connect", "", err)
		return p.report, ctx.Err()
	}
	defer conn.Close()
	p.report.Reachable = true
	p.note("connect", s.config.Security(s.endpoint)+" to "+s.endpoint.Address, nil)

	if err := s.bind(ctx, conn); err != nil {
		p.note("bind", "", err)
		return p.report, ctx.Err()
	}
	p.note("bind", "as "+s.config.Who(), nil)
	p.rootDSE(conn)
	p.users(ctx)
	p.groups(ctx)
	return p.report, ctx.Err()
}

// probe gathers findings.
type probe struct {
	*Source
	report sources.Report
}

// note adds a finding. An error's hint becomes the remedy.
func (p *probe) note(check, detail string, err error) {
	p.report.Findings = append(p.report.Findings, identity.Found(check, detail, err))
}

// warn adds a finding about something that works but will not do.
func (p *probe) warn(check, detail, remedy string) {
	p.report.Findings = append(p.report.Findings, sources.Finding{Check: check, Detail: detail, Remedy: remedy})
}

// activeDirectory is the capability that names that kind of server.
const activeDirectory = "1.2.840.113556.1.4.800"

// rootDSE looks at what the server says of itself.
func (p *probe) rootDSE(conn *ldapwire.Conn) {
	s := newSlots()
	vendor, version := s.of("vendorName"), s.of("vendorVersion")
	controls, capabilities, class := s.of("supportedControl"), s.of("supportedCapabilities"), s.of("objectClass")
	row := s.newRow()
	has := func(slot int, want string) bool {
		return slices.ContainsFunc(row.values[slot], func(v []byte) bool { return strings.EqualFold(string(v), want) })
	}
	found := false
	_, err := conn.Search(ldapwire.Search{Scope: ldapwire.Base, Attributes: s.request}, func(e *ldapwire.Entry) error {
		found = true
		row.fill(e)
		switch {
		case len(row.first(vendor))+len(row.first(version)) > 0:
			p.report.Version = strings.TrimSpace(string(row.first(vendor)) + " " + string(row.first(version)))
		case has(capabilities, activeDirectory):
			p.report.Version = "Active Directory"
		case has(class, "OpenLDAProotDSE"):
			p.report.Version = "OpenLDAP"
		}
		if has(controls, ldapwire.PagingOID) {
			p.note("paging", "the server can page", nil)
		} else {
			p.warn("paging", "the server does not say that it can page", "allow the simple paged results control ("+ldapwire.PagingOID+") there")
		}
		return nil
	})
	if err != nil {
		p.note("server", "", p.cutShort("root DSE", ldapwire.Outcome{}, err))
	} else if !found {
		p.warn("server", "the server does not show its root DSE", fmt.Sprintf("let %s read it", p.config.Who()))
	}
}

// users counts people and looks whether the first ones have a key and a name.
func (p *probe) users(ctx context.Context) {
	check := &people{reader: &reader{Source: p.Source, index: newIndex()}, plan: p.people, row: p.people.slots.newRow()}
	nameless := 0
	search, err := p.userSearch(p.people.slots.request)
	if err != nil {
		p.note("read users", "", err)
		return
	}
	p.report.Users = p.count(ctx, "read users", "users", search, probeUsers, func(e *ldapwire.Entry) error {
		check.row.fill(e)
		var err error
		if check.canon, err = ldapdn.Append(check.canon[:0], e.DN); err != nil {
			return p.badEntry(e.DN, "", "%w", err)
		}
		record, err := check.record(e)
		if err == nil && record.Attributes.First(identity.AttrUserName) == "" {
			nameless++
		}
		return err
	})
	if nameless > 0 {
		p.warn("user names", fmt.Sprintf("%d users have no userName", nameless), "map an attribute that everybody has: map: [{to: userName, from: …}]")
	}
}

func (p *probe) groups(ctx context.Context) {
	if p.config.Groups.BaseDN == "" {
		return
	}
	check := (&reader{Source: p.Source, index: newIndex()}).newGroups()
	search, err := p.groupSearch(check.row.slots.request)
	if err != nil {
		p.note("read groups", "", err)
		return
	}
	p.report.Groups = p.count(ctx, "read groups", "groups", search, probeGroups, func(e *ldapwire.Entry) error {
		check.row.fill(e)
		_, err := check.identify(e)
		return err
	})
}

// count reads up to most entries on a connection of its own, because it may
// break off in the middle of a page, and returns their number, -1 where it is
// not known.
func (p *probe) count(ctx context.Context, check, what string, search ldapwire.Search, most int, each func(*ldapwire.Entry) error) int {
	conn, err := p.connect(ctx)
	if err != nil {
		p.note(check, "", err)
		return -1
	}
	defer conn.Close()
	n := 0
	outcome, err := conn.Search(search, func(e *ldapwire.Entry) error {
		if n == most {
			return errEnough
		}
		n++
		return each(e)
	})
	switch {
	case errors.Is(err, errEnough):
		p.note(check, fmt.Sprintf("more than %d %s; a limit above that would show in the pull", most, what), nil)
		return -1
	case err != nil:
		p.note(check, "", p.cutShort(what, outcome, err))
		return -1
	}
	if err := p.referred(what, outcome); err != nil {
		p.note(check, "", err)
		return n
	}
	if n == 0 {
		p.warn(check, fmt.Sprintf("no %s below %q", what, search.Base), fmt.Sprintf("check the base_dn and the filter of %s, and that %s may read there", what, p.config.Who()))
		return 0
	}
	p.note(check, fmt.Sprintf("%d %s", n, what), nil)
	return n
}
