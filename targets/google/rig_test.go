package google

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/internal/sim/vendorspec"
	"birthright/targets"
	"birthright/targets/google/googlesim"
	"birthright/targets/targettest/simtest"

	"github.com/getkin/kin-openapi/openapi3"
)

const domain = "@example.com"

// rsaKey is a key for all tests: making one takes a while.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

const canary = "canary-key-id-71c4"

// keyJSON is a service account's key as Google hands it out.
func keyJSON(t testing.TB) secret.Ref {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(rsaKey())
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "hub@project.iam.gserviceaccount.com", "client_id": "1007", "token_uri": tokenURL,
		"private_key_id": canary, "private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
	if err != nil {
		t.Fatal(err)
	}
	return secret.Value(string(data))
}

// checked is a simulator whose every request and answer is held against Google's own
// descriptions.
type checked struct {
	*googlesim.System
	directory, drive *vendorspec.Spec
	check            http.Handler
}

func (c *checked) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.check.ServeHTTP(w, r) }

func described(t testing.TB, system *googlesim.System) *checked {
	c := &checked{System: system}
	c.directory = vendorspec.Load(t, "google-directory.json", directoryURL, nil)
	// Drive answers a deletion with 204, of which the description knows nothing; and it
	// calls an address read-only that, by the guide to sharing, says whom to share with.
	c.drive = vendorspec.Load(t, "google-drive.json", driveURL+"/drive/v3", func(doc *openapi3.T) {
		doc.Components.Schemas["Permission"].Value.Properties["emailAddress"].Value.ReadOnly = false
		for _, item := range doc.Paths.Map() {
			if item.Delete != nil {
				item.Delete.Responses.Set("204", &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription("done")})
			}
		}
	})
	directory, drive := c.directory.Wrap(t, system, "/token"), c.drive.Wrap(t, system)
	c.check = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/drive/") {
			drive.ServeHTTP(w, r)
			return
		}
		directory.ServeHTTP(w, r)
	})
	return c
}

// rig is a target over a simulator.
type rig struct {
	*simtest.Rig
	system *checked
	target *Target
}

// newRig opens a target that really signs in; change may edit both sides.
func newRig(t testing.TB, change func(*Config, *googlesim.Options)) *rig {
	t.Helper()
	c := &Config{Credentials: keyJSON(t), Subject: "admin" + domain}
	c.Users, c.Groups.Create = Users{Manage: true, Address: "userName"}, true
	r := &rig{}
	opt := googlesim.Options{Key: &rsaKey().PublicKey, Page: 3, Now: func() time.Time { return r.Clock.Now() }}
	if change != nil {
		change(c, &opt)
	}
	for _, fault := range c.Validate() {
		t.Fatal(fault)
	}
	r.system = described(t, googlesim.New(opt))
	r.Rig = simtest.New(r.system)
	r.Transport.Reading(func(req *http.Request) bool { return req.URL.Path == "/token" })
	target, err := c.over(r.Env("t"), r.Transport)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = target.Close() })
	r.target = target
	return r
}

// seed puts a state in as others would.
func (r *rig) seed(t testing.TB, s targets.State) {
	t.Helper()
	if err := r.Transport.Seed(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

var _ sim.System = (*checked)(nil)

// plain lets the contract, which has names like ada and eng, speak with a target that
// wants addresses and roles.
type plain struct {
	*Target
	suffix string // of entitlements
}

func (p plain) Normalise(a targets.Account) targets.Account {
	a.Name += domain
	a = p.Target.Normalise(a)
	a.Name = strings.TrimSuffix(a.Name, domain)
	return a
}

func (p plain) wide(a targets.Account) targets.Account {
	if a.Name != "" {
		a.Name += domain
	}
	return a
}

func (p plain) long(e identity.Entitlement) identity.Entitlement {
	if e.ID != "" {
		e.ID += p.suffix
	}
	return e
}

func (p plain) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	out := make([]targets.Op, len(ops))
	for i, op := range ops {
		op.Account, op.Entitlement = p.wide(op.Account), p.long(op.Entitlement)
		out[i] = op
	}
	return p.Target.Apply(ctx, out)
}

func (p plain) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	var wide targets.Query
	if q.Accounts != nil {
		wide.Accounts = []targets.Account{}
	}
	for _, a := range q.Accounts {
		wide.Accounts = append(wide.Accounts, p.wide(a))
	}
	if q.Entitlements != nil {
		wide.Entitlements = []identity.Entitlement{}
	}
	for _, e := range q.Entitlements {
		wide.Entitlements = append(wide.Entitlements, p.long(e))
	}
	return p.Target.Read(ctx, wide, plainSink{sink, p.suffix})
}

// plainSink leaves out what the contract did not ask for: other roles, and what stands
// behind an indirect assignment.
type plainSink struct {
	targets.Sink
	suffix string
}

func (s plainSink) Account(a targets.Account) error {
	a.Name = strings.TrimSuffix(a.Name, domain)
	return s.Sink.Account(a)
}

func (s plainSink) skips(e identity.Entitlement) bool {
	return !strings.HasSuffix(e.ID, s.suffix) || strings.HasPrefix(e.ID, "nested-")
}

func (s plainSink) Entitlement(e targets.Entitlement) error {
	if s.skips(e.Address) {
		return nil
	}
	e.Address.ID = strings.TrimSuffix(e.Address.ID, s.suffix)
	return s.Sink.Entitlement(e)
}

func (s plainSink) Assignment(a targets.Assignment) error {
	if s.skips(a.Entitlement) {
		return nil
	}
	a.Entitlement.ID = strings.TrimSuffix(a.Entitlement.ID, s.suffix)
	return s.Sink.Assignment(a)
}
