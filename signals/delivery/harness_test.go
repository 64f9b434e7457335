package delivery

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"birthright/audit"
	"birthright/internal/ids"
	"birthright/internal/secret"
	"birthright/signals"
	"birthright/signals/signing"
	"birthright/store"
	"birthright/store/storetest"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const (
	issuer   = "https://hub.example.com"
	canary   = "canary-3f1c" // the receivers' token
	audience = "https://app.example.com"
)

// hub is a store with a clock of the test's own.
type hub struct {
	*testing.T
	file string
	db   *store.DB
	key  *signing.Key

	mu    sync.Mutex
	clock time.Time
}

func newHub(t *testing.T) *hub {
	t.Helper()
	data, err := signing.Make(signing.ES256)
	if err != nil {
		t.Fatal(err)
	}
	key, err := signing.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	h := &hub{T: t, file: storetest.SQLite(t), key: key, clock: noon}
	h.open()
	t.Cleanup(h.close)
	return h
}

func (h *hub) open() {
	h.Helper()
	db, err := store.Open(h.Context(), "sqlite:"+h.file, store.Options{Now: h.now, Migrate: true})
	if err != nil {
		h.Fatal(err)
	}
	h.db = db
}

func (h *hub) close() {
	if err := h.db.Close(); err != nil {
		h.Error(err)
	}
}

func (h *hub) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clock
}

func (h *hub) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(d)
}

func (h *hub) transmitter(receivers ...Receiver) *Transmitter {
	return New(Options{
		Store: h.db, Key: h.key, Issuer: issuer, PublicURL: issuer, Receivers: receivers, Now: h.now, NewID: ids.New,
		Log: slog.New(slog.DiscardHandler),
	})
}

// owe notes one event of each of these people for a receiver.
func (h *hub) owe(receiver string, people ...string) {
	h.Helper()
	err := h.db.Update(h.Context(), func(tx *store.Tx) error {
		var rows []store.SignalRow
		for _, name := range people {
			change := signals.Change{To: signals.Disabled, Person: signals.Person{ID: name, UserName: name}, At: tx.Now(), Txn: "txn-" + name}
			told, err := change.Signals([]signals.Receiver{{Name: receiver, Events: []signals.Event{signals.SessionRevoked}, Subject: signals.Subject{Format: "opaque"}}})
			if err != nil {
				return err
			}
			for _, s := range told {
				rows = append(rows, store.SignalRow{Receiver: s.Receiver, Event: string(s.Event), UserName: s.UserName, Data: string(s.Payload)})
			}
		}
		return tx.AddSignals(h.Context(), rows)
	})
	if err != nil {
		h.Fatal(err)
	}
}

// owed returns what is owed, refused or not.
func (h *hub) owed() (rows []store.SignalRow) {
	h.Helper()
	err := h.db.View(h.Context(), func(tx *store.Tx) (err error) {
		rows, err = tx.Signals(h.Context(), store.SignalFilter{})
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return rows
}

// log lists the events of the audit log.
func (h *hub) log() (events []string) {
	h.Helper()
	err := h.db.View(h.Context(), func(tx *store.Tx) error {
		return tx.EachAudit(h.Context(), store.AuditQuery{}, func(r audit.Record) error {
			events = append(events, r.Actor+" "+r.Action+" "+r.Subject)
			return nil
		})
	})
	if err != nil {
		h.Fatal(err)
	}
	return events
}

// app is a receiver over HTTP. It checks what it gets as RFC 8935 and the hub's
// published key want it, and answers as the test says.
type app struct {
	t      testing.TB
	server *httptest.Server
	keys   string // where the hub publishes its key
	// stopped is closed at the end of the test.
	stopped chan struct{}

	mu     sync.Mutex
	answer func(sub string, w http.ResponseWriter) // nil: 202
	got    []string                                // of whom it was told, in order
	jtis   map[string]string                       // by whom
}

// newApp starts a receiver; the hub's own endpoints are served for it.
func newApp(h *hub) *app {
	mux := http.NewServeMux()
	h.transmitter().Mount(mux)
	published := httptest.NewServer(mux)
	h.Cleanup(published.Close)
	a := &app{t: h.T, keys: published.URL + "/signals/jwks.json", jtis: map[string]string{}, stopped: make(chan struct{})}
	a.server = httptest.NewServer(a)
	h.Cleanup(a.server.Close)
	h.Cleanup(func() { close(a.stopped) })
	return a
}

// hang is an answer that does not come before the end of the test.
func (a *app) hang(string, http.ResponseWriter) { <-a.stopped }

// receiver is the app as the hub has it configured.
func (a *app) receiver(h *hub) Receiver { return receiverAt(h, a.server.URL+"/events/") }

func receiverAt(h *hub, url string) Receiver {
	h.Helper()
	e, err := NewEndpoint(EndpointSettings{URL: url, Token: secret.Value(canary), Now: h.now, Timeout: 2 * time.Second})
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() { _ = e.Close() })
	return Receiver{Name: "app", Audience: audience, Endpoint: e}
}

func (a *app) answers(how func(sub string, w http.ResponseWriter)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer = how
}

func (a *app) told() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string(nil), a.got...)
}

func (a *app) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	sub, jti, err := a.check(q)
	if err != nil {
		a.t.Errorf("a bad push: %v", err)
		w.WriteHeader(http.StatusTeapot)
		return
	}
	a.mu.Lock()
	if known := a.jtis[sub]; known != "" && known != jti {
		a.t.Errorf("%s was told as %s and as %s", sub, known, jti)
	}
	a.jtis[sub] = jti
	a.got = append(a.got, sub)
	answer := a.answer
	a.mu.Unlock()
	if answer == nil {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	answer(sub, w)
}

// check verifies a request as a receiver must, and returns of whom it tells.
func (a *app) check(q *http.Request) (sub, jti string, err error) {
	for name, want := range map[string]string{
		"Content-Type": "application/secevent+jwt", "Accept": "application/json", "Authorization": "Bearer " + canary,
	} {
		if got := q.Header.Get(name); got != want {
			return "", "", fmt.Errorf("%s %q, want %q", name, got, want)
		}
	}
	if q.Method != http.MethodPost || q.URL.Path != "/events/" {
		return "", "", fmt.Errorf("%s %s", q.Method, q.URL.Path)
	}
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return "", "", err
	}
	return checkToken(q.Context(), a.keys, string(body))
}

// checkToken is a receiver's check of a token, written against the RFCs with the
// standard library alone.
func checkToken(ctx context.Context, keys, token string) (sub, jti string, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", "", errors.New("not a compact JWS: " + token)
	}
	var header struct{ Alg, Typ, Kid string }
	var claims map[string]any
	if err := errors.Join(decode(parts[0], &header), decode(parts[1], &claims)); err != nil {
		return "", "", err
	}
	if header.Alg != "ES256" || header.Typ != "secevent+jwt" {
		return "", "", fmt.Errorf("header %+v", header)
	}
	public, err := fetchKey(ctx, keys, header.Kid)
	if err != nil {
		return "", "", err
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(signature) != 64 {
		return "", "", fmt.Errorf("signature of %d bytes: %w", len(signature), err)
	}
	hash := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(public, hash[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		return "", "", errors.New("the signature does not fit the published key")
	}
	subject, _ := claims["sub_id"].(map[string]any)
	events, _ := claims["events"].(map[string]any)
	sub, _ = subject["id"].(string)
	jti, _ = claims["jti"].(string)
	iat, _ := claims["iat"].(float64)
	switch {
	case claims["iss"] != issuer || claims["aud"] != audience || claims["sub"] != nil || claims["exp"] != nil:
		return "", "", fmt.Errorf("claims %v", claims)
	case claims["iat"] != claims["toe"] || !(iat >= float64(noon.Unix()) && iat < float64(noon.Add(time.Hour).Unix())):
		return "", "", fmt.Errorf("times %v, %v", claims["iat"], claims["toe"])
	case len(events) != 1 || sub == "" || jti == "" || claims["txn"] == "":
		return "", "", fmt.Errorf("claims %v", claims)
	}
	return sub, jti, nil
}

func decode(part string, into any) error {
	data, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

// fetchKey reads the hub's published key as a receiver does.
func fetchKey(ctx context.Context, url, kid string) (*ecdsa.PublicKey, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var set struct {
		Keys []struct{ Kid, Crv, X, Y string }
	}
	if err := json.NewDecoder(answer.Body).Decode(&set); err != nil {
		return nil, err
	}
	for _, k := range set.Keys {
		if k.Kid != kid || k.Crv != "P-256" {
			continue
		}
		x, errX := base64.RawURLEncoding.DecodeString(k.X)
		y, errY := base64.RawURLEncoding.DecodeString(k.Y)
		if err := errors.Join(errX, errY); err != nil {
			return nil, err
		}
		return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	}
	return nil, fmt.Errorf("no key %q among %+v", kid, set)
}
