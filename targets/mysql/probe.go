package mysql

import (
	"context"
	"fmt"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// Probe connects, and looks at the version and at what the hub's account may do,
// without changing anything.
func (t *Target) Probe(ctx context.Context) (targets.Report, error) { return t.probe(ctx, false) }

// Probe also looks whether sessions may be ended.
func (e ending) Probe(ctx context.Context) (targets.Report, error) { return e.probe(ctx, true) }

func (t *Target) probe(ctx context.Context, ends bool) (targets.Report, error) {
	p := &probing{t: t, ends: ends}
	s, err := t.server.begin(ctx)
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
	if err := p.look(ctx); err != nil {
		p.note("look", "", t.explained("look", err))
	}
	return p.report, ctx.Err()
}

// probing gathers findings.
type probing struct {
	session
	t      *Target
	ends   bool
	report targets.Report
}

func (p *probing) note(check, detail string, err error) {
	p.report.Findings = append(p.report.Findings, identity.Found(check, detail, err))
}

// warn adds a finding about what works and will not do.
func (p *probing) warn(check, detail, remedy string) {
	p.report.Findings = append(p.report.Findings, targets.Finding{Check: check, Detail: detail, Remedy: remedy})
}

// need notes a right that is there, and warns of one that is not.
func (p *probing) need(has bool, check, good, bad, remedy string) {
	if has {
		p.note(check, good, nil)
		return
	}
	p.warn(check, bad, remedy)
}

// place says where we are, and how we got there.
func (p *probing) place() {
	at := p.where()
	p.report.Version = at.version
	if at.how == "" {
		p.note("connect", fmt.Sprintf("as %s, in plain text", at.self), nil)
		p.warn("encryption", "the password and all changes can be read and changed on the way", "remove insecure: true, and set tls.ca_file if need be")
	} else {
		p.note("connect", fmt.Sprintf("as %s, %s", at.self, at.how), nil)
	}
	if at.readOnly {
		p.warn("writable", "this server is a copy and takes no changes", "point url at the one that does")
	}
}

// look tells which of the hub's rights are missing, one finding each.
func (p *probing) look(ctx context.Context) error {
	may, err := p.rights(ctx)
	if err != nil {
		return err
	}
	self := p.where().self.quoted()
	p.need(may.users, "rights", "CREATE USER", "the hub's account may make, lock and delete no accounts", "GRANT CREATE USER ON *.* TO "+self)
	if p.t.keepsDefaults() {
		p.need(may.defaults, "default roles", "the hub's account may say which roles are active at login",
			"the hub's account may not say which roles are active at login: what it gives would be of no use until somebody sets it",
			"GRANT UPDATE ON mysql.* TO "+self+", or set default_roles: false")
	} else {
		p.note("default roles", "left alone: what is given is active only once somebody says SET ROLE", nil)
	}
	p.signals(may, self)
	if err := p.login(ctx); err != nil {
		return err
	}
	return p.tables(ctx, may)
}

// login tells whether people can come in the way that the configuration says.
func (p *probing) login(ctx context.Context) error {
	plugin := p.t.config.Login.Plugin
	if plugin == "" {
		p.note("login", "an account that is made lets nobody in until somebody says how", nil)
		return nil
	}
	found, err := p.hasPlugin(ctx, plugin)
	if err == nil {
		p.need(found, "login", plugin, "the server has no plugin "+plugin+" in use: no account could be made", "INSTALL SONAME, or correct login.plugin")
	}
	return err
}

// signals tells whether we may end other people's connections.
func (p *probing) signals(may rights, self string) {
	if !p.ends {
		p.note("end sessions", "switched off: what people have open when their access ends goes on", nil)
		return
	}
	admin := "CONNECTION ADMIN"
	if p.where().dialect.severalDefaults() {
		admin = "CONNECTION_ADMIN"
	}
	p.need(may.see, "see sessions", "PROCESS", "the hub's account does not see other people's connections, so that it cannot end them",
		"GRANT PROCESS ON *.* TO "+self+", or set end_sessions: false")
	p.need(may.kill, "end sessions", "the hub's account may end them", "the hub's account may not end other people's connections",
		"GRANT "+admin+" ON *.* TO "+self+", or set end_sessions: false")
}

// tables reads what there is and names the roles that we may not give.
func (p *probing) tables(ctx context.Context, may rights) error {
	c, err := p.contents(ctx, nil)
	if answered(err) != nil {
		p.warn("read", spoken(answered(err)).Error(), "GRANT SELECT ON mysql.* TO "+p.where().self.quoted())
		return nil
	}
	if err != nil {
		return err
	}
	k := p.t.knowing(p.where(), c)
	var given, missing []string
	for _, r := range k.all(true) {
		if k.untouchable(r.id) != nil {
			continue
		}
		given = append(given, r.user)
		if !may.roles && !k.admin[r.id] {
			missing = append(missing, r.user)
		}
	}
	p.note("read", fmt.Sprintf("%d accounts, %d roles to be given", len(k.all(false)), len(given)), nil)
	p.ungivable(missing)
	return nil
}

// shown is how many names a finding lists.
const shown = 10

func (p *probing) ungivable(missing []string) {
	if len(missing) == 0 {
		return
	}
	more := ""
	if len(missing) > shown {
		more = fmt.Sprintf(" and %d more", len(missing)-shown)
	}
	p.warn("give roles", "the hub's account may not give "+strings.Join(missing[:min(shown, len(missing))], ", ")+more,
		"GRANT role TO "+p.where().self.quoted()+" WITH ADMIN OPTION, for those that policies name")
}
