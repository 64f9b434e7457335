package kubernetes

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/ratelimit"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/kubernetes/kubernetessim"
)

const (
	defaultPage = 500
	mostPage    = 5000
)

// usual is what the hub keeps to by itself: a cluster says by 429 when it wants less.
var usualLimit = ratelimit.Limit{Tokens: 3000, Per: time.Minute}

// Config is `kind: kubernetes`.
type Config struct {
	httpkit.Connection `yaml:",inline"`
	// Kubeconfig is a file as kubectl has it, Context the one to take of it.
	Kubeconfig string `yaml:"kubeconfig"`
	Context    string `yaml:"context"`
	// InCluster takes the address and the token that a pod is given.
	InCluster bool `yaml:"in_cluster"`
	// Token is the bearer token, with url.
	Token secret.Ref `yaml:"token"`
	// UserPrefix stands before the names of users in this cluster.
	UserPrefix string `yaml:"user_prefix"`
	// UserAttribute is the attribute of a person that is the name of the user in this
	// cluster; "" is the user name.
	UserAttribute string `yaml:"user_attribute"`
	// PageSize is how many objects are asked for at once.
	PageSize int `yaml:"page_size"`
}

// Validate returns every fault that shows without a connection.
func (c *Config) Validate() []error {
	var faults []error
	ways := 0
	for _, given := range []bool{c.Kubeconfig != "", c.InCluster, c.URL != ""} {
		if given {
			ways++
		}
	}
	switch {
	case c.Simulate:
	case ways == 0:
		faults = append(faults, errors.New("kubeconfig is missing: give the file, or in_cluster: true, or url and token"))
	case ways > 1:
		faults = append(faults, errors.New("kubeconfig, in_cluster and url: choose one of them"))
	case c.URL != "" && c.Token.IsZero():
		faults = append(faults, errors.New("token is missing: that of a service account, for url"))
	case c.URL == "" && !c.Token.IsZero():
		faults = append(faults, errors.New("token: kubeconfig and in_cluster bring their own: leave it out"))
	}
	if c.Context != "" && c.Kubeconfig == "" {
		faults = append(faults, errors.New("context: it is chosen of a kubeconfig, and there is none"))
	}
	if c.PageSize < 0 || c.PageSize > mostPage {
		faults = append(faults, fmt.Errorf("page_size: %d: write a number from 1 to %d, or leave it out", c.PageSize, mostPage))
	}
	if reserved(c.UserPrefix) {
		faults = append(faults, errors.New("user_prefix: names that begin with system: are the cluster's own"))
	}
	return append(faults, c.Connection.Validate("https://kubernetes.default.svc")...)
}

// Open makes the target without connecting.
func (c *Config) Open(env targets.Env) (targets.Target, error) {
	if !c.Simulate {
		return c.open(env, nil)
	}
	system := kubernetessim.New(kubernetessim.Options{Prefix: c.UserPrefix, BindingName: BindingName})
	return c.open(env, sim.New(system, env.Simulation, env.Now))
}

// open makes the target; transport stands in for the network where it is not nil.
func (c *Config) open(env targets.Env, transport *sim.Transport) (*Target, error) {
	if len(env.Map) > 0 {
		return nil, openError(env, errors.New("map: a cluster keeps no attributes of people: leave it out"))
	}
	at, err := c.where(env.Dir)
	if err != nil {
		return nil, openError(env, err)
	}
	connection := c.Connection
	if c.URL == "" {
		connection.URL = at.server
	}
	connection.TLS = at.over(c.TLS)
	if !c.Simulate {
		if err := httpkit.CheckURL(connection.URL, c.Insecure); err != nil {
			return nil, openError(env, err)
		}
	}
	opt := httpkit.Options{Auth: at.auth, Limits: []ratelimit.Limit{usualLimit}}
	if transport != nil {
		opt.Transport = transport
		transport.Reading(func(r *http.Request) bool { return r.URL.Path == reviews })
	}
	client, err := connection.Open(env, opt)
	if err != nil {
		return nil, err
	}
	if c.UserAttribute == identity.AttrUserName {
		c.UserAttribute = ""
	}
	t := &Target{name: env.Name, prefix: c.UserPrefix, attribute: c.UserAttribute, page: c.PageSize, client: client, sim: transport, log: env.Log}
	if t.page == 0 {
		t.page = defaultPage
	}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	return t, nil
}

func openError(env targets.Env, err error) error {
	return &identity.Error{Kind: identity.Invalid, Op: "open target", Object: env.Name, Err: err}
}
