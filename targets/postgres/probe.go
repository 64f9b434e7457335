package postgres

import (
	"context"
	"crypto/tls"
	"fmt"
	"strings"

	"birthright/identity"
	"birthright/targets"

	"github.com/jackc/pgx/v5"
)

// Probe connects, and looks at the version and at what the hub's role may do,
// without changing anything.
func (t *Target) Probe(ctx context.Context) (targets.Report, error) {
	return t.probe(ctx, false)
}

// Probe also looks whether sessions may be ended.
func (e ending) Probe(ctx context.Context) (targets.Report, error) { return e.probe(ctx, true) }

func (t *Target) probe(ctx context.Context, ends bool) (targets.Report, error) {
	p := &probing{}
	s, err := t.begin(ctx, "READ ONLY")
	if err != nil {
		if ctx.Err() != nil {
			return targets.Report{}, err
		}
		p.note("connect", "", err)
		return p.report, nil
	}
	defer s.end()
	p.session, p.report.Reachable = s, true
	for _, look := range []func() error{p.server, p.rights, p.roles, func() error { return p.signals(ends) }} {
		if err := look(); err != nil {
			p.note("look", "", t.explained("look", err))
			break
		}
	}
	return p.report, ctx.Err()
}

// probing gathers findings.
type probing struct {
	*session
	report targets.Report
	super  bool
}

func (p *probing) note(check, detail string, err error) {
	p.report.Findings = append(p.report.Findings, identity.Found(check, detail, err))
}

// warn adds a finding about what works and will not do.
func (p *probing) warn(check, detail, remedy string) {
	p.report.Findings = append(p.report.Findings, targets.Finding{Check: check, Detail: detail, Remedy: remedy})
}

// server looks where we are, and how we got there.
func (p *probing) server() error {
	var version, role string
	var copied bool
	err := p.QueryRow(p.ctx, "SELECT current_setting('server_version'), current_user::text, pg_is_in_recovery()").Scan(&version, &role, &copied)
	if err != nil {
		return err
	}
	p.report.Version = "PostgreSQL " + version
	how := "in plain text, on this machine"
	if conn, ok := p.PgConn().Conn().(*tls.Conn); ok {
		how = "over " + tls.VersionName(conn.ConnectionState().Version)
	} else if !near(p.Config().Host) {
		how = "in plain text"
	}
	p.note("connect", "as "+role+", "+how, nil)
	if how == "in plain text" {
		p.warn("encryption", "the password and all changes can be read and changed on the way", "remove insecure: true, and set tls.ca_file if need be")
	}
	if p.version < oldest {
		p.warn("version", p.report.Version+" is older than what this was made for", "move to PostgreSQL 14 or newer")
	}
	if copied {
		p.warn("writable", "this server is a copy and takes no changes", "point url at the one that does")
	}
	return nil
}

// rights looks whether we may make and end accounts.
func (p *probing) rights() error {
	var creates bool
	if err := p.QueryRow(p.ctx, "SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user").Scan(&p.super, &creates); err != nil {
		return err
	}
	switch {
	case p.super:
		p.note("rights", "superuser, which is more than is needed: CREATEROLE will do", nil)
	case creates:
		p.note("rights", "CREATEROLE", nil)
	default:
		p.warn("rights", "the hub's role has no CREATEROLE: it can make, disable and delete no accounts", "ALTER ROLE … CREATEROLE, or accounts: {create: false}")
	}
	return nil
}

// shown is how many names a finding lists.
const shown = 10

// roles counts what there is and names the roles that we may not give. Up to
// PostgreSQL 15, CREATEROLE is enough to give any.
func (p *probing) roles() error {
	rows, err := p.Query(p.ctx, selectRoles+"ORDER BY r.rolname")
	if err != nil {
		return err
	}
	all, err := pgx.CollectRows(rows, func(pgx.CollectableRow) (role, error) { return scanRole(rows) })
	if err != nil {
		return err
	}
	accounts, given := 0, []string{}
	for _, r := range all {
		switch {
		case p.t.ignored(r.name):
		case r.isAccount():
			accounts++
		case p.untouchable(&r) == nil:
			given = append(given, r.name)
		}
	}
	p.note("read roles", fmt.Sprintf("%d accounts, %d roles to be given", accounts, len(given)), nil)
	missing, err := p.withoutAdmin(given)
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

// withoutAdmin returns those of some roles that we may not give.
func (p *probing) withoutAdmin(names []string) (missing []string, err error) {
	condition := "NOT pg_has_role(current_user, r.oid, 'MEMBER WITH ADMIN OPTION')"
	if p.version < optionsSince {
		condition += " AND NOT (SELECT rolcreaterole FROM pg_roles WHERE rolname = current_user)"
	}
	rows, err := p.Query(p.ctx, "SELECT r.rolname::text FROM pg_roles r WHERE r.rolname = ANY ($1::text[]) AND "+condition+" ORDER BY r.rolname", names)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// signals looks whether we may end other people's sessions.
func (p *probing) signals(ends bool) error {
	if !ends {
		p.note("end sessions", "switched off: what people have open when their access ends goes on", nil)
		return nil
	}
	var may bool
	if err := p.QueryRow(p.ctx, "SELECT pg_has_role(current_user, 'pg_signal_backend', 'USAGE')").Scan(&may); err != nil {
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
