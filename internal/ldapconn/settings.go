package ldapconn

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"birthright/internal/secret"
	"birthright/internal/trust"
)

// Settings are the keys of a connection; embed them with `yaml:",inline"`.
type Settings struct {
	// URL is ldaps://HOST[:PORT] or ldap://HOST[:PORT].
	URL          string     `yaml:"url"`
	BindDN       string     `yaml:"bind_dn"`
	BindPassword secret.Ref `yaml:"bind_password"`
	// StartTLS upgrades an ldap:// connection before anything is said on it.
	StartTLS bool      `yaml:"start_tls"`
	TLS      trust.TLS `yaml:"tls"`
	// Insecure allows ldap:// without StartTLS to another machine, where the
	// password and the people can be read and changed on the way.
	Insecure bool `yaml:"insecure"`

	// PageSize is the number of entries asked for at a time; default 1000.
	PageSize int `yaml:"page_size"`
	// Timeout bounds every wait for the server; default 30s.
	Timeout time.Duration `yaml:"timeout"`
	// IgnoreReferrals accepts that parts of the tree lie on other servers, which
	// are neither read nor written.
	IgnoreReferrals bool `yaml:"ignore_referrals"`
}

const (
	defaultPageSize = 1000
	maxPageSize     = 100_000
	defaultTimeout  = 30 * time.Second
)

// WithDefaults fills in what was left out.
func (s Settings) WithDefaults() Settings {
	if s.PageSize == 0 {
		s.PageSize = defaultPageSize
	}
	if s.Timeout == 0 {
		s.Timeout = defaultTimeout
	}
	return s
}

// Validate returns every fault that can be told without asking the server. Who
// may bind, or whether anybody has to, is the caller's to say.
func (s Settings) Validate() []error {
	s = s.WithDefaults()
	var faults []error
	if _, err := s.Endpoint(); err != nil {
		faults = append(faults, err)
	}
	if s.PageSize < 0 || s.PageSize > maxPageSize {
		faults = append(faults, fmt.Errorf("page_size is %d: write a number from 1 to %d", s.PageSize, maxPageSize))
	}
	if s.Timeout < 0 {
		faults = append(faults, fmt.Errorf("timeout is %s: write a time above zero", s.Timeout))
	}
	return faults
}

// Endpoint is where a directory is and how to speak to it.
type Endpoint struct {
	Address string // host:port
	Host    string
	TLS     bool // from the first byte
}

// Endpoint reads the URL. Its error never shows a password written there.
func (s Settings) Endpoint() (Endpoint, error) {
	const example = "for example ldaps://ldap.example.com"
	if s.URL == "" {
		return Endpoint{}, fmt.Errorf("url is missing: the directory's address, %s", example)
	}
	u, err := url.Parse(s.URL)
	if err != nil {
		return Endpoint{}, errors.New("url cannot be read: write an address, " + example)
	}
	port := map[string]string{"ldap": "389", "ldaps": "636"}[u.Scheme]
	switch {
	case port == "":
		return Endpoint{}, fmt.Errorf("url is %q: write ldaps:// or ldap://, %s", u.Redacted(), example)
	case u.Hostname() == "":
		return Endpoint{}, fmt.Errorf("url is %q: the host is missing, %s", u.Redacted(), example)
	case u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return Endpoint{}, fmt.Errorf("url is %q: write scheme, host and port only; the rest has keys of its own (bind_dn, users.base_dn …)", u.Redacted())
	case u.Scheme == "ldaps" && s.StartTLS:
		return Endpoint{}, errors.New("start_tls upgrades ldap://; ldaps:// is secured already: drop one of them")
	case u.Scheme == "ldap" && !s.StartTLS && !s.Insecure && !trust.Local(u.Hostname()):
		return Endpoint{}, fmt.Errorf("url is %q: it would send the password and the people in plain text; write ldaps://, or add start_tls: true (insecure: true allows it)", u.Redacted())
	}
	if u.Port() != "" {
		port = u.Port()
	}
	return Endpoint{Address: net.JoinHostPort(u.Hostname(), port), Host: u.Hostname(), TLS: u.Scheme == "ldaps"}, nil
}

// TLSConfig says whom to trust at e, nil where everything is plain text. The
// file of authorities is read anew, so that a renewed one needs no restart;
// a relative path starts in dir.
func (s Settings) TLSConfig(e Endpoint, dir string) (*tls.Config, error) {
	if !e.TLS && !s.StartTLS {
		return nil, nil
	}
	return s.TLS.Config(dir, e.Host)
}

// Security names what protects the connection, for people.
func (s Settings) Security(e Endpoint) string {
	switch {
	case e.TLS:
		return "TLS"
	case s.StartTLS:
		return "StartTLS"
	}
	return "plain text"
}

// Who names the account that the hub binds as, for remedies.
func (s Settings) Who() string {
	if s.BindDN == "" {
		return "anonymous"
	}
	return s.BindDN
}
