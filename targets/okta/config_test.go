package okta

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"birthright/targets"
	"birthright/targets/okta/oktasim"
)

// newKey makes a private key in PEM.
func newKey(t testing.TB) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

func TestFaultsOfTheConfiguration(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"url is missing":            func(c *Config) { c.URL = "" },
		"ends with the host":        func(c *Config) { c.URL = base + "/api/v1" },
		"leave out -admin":          func(c *Config) { c.URL = "https://acme-admin.okta.com" },
		"token is missing":          func(c *Config) { c.Token = ref(t, "") },
		"only one of them":          func(c *Config) { c.OAuth.ClientID = "0oa" },
		"oauth: key is missing":     func(c *Config) { c.Token = ref(t, ""); c.OAuth.ClientID = "0oa" },
		"client_id is missing":      func(c *Config) { c.Token = ref(t, ""); c.OAuth.Key = ref(t, "x") },
		"page_size: 201 is not":     func(c *Config) { c.PageSize = 201 },
		"reread: -1ns is negative":  func(c *Config) { c.Reread = -1 },
		"timeout: -1ns is negative": func(c *Config) { c.Timeout = -1 },
	} {
		c := Config{Token: ref(t, canary)}
		c.URL = base
		change(&c)
		var all []string
		for _, err := range c.Validate() {
			all = append(all, err.Error())
		}
		if len(all) != 1 || !strings.Contains(all[0], want) {
			t.Errorf("%q, want one fault with %q", all, want)
		}
	}
	simulated := Config{}
	simulated.Simulate = true
	if faults := simulated.Validate(); len(faults) > 0 {
		t.Errorf("simulated: %v", faults)
	}
	for _, m := range []targets.Mapping{{To: "login", From: "email"}, {To: "a b", From: "email"}, {To: "", From: "email"}} {
		if _, err := targets.ParseMap([]targets.Mapping{m}, defaultMap(), unmapped); err == nil {
			t.Errorf("map %v: no fault", m)
		}
	}
	if _, err := targets.ParseMap([]targets.Mapping{{To: "title", From: "title"}, {To: "title", From: "team"}}, defaultMap(), unmapped); err == nil {
		t.Error("a field that is written twice: no fault")
	}
}

// The probe says which right is missing, and changes nothing.
func TestProbeFindsWhatIsMissing(t *testing.T) {
	checks := map[string]string{
		"GET users": "read users", "GET groups": "read groups", "GET rules": "read group rules", "POST user": "change users", "DELETE group": "change members of groups",
	}
	for denied, check := range checks {
		r := newRig(t, oktasim.Options{NamesOptional: true, Denied: []string{denied}}, nil)
		r.org.Seed(targets.State{Accounts: []targets.Account{named("ada")}, Entitlements: []targets.Entitlement{{Address: eng()}}})
		report, err := r.target.Probe(t.Context())
		if err != nil || !report.Reachable {
			t.Fatalf("%+v, %v", report, err)
		}
		var missing []string
		for _, f := range report.Findings {
			if !f.OK {
				missing = append(missing, f.Check)
			}
			if !f.OK && !strings.Contains(f.Remedy, "okta.") {
				t.Errorf("without %s: the remedy names no scope: %+v", denied, f)
			}
		}
		if len(missing) != 1 || missing[0] != check {
			t.Errorf("without %s: missing %q, want %q", denied, missing, check)
		}
	}
}
