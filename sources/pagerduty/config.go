package pagerduty

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"birthright/internal/httpkit"
	"birthright/internal/secret"
	"birthright/internal/trust"
	"birthright/sources"
)

const (
	defaultURL     = "https://api.pagerduty.com"
	defaultHorizon = 24 * time.Hour
	// longestHorizon is how far ahead PagerDuty knows shifts.
	longestHorizon = 90 * 24 * time.Hour
)

// Config is `kind: pagerduty`.
type Config struct {
	// URL is the API's address; accounts in Europe have https://api.eu.pagerduty.com.
	URL string `yaml:"url"`
	// Token is an API key that may read.
	Token secret.Ref `yaml:"token"`
	// Schedules limits what is read to these, by name or id.
	Schedules []string `yaml:"schedules"`
	// Horizon is how far ahead shifts are read.
	Horizon time.Duration `yaml:"horizon"`
	// Tickets reads open incidents as well: the queue is the service's name.
	Tickets bool      `yaml:"tickets"`
	TLS     trust.TLS `yaml:"tls"`
	// Timeout bounds one request.
	Timeout time.Duration `yaml:"timeout"`

	sources.Terms `yaml:",inline"`
}

// Validate returns every fault that shows without a connection.
func (c *Config) Validate() []error {
	faults := c.Faults()
	if c.URL != "" {
		if err := httpkit.CheckURL(c.URL, false); err != nil {
			faults = append(faults, err)
		}
	}
	if c.Token.IsZero() {
		faults = append(faults, errors.New("token is missing: an API key that may read, for example env:PAGERDUTY_TOKEN"))
	}
	if c.Horizon < 0 || c.Horizon > longestHorizon {
		faults = append(faults, fmt.Errorf("horizon: %s is not between 0 and 90d", c.Horizon))
	}
	if c.Timeout < 0 {
		faults = append(faults, fmt.Errorf("timeout: %s is negative", c.Timeout))
	}
	if slices.Contains(c.Schedules, "") {
		faults = append(faults, errors.New("schedules: one of them has no name"))
	}
	return faults
}

// Open makes the source without connecting.
func (c *Config) Open(env sources.Env) (sources.Source, error) {
	if faults := c.Validate(); len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	if len(env.Map) > 0 {
		return nil, errors.New("map is for sources of people")
	}
	s := &Source{
		name: env.Name, url: c.URL, terms: c.Filled(), named: c.Schedules, horizon: c.Horizon, tickets: c.Tickets, now: env.Now,
	}
	if s.url == "" {
		s.url = defaultURL
	}
	if s.horizon == 0 {
		s.horizon = defaultHorizon
	}
	if s.now == nil {
		s.now = time.Now
	}
	client, err := httpkit.New(httpkit.Options{
		Base: s.url, Auth: httpkit.Scheme("Token token=", c.Token), Dir: env.Dir, TLS: c.TLS, Timeout: c.Timeout, Now: s.now,
	})
	if err != nil {
		return nil, err
	}
	s.client = client
	return sources.OfContext(env.Name, s), nil
}
