package delivery

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/store"
	"birthright/tokens"
)

// polled is a hub with the receiver siem, served over HTTP.
type polled struct {
	*hub
	t     *Transmitter
	url   string
	token string
}

func newPolled(t *testing.T, long time.Duration) *polled {
	t.Helper()
	h := newHub(t)
	tr := h.transmitter(Receiver{Name: "siem", Audience: audience}, receiverAt(h, "http://127.0.0.1:1"))
	tr.LongPoll = long
	mux := http.NewServeMux()
	tr.Mount(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p := &polled{hub: h, t: tr, url: server.URL}
	p.token = p.issue("siem", tokens.ScopeSignals, time.Hour)
	return p
}

// issue makes a token of the hub.
func (p *polled) issue(name, scope string, ttl time.Duration) string {
	p.Helper()
	plain, token, err := tokens.New(rand.Reader, name, scope, p.now(), ttl)
	if err != nil {
		p.Fatal(err)
	}
	if err := p.db.Update(p.Context(), func(tx *store.Tx) error { return tx.SaveToken(p.Context(), store.TokenRow(token)) }); err != nil {
		p.Fatal(err)
	}
	return plain
}

type answer struct {
	status      int
	header      http.Header
	people      []string // of whom the events tell, in the order of the identifiers
	jtis        []string
	More        bool `json:"moreAvailable"`
	Sets        map[string]string
	Err         string
	Description string
}

// send polls as any client does.
func (p *polled) send(ctx context.Context, path, authorization, body string) answer {
	p.Helper()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+path, bytes.NewReader([]byte(body)))
	if err != nil {
		p.Error(err)
		return answer{}
	}
	q.Header.Set("Content-Type", "application/json")
	if authorization != "" {
		q.Header.Set("Authorization", authorization)
	}
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		p.Error(err)
		return answer{}
	}
	defer resp.Body.Close()
	a := answer{status: resp.StatusCode, header: resp.Header}
	if resp.Header.Get("Content-Type") == "application/json" {
		if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
			p.Error(err)
		}
	}
	for jti := range a.Sets {
		a.jtis = append(a.jtis, jti)
	}
	slices.Sort(a.jtis)
	for _, jti := range a.jtis {
		sub, said, err := checkToken(ctx, p.url+"/signals/jwks.json", a.Sets[jti])
		if err != nil || said != jti {
			p.Errorf("a bad token under %s: jti %s, %v", jti, said, err)
		}
		a.people = append(a.people, sub)
	}
	return a
}

// poll is send by the receiver, which must succeed.
func (p *polled) poll(body string) answer {
	p.Helper()
	a := p.send(p.Context(), "/signals/poll/siem", "Bearer "+p.token, body)
	if a.status != http.StatusOK {
		p.Fatalf("poll %s: %d %s %s", body, a.status, a.Err, a.Description)
	}
	return a
}

func ack(jtis ...string) string {
	text, _ := json.Marshal(map[string]any{"ack": jtis, "returnImmediately": true})
	return string(text)
}

func TestPolledUntilAcknowledged(t *testing.T) {
	p := newPolled(t, time.Hour)
	p.owe("siem", "ada", "bob", "cyd")
	p.owe("app", "dee")
	first := p.poll(`{"maxEvents":2}`)
	if diff := cmp.Diff([]string{"ada", "bob"}, first.people); diff != "" || !first.More {
		t.Errorf("first poll, more %v: %s", first.More, diff)
	}
	again := p.poll(`{"maxEvents":2, "returnImmediately": true}`)
	if diff := cmp.Diff(first.jtis, again.jtis); diff != "" {
		t.Errorf("without an acknowledgement: %s", diff)
	}
	if rows := p.owed(); rows[0].Attempts != 2 || rows[2].Attempts != 0 {
		t.Errorf("attempts: %+v", rows)
	}
	rest := p.poll(ack(first.jtis[0], "nonsense"))
	if diff := cmp.Diff([]string{"bob", "cyd"}, rest.people); diff != "" || rest.More {
		t.Errorf("after one acknowledgement, more %v: %s", rest.More, diff)
	}
	if a := p.poll(`{"maxEvents":0,"ack":["` + strings.Join(rest.jtis, `","`) + `"]}`); len(a.Sets) != 0 || a.Sets == nil {
		t.Errorf("only acknowledged: %+v", a)
	}
	if a := p.poll(`{"returnImmediately":true}`); len(a.Sets) != 0 || a.More {
		t.Errorf("nothing is left: %+v", a)
	}
	// The other receiver's is not this one's to acknowledge.
	p.poll(ack(p.owed()[0].ID))
	if rows := p.owed(); len(rows) != 1 || rows[0].UserName != "dee" {
		t.Errorf("owed: %+v", rows)
	}
	want := []string{"receiver:siem signal.sent user:ada", "receiver:siem signal.sent user:bob", "receiver:siem signal.sent user:cyd"}
	if diff := cmp.Diff(want, p.log()); diff != "" {
		t.Error(diff)
	}
}

func TestPolledAndRefused(t *testing.T) {
	p := newPolled(t, time.Hour)
	p.owe("siem", "ada", "bob")
	first := p.poll("")
	setErrs := `{"returnImmediately":true,"setErrs":{"` + first.jtis[0] + `":{"err":"invalid_audience","description":"who?"},"nonsense":{"err":"x"}}}`
	for range 2 { // the second time says nothing new
		if a := p.poll(setErrs); !slices.Equal(a.people, []string{"bob"}) {
			t.Errorf("after a refusal: %+v", a)
		}
	}
	rows := p.owed()
	if len(rows) != 2 || rows[0].RefusedAt.IsZero() || rows[0].LastError != "invalid_audience: who?" {
		t.Errorf("owed: %+v", rows)
	}
	if diff := cmp.Diff([]string{"receiver:siem signal.refused user:ada"}, p.log()); diff != "" {
		t.Error(diff)
	}
}

// Whoever waits hears at once, also of what another process noted, and is
// answered in the end.
func TestLongPoll(t *testing.T) {
	p := newPolled(t, 20*time.Second)
	answered := make(chan answer, 1)
	wait := func() {
		go func() {
			answered <- p.send(context.WithoutCancel(p.Context()), "/signals/poll/siem", "Bearer "+p.token, "{}")
		}()
	}
	wait()
	p.owe("siem", "ada")
	p.t.Bell.Ring()
	a := <-answered
	if diff := cmp.Diff([]string{"ada"}, a.people); diff != "" {
		t.Error(diff)
	}
	p.poll(ack(a.jtis...))
	wait()
	p.owe("siem", "bob") // by a process that has no bell here
	if a := <-answered; !slices.Equal(a.people, []string{"bob"}) {
		t.Errorf("%+v", a)
	}
	p.poll(ack(p.owed()[0].ID))
	wait()
	p.t.EndPolls()
	p.t.EndPolls()
	if a := <-answered; a.status != http.StatusOK || len(a.Sets) != 0 {
		t.Errorf("when the hub stops: %+v", a)
	}
}

func TestLongPollIsBounded(t *testing.T) {
	p := newPolled(t, 30*time.Millisecond)
	if a := p.poll(`{"returnImmediately":false}`); len(a.Sets) != 0 || a.More {
		t.Errorf("%+v", a)
	}
}

// A client that opens more and more requests is told to wait.
func TestTooManyWait(t *testing.T) {
	p := newPolled(t, time.Hour)
	for range waitingPolls {
		p.t.polls["siem"] <- struct{}{}
	}
	a := p.send(t.Context(), "/signals/poll/siem", "Bearer "+p.token, "{}")
	if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" {
		t.Errorf("%+v", a)
	}
	p.owe("siem", "ada")
	if a := p.poll("{}"); len(a.people) != 1 {
		t.Errorf("what is there is given all the same: %+v", a)
	}
}

func TestPollDoor(t *testing.T) {
	p := newPolled(t, time.Hour)
	p.owe("siem", "ada")
	expired := p.issue("siem", tokens.ScopeSignals, time.Nanosecond)
	p.pass(time.Second)
	for name, c := range map[string]struct {
		path, authorization, body string
		status                    int
		err, challenge            string
	}{
		"no token":           {"siem", "", "{}", 401, "authentication_failed", `Bearer realm="signals"`},
		"no bearer":          {"siem", "Basic YTpi", "{}", 401, "authentication_failed", "invalid_token"},
		"nonsense":           {"siem", "Bearer x", "{}", 401, "authentication_failed", "invalid_token"},
		"unknown":            {"siem", "Bearer br_0123456789abcdef_" + strings.Repeat("a", 43), "{}", 401, "authentication_failed", "invalid_token"},
		"expired":            {"siem", "Bearer " + expired, "{}", 401, "authentication_failed", "invalid_token"},
		"a source's":         {"siem", "Bearer " + p.issue("siem", tokens.ScopeSCIM, 0), "{}", 403, "access_denied", "insufficient_scope"},
		"another receiver's": {"siem", "Bearer " + p.issue("app", tokens.ScopeSignals, 0), "{}", 403, "access_denied", "insufficient_scope"},
		"one who is pushed":  {"app", "Bearer " + p.issue("app", tokens.ScopeSignals, 0), "{}", 403, "access_denied", "insufficient_scope"},
		"unknown receiver":   {"nobody", "Bearer " + p.issue("nobody", tokens.ScopeSignals, 0), "{}", 403, "access_denied", "insufficient_scope"},
		"no JSON":            {"siem", "Bearer " + p.token, "{", 400, "invalid_request", ""},
		"wrong types":        {"siem", "Bearer " + p.token, `{"ack":"x"}`, 400, "invalid_request", ""},
		"negative":           {"siem", "Bearer " + p.token, `{"maxEvents":-1}`, 400, "invalid_request", ""},
		"too large":          {"siem", "Bearer " + p.token, `{"ack":["` + strings.Repeat("x", mostRequest) + `"]}`, 400, "invalid_request", ""},
		"unknown members":    {"siem", "Bearer " + p.token, `{"more":1}`, 200, "", ""},
	} {
		a := p.send(t.Context(), "/signals/poll/"+c.path, c.authorization, c.body)
		if a.status != c.status || a.Err != c.err || !strings.Contains(a.header.Get("WWW-Authenticate"), c.challenge) || (a.Description == "") != (c.err == "") {
			t.Errorf("%s: %d %q %q %q", name, a.status, a.Err, a.Description, a.header.Get("WWW-Authenticate"))
		}
	}
	used := false
	err := p.db.View(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.Tokens(t.Context(), "siem")
		used = slices.ContainsFunc(rows, func(r store.TokenRow) bool { return !r.LastUsed.IsZero() })
		return err
	})
	if err != nil || !used {
		t.Errorf("no token was noted as used: %v", err)
	}
}

func TestOffer(t *testing.T) {
	p := newPolled(t, time.Hour)
	id, err := p.t.Offer(t.Context(), p.t.Receivers[0], "operator:ada")
	if err != nil {
		t.Fatal(err)
	}
	a := p.poll("{}")
	if diff := cmp.Diff([]string{id}, a.jtis); diff != "" {
		t.Error(diff)
	}
	p.poll(ack(id))
	if diff := cmp.Diff([]string{"operator:ada signal.tested receiver:siem", "receiver:siem signal.sent receiver:siem"}, p.log()); diff != "" {
		t.Error(diff)
	}
}

func TestMetadata(t *testing.T) {
	for _, c := range []struct {
		issuer, path string
		status       int
	}{
		{"https://hub.example.com", "", 200},
		{"https://hub.example.com/", "", 200},
		{"https://hub.example.com", "/tenant", 404},
		{"https://hub.example.com/tenant/1", "/tenant/1", 200},
		{"https://hub.example.com/tenant/1", "", 404},
	} {
		h := newHub(t)
		tr := h.transmitter()
		tr.Issuer = c.issuer
		mux := http.NewServeMux()
		tr.Mount(mux)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/.well-known/ssf-configuration"+c.path, nil))
		if w.Code != c.status {
			t.Errorf("%s, %q: %d, want %d", c.issuer, c.path, w.Code, c.status)
			continue
		}
		if c.status != http.StatusOK {
			continue
		}
		var got map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		want := map[string]any{
			"spec_version": "1_0", "issuer": c.issuer, "jwks_uri": issuer + "/signals/jwks.json", "default_subjects": "ALL",
			"delivery_methods_supported": []any{"urn:ietf:rfc:8935", "urn:ietf:rfc:8936"},
			"authorization_schemes":      []any{map[string]any{"spec_urn": "urn:ietf:rfc:6750"}},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}
