package scim

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"birthright/internal/ratelimit"
	"birthright/internal/sim/vendorspec"
	"birthright/targets/scim/scimsim"
	"birthright/targets/targettest"
	"birthright/targets/targettest/simtest"

	"github.com/getkin/kin-openapi/openapi3"
)

// enterprise is a server like GitHub's, at GitHub's paths.
type enterprise struct {
	*scimsim.App
	checked http.Handler
}

func (e enterprise) ServeHTTP(w http.ResponseWriter, r *http.Request) { e.checked.ServeHTTP(w, r) }

// mend changes what the description has wrong, by its own examples: the value of a PATCH
// can be a list, and a status is the text that RFC 7644 has. And it does without what the
// contract's people have not: they have names only.
func mend(doc *openapi3.T) {
	schemas := doc.Components.Schemas
	schemas["patch-schema"].Value.Properties["Operations"].Value.Items.Value.Properties["value"].Value = &openapi3.Schema{}
	schemas["scim-error"].Value.Properties["status"].Value = &openapi3.Schema{}
	for name, without := range map[string][]string{"user": {"displayName", "emails"}, "user-response": {"emails"}} {
		s := schemas[name].Value
		s.Required = slices.DeleteFunc(s.Required, func(key string) bool { return slices.Contains(without, key) })
	}
}

// TestGitHubsDescription holds what is sent to an enterprise of GitHub, and what the
// stand-in answers, against GitHub's own description.
func TestGitHubsDescription(t *testing.T) {
	const base = "/scim/v2/enterprises/acme"
	spec := vendorspec.Load(t, "github-scim.json", "https://api.github.com", mend)
	targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
		options := scimsim.Like("github-enterprise")
		options.Token, options.PageSize = token, 5
		app := scimsim.New(options)
		moved := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.URL.Path = scimsim.Base + strings.TrimPrefix(r.URL.Path, base)
			app.ServeHTTP(w, r)
		})
		rig := simtest.New(enterprise{app, spec.Wrap(t, moved, base+"/ServiceProviderConfig")})
		p := rig.Peer(speaker(t, rig, func(c *Config) {
			c.URL, c.Dialect = "https://api.github.com"+base, "github-enterprise"
			c.Limits = []ratelimit.Limit{{Scope: userWrites, Tokens: 1 << 20, Per: time.Minute}}
		}), "t")
		p.Canary, p.Nests = token, true
		return p
	}})
	seen := strings.Join(spec.Seen(), "\n")
	for _, operation := range []string{
		"GET /scim/v2/enterprises/{enterprise}/Groups", "POST /scim/v2/enterprises/{enterprise}/Groups", "GET /scim/v2/enterprises/{enterprise}/Groups/{scim_group_id}",
		"PATCH /scim/v2/enterprises/{enterprise}/Groups/{scim_group_id}", "GET /scim/v2/enterprises/{enterprise}/Users",
		"POST /scim/v2/enterprises/{enterprise}/Users", "GET /scim/v2/enterprises/{enterprise}/Users/{scim_user_id}", "PATCH /scim/v2/enterprises/{enterprise}/Users/{scim_user_id}",
	} {
		if !strings.Contains(seen, operation) {
			t.Errorf("never called: %s", operation)
		}
	}
}
