package github

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/ratelimit"
	"birthright/internal/secret"
	"birthright/internal/sim/vendorspec"
	"birthright/targets"
	"birthright/targets/github/githubsim"
	"birthright/targets/targettest/simtest"
)

const canary = "ghp_canary-7d31"

// rig is an organisation with the target over it, each request and answer checked
// against GitHub's description.
type rig struct {
	*simtest.Rig
	*Target
	org     *githubsim.System
	spec    *vendorspec.Spec
	answers *answers
}

// checked has what goes to a system and comes from it checked.
type checked struct {
	*githubsim.System
	handler http.Handler
	answers *answers
}

// answers counts answers by status, and keeps what was sent to change something.
type answers struct {
	mu      sync.Mutex
	status  map[int]int
	changes []string
}

func (c checked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	counted := &statusWriter{ResponseWriter: w}
	c.handler.ServeHTTP(counted, r)
	c.answers.mu.Lock()
	defer c.answers.mu.Unlock()
	c.answers.status[counted.status]++
	if r.Method != http.MethodGet && r.URL.Path != "/graphql" && !strings.HasPrefix(r.URL.Path, "/app/") {
		c.answers.changes = append(c.answers.changes, r.Method+" "+r.URL.Path)
	}
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// sent returns the changes that were asked for since the last call.
func (r *rig) sent() []string {
	r.answers.mu.Lock()
	defer r.answers.mu.Unlock()
	out := r.answers.changes
	r.answers.changes = nil
	return out
}

// answered returns how many answers had a status since the last call.
func (r *rig) answered(status int) int {
	r.answers.mu.Lock()
	defer r.answers.mu.Unlock()
	n := r.answers.status[status]
	clear(r.answers.status)
	return n
}

// complete adds to the trimmed description what the adapter asks besides: an account
// by its number, one repository, what teams are tied to, and 304.
func complete(doc *openapi3.T) {
	for _, item := range doc.Paths.Map() {
		if item.Get != nil {
			item.Get.Responses.Set("304", &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription("not modified")})
		}
	}
	get := func(path, schema string, parameters ...string) {
		op := &openapi3.Operation{Responses: openapi3.NewResponses()}
		content := openapi3.NewContentWithSchema(openapi3.NewObjectSchema(), []string{"application/json"})
		if schema != "" {
			content = openapi3.NewContentWithJSONSchemaRef(doc.Components.Schemas[schema])
		}
		op.Responses.Set("200", &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription("there").WithContent(content)})
		op.Responses.Set("304", &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription("not modified")})
		for _, p := range parameters {
			op.AddParameter(openapi3.NewPathParameter(p).WithSchema(openapi3.NewStringSchema()))
		}
		doc.Paths.Set(path, &openapi3.PathItem{Get: op})
	}
	get("/user/{account_id}", "simple-user", "account_id")
	get("/repos/{owner}/{repo}", "minimal-repository", "owner", "repo")
	get("/orgs/{org}/teams/{team_slug}/external-groups", "", "org", "team_slug")
	get("/orgs/{org}/teams/{team_slug}/team-sync/group-mappings", "", "org", "team_slug")
}

// described is GitHub's description, made whole.
func described(t testing.TB) *vendorspec.Spec {
	return vendorspec.Load(t, "github.json", usualURL, complete)
}

// newRig makes an organisation as how says, and a target over it as what says.
func newRig(t testing.TB, spec *vendorspec.Spec, what Config, how githubsim.Options, mapping ...targets.Mapping) *rig {
	t.Helper()
	r := &rig{spec: spec, answers: &answers{status: map[int]int{}}}
	token, err := secret.New(canary)
	if err != nil {
		t.Fatal(err)
	}
	if how.Points == 0 { // the contract does not wait for its turn
		how.Points = 1 << 20
		what.Limits = []ratelimit.Limit{{Tokens: 1 << 20, Per: time.Minute}, {Scope: invitations, Tokens: 1 << 20, Per: time.Minute}}
	}
	how.Org, how.Token = "acme", canary
	var clock *simtest.Clock
	how.Now = nowOf(&clock)
	r.org = githubsim.New(how)
	r.Rig = simtest.New(checked{r.org, r.spec.Wrap(t, r.org, "/graphql", "/app/installations/42/access_tokens"), r.answers})
	clock = r.Clock
	r.Transport.Reading(func(req *http.Request) bool { return req.URL.Path == "/graphql" })
	if what.Org, what.PageSize = "acme", 3; what.App == (App{}) {
		what.Token = token
	}
	if faults := what.Validate(); len(faults) > 0 {
		t.Fatal(faults)
	}
	env := r.Env("t")
	env.Map = mapping
	f, err := parseMap(mapping)
	if err != nil {
		t.Fatal(err)
	}
	r.Target, err = what.open(env, f, httpkit.Options{Base: usualURL, Auth: what.auth(), Limits: limits(), Transport: r.Transport})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Target.Close() })
	return r
}

// byUserName says that people are called on GitHub as here.
var byUserName = targets.Mapping{To: "login", From: identity.AttrUserName}

// at is an entitlement, written KIND/ID.
func at(address string) identity.Entitlement {
	kind, id, _ := strings.Cut(address, "/")
	return identity.Entitlement{Target: "t", Kind: kind, ID: id}
}

// do applies ops and returns their outcomes.
func (r *rig) do(t testing.TB, ops ...targets.Op) (outcomes []targets.Outcome) {
	t.Helper()
	for i, res := range r.Apply(t.Context(), ops) {
		outcomes = append(outcomes, res.Outcome)
		if !res.Outcome.OK() && res.Outcome != targets.Pending && res.Err == nil {
			t.Errorf("op %d: %s without an error", i, res.Outcome)
		}
	}
	return outcomes
}

// expect applies ops and compares their outcomes and what was sent to change something.
func (r *rig) expect(t testing.TB, ops []targets.Op, outcomes []targets.Outcome, sent ...string) {
	t.Helper()
	if d := cmp.Diff(outcomes, r.do(t, ops...)); d != "" {
		t.Errorf("outcomes (-want +got):\n%s", d)
	}
	if d := cmp.Diff(sent, r.sent()); d != "" {
		t.Errorf("changes sent (-want +got):\n%s", d)
	}
}

// held reads everything: who holds what, "login KIND/ID", with " (indirect)" behind.
func (r *rig) held(t testing.TB) (lines []string) {
	t.Helper()
	s, err := targets.ReadState(t.Context(), r.Target, targets.Query{})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, a := range s.Accounts {
		names[a.ID] = a.Name
	}
	for _, a := range s.Assignments {
		line := names[a.AccountID] + " " + a.Entitlement.Kind + "/" + a.Entitlement.ID
		if a.Indirect {
			line += " (indirect)"
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

// holds compares what a read shows.
func (r *rig) holds(t testing.TB, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, r.held(t)); d != "" {
		t.Errorf("held (-want +got):\n%s", d)
	}
}

// open compares who is invited to what.
func (r *rig) open(t testing.TB, want map[string][]string) {
	t.Helper()
	r.org.Edit(func(o *githubsim.Organisation) {
		if d := cmp.Diff(want, o.Open(), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("open invitations (-want +got):\n%s", d)
		}
	})
}

func op(action targets.Action, account targets.Account, address ...string) targets.Op {
	o := targets.Op{Action: action, Account: account}
	if len(address) > 0 {
		o.Entitlement = at(address[0])
	}
	return o
}

func named(name string) targets.Account { return targets.Account{Name: name, Active: true} }

// nowOf tells the time of a clock that is not there yet.
func nowOf(clock **simtest.Clock) func() time.Time {
	return func() time.Time {
		if *clock == nil {
			return time.Time{}
		}
		return (*clock).Now()
	}
}
