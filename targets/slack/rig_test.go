package slack

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/secret"
	"birthright/internal/sim/vendorspec"
	"birthright/targets"
	"birthright/targets/slack/slacksim"
	"birthright/targets/targettest/simtest"

	"github.com/getkin/kin-openapi/openapi3"
)

const (
	domain = "@example.com"
	canary = "xoxb-canary-55d0"
)

// checked is a simulator whose every call and answer is held against Slack's own
// description.
type checked struct {
	*slacksim.System
	spec  *vendorspec.Spec
	check http.Handler
}

func (c *checked) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.check.ServeHTTP(w, r) }

func described(t testing.TB, system *slacksim.System) *checked {
	c := &checked{System: system, spec: vendorspec.Load(t, "slack.json", baseURL, mended)}
	c.check = c.spec.Wrap(t, system)
	return c
}

// mended takes Slack's description, of 2021, to how the API is used: a token goes in
// the Authorization header, where the description wants it as a parameter, and an error
// comes with status 200, with words that it does not all know.
func mended(doc *openapi3.T) {
	for _, name := range []string{"auto_type", "deleted_by"} { // "null or …", which OpenAPI 3.0 says otherwise
		doc.Components.Schemas["objs_subteam"].Value.Properties[name].Value.Nullable = true
	}
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			op.Parameters = slices.DeleteFunc(op.Parameters, func(p *openapi3.ParameterRef) bool { return p.Value.Name == "token" })
			fine := op.Responses.Status(200).Value.Content.Get("application/json").Schema
			refusal := openapi3.NewObjectSchema().WithProperty("ok", openapi3.NewBoolSchema().WithEnum(false)).WithProperty("error", openapi3.NewStringSchema())
			refusal.Required = []string{"ok", "error"}
			either := &openapi3.Schema{AnyOf: openapi3.SchemaRefs{fine, openapi3.NewSchemaRef("", refusal)}}
			op.Responses.Status(200).Value.Content.Get("application/json").Schema = openapi3.NewSchemaRef("", either)
		}
	}
}

// rig is a target over a simulator.
type rig struct {
	*simtest.Rig
	system *checked
	target *Target
}

func newRig(t testing.TB, change func(*Config, *slacksim.Options)) *rig {
	t.Helper()
	c := &Config{Token: secret.Value(canary), Channels: []string{"*"}}
	c.Users.Address, c.Usergroups.Create = "userName", true
	r := &rig{}
	opt := slacksim.Options{Token: canary, Page: 3, Now: func() time.Time { return r.Clock.Now() }}
	for _, l := range limits() { // most tests are about other things
		l.Tokens = 1_000_000
		c.Limits = append(c.Limits, l)
	}
	if change != nil {
		change(c, &opt)
	}
	for _, fault := range c.Validate() {
		t.Fatal(fault)
	}
	r.system = described(t, slacksim.New(opt))
	r.Rig = simtest.New(r.system)
	r.Transport.Lists(func(req *http.Request) string { return req.URL.Path + req.URL.Query().Get("channel") })
	target, err := c.over(r.Env("t"), r.Transport)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = target.Close() })
	r.target = target
	return r
}

func (r *rig) seed(t testing.TB, s targets.State) {
	t.Helper()
	if err := r.Transport.Seed(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

// plain lets the contract, which has names like ada, speak with a target that knows
// people by their addresses.
type plain struct{ *Target }

func (p plain) Normalise(a targets.Account) targets.Account {
	a = p.Target.Normalise(wide(a))
	a.Name = strings.TrimSuffix(a.Name, domain)
	return a
}

func wide(a targets.Account) targets.Account {
	if a.Name != "" {
		a.Name += domain
	}
	return a
}

func (p plain) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	out := slices.Clone(ops)
	for i := range out {
		out[i].Account = wide(out[i].Account)
	}
	return p.Target.Apply(ctx, out)
}

func (p plain) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	q.Accounts = slices.Clone(q.Accounts)
	for i := range q.Accounts {
		q.Accounts[i] = wide(q.Accounts[i])
	}
	return p.Target.Read(ctx, q, plainSink{sink})
}

type plainSink struct{ targets.Sink }

func (s plainSink) Account(a targets.Account) error {
	a.Name = strings.TrimSuffix(a.Name, domain)
	return s.Sink.Account(a)
}

func ent(kind, id string) identity.Entitlement {
	return identity.Entitlement{Target: "t", Kind: kind, ID: id}
}
