package kubernetes

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/kubernetes/kubernetessim"

	"github.com/google/go-cmp/cmp"
)

func ent(kind, id string) identity.Entitlement {
	return identity.Entitlement{Target: "t", Kind: kind, ID: id}
}

var (
	dev    = ent(kindRole, "apps/developer")
	view   = ent(kindClusterRole, "view")
	editNS = ent(kindNamespaceRole, "apps/edit")
	ada    = targets.Account{Name: "ada@example.com"}
)

// seeded is a rig whose cluster has roles.
func seeded(t testing.TB, change func(*Config, *kubernetessim.Options)) rigged {
	t.Helper()
	r := rig(t, change)
	s := targets.State{Entitlements: []targets.Entitlement{{Address: dev}, {Address: view}, {Address: ent(kindClusterRole, "edit")}}}
	if err := r.Transport.Seed(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r rigged) do(t testing.TB, action targets.Action, a targets.Account, e identity.Entitlement) targets.Result {
	t.Helper()
	return r.target.Apply(t.Context(), []targets.Op{{Action: action, Account: a, Entitlement: e}})[0]
}

func (r rigged) read(t testing.TB, q targets.Query) targets.State {
	t.Helper()
	s, err := targets.ReadState(t.Context(), r.target, q)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// held is who has what, in words.
func (r rigged) held(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, a := range r.read(t, targets.Query{}).Assignments {
		text := a.AccountID + " " + a.Entitlement.Kind + "/" + a.Entitlement.ID
		if a.Indirect {
			text += " by others"
		}
		out = append(out, text)
	}
	return out
}

func (r rigged) holds(t testing.TB, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, r.held(t)); d != "" {
		t.Errorf("held (-want +got):\n%s", d)
	}
}

// Each kind of entitlement is the binding that it says, and nothing else is made.
func TestBindings(t *testing.T) {
	r := seeded(t, func(c *Config, _ *kubernetessim.Options) { c.UserPrefix = "oidc:" })
	end := time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, e := range []identity.Entitlement{dev, view, editNS} {
		got := r.target.Apply(t.Context(), []targets.Op{{Action: targets.Add, Account: ada, Entitlement: e, NotAfter: end}})[0]
		if got.Outcome != targets.Done || got.AccountID != ada.Name {
			t.Errorf("%s: %+v", e, got)
		}
	}
	r.holds(t, "ada@example.com cluster-role/view", "ada@example.com namespace-role/apps/edit", "ada@example.com role/apps/developer")
	want := map[string][]string{
		"rolebindings": {
			"apps/" + BindingName(kindNamespaceRole, "apps/edit", "oidc:ada@example.com"), "apps/" + BindingName(kindRole, "apps/developer", "oidc:ada@example.com"),
		},
		"clusterrolebindings": {"/" + BindingName(kindClusterRole, "view", "oidc:ada@example.com")},
	}
	for resource, names := range want {
		slices.Sort(names)
		if d := cmp.Diff(names, r.system.Names(resource)); d != "" {
			t.Errorf("%s (-want +got):\n%s", resource, d)
		}
	}
	r.system.Change("rolebindings", "apps", BindingName(kindRole, "apps/developer", "oidc:ada@example.com"), func(ref map[string]string, m map[string]any) {
		text := fmt.Sprint(ref, m)
		for _, part := range []string{
			"kind:Role", "name:developer", "app.kubernetes.io/managed-by:birthright", "birthright/account:oidc:ada@example.com",
			"birthright/entitlement:role/apps/developer", "birthright/not-after:2027-01-02T03:04:05Z",
		} {
			if !strings.Contains(text, part) {
				t.Errorf("%s lacks %s", text, part)
			}
		}
	})
	for _, e := range []identity.Entitlement{dev, view, editNS} {
		if got := r.do(t, targets.Remove, ada, e); got.Outcome != targets.Done {
			t.Errorf("%s: %+v", e, got)
		}
	}
	r.holds(t)
	for _, op := range []string{
		"GET /apis/rbac.authorization.k8s.io/v1/roles", "GET /apis/rbac.authorization.k8s.io/v1/clusterroles",
		"GET /apis/rbac.authorization.k8s.io/v1/rolebindings", "GET /apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
		"GET /apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/roles/{name}", "GET /apis/rbac.authorization.k8s.io/v1/clusterroles/{name}",
		"PATCH /apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings/{name}", "PATCH /apis/rbac.authorization.k8s.io/v1/clusterrolebindings/{name}",
		"DELETE /apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings/{name}", "DELETE /apis/rbac.authorization.k8s.io/v1/clusterrolebindings/{name}",
	} {
		if !slices.Contains(r.spec.Seen(), op) {
			t.Errorf("not called, or not by that name: %s", op)
		}
	}
}

func subjectOf(kind, name string) map[string]any {
	s := map[string]any{"kind": kind, "name": name, "apiGroup": group}
	if kind == "ServiceAccount" {
		s = map[string]any{"kind": kind, "name": name, "namespace": "apps"}
	}
	return s
}

// What others bound is seen and not touched, and does not stand in for what the hub
// gives: their binding may go at any time, and ours must not take theirs along.
func TestBindingsOfOthers(t *testing.T) {
	r := seeded(t, nil)
	user := subjectOf("User", ada.Name)
	r.system.BindByHand("by-hand", kindRole, "apps/developer", user, subjectOf("User", "bob"), subjectOf("Group", "devs"), subjectOf("ServiceAccount", "ci"), subjectOf("User", "system:node:x"))
	r.holds(t, "ada@example.com role/apps/developer by others", "bob role/apps/developer by others")
	if got := r.do(t, targets.Remove, ada, dev); got.Outcome != targets.Refused || identity.KindOf(got.Err) != identity.Conflict || !strings.Contains(got.Err.Error(), "by-hand") {
		t.Errorf("%+v", got)
	}
	if got := r.do(t, targets.Add, ada, dev); got.Outcome != targets.Done {
		t.Errorf("%+v", got)
	}
	r.holds(t, "ada@example.com role/apps/developer", "bob role/apps/developer by others")
	if got := r.do(t, targets.Remove, ada, dev); got.Outcome != targets.Done {
		t.Errorf("%+v", got)
	}
	r.holds(t, "ada@example.com role/apps/developer by others", "bob role/apps/developer by others")
	if names := r.system.Names("rolebindings"); len(names) != 1 || names[0] != "apps/by-hand" {
		t.Errorf("%q", names)
	}
}

// A binding that bears our label and not our name, or our name and somebody else's
// role, is not ours; and what stands in our way is replaced.
func TestTamperedBindings(t *testing.T) {
	r := seeded(t, nil)
	r.do(t, targets.Add, ada, dev)
	name := BindingName(kindRole, "apps/developer", ada.Name)
	r.system.Change("rolebindings", "apps", name, func(ref map[string]string, _ map[string]any) { ref["kind"], ref["name"] = "ClusterRole", "edit" })
	r.holds(t, "ada@example.com namespace-role/apps/edit by others")
	if got := r.do(t, targets.Add, ada, dev); got.Outcome != targets.Done {
		t.Errorf("the role of a binding cannot be changed: %+v", got)
	}
	r.holds(t, "ada@example.com role/apps/developer")
	r.system.Change("rolebindings", "apps", name, func(_ map[string]string, m map[string]any) { delete(m, "labels") })
	r.holds(t, "ada@example.com role/apps/developer by others")
}

// A role that is gone leaves a binding that would give again with the next role of
// that name: it is shown, and can be taken away.
func TestRoleThatIsGone(t *testing.T) {
	r := seeded(t, nil)
	r.do(t, targets.Add, ada, dev)
	r.system.Change("roles", "apps", "developer", nil)
	r.holds(t, "ada@example.com role/apps/developer")
	if got := r.do(t, targets.Add, targets.Account{Name: "bob"}, dev); got.Outcome != targets.Stale {
		t.Errorf("%+v", got)
	}
	if got := r.do(t, targets.Remove, ada, dev); got.Outcome != targets.Done {
		t.Errorf("%+v", got)
	}
	r.holds(t)
	if s := r.read(t, targets.Query{}); slices.ContainsFunc(s.Entitlements, func(e targets.Entitlement) bool { return e.Address == dev }) {
		t.Error("a role that is gone is still offered")
	}
}

// Where the cluster knows people by their e-mail address, whoever has none is nobody
// there, and not whoever is called as they are.
func TestUserAttribute(t *testing.T) {
	r := seeded(t, func(c *Config, _ *kubernetessim.Options) { c.UserAttribute = identity.AttrEmail })
	person := func(email string) targets.Account {
		a := targets.Account{Name: "ada", Active: true, Attributes: identity.Attributes{"title": {"Countess"}}}
		a.Attributes.Set(identity.AttrEmail, email)
		return r.target.Normalise(a)
	}
	if got := r.do(t, targets.Add, person("ada@example.com"), dev); got.Outcome != targets.Done {
		t.Errorf("%+v", got)
	}
	if got := r.do(t, targets.Add, person(""), dev); got.Outcome != targets.Refused || !strings.Contains(got.Err.Error(), "user_attribute") {
		t.Errorf("%+v", got)
	}
	s := r.read(t, targets.Query{})
	want := person("ada@example.com")
	want.ID = want.Name
	if d := cmp.Diff([]targets.Account{want}, s.Accounts); d != "" {
		t.Errorf("reads back otherwise (-want +got):\n%s", d)
	}
	if d := cmp.Diff(want, r.target.Normalise(want)); d != "" {
		t.Errorf("normalised twice (-once +twice):\n%s", d)
	}
}

// A list whose place is lost begins anew once: what was read before does not count.
func TestListThatExpires(t *testing.T) {
	r := seeded(t, nil)
	for i := range 7 {
		r.do(t, targets.Add, targets.Account{Name: fmt.Sprint("p", i)}, dev)
	}
	want := r.held(t)
	r.system.ExpireLists(1)
	if d := cmp.Diff(want, r.held(t)); d != "" || len(want) != 7 {
		t.Errorf("%d held (-before +after):\n%s", len(want), d)
	}
	r.system.ExpireLists(2)
	if _, err := targets.ReadState(t.Context(), r.target, targets.Query{}); identity.KindOf(err) != identity.Incomplete {
		t.Errorf("twice: %v", err)
	}
}

// Reading a few people asks for the bindings, and for the roles in question alone.
func TestScopedReadsAreCheap(t *testing.T) {
	r := seeded(t, func(c *Config, _ *kubernetessim.Options) { c.PageSize = 500 })
	r.do(t, targets.Add, ada, dev)
	before := r.target.Calls()
	s := r.read(t, targets.Query{Accounts: []targets.Account{ada}, Entitlements: []identity.Entitlement{dev, editNS, ent(kindNamespaceRole, "apps/nothing")}})
	if n := r.target.Calls() - before; n != 5 {
		t.Errorf("%d requests for two lists and three roles", n)
	}
	if len(s.Assignments) != 1 || len(s.Entitlements) != 2 {
		t.Errorf("%+v", s)
	}
	before = r.target.Calls()
	r.read(t, targets.Query{Accounts: []targets.Account{}, Entitlements: []identity.Entitlement{dev}})
	if n := r.target.Calls() - before; n != 1 {
		t.Errorf("%d requests for one role", n)
	}
}

// Addresses that cannot be, and names of the cluster's own, never reach a path.
func TestRefusedAddresses(t *testing.T) {
	r := seeded(t, nil)
	before := r.target.Calls()
	for _, c := range []struct {
		account targets.Account
		e       identity.Entitlement
	}{
		{ada, ent(kindRole, "developer")}, {ada, ent(kindRole, "/developer")}, {ada, ent(kindRole, "apps/")}, {ada, ent(kindRole, "../x")},
		{ada, ent(kindRole, "apps/../../secrets")}, {ada, ent(kindRole, "apps/..")}, {ada, ent(kindClusterRole, "a/b")}, {ada, ent(kindClusterRole, "%2e%2e")},
		{ada, ent("pod", "x")}, {targets.Account{Name: "system:masters"}, view}, {targets.Account{Name: "system:anonymous"}, view},
	} {
		if got := r.do(t, targets.Add, c.account, c.e); got.Outcome != targets.Refused || identity.KindOf(got.Err) != identity.Invalid {
			t.Errorf("%s %s: %+v", c.account.Name, c.e, got)
		}
	}
	if n := r.target.Calls() - before; n != 0 {
		t.Errorf("%d requests", n)
	}
}

// A refusal says what is missing, and the check names each right.
func TestRights(t *testing.T) {
	r := seeded(t, func(_ *Config, o *kubernetessim.Options) {
		o.Denied = []string{"patch rolebindings", "bind clusterroles", "delete clusterrolebindings"}
	})
	got := r.do(t, targets.Add, ada, dev)
	if got.Outcome != targets.Refused || identity.KindOf(got.Err) != identity.Denied || !strings.Contains(got.Err.Error(), "verb bind") {
		t.Errorf("%+v", got)
	}
	report, err := r.target.Probe(t.Context())
	if err != nil || report.Version != "Kubernetes v1.37.2-simulated" {
		t.Fatalf("%+v, %v", report, err)
	}
	var missing []string
	for _, f := range report.Findings {
		if !f.OK {
			missing = append(missing, f.Check)
			verb, resource, _ := strings.Cut(f.Check, " ")
			if !strings.Contains(f.Remedy, "resources: ["+resource+"], verbs: ["+verb+"]") {
				t.Errorf("remedy: %s", f.Remedy)
			}
		}
	}
	if d := cmp.Diff([]string{"patch rolebindings", "delete clusterrolebindings", "bind clusterroles"}, missing); d != "" || len(report.Findings) != len(rights) {
		t.Errorf("missing (-want +got):\n%s", d)
	}
}

// A 404 that is not the API server's own says nothing about the binding: a proxy that
// knows no such path must not end access on paper.
func TestAnswersOfOthers(t *testing.T) {
	r := seeded(t, nil)
	r.do(t, targets.Add, ada, dev)
	for status, want := range map[int]targets.Outcome{404: targets.Stale, 200: targets.Unknown, 502: targets.Unknown} {
		r.Transport.Plant(sim.Fault{Method: http.MethodDelete, Status: status, Body: "{}"})
		if got := r.do(t, targets.Remove, ada, dev); got.Outcome != want {
			t.Errorf("%d: %s, want %s", status, got.Outcome, want)
		}
		r.Transport.Heal()
	}
	r.holds(t, "ada@example.com role/apps/developer")
}
