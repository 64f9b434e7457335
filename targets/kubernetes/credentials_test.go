package kubernetes

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"birthright/internal/secret"
	"birthright/targets"
	"birthright/targets/kubernetes/kubernetessim"
)

// server is a simulated cluster behind TLS, and its certificate in PEM.
func server(t *testing.T, h http.Handler, clients tls.ClientAuthType) (url, ca string, s *httptest.Server) {
	t.Helper()
	s = httptest.NewUnstartedServer(h)
	s.TLS = &tls.Config{ClientAuth: clients}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})), s
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, dir string, c *Config, now func() time.Time) (targets.Target, error) {
	t.Helper()
	if err := errors.Join(c.Validate()...); err != nil {
		return nil, err
	}
	return c.Open(targets.Env{Name: "t", Dir: dir, Now: now})
}

const kubeconfigText = `
apiVersion: v1
kind: Config
current-context: prod
contexts:
- {name: prod, context: {cluster: one, user: hub}}
- {name: by-file, context: {cluster: two, user: filed}}
- {name: by-certificate, context: {cluster: one, user: shown}}
- {name: plugin, context: {cluster: one, user: plugin}}
- {name: insecure, context: {cluster: careless, user: hub}}
- {name: broken, context: {cluster: nowhere, user: hub}}
- {name: as, context: {cluster: one, user: somebody}}
clusters:
- {name: one, cluster: {server: "SERVER", certificate-authority-data: "CADATA"}}
- {name: two, cluster: {server: "SERVER", certificate-authority: ca.pem}}
- {name: careless, cluster: {server: "SERVER", insecure-skip-tls-verify: true}}
users:
- {name: hub, user: {token: "TOKEN"}}
- {name: filed, user: {tokenFile: token}}
- {name: shown, user: {client-certificate-data: "CERT", client-key: key.pem}}
- {name: plugin, user: {exec: {command: aws, apiVersion: v1}}}
- {name: somebody, user: {token: "TOKEN", as: root}}
`

// A kubeconfig is read as kubectl reads it, and what the hub does not do is said.
func TestKubeconfig(t *testing.T) {
	cluster := kubernetessim.New(kubernetessim.Options{BindingName: BindingName})
	var mu sync.Mutex
	authorised, shown := "", 0
	url, ca, s := server(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		authorised, shown = r.Header.Get("Authorization"), len(r.TLS.PeerCertificates)
		mu.Unlock()
		cluster.ServeHTTP(w, r)
	}), tls.RequestClientCert)
	dir := t.TempDir()
	base64of := base64.StdEncoding.EncodeToString
	own := s.TLS.Certificates[0]
	key, err := keyPEM(own)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "ca.pem", ca)
	write(t, dir, "token", "from-a-file\n")
	write(t, dir, "key.pem", key)
	write(t, dir, "kube", strings.NewReplacer("SERVER", url, "CADATA", base64of([]byte(ca)), "TOKEN", canary, "CERT", base64of([]byte(ca))).Replace(kubeconfigText))
	for context, want := range map[string]struct {
		header string
		shown  int
		fault  string
	}{
		"":               {"Bearer " + canary, 0, ""},
		"prod":           {"Bearer " + canary, 0, ""},
		"by-file":        {"Bearer from-a-file", 0, ""},
		"by-certificate": {"", 1, ""},
		"plugin":         {"", 0, "plugins (exec, auth-provider) and passwords are not used here"},
		"insecure":       {"", 0, "certificates are checked in any case"},
		"broken":         {"", 0, "names a cluster or a user that is not in the file"},
		"as":             {"", 0, "does not impersonate"},
		"nothing":        {"", 0, `there is no "nothing"`},
	} {
		target, err := open(t, dir, &Config{Kubeconfig: "kube", Context: context}, time.Now)
		if err == nil {
			_, err = target.Probe(t.Context())
		}
		if want.fault != "" {
			if err == nil || !strings.Contains(err.Error(), want.fault) || strings.Contains(err.Error(), canary) {
				t.Errorf("%s: %v", context, err)
			}
			continue
		}
		mu.Lock()
		if err != nil || authorised != want.header || shown != want.shown {
			t.Errorf("%q: %q, %d certificates, %v", context, authorised, shown, err)
		}
		mu.Unlock()
	}
}

// In a pod, the token in its file is replaced while the hub runs.
func TestTokenInAFileIsReadAgain(t *testing.T) {
	o := kubernetessim.Options{Token: "first", BindingName: BindingName}
	var mu sync.Mutex
	cluster := kubernetessim.New(o)
	url, ca, _ := server(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		cluster.ServeHTTP(w, r)
	}), tls.NoClientCert)
	dir := t.TempDir()
	write(t, dir, "token", "first")
	write(t, dir, "ca.crt", ca)
	host, port, _ := strings.Cut(strings.TrimPrefix(url, "https://"), ":")
	at, err := inCluster(dir, host, port)
	if err != nil || at.server != url {
		t.Fatalf("%+v, %v", at, err)
	}
	now := time.Now()
	write(t, dir, "kube", fmt.Sprintf("{current-context: c, contexts: [{name: c, context: {cluster: c, user: u}}], clusters: [{name: c, cluster: {server: %q, certificate-authority: ca.crt}}], users: [{name: u, user: {tokenFile: token}}]}", url))
	target, err := open(t, dir, &Config{Kubeconfig: "kube"}, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := target.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "token", "second")
	o.Token = "second"
	mu.Lock()
	cluster = kubernetessim.New(o)
	mu.Unlock()
	now = now.Add(readAgain)
	if _, err := target.Probe(t.Context()); err != nil {
		t.Errorf("the new token was not read in time: %v", err)
	}
	if _, err := inCluster(dir, "", ""); err == nil || !strings.Contains(err.Error(), "this is no pod") {
		t.Errorf("%v", err)
	}
	if at, err := inCluster(dir, "fd00::1", "443"); err != nil || at.server != "https://[fd00::1]:443" {
		t.Errorf("%+v, %v", at, err)
	}
}

func TestValidate(t *testing.T) {
	token := secret.Value(canary)
	with := func(url string, c Config) Config { c.URL = url; return c }
	for want, c := range map[string]Config{
		"kubeconfig is missing":              {},
		"choose one of them":                 {Kubeconfig: "x", InCluster: true},
		"token is missing":                   with("https://x.example.com", Config{}),
		"token: kubeconfig and in_cluster":   {InCluster: true, Token: token},
		"context: it is chosen":              {InCluster: true, Context: "x"},
		"page_size: -1":                      {InCluster: true, PageSize: -1},
		"user_prefix: names that begin with": {InCluster: true, UserPrefix: "system:"},
		"would carry the token in the clear": with("http://x.example.com", Config{Token: token}),
	} {
		if err := errors.Join(c.Validate()...); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), canary) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	for _, c := range []Config{{InCluster: true}, {Kubeconfig: "x", Context: "y"}, with("https://x.example.com", Config{Token: token})} {
		if err := errors.Join(c.Validate()...); err != nil {
			t.Error(err)
		}
	}
}

func keyPEM(c tls.Certificate) (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), err
}
