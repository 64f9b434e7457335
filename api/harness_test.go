package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/api"
	"birthright/api/backing"
	"birthright/grants/desk/desktest"
	"birthright/hub"
	"birthright/identity"
	"birthright/intake"
	"birthright/internal/ids"
	"birthright/live"
	reviewdesk "birthright/reviews/desk"
	"birthright/rules"
	"birthright/rules/population"
	"birthright/scim/inspect"
	"birthright/sources"
	"birthright/store"
	"birthright/tokens"
)

const policy = `
groups:
  - name: prod
    title: Production
    owners: ["user:olga", "user:otto"]
    access: ["app:role/prod"]
    request:
      durations: {default: 1h, max: 8h}
      require: [reason]
      approve: [{by: owners}]
      extend: {max: 12h, approve: false}
      break_glass: {max: 30m}
  - name: wiki
    owners: ["user:otto"]
    access: ["app:role/wiki"]
    request: {approve: [{by: owners}]}
  - name: ops
    owners: ["user:otto"]
    access: ["app:role/ops"]
    request: {require: [reason, ticket], approve: [{by: owners}]}
bundles:
  - {name: starter, groups: [prod, wiki]}
`

// site is an office with the API in front of it.
type site struct {
	*desktest.Office
	http.Handler
	Reviews *reviewdesk.Desk
	reports *reporter
	Hub     *hub.Hub

	log    bytes.Buffer
	tokens map[string]string // by who
}

func open(t testing.TB) *site {
	h := around(desktest.Open(t, policy), api.Pace{PerSecond: 1e6, Burst: 1e6}) // the clock stands nearly still
	h.Join("ada", "bob", "olga", "otto", "eve", "root")
	h.Full()
	return h
}

func around(o *desktest.Office, pace api.Pace) *site {
	h := &site{Office: o, tokens: map[string]string{}, reports: &reporter{now: o.Now}}
	behind := backing.New(o.DB)
	h.Reviews = reviewdesk.New(reviewdesk.Options{
		Store: o.DB, Grants: o.Desk, Engine: o.Desk.Engine, Admins: o.Desk.Admins,
		Everybody: func(ctx context.Context, tx *store.Tx, each func(*identity.User) error, engines ...*rules.Engine) (*population.Population, rules.World, error) {
			crowd, err := o.Run.Crowd(ctx, tx, each, engines...)
			return crowd.Population, crowd.World, err
		},
	})
	quiet := live.New(live.Options{})
	quiet.Close() // whoever watches hears nothing, and that at once
	h.Hub = hub.New(hub.Options{
		Store: o.DB, Desk: o.Desk, Engine: o.Desk.Engine, Runner: o.Run, Targets: []string{"app"}, Rand: rand.Reader, Reporter: h.reports, Now: o.Now, RunSync: o.Run.Sync, Live: quiet,
		Sources: []hub.SourceSetting{{Name: "okta", Kind: "scim", Pushes: true, Adapter: peer{}}, {Name: "hr", Kind: "file", Adapter: peer{}}}, Talk: talk{},
		ReadSources: func(context.Context, []string) ([]intake.Report, []error) {
			return []intake.Report{{Source: "hr", Seen: 3}}, []error{&identity.Error{Kind: identity.Held, Op: "import okta", Err: errors.New("40 people are missing")}}
		},
		Place: o.Intake.ResolveAmbiguous,
	})
	h.Handler = api.New(api.Options{
		Hub:  h.Hub,
		Desk: o.Desk, Reviews: h.Reviews, Tokens: behind, Answers: behind, Pace: pace, Version: "test", Now: o.Now, NewID: ids.New, Log: slog.New(slog.NewTextHandler(&h.log, nil)),
	})
	return h
}

// peer is a source that is well.
type peer struct{}

func (peer) Probe(context.Context) (sources.Report, error) {
	return sources.Report{Reachable: true, Version: "1.2"}, nil
}

// talk is what a source said once.
type talk struct{}

func (talk) Conversations(_ context.Context, q store.ConversationQuery) ([]inspect.Conversation, error) {
	return []inspect.Conversation{{ID: "c1", Source: q.Source, At: desktest.Noon, Method: "PATCH", Request: `{"op":"<x>"}`, Status: 204}}, nil
}

// token is the token of a person, or of a program with the role of that name.
func (h *site) token(who string) string {
	h.Helper()
	if plain, known := h.tokens[who]; known {
		return plain
	}
	scope, n := who, int64(0)
	if !slices.Contains([]string{tokens.ScopeAdmin, tokens.ScopeAuditor, tokens.ScopeSCIM}, who) {
		scope, n = tokens.ScopeAPI, h.As(who).UserN
	}
	plain, t, err := tokens.New(rand.Reader, "", scope, h.Now(), 0)
	h.Must(err)
	t.UserN = n
	h.Must(h.DB.Update(h.Context(), func(tx *store.Tx) error { return tx.SaveToken(h.Context(), store.TokenRow(t)) }))
	h.tokens[who] = plain
	return plain
}

// revoke makes a token useless.
func (h *site) revoke(plain string) {
	h.Helper()
	id, err := tokens.Parse(plain)
	h.Must(err)
	h.Must(h.DB.Update(h.Context(), func(tx *store.Tx) error {
		t, err := tx.TokenByID(h.Context(), id)
		if err != nil {
			return err
		}
		t.RevokedAt = tx.Now()
		return tx.SaveToken(h.Context(), t)
	}))
}

// reply is what was answered.
type reply struct {
	status int
	header http.Header
	text   string
	t      testing.TB
}

// at returns what is at a path of the JSON, as text.
func (r reply) at(path string) string {
	r.t.Helper()
	var v any
	if err := json.Unmarshal([]byte(r.text), &v); err != nil {
		r.t.Fatalf("%d is no JSON: %s", r.status, r.text)
	}
	for _, name := range strings.Split(path, ".") {
		switch of := v.(type) {
		case map[string]any:
			v = of[name]
		case []any:
			i := strings.Index("0123456789", name)
			if name == "len" {
				v = float64(len(of))
			} else if i < len(of) {
				v = of[i]
			} else {
				v = nil
			}
		}
	}
	if text, ok := v.(string); ok {
		return text
	}
	text, _ := json.Marshal(v)
	return string(text)
}

// call sends one request; headers are name, value, name, value.
func (h *site) call(bearer, method, path, body string, headers ...string) reply {
	h.Helper()
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, api.Prefix+path, in)
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Content-Type" {
			r.Header.Del(headers[i])
		}
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.String(), h}
}

// as is call by somebody who must get a status.
func (h *site) as(who string, status int, method, path, body string, headers ...string) reply {
	h.Helper()
	got := h.call(h.token(who), method, path, body, headers...)
	if got.status != status {
		h.Fatalf("%s: %s %s: %d, want %d: %s", who, method, path, got.status, status, got.text)
	}
	return got
}

// ask makes a request and returns its id.
func (h *site) ask(who, group string) string {
	h.Helper()
	return h.as(who, 201, "POST", "/requests", `{"groups":["`+group+`"],"reason":"look","for":"1h"}`).at("items.0.id")
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func later(o *desktest.Office, d time.Duration) string { return o.Now().Add(d).Format(time.RFC3339) }
