package kubernetes

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/internal/secret"
	"birthright/internal/sim/vendorspec"
	"birthright/targets"
	"birthright/targets/kubernetes/kubernetessim"
	"birthright/targets/targettest"
	"birthright/targets/targettest/simtest"

	"github.com/getkin/kin-openapi/openapi3"
)

const (
	canary  = "canary-4d9a01"
	address = "https://cluster.example.com"
)

// besides are paths that the description of RBAC does not know.
var besides = []string{"/version", reviews}

// checked is a simulated cluster, held against the API server's own description.
type checked struct {
	*kubernetessim.System
	handler http.Handler
}

func (c *checked) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

const applyPatch = "application/apply-patch+yaml"

// describe mends the description: the body of server-side apply is the object itself,
// and the checker only decodes JSON, which it may be.
func describe(doc *openapi3.T) {
	for path, item := range doc.Paths.Map() {
		if item.Patch == nil {
			continue
		}
		kind := "io.k8s.api.rbac.v1.ClusterRoleBinding"
		if strings.Contains(path, "/rolebindings/") {
			kind = "io.k8s.api.rbac.v1.RoleBinding"
		}
		content := item.Patch.RequestBody.Value.Content
		content["application/json"] = &openapi3.MediaType{Schema: &openapi3.SchemaRef{Value: doc.Components.Schemas[kind].Value}}
	}
}

// retyped changes the type of a body on the way to the checker, and back behind it.
func retyped(from, to string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch && r.Header.Get("Content-Type") == from {
			r.Header.Set("Content-Type", to)
		}
		h.ServeHTTP(w, r)
	})
}

type rigged struct {
	*simtest.Rig
	target *Target
	system *kubernetessim.System
	spec   *vendorspec.Spec
}

func rig(t testing.TB, change func(*Config, *kubernetessim.Options)) rigged {
	t.Helper()
	return rigOn(t, vendorspec.Load(t, "kubernetes-rbac.json", address, describe), change)
}

func rigOn(t testing.TB, spec *vendorspec.Spec, change func(*Config, *kubernetessim.Options)) rigged {
	t.Helper()
	c := Config{Token: secret.Value(canary), PageSize: 3}
	c.URL = address
	o := kubernetessim.Options{Token: canary, BindingName: BindingName}
	if change != nil {
		change(&c, &o)
	}
	o.Prefix = c.UserPrefix
	for _, fault := range c.Validate() {
		t.Fatal(fault)
	}
	r := rigged{system: kubernetessim.New(o), spec: spec}
	inner := retyped("application/json", applyPatch, r.system)
	r.Rig = simtest.New(&checked{r.system, retyped(applyPatch, "application/json", r.spec.Wrap(t, inner, besides...))})
	target, err := c.open(r.Env("t"), r.Transport)
	if err != nil {
		t.Fatal(err)
	}
	r.target = target
	return r
}

// inNamespace is the target with the contract's plain names as roles of a namespace.
type inNamespace struct{ *Target }

const namespace = "apps/"

// within gives entitlements of the contract a namespace.
func within(e identity.Entitlement) identity.Entitlement {
	if e.Kind == kindRole || e.Kind == kindNamespaceRole {
		e.ID = namespace + e.ID
	}
	return e
}

func outside(e identity.Entitlement) identity.Entitlement {
	e.ID = strings.TrimPrefix(e.ID, namespace)
	return e
}

// Every name that the contract has, with what a path cannot have taken out: names of
// roles are path segments, and the API server refuses "/" and "%" in them.
func (i inNamespace) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	moved := make([]targets.Op, len(ops))
	for k, op := range ops {
		if op.Entitlement.ID != "" {
			op.Entitlement = within(op.Entitlement)
		}
		moved[k] = op
	}
	return i.Target.Apply(ctx, moved)
}

func (i inNamespace) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	if q.Entitlements != nil {
		moved := []identity.Entitlement{}
		for _, e := range q.Entitlements {
			moved = append(moved, within(e))
		}
		q.Entitlements = moved
	}
	return i.Target.Read(ctx, q, outsider{sink})
}

type outsider struct{ targets.Sink }

func (o outsider) Entitlement(e targets.Entitlement) error {
	e.Address = outside(e.Address)
	return o.Sink.Entitlement(e)
}

func (o outsider) Assignment(a targets.Assignment) error {
	a.Entitlement = outside(a.Entitlement)
	return o.Sink.Assignment(a)
}

func (r rigged) peer(kind string) targettest.Peer {
	p := r.Peer(inNamespace{r.target}, "t")
	p.Kind, p.Nests, p.Canary = kind, true, canary
	p.RefusesName = func(name string) bool { return strings.ContainsAny(name, "/%") }
	p.Seed = func(t testing.TB, s targets.State) {
		for i := range s.Entitlements {
			s.Entitlements[i].Address = within(s.Entitlements[i].Address)
		}
		for i := range s.Assignments {
			s.Assignments[i].Entitlement = within(s.Assignments[i].Entitlement)
		}
		if err := r.Transport.Seed(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	p.Refuse = func(testing.TB) {
		r.system.Deny("patch rolebindings", "patch clusterrolebindings", "delete rolebindings", "delete clusterrolebindings")
	}
	return p
}

func TestContract(t *testing.T) {
	spec := vendorspec.Load(t, "kubernetes-rbac.json", address, describe)
	for name, c := range map[string]struct {
		kind   string
		faults bool // trouble at each request takes long: once for each path of the code
		change func(*Config, *kubernetessim.Options)
	}{
		"roles":                {kindRole, true, nil},
		"cluster roles":        {kindClusterRole, false, nil},
		"with a prefix":        {kindRole, false, func(c *Config, _ *kubernetessim.Options) { c.UserPrefix = "oidc:" }},
		"by e-mail":            {kindRole, false, func(c *Config, _ *kubernetessim.Options) { c.UserAttribute = "email" }},
		"pages as large as it": {kindClusterRole, true, func(c *Config, o *kubernetessim.Options) { c.PageSize, o.Page = 500, 2 }},
	} {
		t.Run(name, func(t *testing.T) {
			targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
				p := rigOn(t, spec, c.change).peer(c.kind)
				if !c.faults {
					p.Plant = nil
				}
				return p
			}})
		})
	}
}
