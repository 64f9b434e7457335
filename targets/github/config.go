package github

import (
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/ratelimit"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/github/githubsim"
)

const (
	usualURL    = "https://api.github.com"
	defaultPage = 100
)

// Config is `kind: github`.
type Config struct {
	httpkit.Connection `yaml:",inline"`
	// Org is the organisation's login.
	Org string `yaml:"org"`
	// Token is a personal access token of an owner; App is used instead.
	Token secret.Ref `yaml:"token"`
	App   App        `yaml:"app"`
	// Entitlements are the kinds that are read and given: team, repo, org.
	Entitlements []string `yaml:"entitlements"`
	// IDP tells how teams may be tied to groups of an identity provider, so that a
	// read looks for that.
	IDP string `yaml:"idp"`
	// PageSize is how many to ask for at once.
	PageSize int `yaml:"page_size"`
}

// App is a GitHub App that is installed in the organisation.
type App struct {
	ID             string     `yaml:"id"`
	InstallationID string     `yaml:"installation_id"`
	Key            secret.Ref `yaml:"key"`
}

// The ways in which teams are tied to groups elsewhere, and the endpoint below a
// team that tells of it.
var idpEndpoints = map[string]string{"team_sync": "/team-sync/group-mappings", "external_groups": "/external-groups"}

var (
	orgName = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9-]{0,98})$`)
	digits  = regexp.MustCompile(`^[0-9]+$`)
)

// Validate returns every fault that shows without a connection.
func (c *Config) Validate() []error {
	faults := c.Connection.Validate(usualURL)
	if !orgName.MatchString(c.Org) {
		faults = append(faults, fmt.Errorf("org: %q: the organisation's login is wanted, as in github.com/LOGIN", c.Org))
	}
	faults = append(faults, c.credentials()...)
	for i, kind := range c.Entitlements {
		if !slices.Contains(allKinds, kind) || slices.Contains(c.Entitlements[:i], kind) {
			faults = append(faults, fmt.Errorf("entitlements[%d]: %q: each of team, repo, org at most once", i, kind))
		}
	}
	if c.IDP != "" && idpEndpoints[c.IDP] == "" {
		faults = append(faults, fmt.Errorf("idp: %q: team_sync, external_groups, or leave it out", c.IDP))
	}
	if c.PageSize < 0 || c.PageSize > 100 {
		faults = append(faults, fmt.Errorf("page_size: %d: from 1 to 100", c.PageSize))
	}
	return faults
}

func (c *Config) credentials() (faults []error) {
	app := c.App != App{}
	switch {
	case c.Simulate:
	case !app && c.Token.IsZero():
		return []error{errors.New("token: a reference to a token is wanted, or app")}
	case app && !c.Token.IsZero():
		return []error{errors.New("app: token is given too: one of them is enough")}
	}
	if !app {
		return nil
	}
	for _, id := range []struct{ key, value string }{{"app.id", c.App.ID}, {"app.installation_id", c.App.InstallationID}} {
		if id.value == "" || id.key == "app.installation_id" && !digits.MatchString(id.value) {
			faults = append(faults, fmt.Errorf("%s: %q: see the app's settings", id.key, id.value))
		}
	}
	if c.App.Key.IsZero() {
		faults = append(faults, errors.New("app.key: a reference to the app's private key in PEM is wanted"))
	}
	return faults
}

// Limits are GitHub's own: 900 points in a minute, of which a read costs one and a
// change five, and 500 invitations in a day, of five points each. That of an hour
// is in every answer.
func limits() []ratelimit.Limit {
	return []ratelimit.Limit{
		{Tokens: 900, Per: time.Minute},
		{Scope: invitations, Tokens: 500 * writeCost, Per: 24 * time.Hour},
	}
}

// Open makes the target without connecting.
func (c *Config) Open(env targets.Env) (targets.Target, error) {
	fields, err := parseMap(env.Map)
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "open target", Object: env.Name, Err: err}
	}
	opt := httpkit.Options{Base: usualURL, Auth: c.auth(), Limits: limits()}
	var standIn *sim.Transport
	if c.Simulate {
		system := githubsim.New(githubsim.Options{Org: c.Org, Login: fields.login, SAML: fields.nameID != "", Now: env.Now})
		standIn = sim.New(system, env.Simulation, env.Now)
		opt.Transport = standIn
	}
	t, err := c.open(env, fields, opt)
	if err != nil {
		return nil, err
	}
	t.standIn = standIn
	return t, nil
}

// open makes the target over what opt says.
func (c *Config) open(env targets.Env, fields fields, opt httpkit.Options) (*Target, error) {
	client, err := c.Connection.Open(env, opt)
	if err != nil {
		return nil, err
	}
	t := &Target{
		name: env.Name, org: c.Org, client: client, fields: fields, kinds: c.Entitlements,
		page: c.PageSize, idp: idpEndpoints[c.IDP], log: env.Log, now: env.Now, app: c.App != App{}, seen: newSeen(),
	}
	if len(t.kinds) == 0 {
		t.kinds = []string{kindTeam}
	}
	if t.page == 0 {
		t.page = defaultPage
	}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	if t.now == nil {
		t.now = time.Now
	}
	return t, nil
}

func (c *Config) auth() httpkit.Auth {
	if (c.App != App{}) {
		return httpkit.AppInstallation{AppID: c.App.ID, InstallationID: c.App.InstallationID, Key: c.App.Key}
	}
	return httpkit.Bearer(c.Token)
}

// fields says which attributes of the hub hold what GitHub knows people by; "" for
// none. Login and email are what people are invited by, nameID is what they are
// called at the organisation's identity provider: it is only read.
type fields struct{ login, email, nameID string }

func parseMap(written []targets.Mapping) (f fields, err error) {
	known := map[string]*string{"login": &f.login, "email": &f.email, "saml_name_id": &f.nameID}
	for _, m := range written {
		field := known[m.To]
		if field == nil || *field != "" {
			return f, fmt.Errorf("map: %q: login, email and saml_name_id are known, each once", m.To)
		}
		*field = m.From
	}
	if f.nameID != "" && (f.nameID == f.login || f.nameID == identity.AttrUserName) {
		return f, fmt.Errorf("map: saml_name_id: %q is what the login is called here", f.nameID)
	}
	return f, nil
}

// invites reports whether somebody can be brought in.
func (f fields) invites() bool { return f.login != "" || f.email != "" }

// attributes are what the hub has to tell of people. An address is not read back:
// GitHub tells none.
func (f fields) attributes() (names []string) {
	for _, name := range []string{f.login, f.email, f.nameID} {
		if name != "" && name != identity.AttrUserName && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// loginOf returns the login that the hub has of somebody, "" where it has none. A
// userName is one only where the configuration says so, or where nobody is invited:
// the name that somebody has here belongs to a stranger there.
func (f fields) loginOf(a targets.Account) string {
	if f.login == identity.AttrUserName || !f.invites() {
		return a.Name
	}
	return a.Attributes.First(f.login)
}

// emailOf returns the address that somebody can be invited by.
func (f fields) emailOf(a targets.Account) string {
	if f.email == "" {
		return ""
	}
	return strings.TrimSpace(a.Attributes.First(f.email))
}
