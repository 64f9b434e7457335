package config

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"birthright/internal/duration"
)

// check looks for every value that has the right type and still cannot be right.
func (l *loader) check() {
	l.checkServer()
	l.checkDatabase()
	l.checkOIDC()
	l.checkSession()
	l.checkTokens()
	l.checkSchedule("sync.schedule", l.cfg.Sync.Schedule)
	l.checkGuard()
	l.checkPolicies()
	l.checkSources()
	l.checkTargets()
	l.checkCorrelate()
	l.checkAuthority()
	l.checkSignals()
	l.checkNotify()
	l.checkReviews()
}

func (l *loader) checkServer() {
	s := l.cfg.Server
	if err := checkListen(s.Listen); err != nil {
		l.fault("server.listen", "%s", err)
	}
	if l.given("server.public_url") {
		l.checkURL("server.public_url", s.PublicURL, "https://birthright.example.com")
	}
	if s.Drain < 0 || s.Drain > 5*time.Minute {
		l.fault("server.drain", "%s is not between 0s and 5m", s.Drain)
	}
	switch {
	case s.TLS.Cert != "" && s.TLS.Key == "":
		l.fault("server.tls.cert", "a certificate needs its private key: set server.tls.key too")
	case s.TLS.Cert == "" && s.TLS.Key != "":
		l.fault("server.tls.key", "a private key needs its certificate: set server.tls.cert too")
	}
}

// checkListen says what is wrong with an address to listen on.
func checkListen(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%q is not an address to listen on: write HOST:PORT, for example 127.0.0.1:8080 or [::1]:8080", address)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("the port of %q must be a number from 0 to 65535", address)
	}
	if strings.ContainsAny(host, " /@") {
		return fmt.Errorf("%q is not a host to listen on", host)
	}
	return nil
}

// checkURL wants an http or https URL that other URLs can be appended to.
func (l *loader) checkURL(path, text, example string) {
	if fault := urlFault(text, example); fault != "" {
		l.fault(path, "%s", fault)
	}
}

// urlFault says why text is not such a URL, "" where it is one.
func urlFault(text, example string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "":
		shown := strconv.Quote(text)
		if strings.Contains(text, "@") {
			shown = "this" // it may hold a password
		}
		return fmt.Sprintf("%s is not a URL such as %s", shown, example)
	case u.User != nil:
		return "a user name or password does not belong in this URL"
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return fmt.Sprintf("%q must end before ? or #", text)
	}
	return ""
}

func (l *loader) checkDatabase() {
	ref := l.cfg.Database.URL
	switch {
	case ref.IsZero():
		l.fault(databaseURL, "empty; write sqlite:PATH or postgres://USER@HOST/DATABASE")
	case ref.IsLiteral():
		// A literal is there without looking anywhere, so this cannot fail.
		text, _ := ref.Reveal(context.Background(), "")
		if err := checkDatabaseURL(text); err != nil {
			l.fault(databaseURL, "%s", err)
		}
	}
}

func (l *loader) checkTokens() {
	if d := l.cfg.Auth.Tokens.Lifetime; d < time.Minute || d > 24*time.Hour {
		l.fault("auth.tokens.lifetime", "%s is not a lifetime from 1m to 24h", duration.Format(d))
	}
}

func (l *loader) checkSchedule(path, text string) {
	if _, err := ParseSchedule(text); err != nil {
		l.fault(path, "%s", err)
	}
}

func (l *loader) checkGuard() {
	g := l.cfg.Sync.Guard
	l.checkCount("sync.guard.max_removals", &g.MaxRemovals)
	l.checkCount("sync.guard.min_removals", &g.MinRemovals)
	l.checkPercent("sync.guard.max_removal_percent", &g.MaxRemovalPercent)
	l.checkPercent("sync.guard.max_missing_percent", &g.MaxMissingPercent)
}

func (l *loader) checkCount(path string, n *int) {
	if n != nil && *n < 0 {
		l.fault(path, "%d is below 0", *n)
	}
}

func (l *loader) checkPercent(path string, p *float64) {
	if p != nil && (*p < 0 || *p > 100) {
		l.fault(path, "%s is not a percentage from 0 to 100", strconv.FormatFloat(*p, 'f', -1, 64))
	}
}

// checkOneOf wants value to be empty or one of the allowed words.
func (l *loader) checkOneOf(path, value string, allowed ...string) {
	if value != "" && !slices.Contains(allowed, value) {
		l.fault(path, "%q is not one of %s", value, strings.Join(allowed, ", "))
	}
}
