package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/handoff"
	"birthright/internal/handoff/receiver"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/targets"
)

var (
	role = identity.Entitlement{Target: "t", Kind: "role", ID: "eng"}
	ada  = targets.Account{Name: "ada", Active: true}
	give = targets.Op{ID: "give", Action: targets.Add, Account: ada, Entitlement: role}
	take = targets.Op{ID: "take", Action: targets.Remove, Account: ada, Entitlement: role}
)

// loose is a receiver where nothing has to be made.
func loose(state bool) Config {
	return Config{State: state, Abilities: handoff.Abilities{ImplicitAccounts: true, ImplicitEntitlements: true}}
}

func one(t *testing.T, target targets.Target, op targets.Op) targets.Result {
	t.Helper()
	return target.Apply(t.Context(), []targets.Op{op})[0]
}

func holds(t *testing.T, target targets.Target) int {
	t.Helper()
	s, err := targets.ReadState(t.Context(), target, targets.Query{})
	if err != nil {
		t.Fatal(err)
	}
	return len(s.Assignments)
}

// What somebody has to look at is pending, is asked about and not asked for again, and
// is done when it is done; what is taken back meanwhile never comes.
func TestPending(t *testing.T) {
	for _, state := range []bool{true, false} {
		t.Run(fmt.Sprint("state ", state), func(t *testing.T) {
			r := rig(t, loose(state), func(o *receiver.Options) { o.Slow, o.Takes = []string{"role"}, time.Hour })
			posts := func() int { _, by := r.Transport.Calls(); return by[http.MethodPost] }
			for range 3 {
				if got := one(t, r.target, give); got.Outcome != targets.Pending {
					t.Fatalf("%+v", got)
				}
				if holds(t, r.target) != 0 {
					t.Fatal("what is pending is shown as held")
				}
			}
			if posts() != 1 {
				t.Errorf("%d requests for one need", posts())
			}
			r.Clock.Advance(2 * time.Hour)
			if got := one(t, r.target, give); !got.Outcome.OK() || holds(t, r.target) != 1 {
				t.Fatalf("%+v, %d held", got, holds(t, r.target))
			}
			if got := one(t, r.target, take); got.Outcome != targets.Done || holds(t, r.target) != 0 {
				t.Fatalf("%+v", got)
			}
			one(t, r.target, give)
			if got := one(t, r.target, take); !got.Outcome.OK() {
				t.Fatalf("%+v", got)
			}
			r.Clock.Advance(2 * time.Hour)
			if n := holds(t, r.target); n != 0 {
				t.Errorf("%d held after it was taken back", n)
			}
		})
	}
}

// The same need has the same key as long as nobody knows, and a new one has a new key:
// given, taken and given again is not answered by what was said the first time.
func TestKeys(t *testing.T) {
	r := rig(t, loose(true), nil)
	var seen []string
	r.Transport.Plant(sim.Fault{Method: http.MethodPost, Times: 1, LoseReply: true})
	for _, op := range []targets.Op{give, give, take, give, take, give} {
		one(t, r.target, op)
		seen = append(seen, fmt.Sprint(holdsQuietly(r)))
	}
	if got := strings.Join(seen, ""); got != "110101" {
		t.Errorf("held after each: %s", got)
	}
	keys := r.system.Receiver.Memory().Keys
	if len(keys) != 5 {
		t.Errorf("%d keys for 5 needs, of which the first was sent twice", len(keys))
	}
}

// holdsQuietly looks without a read, which would settle what is open.
func holdsQuietly(r rigged) int {
	n := 0
	for _, h := range r.system.Receiver.Memory().Held {
		n += len(h.Holds)
	}
	return n
}

// Add, remove and add again in one request are three needs.
func TestSameAimTwiceInABatch(t *testing.T) {
	c := loose(true)
	c.Batch = 10
	r := rig(t, c, nil)
	for i, got := range r.target.Apply(t.Context(), []targets.Op{give, take, give, take, give}) {
		if got.Outcome != targets.Done {
			t.Errorf("%d: %+v", i, got)
		}
	}
	if holds(t, r.target) != 1 {
		t.Error("the last one does not hold")
	}
}

// A request that somebody wrote down is no good later, and does nothing at once; one
// that was changed, or is for something else, is no good at all.
func TestReplay(t *testing.T) {
	now := time.Now()
	r := receiver.New(receiver.Options{
		Abilities: loose(true).Abilities, Now: func() time.Time { return now },
		Secrets: func() ([]string, error) { return []string{canary}, nil },
	})
	var sent []*http.Request
	var bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		sent, bodies = append(sent, req.Clone(context.Background())), append(bodies, string(body))
		req.Body = io.NopCloser(strings.NewReader(string(body)))
		r.ServeHTTP(w, req)
	}))
	defer server.Close()
	c := loose(true)
	c.URL, c.Secret = server.URL, secret.Value(canary)
	target, err := c.Open(targets.Env{Name: "t", Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	one(t, target, give)
	one(t, target, take)
	holds(t, target)
	again := func(i int, change func(*http.Request, *string)) int {
		req, body := sent[i].Clone(t.Context()), bodies[i]
		if change != nil {
			change(req, &body)
		}
		req.Body = io.NopCloser(strings.NewReader(body))
		w := httptest.NewRecorder()
		r.ServeHTTP(w, req)
		return w.Code
	}
	if code := again(0, nil); code != http.StatusOK || holds(t, target) != 0 {
		t.Errorf("the first request again: %d, %d held", code, holds(t, target))
	}
	for name, change := range map[string]func(*http.Request, *string){
		"another body": func(_ *http.Request, b *string) { *b = strings.ReplaceAll(*b, "ada", "eve") },
		"another id":   func(r *http.Request, _ *string) { r.Header.Set(handoff.HeaderID, "x") },
		"another time": func(r *http.Request, _ *string) { r.Header.Set(handoff.HeaderTimestamp, "1") },
		"no signature": func(r *http.Request, _ *string) { r.Header.Del(handoff.HeaderSignature) },
		"a wrong one":  func(r *http.Request, _ *string) { r.Header.Set(handoff.HeaderSignature, "v1,AAAA v1a,BBBB") },
		"another version": func(r *http.Request, _ *string) {
			r.Header.Set(handoff.HeaderSignature, strings.Replace(r.Header.Get(handoff.HeaderSignature), "v1,", "v2,", 1))
		},
	} {
		if code := again(0, change); code != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, code)
		}
	}
	list := len(sent) - 1
	if code := again(list, func(r *http.Request, _ *string) { r.RequestURI += "&cursor=x" }); code != http.StatusUnauthorized {
		t.Errorf("a listing of something else: %d", code)
	}
	now = now.Add(handoff.Window + time.Second)
	for i := range sent {
		if code := again(i, nil); code != http.StatusUnauthorized {
			t.Errorf("request %d after the window: %d", i, code)
		}
	}
}

// answered gives what becomes of an op that is answered so.
func answered(t *testing.T, status int, contentType, body string) targets.Result {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var op handoff.Op
		_ = json.NewDecoder(r.Body).Decode(&op)
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Location", "/ops/somewhere")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, strings.ReplaceAll(body, "KEY", op.Key))
	}))
	defer server.Close()
	c := loose(true)
	c.URL, c.Secret = server.URL, secret.Value(canary)
	target, err := c.Open(targets.Env{Name: "t", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return one(t, target, give)
}

// What the receiver says counts, and only what it says: what stands in between may
// answer, too.
func TestAnswers(t *testing.T) {
	const good, html = "application/json", "text/html"
	say := func(outcome string) string {
		return `{"version":1,"key":"KEY","outcome":"` + outcome + `","detail":"because"}`
	}
	for name, c := range map[string]struct {
		status     int
		kind, body string
		want       targets.Outcome
		because    identity.Kind
	}{
		"done":                    {200, good, say("done"), targets.Done, ""},
		"already":                 {200, good, say("already"), targets.Already, ""},
		"already, as a conflict":  {409, good, say("already"), targets.Already, ""},
		"pending":                 {202, good, say("pending"), targets.Pending, identity.Unavailable},
		"202 and done":            {202, good, say("done"), targets.Unknown, identity.Unavailable},
		"200 and pending":         {200, good, say("pending"), targets.Unknown, identity.Unavailable},
		"refused":                 {422, good, say("refused"), targets.Refused, identity.Denied},
		"conflict":                {422, good, say("conflict"), targets.Refused, identity.Conflict},
		"stale":                   {404, good, say("stale"), targets.Stale, identity.NotFound},
		"throttled":               {429, good, say("throttled"), targets.Throttled, identity.Throttled},
		"failed":                  {500, good, say("failed"), targets.Unknown, identity.Unavailable},
		"a failure that says yes": {500, good, say("done"), targets.Unknown, identity.Unavailable},
		"a refusal that says yes": {422, good, say("done"), targets.Refused, identity.Invalid},
		"of another request":      {200, good, `{"version":1,"key":"other","outcome":"done"}`, targets.Unknown, identity.Unavailable},
		"of another version":      {200, good, `{"version":2,"key":"KEY","outcome":"done"}`, targets.Unknown, identity.Unavailable},
		"no outcome":              {200, good, `{"version":1,"key":"KEY"}`, targets.Unknown, identity.Unavailable},
		"a page to sign in":       {200, html, "<html>", targets.Unknown, identity.Incomplete},
		"nothing":                 {204, good, "", targets.Unknown, identity.Incomplete},
		"a gateway's conflict":    {409, html, "<html>", targets.Refused, identity.Conflict},
		"a gateway's failure":     {502, html, "<html>", targets.Unknown, identity.Unavailable},
		"moved":                   {302, html, "", targets.Refused, identity.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			r := answered(t, c.status, c.kind, c.body)
			if r.Outcome != c.want || identity.KindOf(r.Err) != c.because {
				t.Errorf("%s (%s), %v", r.Outcome, identity.KindOf(r.Err), r.Err)
			}
		})
	}
}

// A program that is killed between sending and hearing finds out by the key, and what
// never arrived had no effect.
func TestLedgerAfterACrash(t *testing.T) {
	for name, c := range map[string]struct {
		fault sim.Fault
		want  int
	}{
		"it arrived":       {sim.Fault{Method: http.MethodPost, Times: 1, LoseReply: true}, 1},
		"it never arrived": {sim.Fault{Method: http.MethodPost, Times: 1, Cut: true}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := rig(t, loose(false), nil)
			r.Transport.Plant(c.fault)
			if got := one(t, r.target, give); got.Outcome != targets.Unknown {
				t.Fatalf("%+v", got)
			}
			if n := holds(t, r.target); n != c.want {
				t.Errorf("%d held, want %d", n, c.want)
			}
		})
	}
}

// Without its ledger nothing is known, which must not read as nothing is held.
func TestLedgerThatCannotBeRead(t *testing.T) {
	c := loose(false)
	c.URL, c.Secret, c.Ledger = "https://tools.example.com", secret.Value(canary), filepath.Join(t.TempDir(), "ledger.json")
	if err := os.WriteFile(c.Ledger, []byte(`{"version":1,"acc`), 0o600); err != nil {
		t.Fatal(err)
	}
	system := receiver.New(receiver.Options{Abilities: c.Abilities, NoState: true})
	server := httptest.NewServer(system)
	defer server.Close()
	c.URL = server.URL
	target, err := c.Open(targets.Env{Name: "t", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := targets.ReadState(t.Context(), target, targets.Query{}); !strings.Contains(fmt.Sprint(err), "known from this file alone") {
		t.Errorf("read: %v", err)
	}
	if r := one(t, target, give); r.Outcome != targets.Unreachable || len(system.Memory().Keys) != 0 {
		t.Errorf("sent without being on record: %+v", r)
	}
}

// A simulation reads no credential: there may be none yet.
func TestSimulationNeedsNoSecret(t *testing.T) {
	absent, err := secret.New("env:NOT_SET_ANYWHERE")
	if err != nil {
		t.Fatal(err)
	}
	c := loose(true)
	c.Simulate, c.Secret = true, absent
	c.Headers = append(c.Headers, struct {
		Name  string     `yaml:"name"`
		Value secret.Ref `yaml:"value"`
	}{"X-Gate", absent})
	target, err := c.Open(targets.Env{Name: "t", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if r := one(t, target, give); r.Outcome != targets.Done {
		t.Errorf("%+v", r)
	}
}

// A name, or an address, that leads to where clouds keep credentials gets no request.
func TestDeniedNetwork(t *testing.T) {
	c := loose(true)
	c.URL, c.Secret, c.Insecure, c.Timeout = "http://169.254.169.254/hooks", secret.Value(canary), true, 5*time.Second
	target, err := c.Open(targets.Env{Name: "t", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if r := one(t, target, give); r.Outcome != targets.Unreachable || !strings.Contains(r.Err.Error(), "no such system should be") {
		t.Errorf("%+v", r)
	}
}

// The check says what configuration and receiver do not agree about.
func TestProbe(t *testing.T) {
	r := rig(t, loose(true), func(o *receiver.Options) {
		o.Abilities.ImplicitAccounts, o.NoState = false, true
	})
	report, err := r.target.Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%+v", report)
	for _, want := range []string{"implicit_accounts: configured is true, the receiver says false", "lists nothing", "tools, protocol 1"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s lacks %q", text, want)
		}
	}
}

func TestValidate(t *testing.T) {
	literal := secret.Value("x")
	for want, c := range map[string]Config{
		"url is missing":                    {Secret: literal, State: true},
		"secret is missing":                 {State: true},
		"previous_secret: there is no":      {State: true, PreviousSecret: literal},
		"ledger is missing":                 {Secret: literal},
		"implicit_accounts: nobody can":     {Secret: literal, Ledger: "x"},
		"implicit_entitlements: nobody":     {Secret: literal, Ledger: "x"},
		"ledger: the receiver lists":        {Secret: literal, Ledger: "x", State: true},
		`actions[0]: "dance" is none`:       {Secret: literal, State: true, Abilities: handoff.Abilities{Actions: []string{"dance"}}},
		"kinds[0] is empty":                 {Secret: literal, State: true, Abilities: handoff.Abilities{Kinds: []string{""}}},
		"batch: 501":                        {Secret: literal, State: true, Batch: 501},
		"concurrency: a ledger":             {Secret: literal, Ledger: "x", Concurrency: 2},
		"headers[0]: a header needs a name": {Secret: literal, State: true, Headers: nil},
	} {
		if strings.HasPrefix(want, "headers") {
			c.Headers = append(c.Headers, struct {
				Name  string     `yaml:"name"`
				Value secret.Ref `yaml:"value"`
			}{"a b", literal})
		}
		if text := errors.Join(c.Validate()...); text == nil || !strings.Contains(text.Error(), want) {
			t.Errorf("want %q, got %v", want, text)
		}
	}
}
