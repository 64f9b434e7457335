package kubernetes

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"go.yaml.in/yaml/v3"

	"birthright/internal/httpkit"
	"birthright/internal/secret"
	"birthright/internal/trust"
)

// where is the way to a cluster.
type where struct {
	server string
	tls    trust.TLS
	auth   httpkit.Auth
}

// over puts what was written in the place of what was found.
func (at where) over(written trust.TLS) trust.TLS {
	out := at.tls
	if written.CAFile != "" {
		out.CAFile = written.CAFile
	}
	if written.ServerName != "" {
		out.ServerName = written.ServerName
	}
	return out
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
	return where{
		server: "https://" + net.JoinHostPort(host, port), tls: trust.TLS{CAFile: filepath.Join(folder, "ca.crt")},
		auth: tokenFile(filepath.Join(folder, "token")),
	}, nil
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
	Token     string `yaml:"token"`
	TokenFile string `yaml:"tokenFile"`
	Cert      string `yaml:"client-certificate"`
	CertData  string `yaml:"client-certificate-data"`
	Key       string `yaml:"client-key"`
	KeyData   string `yaml:"client-key-data"`
	As        string `yaml:"as"`
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
func join(dir string, c cluster, u user) (at where, err error) {
	at.server, at.tls.ServerName = c.Server, c.ServerName
	switch {
	case c.Insecure:
		return at, errors.New("kubeconfig: insecure-skip-tls-verify: certificates are checked in any case: give certificate-authority")
	case c.Proxy != "":
		return at, errors.New("kubeconfig: proxy-url is not taken from there: set HTTPS_PROXY for this process")
	case u.As != "":
		return at, errors.New("kubeconfig: as: the hub does not impersonate anybody")
	}
	if at.tls.Authorities, err = content(dir, "certificate-authority", c.CAFile, c.CAData); err != nil {
		return at, err
	}
	if at.tls.Certificate, err = content(dir, "client-certificate", u.Cert, u.CertData); err != nil {
		return at, err
	}
	if at.tls.Key, err = content(dir, "client-key", u.Key, u.KeyData); err != nil {
		return at, err
	}
	switch {
	case u.TokenFile != "":
		at.auth = tokenFile(beside(dir, u.TokenFile))
	case u.Token != "":
		at.auth = httpkit.Bearer(secret.Value(u.Token))
	case at.tls.Certificate == "":
		return at, errors.New("kubeconfig: the user has neither token, tokenFile nor client-certificate: plugins (exec, auth-provider) and passwords are not used here; " +
			"make a service account for the hub and give url and token (exec:COMMAND works, too)")
	}
	return at, nil
}

// content is what a file holds or, where there is data in base64, that.
func content(dir, what, file, data string) (string, error) {
	if data != "" {
		text, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			return "", fmt.Errorf("kubeconfig: %s-data is not base64", what)
		}
		return string(text), nil
	}
	if file == "" {
		return "", nil
	}
	text, err := os.ReadFile(beside(dir, file))
	if err != nil {
		return "", fmt.Errorf("kubeconfig: %s: %w", what, err)
	}
	return string(text), nil
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
