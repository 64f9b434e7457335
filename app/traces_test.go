package app_test

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	"birthright/app"
	"birthright/grants/desk"
	"birthright/store"
	"birthright/targets"
	"birthright/targets/memory"
	"birthright/tokens"
)

// collecting is a collector that keeps what it is sent.
type collecting struct {
	mu    sync.Mutex
	spans []*spans.Span
	text  strings.Builder // all of it
}

// ServeHTTP implements http.Handler as OTLP over HTTP has it.
func (c *collecting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var told collector.ExportTraceServiceRequest
	if err != nil || r.Method != http.MethodPost || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" || proto.Unmarshal(body, &told) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, resource := range told.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			c.spans = append(c.spans, scope.Spans...)
		}
	}
	c.text.WriteString(prototext.Format(&told))
}

// attribute is a text or a number that a span says, "" for none.
func attribute(s *spans.Span, key string) string {
	for _, a := range s.Attributes {
		if a.Key == key {
			return a.Value.GetStringValue() + strconv.FormatInt(a.Value.GetIntValue(), 10)
		}
	}
	return ""
}

// lineages are the spans of the trace that the first span of some name is in: each as its
// ancestors and itself, with source and target, once.
func (c *collecting) lineages(root string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := slices.IndexFunc(c.spans, func(s *spans.Span) bool { return s.Name == root })
	if at < 0 {
		return nil
	}
	byID := map[string]*spans.Span{}
	for _, s := range c.spans {
		if string(s.TraceId) == string(c.spans[at].TraceId) {
			byID[string(s.SpanId)] = s
		}
	}
	var out []string
	for _, s := range byID {
		var line []string
		for ; s != nil; s = byID[string(s.ParentSpanId)] {
			name := s.Name
			for _, key := range []string{"birthright.source", "birthright.target"} {
				if about := strings.TrimSuffix(attribute(s, key), "0"); about != "" {
					name += " " + about
				}
			}
			line = append(line, name)
		}
		slices.Reverse(line)
		out = append(out, strings.Join(line, " > "))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

const tracedPolicy = `
groups:
  - {name: engineering, access: ["wiki:group/engineering"]}
  - {name: oncall, access: ["wiki:group/oncall"], owners: ["user:countess"], request: {durations: {default: 1h, max: 8h}, approve: [{by: owners}]}}
rules: [{name: engineers, when: 'user.department == "Engineering"', groups: [engineering]}]
`

// traced starts the program with a collector and somebody's token, after its first full
// run. end stops and closes it.
func traced(t *testing.T, collector http.Handler) (a *app.App, url, token string, wiki *memory.Target, end func()) {
	t.Helper()
	server := httptest.NewServer(collector)
	t.Cleanup(server.Close)
	cfg := folder(t, map[string]string{
		"hub.yaml": hubConfig + "telemetry: {otlp_endpoint: '" + server.URL + "', sample: 1}\n", "policy.yaml": tracedPolicy,
	})
	wiki = memory.New("wiki", memory.WithCapabilities(memory.DefaultCapabilities()))
	a, err := app.Open(t.Context(), app.Options{Config: cfg, Targets: map[string]targets.Target{"wiki": wiki}, Actor: "operator:test"})
	must(t, err)
	running, err := a.Start(t.Context())
	must(t, err)
	end = sync.OnceFunc(func() {
		must(t, running.Stop(context.WithoutCancel(t.Context())))
		must(t, a.Close())
	})
	t.Cleanup(end)
	token, row, err := tokens.New(rand.Reader, "idp", tokens.ScopeSCIM, time.Now(), time.Hour)
	must(t, err)
	must(t, a.Store.Update(t.Context(), func(tx *store.Tx) error { return tx.SaveToken(t.Context(), store.TokenRow(row)) }))
	eventually(t, running.PublicURL(), `birthright_target_read_whole{target="wiki"}`, func(v float64) bool { return v == 1 })
	return a, running.PublicURL(), token, wiki, end
}

const tracedPerson = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"countess","active":true,"password":"hunter2-secret",
	"name":{"familyName":"Lovelace"},"emails":[{"value":"ada.lovelace@example.com"}],
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Engineering"}}`

// What a source told is seen in one trace until it is done on a target, and what an owner
// decided until access begins. Nothing in it says who it was about.
func TestOneTraceFromSourceToTarget(t *testing.T) {
	collector := &collecting{}
	a, url, token, wiki, end := traced(t, collector)
	id := scimSays(t, http.MethodPost, url+"/scim/v2/Users", token, tracedPerson)
	changes := `birthright_changes_total{action="add",outcome="done",target="wiki"}`
	eventually(t, url, changes, func(v float64) bool { return v == 1 })

	operator := desk.Operator("operator:test")
	asked, err := a.Desk.Ask(t.Context(), operator, desk.Wish{User: "countess", Groups: []string{"oncall"}, Reason: "look"})
	must(t, err)
	ctx, span := a.Runner.Traces.Start(t.Context(), "decision")
	_, err = a.Desk.Approve(ctx, operator, asked[0].ID, "")
	must(t, err)
	span.End(nil)
	eventually(t, url, changes, func(v float64) bool { return v >= 3 }) // it has an end as soon as it was seen to be there
	if diff := cmp.Diff([]string{"wiki:group/engineering", "wiki:group/oncall"}, holdings(wiki)); diff != "" {
		t.Error(diff)
	}
	end()

	for root, want := range map[string][]string{
		"POST /scim/v2/Users": {
			"POST /scim/v2/Users idp",
			"POST /scim/v2/Users idp > take in",
			"POST /scim/v2/Users idp > work off",
			"POST /scim/v2/Users idp > work off > rules",
			"POST /scim/v2/Users idp > work off > sync target wiki",
			"POST /scim/v2/Users idp > work off > sync target wiki > apply wiki",
			"POST /scim/v2/Users idp > work off > sync target wiki > plan wiki",
			"POST /scim/v2/Users idp > work off > sync target wiki > plan wiki > read target wiki",
		},
		"decision": {
			"decision > decide on a request",
			"decision > decide on a request > work off > rules",
			"decision > decide on a request > work off > settle grants > read back wiki",
			"decision > decide on a request > work off > sync target wiki > apply wiki",
		},
		"sync run": {"sync run > rules", "sync run > sync target wiki > plan wiki > read target wiki"},
	} {
		got := collector.lineages(root)
		for _, line := range want {
			if !slices.Contains(got, line) {
				t.Errorf("%s is not in\n%s", line, strings.Join(got, "\n"))
			}
		}
	}
	text := strings.ToLower(collector.text.String())
	if !strings.Contains(text, "wiki") {
		t.Error("the text is not that of the spans")
	}
	for _, personal := range []string{"countess", "lovelace", "hunter2", "example.com", strings.ToLower(token), strings.ToLower(id)} {
		if strings.Contains(text, personal) {
			t.Errorf("%q is told: %s", personal, text)
		}
	}
}

// A collector that takes spans and never answers holds up neither the work nor the end.
func TestADeadCollectorHoldsUpNothing(t *testing.T) {
	reached := make(chan struct{}, 100)
	_, url, token, _, end := traced(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		reached <- struct{}{}
		<-r.Context().Done()
	}))
	scimSays(t, http.MethodPost, url+"/scim/v2/Users", token, tracedPerson)
	eventually(t, url, `birthright_changes_total{action="add",outcome="done",target="wiki"}`, func(v float64) bool { return v == 1 })
	began := time.Now()
	end()
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("the end took %s", took)
	}
	select {
	case <-reached:
	default:
		t.Error("the collector was not asked")
	}
}
