package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.yaml.in/yaml/v3"

	"birthright/internal/httpkit"
	"birthright/internal/secret"
)

// where is the way to a cluster.
type where struct {
	server, caFile, serverName string
	auth                       httpkit.Auth
}

// serviceAccount is where a pod finds what it is given.
const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount"

// where finds the cluster: as a pod does, in a kubeconfig, or as it was written.
func (c *Config) where(dir string) (where, error) {
	switch {
	case c.Simulate:
		return where{}, nil
	case c.InCluster:
		return inCluster(serviceAccount, os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	case c.Kubeconfig != "":
		path := c.Kubeconfig
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		return fromKubeconfig(path, c.Context)
	}
	return where{auth: httpkit.Bearer(c.Token)}, nil
}

func inCluster(folder, host, port string) (where, error) {
	if host == "" || port == "" {
		return where{}, errors.New("in_cluster: this is no pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set")
	}
	if ip := host; len(ip) > 0 && ip[0] != '[' && countColons(ip) > 1 {
		host = "[" + host + "]"
	}
	return where{server: "https://" + host + ":" + port, caFile: filepath.Join(folder, "ca.crt"), auth: tokenFile(filepath.Join(folder, "token"))}, nil
}

func countColons(s string) (n int) {
	for _, r := range s {
		if r == ':' {
			n++
		}
	}
	return n
}

// kubeconfig is the part of a kubeconfig that is understood.
type kubeconfig struct {
	Current  string `yaml:"current-context"`
	Contexts []struct {
		Name    string `yaml:"name"`
		Context struct {
			Cluster string `yaml:"cluster"`
			User    string `yaml:"user"`
		} `yaml:"context"`
	} `yaml:"contexts"`
	Clusters []struct {
		Name    string  `yaml:"name"`
		Cluster cluster `yaml:"cluster"`
	} `yaml:"clusters"`
	Users []struct {
		Name string `yaml:"name"`
		User user   `yaml:"user"`
	} `yaml:"users"`
}

type cluster struct {
	Server     string `yaml:"server"`
	CAFile     string `yaml:"certificate-authority"`
	CAData     string `yaml:"certificate-authority-data"`
	Insecure   bool   `yaml:"insecure-skip-tls-verify"`
	ServerName string `yaml:"tls-server-name"`
	Proxy      string `yaml:"proxy-url"`
}

type user struct {
	Token     string    `yaml:"token"`
	TokenFile string    `yaml:"tokenFile"`
	Exec      yaml.Node `yaml:"exec"`
	Provider  yaml.Node `yaml:"auth-provider"`
	Cert      string    `yaml:"client-certificate"`
	CertData  string    `yaml:"client-certificate-data"`
	Username  string    `yaml:"username"`
	As        string    `yaml:"as"`
}

// fromKubeconfig takes the server and a token out of a kubeconfig. Errors name no
// value of it.
func fromKubeconfig(path, context string) (where, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return where{}, fmt.Errorf("kubeconfig: %w", err)
	}
	var k kubeconfig
	if err := yaml.Unmarshal(data, &k); err != nil {
		return where{}, errors.New("kubeconfig: the file is not YAML as kubectl writes it")
	}
	if context == "" {
		context = k.Current
	}
	c, u, err := k.pick(context)
	if err != nil {
		return where{}, err
	}
	return join(filepath.Dir(path), c, u)
}

// pick returns what a context is made of.
func (k kubeconfig) pick(context string) (c cluster, u user, err error) {
	for _, one := range k.Contexts {
		if one.Name != context {
			continue
		}
		found := 0
		for _, named := range k.Clusters {
			if named.Name == one.Context.Cluster {
				c, found = named.Cluster, found|1
			}
		}
		for _, named := range k.Users {
			if named.Name == one.Context.User {
				u, found = named.User, found|2
			}
		}
		if found != 3 {
			return c, u, fmt.Errorf("kubeconfig: context %q names a cluster or a user that is not in the file", context)
		}
		return c, u, nil
	}
	return c, u, fmt.Errorf("context: there is no %q in the kubeconfig", context)
}

// join makes the way out of both. What the hub cannot do is said here and not when
// the cluster refuses.
func join(dir string, c cluster, u user) (where, error) {
	at := where{server: c.Server, serverName: c.ServerName}
	switch {
	case c.Insecure:
		return at, errors.New("kubeconfig: insecure-skip-tls-verify: certificates are checked in any case: give certificate-authority")
	case c.Proxy != "":
		return at, errors.New("kubeconfig: proxy-url is not taken from there: set HTTPS_PROXY for this process")
	case c.CAData != "":
		return at, errors.New("kubeconfig: certificate-authority-data: write it into a file (base64 -d) and name that as tls.ca_file, or as certificate-authority")
	case u.As != "":
		return at, errors.New("kubeconfig: as: the hub does not impersonate anybody")
	}
	if c.CAFile != "" {
		at.caFile = beside(dir, c.CAFile)
	}
	switch {
	case u.TokenFile != "":
		at.auth = tokenFile(beside(dir, u.TokenFile))
	case u.Token != "":
		at.auth = httpkit.Bearer(secret.Value(u.Token))
	default:
		return at, errors.New("kubeconfig: the user has neither token nor tokenFile: certificates, passwords and plugins are not used here; make a service account for the hub and give url and token (exec:COMMAND works, too)")
	}
	return at, nil
}

func beside(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// tokenFile is a token that is replaced in its file before it ends.
type tokenFile string

// readAgain is how long a token from a file is used before the file is read again.
const readAgain = 3 * time.Minute

// Fingerprint implements httpkit.Auth.
func (f tokenFile) Fingerprint() string { return "file " + string(f) }

// Authorise implements httpkit.Auth.
func (f tokenFile) Authorise(ctx context.Context, via httpkit.Exchange) (httpkit.Authorisation, error) {
	ref, err := secret.New("file:" + string(f))
	if err != nil {
		return httpkit.Authorisation{}, err
	}
	got, err := httpkit.Bearer(ref).Authorise(ctx, via)
	got.Until = via.Now.Add(readAgain)
	return got, err
}
