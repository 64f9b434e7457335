package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const signalsConfiguration = `server: {listen: "127.0.0.1:0"}
database: {url: "sqlite:hub.db"}
sources: [{name: okta, kind: scim}]
signals:
  issuer: "https://hub.example.test"
  receivers:
    - {name: app, delivery: push, url: %q, token: "env:E2E_RECEIVER", audience: "https://app.example.test"}
    - {name: siem, delivery: poll, audience: siem, events: [session-revoked, account-purged], subject: {format: iss_sub}}
`

// listener is an application that takes pushed security events.
type listener struct {
	t      *testing.T
	server *httptest.Server
	keys   func() string // where the hub publishes its key

	mu     sync.Mutex
	away   bool
	claims []map[string]any
	seen   map[string]bool // by jti
}

func newListener(t *testing.T) *listener {
	l := &listener{t: t, seen: map[string]bool{}}
	l.server = httptest.NewServer(l)
	t.Cleanup(l.server.Close)
	return l
}

func (l *listener) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.away {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	body, err := io.ReadAll(q.Body)
	var claims map[string]any
	if err == nil {
		claims, err = verified(l.keys(), string(body))
	}
	jti, _ := claims["jti"].(string)
	switch {
	case err != nil:
	case q.Header.Get("Authorization") != "Bearer e2e-receiver" || q.Header.Get("Content-Type") != "application/secevent+jwt":
		err = fmt.Errorf("headers %v", q.Header)
	case claims["iss"] != "https://hub.example.test" || claims["aud"] != "https://app.example.test":
		err = fmt.Errorf("claims %v", claims)
	case l.seen[jti]:
		err = fmt.Errorf("%s came twice", jti)
	}
	if err != nil {
		l.t.Errorf("a bad push: %v", err)
	}
	l.seen[jti] = true
	l.claims = append(l.claims, claims)
	w.WriteHeader(http.StatusAccepted)
}

func (l *listener) goAway(away bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away = away
}

// heard waits for so many events and returns them as "event subject", in order.
func (l *listener) heard(n int, within time.Duration) (events []string, took time.Duration) {
	l.t.Helper()
	took = eventually(l.t, within, func() string {
		l.mu.Lock()
		defer l.mu.Unlock()
		if len(l.claims) < n {
			return fmt.Sprintf("%d events of %d", len(l.claims), n)
		}
		return ""
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.claims {
		events = append(events, described(c))
	}
	l.claims = nil
	return events, took
}

// described is a token in a few words.
func described(claims map[string]any) string {
	subject, _ := claims["sub_id"].(map[string]any)
	events, _ := claims["events"].(map[string]any)
	var names []string
	for uri := range events {
		names = append(names, uri)
	}
	for _, name := range []string{"email", "sub", "uri", "id"} {
		if v, ok := subject[name].(string); ok {
			return strings.Join(names, " ") + " " + v
		}
	}
	return strings.Join(names, " ")
}

// verified checks a token's signature against the published keys, as a receiver
// that shares no code with the hub does, and returns its claims.
func verified(keys, token string) (claims map[string]any, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("no token: %q", token)
	}
	raw := func(text string) []byte {
		data, fault := base64.RawURLEncoding.DecodeString(text)
		err = errors.Join(err, fault)
		return data
	}
	var header struct{ Alg, Typ, Kid string }
	err = errors.Join(json.Unmarshal(raw(parts[0]), &header), json.Unmarshal(raw(parts[1]), &claims), err)
	if err != nil || header.Alg != "ES256" || header.Typ != "secevent+jwt" {
		return nil, fmt.Errorf("header %+v: %w", header, err)
	}
	answer, err := http.Get(keys)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var set struct{ Keys []struct{ Kid, X, Y string } }
	if err := json.NewDecoder(answer.Body).Decode(&set); err != nil {
		return nil, err
	}
	for _, k := range set.Keys {
		if k.Kid != header.Kid {
			continue
		}
		public, fault := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, raw(k.X), raw(k.Y)))
		signature := raw(parts[2])
		if err := errors.Join(err, fault); err != nil || len(signature) != 64 {
			return nil, fmt.Errorf("signature of %d bytes: %w", len(signature), err)
		}
		hash := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
		if ecdsa.Verify(public, hash[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
			return claims, nil
		}
	}
	return nil, fmt.Errorf("no published key fits %s", header.Kid)
}

// TestSignals has an identity provider deactivate and delete somebody: an
// application that is pushed to hears within seconds, also after it was away while
// the hub was killed, and a log collector fetches the same.
func TestSignals(t *testing.T) {
	t.Parallel()
	app := newListener(t)
	h := &hub{dir: t.TempDir(), env: []string{"E2E_RECEIVER=e2e-receiver"}}
	h.write(t, "birthright.yaml", fmt.Sprintf(signalsConfiguration, app.server.URL+"/events"))
	token := h.token(t)
	var siem struct{ Token, Receiver, Source string }
	h.mustJSON(t, exitDone, "token create --receiver siem", &siem)
	if siem.Receiver != "siem" || siem.Source != "" {
		t.Fatalf("token create: %+v", siem)
	}
	s := h.serve(t)
	app.keys = func() string { return s.url + "/signals/jwks.json" }
	patch := func(id string, active bool) {
		t.Helper()
		status, answer := send(t, http.MethodPatch, s.url+"/scim/v2/Users/"+id, token, object{
			"schemas":    []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
			"Operations": []object{{"op": "replace", "path": "active", "value": active}},
		})
		if status != http.StatusOK {
			t.Fatalf("patch: %d %v", status, answer)
		}
	}
	const (
		caep = "https://schemas.openid.net/secevent/caep/event-type/"
		risc = "https://schemas.openid.net/secevent/risc/event-type/"
		prov = "urn:ietf:params:scim:event:prov:"
	)
	ada := s.mustPush(t, token, invented(0))
	mail, path := invented(0).mail, "/Users/"+ada

	// Deactivated: told in seconds.
	patch(ada, false)
	events, took := app.heard(3, 10*time.Second)
	same := []string{caep + "session-revoked " + mail, risc + "account-disabled " + mail, prov + "deactivate " + path}
	if diff := cmp.Diff(same, events); diff != "" {
		t.Errorf("after the deactivation (-want +got):\n%s", diff)
	}
	t.Logf("heard of the deactivation after %v", took)

	// Deleted while the application is away and the hub is killed: told later.
	app.goAway(true)
	if status, _ := send(t, http.MethodDelete, s.url+"/scim/v2/Users/"+ada, token, nil); status != http.StatusNoContent {
		t.Fatalf("delete: %d", status)
	}
	var owed []struct {
		ID, Receiver, Event, User, State string
		LastError                        string `json:"last_error"`
	}
	eventually(t, 10*time.Second, func() string {
		h.mustJSON(t, exitDone, "signal list --receiver app", &owed)
		if len(owed) != 2 || owed[0].State != "waiting" || !strings.Contains(owed[0].LastError, "503") || owed[0].User != invented(0).uid {
			return fmt.Sprintf("signal list: %+v", owed)
		}
		return ""
	})
	if got := s.metric(t, `birthright_signals_owed{receiver="app"}`); got != "2" {
		t.Errorf("/metrics: %q owed", got)
	}
	if doctor := h.must(t, exitFailed, "doctor"); !strings.Contains(doctor.stdout, "receiver app: owed") || strings.Contains(doctor.stdout, "ok       receiver app: owed") {
		t.Errorf("doctor says\n%s", doctor.stdout)
	}
	s.kill()
	app.goAway(false)
	s = h.serve(t)
	events, _ = app.heard(2, 15*time.Second)
	if diff := cmp.Diff([]string{risc + "account-purged " + mail, prov + "delete " + path}, events); diff != "" {
		t.Errorf("after the deletion (-want +got):\n%s", diff)
	}

	// The collector fetches what it takes, again until it says that it has it.
	poll := func(body object) (told, jtis []string) {
		t.Helper()
		status, answer := send(t, http.MethodPost, s.url+"/signals/poll/siem", siem.Token, body)
		sets, _ := answer["sets"].(map[string]any)
		if status != http.StatusOK || answer["moreAvailable"] != false {
			t.Fatalf("poll: %d %v", status, answer)
		}
		for jti, set := range sets {
			claims, err := verified(s.url+"/signals/jwks.json", set.(string))
			if err != nil || claims["jti"] != jti || claims["aud"] != "siem" {
				t.Errorf("polled %v: %v", claims, err)
			}
			told, jtis = append(told, described(claims)), append(jtis, jti)
		}
		slices.Sort(told)
		return told, jtis
	}
	want := []string{caep + "session-revoked " + invented(0).uid, risc + "account-purged " + invented(0).uid}
	for range 2 {
		told, _ := poll(object{})
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("polled (-want +got):\n%s", diff)
		}
	}
	_, jtis := poll(object{"returnImmediately": true})
	if told, _ := poll(object{"ack": jtis, "returnImmediately": true}); len(told) != 0 {
		t.Errorf("acknowledged, and still owed: %q", told)
	}
	if status, _ := send(t, http.MethodPost, s.url+"/signals/poll/siem", token, object{}); status != http.StatusForbidden {
		t.Errorf("a source's token polls: %d", status)
	}

	// By hand: a test of each way, and nothing is left.
	var verdict struct {
		Accepted bool
		Error    string
	}
	h.mustJSON(t, exitDone, "signal test app", &verdict)
	if tested, _ := app.heard(1, time.Second); !verdict.Accepted || tested[0] != "https://schemas.openid.net/secevent/ssf/event-type/verification app" {
		t.Errorf("%+v, %q", verdict, tested)
	}
	app.goAway(true)
	h.mustJSON(t, exitFailed, "signal test app", &verdict)
	if verdict.Accepted || !strings.Contains(verdict.Error, "503") {
		t.Errorf("%+v", verdict)
	}
	h.mustJSON(t, exitFailed, "signal test siem --wait 1ms", &verdict)
	h.mustJSON(t, exitDone, "signal list", &owed)
	if len(owed) != 0 {
		t.Errorf("owed: %+v", owed)
	}
	s.stop(t)
	h.must(t, exitDone, "audit verify")
	if log := h.must(t, exitDone, "audit list --action signal.sent"); strings.Count(log.stdout, "signal.sent") != 7 {
		t.Errorf("the log:\n%s", log.stdout)
	}
}
