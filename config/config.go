package config

import (
	"path/filepath"
	"time"

	"birthright/internal/secret"
	"birthright/sources"
	"birthright/targets"
)

// Config is a whole configuration that passed every check. Its yaml names are
// the keys that people write.
type Config struct {
	// Server is the HTTP server: SCIM, API and console.
	Server Server `yaml:"server"`
	// Database is where the hub keeps what it knows.
	Database Database `yaml:"database"`
	// Policies are the policy files, as glob patterns relative to the
	// configuration file. Each pattern must match a file. The default,
	// policies/*.yaml, may match none.
	Policies []string `yaml:"policies"`
	// Auth is how people sign in to the console and the API, and programs to
	// SCIM.
	Auth Auth `yaml:"auth"`
	// Sync is when everything is reconciled, and what stops a sync.
	Sync Sync `yaml:"sync"`
	// Sources are where truth about people comes from, in the order of the file.
	Sources []Source `yaml:"sources"`
	// Correlate lists the keys by which records of different sources are taken
	// for one person: the first list of attributes that matches exactly one user
	// wins. The default is employeeNumber, then email, then userName.
	Correlate [][]string `yaml:"correlate"`
	// Authority says which source is believed for which attribute. Without an
	// entry, the sources are believed in the order of the file.
	Authority []Authority `yaml:"authority"`
	// Targets are the systems that access is synced to, in the order of the file.
	Targets []Target `yaml:"targets"`
	// Signals is who hears at once that somebody was deactivated or deleted.
	Signals Signals `yaml:"signals"`
	// Notify are the ways in which people are told about requests and grants.
	Notify []Channel `yaml:"notify"`
	// Reports is which reports the hub makes by itself.
	Reports Reports `yaml:"reports"`
	// Reviews is which reviews the hub opens by itself.
	Reviews Reviews `yaml:"reviews"`
	// Telemetry is where traces of the hub's work go.
	Telemetry Telemetry `yaml:"telemetry"`

	// File is the configuration file as it was named, Dir its folder as an
	// absolute path: relative paths in the file start there.
	File string `yaml:"-"`
	Dir  string `yaml:"-"`
	// PolicyFiles are the absolute paths of the files that Policies match, sorted.
	PolicyFiles []string `yaml:"-"`
	// Warnings are what works and still should not stay, each with its place in
	// the file.
	Warnings []string `yaml:"-"`
}

// Server is the HTTP server of `birthright serve`.
type Server struct {
	// Listen is the address to listen on, HOST:PORT; an empty host means all
	// interfaces, port 0 any free port. The default is 127.0.0.1:8080.
	Listen string `yaml:"listen"`
	// PublicURL is the address under which people and SCIM clients reach the
	// hub, for links and resource locations. The default follows from Listen.
	PublicURL string `yaml:"public_url"`
	// Drain is for how long the server goes on answering after it was told to
	// stop, while /readyz says 503: as long as a load balancer needs to see it, 0
	// to 5m. The default is 0.
	Drain time.Duration `yaml:"drain"`
	// TLS makes the server speak HTTPS.
	TLS TLS `yaml:"tls"`
}

// TLS names the files of the server's certificate, both or neither.
type TLS struct {
	// Cert is a PEM file with the certificate and its chain.
	Cert string `yaml:"cert"`
	// Key is a PEM file with the private key.
	Key string `yaml:"key"`
}

// Enabled reports whether the server speaks HTTPS.
func (t TLS) Enabled() bool { return t.Cert != "" }

// Database is where the hub keeps what it knows.
type Database struct {
	// URL is sqlite:PATH, or postgres://USER:PASSWORD@HOST/DATABASE, or a
	// reference to a secret that holds one of them. The default is
	// sqlite:birthright.db. Config.DatabaseURL gives it resolved.
	URL secret.Ref `yaml:"url"`
}

// Auth is how people and programs sign in.
type Auth struct {
	// OIDC is single sign-on by OpenID Connect; off while its issuer is empty.
	OIDC OIDC `yaml:"oidc"`
	// Session is how long people stay logged in to the console.
	Session Session `yaml:"session"`
	// Tokens are what programs get by OAuth's client credentials.
	Tokens Tokens `yaml:"tokens"`
}

// Session is how long people stay logged in to the console.
type Session struct {
	// Life is how long a session lasts at most: 1m to 30d. The default is 8h.
	Life time.Duration `yaml:"life"`
	// Idle is how long a session lasts that nobody uses: 1m to Life. The default
	// is 1h, or Life where that is shorter.
	Idle time.Duration `yaml:"idle"`
}

// Tokens are the access tokens that programs get by OAuth's client credentials.
type Tokens struct {
	// Lifetime is how long one is good for: 1m to 24h. The default is 1h.
	Lifetime time.Duration `yaml:"lifetime"`
}

// OIDC is single sign-on by OpenID Connect.
type OIDC struct {
	// Issuer is the provider's issuer URL: https, or http on this machine.
	Issuer string `yaml:"issuer"`
	// ClientID is the name under which the hub is registered there.
	ClientID string `yaml:"client_id"`
	// ClientSecret is the hub's secret there; empty for a public client.
	ClientSecret secret.Ref `yaml:"client_secret"`
	// Scopes are asked for besides openid. The default is profile and email.
	Scopes []string `yaml:"scopes"`
	// UserClaim is the claim whose value is the user's name in the hub, or the
	// only such e-mail address. Where it is empty, preferred_username is a name,
	// else an email that the provider has verified is a name or an address.
	UserClaim string `yaml:"user_claim"`
	// Admins may do everything: group:NAME for the members of a hub group,
	// user:NAME for one user, claim:NAME=VALUE for whoever the provider says that
	// of, for as long as their session lasts.
	Admins []string `yaml:"admins"`
	// Auditors may read everything; written as Admins.
	Auditors []string `yaml:"auditors"`
	// CAFile holds the certificates (PEM) of the authorities that are trusted when
	// the provider is spoken to; empty for those of the machine.
	CAFile string `yaml:"ca_file"`
}

// Enabled reports whether single sign-on is configured.
func (o OIDC) Enabled() bool { return o.Issuer != "" }

// Sync is when everything is reconciled, and what stops a sync.
type Sync struct {
	// Schedule is when `birthright serve` reads targets whole and repairs what
	// differs: five cron fields in UTC, or @every DURATION; empty means never.
	// Changes themselves go out at once. The default is every 15 minutes.
	Schedule string `yaml:"schedule"`
	// Guard holds what would remove unusually much.
	Guard Guard `yaml:"guard"`
}

// Guard says how many removals that nobody ordered, and how many missing
// people, are believed without a person's look.
type Guard struct {
	// MaxRemovals is how many removals may reach one target within 24 hours.
	// The default is 500; 0 holds every removal.
	MaxRemovals int `yaml:"max_removals"`
	// MaxRemovalPercent is the same as a share of the target's managed
	// assignments, 0 to 100. The default is 10; 100 means no such limit.
	MaxRemovalPercent float64 `yaml:"max_removal_percent"`
	// MaxMissingPercent is the share of a source's people that a whole read
	// may lack, 0 to 100. The default is 10; 100 means that only a read that
	// lacks everybody is held.
	MaxMissingPercent float64 `yaml:"max_missing_percent"`
	// MinRemovals is the number of removals up to which MaxRemovalPercent does
	// not count: in a small company one mover is a large share. The default is 10.
	MinRemovals int `yaml:"min_removals"`
}

// Source is one place that truth about people comes from.
type Source struct {
	// Name identifies the source: lower-case letters, digits, dash, dot and
	// underscore. Records keep it: a renamed source is a new one.
	Name string `yaml:"name"`
	// Kind says what sort of source it is: scim, ldap, file and so on.
	Kind string `yaml:"kind"`
	// Schedule is when `birthright serve` reads the source: five cron fields in
	// UTC, or @every DURATION; empty leaves it to pushes and `birthright import`.
	Schedule string `yaml:"schedule"`
	// Map says which of the source's values become which attributes, besides
	// and before what the kind does by default.
	Map []sources.Mapping `yaml:"map"`
	// SelfEditable names what people can change about themselves in this source:
	// attributes, and SelfGroups, SelfTickets and SelfShifts. `policy check` warns
	// of conditions on it.
	SelfEditable []string `yaml:"self_editable"`
	// Guard overrides parts of sync.guard for this source.
	Guard *SourceGuard `yaml:"guard"`
	// Settings are the further keys, those of the source's kind.
	Settings sources.Config `yaml:"-"`
}

// The entries of Source.SelfEditable that are no attributes.
const (
	SelfGroups  = "groups"  // people can join the source's groups
	SelfTickets = "tickets" // people can get tickets of the source assigned
	SelfShifts  = "shifts"  // people can put themselves on call in the source
)

// SourceGuard overrides parts of sync.guard for one source.
type SourceGuard struct {
	// MaxMissingPercent is as in sync.guard.
	MaxMissingPercent *float64 `yaml:"max_missing_percent"`
}

// Authority says which sources are believed for some attributes.
type Authority struct {
	// Attributes are the hub's names of the attributes.
	Attributes []string `yaml:"attributes"`
	// Sources are names of sources; the first one that has a value wins.
	Sources []string `yaml:"sources"`
}

// The values of Target.Unmanaged.
const (
	UnmanagedReport = "report"
	UnmanagedIgnore = "ignore"
	UnmanagedRemove = "remove"
)

// The values of Target.Observe.
const (
	ObserveAll      = "all"
	ObserveGoverned = "governed"
)

// The values of Accounts.Leaver.
const (
	LeaverKeep    = "keep"
	LeaverDisable = "disable"
	LeaverDelete  = "delete"
)

// Target is one system that access is synced to.
type Target struct {
	// Name identifies the target and begins the address of its entitlements;
	// written like a source's name. A renamed target is a new one.
	Name string `yaml:"name"`
	// Kind says what sort of target it is: ldap, scim, file and so on.
	Kind string `yaml:"kind"`
	// Unmanaged says what happens to members that the hub did not add: report
	// (the default), ignore or remove.
	Unmanaged string `yaml:"unmanaged"`
	// Observe says what a look at the whole target reads: all that it has (the
	// default), for reports of access that nobody explains, or only what policies
	// give on it, which can be much less.
	Observe string `yaml:"observe"`
	// Map says which attributes are written to which of the target's fields,
	// besides and before what the kind does by default.
	Map []targets.Mapping `yaml:"map"`
	// Match lists the user attributes by which accounts that are already there
	// are recognised, first match first. The default is userName.
	Match []string `yaml:"match"`
	// Accounts says whose accounts the hub makes and ends.
	Accounts Accounts `yaml:"accounts"`
	// Guard overrides parts of sync.guard for this target.
	Guard *TargetGuard `yaml:"guard"`
	// Settings are the further keys, those of the target's kind.
	Settings targets.Config `yaml:"-"`
}

// Simulated reports whether a stand-in within the program takes the target's place.
func (t Target) Simulated() bool {
	s, ok := t.Settings.(interface{ Simulated() bool })
	return ok && s.Simulated()
}

// Accounts says whether the hub makes accounts, and what becomes of those of
// leavers.
type Accounts struct {
	// Create makes an account for everybody who is given something on the
	// target. The default is false: accounts come from elsewhere.
	Create bool `yaml:"create"`
	// Leaver says what happens to the account of somebody who left: keep,
	// disable or delete. The default is disable where the hub creates accounts,
	// else keep.
	Leaver string `yaml:"leaver"`
}

// TargetGuard overrides parts of sync.guard for one target.
type TargetGuard struct {
	// MaxRemovals is as in sync.guard.
	MaxRemovals *int `yaml:"max_removals"`
	// MaxRemovalPercent is as in sync.guard.
	MaxRemovalPercent *float64 `yaml:"max_removal_percent"`
	// MinRemovals is as in sync.guard.
	MinRemovals *int `yaml:"min_removals"`
}

// Source returns the source of that name, and whether there is one.
func (c *Config) Source(name string) (Source, bool) {
	for _, s := range c.Sources {
		if s.Name == name {
			return s, true
		}
	}
	return Source{}, false
}

// Target returns the target of that name, and whether there is one.
func (c *Config) Target(name string) (Target, bool) {
	for _, t := range c.Targets {
		if t.Name == name {
			return t, true
		}
	}
	return Target{}, false
}

// MissingPercent returns the share of a source's people that a whole read may
// lack, 0 to 100: the source's own, else that of sync.guard.
func (c *Config) MissingPercent(s Source) float64 {
	if s.Guard != nil && s.Guard.MaxMissingPercent != nil {
		return *s.Guard.MaxMissingPercent
	}
	return c.Sync.Guard.MaxMissingPercent
}

// TargetGuard returns sync.guard with what the target overrides.
func (c *Config) TargetGuard(t Target) Guard {
	g := c.Sync.Guard
	if t.Guard == nil {
		return g
	}
	override(&g.MaxRemovals, t.Guard.MaxRemovals)
	override(&g.MaxRemovalPercent, t.Guard.MaxRemovalPercent)
	override(&g.MinRemovals, t.Guard.MinRemovals)
	return g
}

func override[T any](value, with *T) {
	if with != nil {
		*value = *with
	}
}

// Path returns a path of the configuration as an absolute one, "" for "".
func (c *Config) Path(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(c.Dir, path)
}
