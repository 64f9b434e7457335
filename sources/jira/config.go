package jira

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"birthright/internal/httpkit"
	"birthright/internal/secret"
	"birthright/internal/trust"
	"birthright/sources"
)

// Config is `kind: jira`.
type Config struct {
	// URL is the site's address, https://NAME.atlassian.net.
	URL string `yaml:"url"`
	// Email is whose API token Token is; without it Token is a bearer token.
	Email string     `yaml:"email"`
	Token secret.Ref `yaml:"token"`
	// Queues are the queries whose tickets are told.
	Queues []Queue   `yaml:"queues"`
	TLS    trust.TLS `yaml:"tls"`
	// Timeout bounds one request.
	Timeout time.Duration `yaml:"timeout"`

	sources.Terms `yaml:",inline"`
}

// Queue is a name for the issues that a query finds.
type Queue struct {
	Name string `yaml:"name"`
	JQL  string `yaml:"jql"`
}

var (
	quoted  = regexp.MustCompile(`"(\\.|[^"\\])*"|'(\\.|[^'\\])*'`)
	ordered = regexp.MustCompile(`(?i)\border\s+by\b`)
)

// Validate returns every fault that shows without a connection.
func (c *Config) Validate() []error {
	faults := c.Faults()
	if c.URL == "" {
		faults = append(faults, errors.New("url is missing: the site's address, for example https://acme.atlassian.net"))
	} else if err := httpkit.CheckURL(c.URL, false); err != nil {
		faults = append(faults, err)
	}
	if c.Token.IsZero() {
		faults = append(faults, errors.New("token is missing: an API token of an account that sees the issues, for example env:JIRA_TOKEN"))
	}
	if c.Email != "" && !strings.Contains(c.Email, "@") {
		faults = append(faults, fmt.Errorf("email: %q: the address of the account that the API token belongs to", c.Email))
	}
	if c.Timeout < 0 {
		faults = append(faults, fmt.Errorf("timeout: %s is negative", c.Timeout))
	}
	if len(c.Queues) == 0 {
		faults = append(faults, errors.New("queues is missing: name queries, for example {name: incidents, jql: 'project = INC'}"))
	}
	taken := map[string]bool{}
	for i, q := range c.Queues {
		for _, why := range q.faults() {
			faults = append(faults, fmt.Errorf("queues[%d]%s", i, why))
		}
		if q.Name != "" && taken[q.Name] {
			faults = append(faults, fmt.Errorf("queues[%d].name: %q is there twice", i, q.Name))
		}
		taken[q.Name] = true
	}
	return faults
}

func (q Queue) faults() (faults []string) {
	switch {
	case strings.TrimSpace(q.Name) != q.Name || q.Name == "":
		faults = append(faults, ".name: the queue needs a name, as policies write it in hasTicket")
	case strings.Contains(q.Name, "/"):
		faults = append(faults, fmt.Sprintf(".name: %q: a name without / is wanted", q.Name))
	}
	bare := quoted.ReplaceAllString(q.JQL, "x")
	switch {
	case strings.TrimSpace(q.JQL) == "":
		faults = append(faults, ".jql: which issues, for example project = INC AND type = Incident")
	case ordered.MatchString(bare):
		faults = append(faults, ".jql: ORDER BY is the hub's: leave it out")
	case strings.ContainsAny(bare, `"'`):
		faults = append(faults, ".jql: a quote is not closed")
	case strings.Count(bare, "(") != strings.Count(bare, ")"):
		faults = append(faults, ".jql: a parenthesis is not closed")
	}
	return faults
}

// query finds the issues of the queue that are open and somebody's. What is made
// meanwhile comes last.
func (q Queue) query() string {
	return "(" + q.JQL + ") AND statusCategory != Done AND assignee IS NOT EMPTY ORDER BY created ASC, key ASC"
}

// Open makes the source without connecting.
func (c *Config) Open(env sources.Env) (sources.Source, error) {
	if faults := c.Validate(); len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	if len(env.Map) > 0 {
		return nil, errors.New("map is for sources of people")
	}
	auth := httpkit.Bearer(c.Token)
	if c.Email != "" {
		auth = httpkit.Basic(c.Email, c.Token)
	}
	client, err := httpkit.New(httpkit.Options{Base: c.URL, Auth: auth, Dir: env.Dir, TLS: c.TLS, Timeout: c.Timeout, Now: env.Now, Patient: true})
	if err != nil {
		return nil, err
	}
	return sources.OfContext(env.Name, &Source{name: env.Name, terms: c.Filled(), queues: c.Queues, client: client}), nil
}
