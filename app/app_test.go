package app_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2/clientcredentials"

	"birthright/app"
	"birthright/config"
	sourcekinds "birthright/sources/builtin"
	"birthright/store"
	"birthright/targets"
	targetkinds "birthright/targets/builtin"
	"birthright/targets/memory"
	"birthright/tokens"
)

const hubConfig = `
server: {listen: "127.0.0.1:0"}
database: {url: "sqlite:hub.db"}
policies: [policy.yaml]
sources:
  - {name: idp, kind: scim}
targets:
  - {name: wiki, kind: memory, accounts: {create: true}}
`

const hubPolicy = `
groups: [{name: engineering, access: ["wiki:group/engineering"]}]
rules: [{name: engineers, when: 'user.department == "Engineering"', groups: [engineering]}]
`

// serving starts the program and returns where it is; it is stopped with the test.
func serving(t *testing.T, o app.Options) (a *app.App, url string) {
	t.Helper()
	o.Actor = "operator:test"
	a, err := app.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	server, err := a.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
	return a, server.PublicURL()
}

// folder writes the hub's files and returns its configuration.
func folder(t *testing.T, files map[string]string) *config.Config {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kinds := config.Kinds{Sources: sourcekinds.Kinds(), Targets: targetkinds.Kinds()}
	cfg, err := config.Load(filepath.Join(dir, "hub.yaml"), kinds, nil)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// TestAPushReachesATarget starts the program as a value, on any free port, and
// drives it through its front door.
func TestAPushReachesATarget(t *testing.T) {
	cfg := folder(t, map[string]string{"hub.yaml": hubConfig, "policy.yaml": hubPolicy})
	wiki := memory.New("wiki", memory.WithCapabilities(memory.DefaultCapabilities()))
	a, url := serving(t, app.Options{Config: cfg, Targets: map[string]targets.Target{"wiki": wiki}})
	plain, token, err := tokens.New(rand.Reader, "idp", tokens.ScopeSCIM, time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Store.Update(t.Context(), func(tx *store.Tx) error { return tx.SaveToken(t.Context(), store.TokenRow(token)) }); err != nil {
		t.Fatal(err)
	}
	push(t, url, plain)
	want := []string{"wiki:group/engineering"}
	deadline := time.After(30 * time.Second)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for !cmp.Equal(want, holdings(wiki)) {
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("the push did not reach the target: %s", cmp.Diff(want, holdings(wiki)))
		}
	}
}

func push(t *testing.T, base, token string) {
	t.Helper()
	body := []byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
		"userName":"ada","active":true,"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Engineering"}}`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/scim/v2/Users", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/scim+json")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		t.Fatalf("the push was answered with %s", answer.Status)
	}
	if location := answer.Header.Get("Location"); len(location) <= len(base) || location[:len(base)] != base {
		t.Errorf("Location %q does not begin with %q, where the server is", location, base)
	}
}

// holdings lists the entitlements that accounts of the target have.
func holdings(target *memory.Target) []string {
	var out []string
	for _, a := range target.Snapshot().Assignments {
		out = append(out, a.Entitlement.String())
	}
	return out
}

func TestOpenIsWholeOrNothing(t *testing.T) {
	cfg := folder(t, map[string]string{"hub.yaml": hubConfig, "policy.yaml": "rules: [{name: x, when: 'user.', groups: [nobody]}]"})
	if _, err := app.Open(t.Context(), app.Options{Config: cfg}); err == nil {
		t.Fatal("a policy with a fault was opened")
	}
	if _, err := os.Stat(filepath.Join(cfg.Dir, "hub.db")); !os.IsNotExist(err) {
		t.Errorf("a database was made for a hub that cannot start: %v", err)
	}
}

// Clients find the token endpoint where the server really is.
func TestTheTokenEndpointIsWhereTheServerIs(t *testing.T) {
	cfg := folder(t, map[string]string{"hub.yaml": hubConfig, "policy.yaml": hubPolicy})
	a, url := serving(t, app.Options{Config: cfg, Targets: map[string]targets.Target{"wiki": memory.New("wiki")}})
	secret, client, err := tokens.NewClient(rand.Reader, "idp", tokens.ScopeSCIM, time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Store.Update(t.Context(), func(tx *store.Tx) error { return tx.SaveClient(t.Context(), store.ClientRow(client)) }); err != nil {
		t.Fatal(err)
	}
	answer, err := http.Get(url + "/.well-known/oauth-authorization-server")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var found struct {
		TokenEndpoint string `json:"token_endpoint"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&found); err != nil {
		t.Fatal(err)
	}
	config := clientcredentials.Config{ClientID: client.ID, ClientSecret: secret, TokenURL: found.TokenEndpoint}
	token, err := config.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	push(t, url, token.AccessToken)
}
