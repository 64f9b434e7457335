package config_test

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"birthright/config"
	"birthright/internal/secret"
	"birthright/sources"
	"birthright/targets"
)

// The kinds of these tests: shaped like real ones, opening nothing.

type noSource struct{}

func (noSource) Validate() []error                        { return nil }
func (noSource) Open(sources.Env) (sources.Source, error) { return nil, errors.New("not in tests") }

type scimKind struct {
	noSource `yaml:"-"`
}

// rotaKind tells facts.
type rotaKind struct {
	noSource      `yaml:"-"`
	sources.Terms `yaml:",inline"`
}

type search struct {
	BaseDN string `yaml:"base_dn"`
	Filter string `yaml:"filter"`
}

type ldapKind struct {
	noSource     `yaml:"-"`
	URL          string                `yaml:"url"`
	BindDN       string                `yaml:"bind_dn"`
	BindPassword secret.Ref            `yaml:"bind_password"`
	StartTLS     bool                  `yaml:"start_tls"`
	PageSize     int                   `yaml:"page_size"`
	Timeout      time.Duration         `yaml:"timeout"`
	Users        *search               `yaml:"users"`
	Groups       search                `yaml:"groups"`
	Hosts        []string              `yaml:"hosts"`
	Headers      map[string]secret.Ref `yaml:"headers"`
}

func (k *ldapKind) Validate() []error {
	var faults []error
	switch {
	case k.URL == "":
		faults = append(faults, errors.New("url is missing; write ldap://HOST or ldaps://HOST"))
	case !strings.HasPrefix(k.URL, "ldap"):
		faults = append(faults, fmt.Errorf("url: %q is not an LDAP address", k.URL))
	}
	if k.PageSize != 0 && k.PageSize < 10 {
		faults = append(faults, fmt.Errorf("page_size: %d is below 10", k.PageSize))
	}
	if k.Users != nil && k.Users.BaseDN == "" {
		faults = append(faults, errors.New("users.base_dn is missing"))
	}
	if k.StartTLS && strings.HasPrefix(k.URL, "ldaps:") {
		faults = append(faults, errors.New("ldaps and start_tls exclude each other"))
	}
	return faults
}

type noTarget struct{}

func (noTarget) Validate() []error                        { return nil }
func (noTarget) Open(targets.Env) (targets.Target, error) { return nil, errors.New("not in tests") }

type csvKind struct {
	noTarget `yaml:"-"`
	Path     string `yaml:"path"`
}

type githubKind struct {
	noTarget `yaml:"-"`
	Org      string     `yaml:"org"`
	Token    secret.Ref `yaml:"token"`
}

func (k *githubKind) Validate() []error {
	if k.Org == "" {
		return []error{errors.New("org is missing")}
	}
	return nil
}

func kinds() config.Kinds {
	return config.Kinds{
		Sources: map[string]func() sources.Config{
			"scim": func() sources.Config { return new(scimKind) },
			"ldap": func() sources.Config { return new(ldapKind) },
			"rota": func() sources.Config { return new(rotaKind) },
		},
		Targets: map[string]func() targets.Config{
			"csv":    func() targets.Config { return new(csvKind) },
			"github": func() targets.Config { return new(githubKind) },
		},
	}
}
