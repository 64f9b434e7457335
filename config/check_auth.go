package config

import (
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"birthright/internal/duration"
	"birthright/internal/strictyaml"
	"birthright/internal/trust"
)

func (l *loader) checkOIDC() {
	o := l.cfg.Auth.OIDC
	l.checkRole("auth.oidc.admins", o.Admins)
	l.checkRole("auth.oidc.auditors", o.Auditors)
	for i, scope := range o.Scopes {
		if scope == "" || strings.ContainsFunc(scope, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }) { // RFC 6749, 3.3
			l.fault(strictyaml.Index("auth.oidc.scopes", i), "%q is no scope: one word without quotes", scope)
		}
	}
	if !o.Enabled() {
		l.checkNoProvider(o)
		return
	}
	const path = "auth.oidc.issuer"
	l.checkURL(path, o.Issuer, "https://login.example.com")
	if u, err := url.Parse(o.Issuer); err == nil && u.Scheme == "http" && !trust.Local(u.Hostname()) {
		l.fault(path, "%q must use https: whoever can change what it answers can sign in as anybody", o.Issuer)
	}
	if o.ClientID == "" {
		l.fault("auth.oidc.client_id", "missing; it is the name under which the hub is registered with the issuer")
	}
	if o.CAFile == "" {
		return
	}
	if _, err := os.Stat(l.cfg.Path(o.CAFile)); err != nil {
		l.fault("auth.oidc.ca_file", "%q is no file that can be read", o.CAFile)
	}
}

// checkNoProvider tells of what means nothing without a provider.
func (l *loader) checkNoProvider(o OIDC) {
	if o.ClientID != "" {
		l.fault("auth.oidc.client_id", "set without auth.oidc.issuer; set both or neither")
	}
	l.checkNoClaims("auth.oidc.admins", o.Admins)
	l.checkNoClaims("auth.oidc.auditors", o.Auditors)
}

func (l *loader) checkNoClaims(path string, terms []string) {
	for i, term := range terms {
		if strings.HasPrefix(term, "claim:") {
			l.fault(strictyaml.Index(path, i), "%q is about a claim, and there is no auth.oidc.issuer to make one", term)
		}
	}
}

// checkRole wants each entry to say who has a role.
func (l *loader) checkRole(path string, terms []string) {
	for i, term := range terms {
		kind, name, _ := strings.Cut(term, ":")
		claim, value, _ := strings.Cut(name, "=")
		if name == "" || !slices.Contains([]string{"group", "user", "claim"}, kind) || kind == "claim" && (claim == "" || value == "") {
			l.fault(strictyaml.Index(path, i), "%q is none of group:NAME, user:NAME and claim:NAME=VALUE", term)
		}
	}
}

func (l *loader) checkSession() {
	s := l.cfg.Auth.Session
	if s.Life < time.Minute || s.Life > 30*24*time.Hour {
		l.fault("auth.session.life", "%s is not a life from 1m to 30d", duration.Format(s.Life))
	} else if s.Idle != 0 && (s.Idle < time.Minute || s.Idle > s.Life) {
		l.fault("auth.session.idle", "%s is not a time from 1m to auth.session.life, which is %s", duration.Format(s.Idle), duration.Format(s.Life))
	}
}
