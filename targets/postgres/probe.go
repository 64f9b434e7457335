package postgres

import (
	"context"
	"fmt"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// Probe connects, and looks at the version and at what the hub's role may do,
// without changing anything.
func (t *Target) Probe(ctx context.Context) (targets.Report, error) {
	return t.probe(ctx, false)
}

// Probe also looks whether sessions may be ended.
func (e ending) Probe(ctx context.Context) (targets.Report, error) { return e.probe(ctx, true) }

func (t *Target) probe(ctx context.Context, ends bool) (targets.Report, error) {
	p := &probing{t: t}
	s, err := t.server.begin(ctx, looking)
	if err != nil {
		if ctx.Err() != nil {
			return targets.Report{}, err
		}
		p.note("connect", "", err)
		return p.report, nil
	}
	defer s.end()
	p.session, p.report.Reachable = s, true
	p.place()
	p.rights()
	for _, look := range []func() error{p.members, func() error { return p.signals(ends) }} {
		if err := look(); err != nil {
			p.note("look", "", t.explained("look", err))
			break
		}
	}
	return p.report, ctx.Err()
}

// probing gathers findings.
type probing struct {
	session
	t      *Target
	report targets.Report
}

func (p *probing) note(check, detail string, err error) {
	p.report.Findings = append(p.report.Findings, identity.Found(check, detail, err))
}

// warn adds a finding about what works and will not do.
func (p *probing) warn(check, detail, remedy string) {
	p.report.Findings = append(p.report.Findings, targets.Finding{Check: check, Detail: detail, Remedy: remedy})
}

// place says where we are, and how we got there.
func (p *probing) place() {
	at := p.where()
	p.report.Version = at.product
	how := at.how
	if how == "" {
		how = "in plain text"
	}
	p.note("connect", "as "+at.name+", "+how, nil)
	if at.how == "" {
		p.warn("encryption", "the password and all changes can be read and changed on the way", "remove insecure: true, and set tls.ca_file if need be")
	}
	if at.version < oldest {
		p.warn("version", p.report.Version+" is older than what this was made for", "move to PostgreSQL 14 or newer")
	}
	if at.readOnly {
		p.warn("writable", "this server is a copy and takes no changes", "point url at the one that does")
	}
}

// rights says whether we may make and end accounts.
func (p *probing) rights() {
	switch at := p.where(); {
	case at.super:
		p.note("rights", "superuser, which is more than is needed: CREATEROLE will do", nil)
	case at.creates:
		p.note("rights", "CREATEROLE", nil)
	default:
		p.warn("rights", "the hub's role has no CREATEROLE: it can make, disable and delete no accounts", "ALTER ROLE … CREATEROLE, or accounts: {create: false}")
	}
}

// shown is how many names a finding lists.
const shown = 10

// members counts what there is and names the roles that we may not give. Up to
// PostgreSQL 15, CREATEROLE is enough to give any.
func (p *probing) members() error {
	all, err := p.roles(nil, nil)
	if err != nil {
		return err
	}
	accounts, given := 0, []string{}
	for _, r := range all {
		switch {
		case p.t.ignored(r.name):
		case r.isAccount():
			accounts++
		case p.t.untouchable(r, p.where().self) == nil:
			given = append(given, r.name)
		}
	}
	p.note("read roles", fmt.Sprintf("%d accounts, %d roles to be given", accounts, len(given)), nil)
	missing, err := p.ungivable(given)
	if err != nil || len(missing) == 0 {
		return err
	}
	more := ""
	if len(missing) > shown {
		more = fmt.Sprintf(" and %d more", len(missing)-shown)
	}
	p.warn("give roles", "the hub's role may not give "+strings.Join(missing[:min(shown, len(missing))], ", ")+more,
		"GRANT role TO the hub's role WITH ADMIN OPTION, for those that policies name")
	return nil
}

// signals looks whether we may end other people's sessions.
func (p *probing) signals(ends bool) error {
	if !ends {
		p.note("end sessions", "switched off: what people have open when their access ends goes on", nil)
		return nil
	}
	may, err := p.maySignal()
	if err != nil {
		return err
	}
	if !may {
		p.warn("end sessions", "the hub's role may not end sessions: what people have open when their access ends goes on",
			"GRANT pg_signal_backend TO the hub's role, or set end_sessions: false")
		return nil
	}
	p.note("end sessions", "the hub's role may end them", nil)
	return nil
}
