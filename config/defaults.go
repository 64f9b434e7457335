package config

import (
	"net"
	"time"

	"birthright/identity"
	"birthright/internal/secret"
)

// defaultPolicies is where policies are looked for when the file does not say.
// Unlike a pattern that somebody wrote, it may match nothing.
const defaultPolicies = "policies/*.yaml"

// defaults returns the process settings of an empty file.
func defaults() process {
	return process{
		Server:   Server{Listen: "127.0.0.1:8080"},
		Database: Database{URL: secret.Value("sqlite:birthright.db")},
		Policies: []string{defaultPolicies},
		Auth: Auth{
			OIDC:   OIDC{Scopes: []string{"profile", "email"}, Admins: []string{}, Auditors: []string{}},
			Tokens: Tokens{Lifetime: time.Hour}, Session: Session{Life: 8 * time.Hour},
		},
		Telemetry: Telemetry{Sample: 0.1},
		Sync: Sync{
			Schedule: "*/15 * * * *",
			Guard:    Guard{MaxRemovals: 500, MaxRemovalPercent: 10, MaxMissingPercent: 10, MinRemovals: 10},
		},
	}
}

// defaultCorrelate are the keys by which records are taken for one person.
func defaultCorrelate() [][]string {
	return [][]string{{identity.AttrEmployeeNumber}, {identity.AttrEmail}, {identity.AttrUserName}}
}

// derive fills in what follows from other settings.
func (c *Config) derive() {
	if c.Server.PublicURL == "" {
		c.Server.PublicURL = publicURL(c.Server)
	}
	if c.Correlate == nil {
		c.Correlate = defaultCorrelate()
	}
	if c.Auth.Session.Idle == 0 {
		c.Auth.Session.Idle = min(time.Hour, c.Auth.Session.Life)
	}
	c.deriveSignals()
	c.deriveChannels()
	c.deriveReviews()
	for i := range c.Targets {
		t := &c.Targets[i]
		if t.Unmanaged == "" {
			t.Unmanaged = UnmanagedReport
		}
		if t.Observe == "" {
			t.Observe = ObserveAll
		}
		if t.Match == nil {
			t.Match = []string{identity.AttrUserName}
		}
		switch {
		case t.Accounts.Leaver != "":
		case t.Accounts.Create:
			t.Accounts.Leaver = LeaverDisable
		default:
			t.Accounts.Leaver = LeaverKeep
		}
	}
}

// publicURL is the address that people on this machine reach the server under.
func publicURL(s Server) string {
	scheme := "http://"
	if s.TLS.Enabled() {
		scheme = "https://"
	}
	host, port, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return scheme + s.Listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return scheme + net.JoinHostPort(host, port)
}
