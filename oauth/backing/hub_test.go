package backing_test

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"birthright/audit"
	"birthright/intake"
	"birthright/internal/pgtest"
	"birthright/oauth"
	"birthright/oauth/backing"
	"birthright/scim"
	scimbacking "birthright/scim/backing"
	"birthright/store"
	"birthright/store/storetest"
	"birthright/tokens"
)

var postgres = pgtest.New(func(ctx context.Context, url string) error {
	_, err := store.Migrate(ctx, url, store.Options{})
	return err
})

func TestMain(m *testing.M) {
	code := m.Run()
	postgres.Stop()
	os.Exit(code)
}

// hub is the token endpoint and the front door beside it, on a database of its
// own and a clock of the test's.
type hub struct {
	t      *testing.T
	db     *store.DB
	server *httptest.Server
	passed atomic.Int64 // since noon
}

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func (h *hub) now() time.Time       { return noon.Add(time.Duration(h.passed.Load())) }
func (h *hub) pass(d time.Duration) { h.passed.Add(int64(d)) }

// onEach runs a test on both databases.
func onEach(t *testing.T, test func(t *testing.T, h *hub)) {
	t.Run("sqlite", func(t *testing.T) {
		test(t, start(t, "sqlite:"+storetest.SQLite(t)))
	})
	t.Run("postgres", func(t *testing.T) { test(t, start(t, postgres.URL(t))) })
}

func start(t *testing.T, url string) *hub {
	t.Helper()
	h := &hub{t: t}
	db, err := store.Open(t.Context(), url, store.Options{Migrate: true, Now: h.now})
	if err != nil {
		t.Fatal(err)
	}
	h.db = db
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	source, _ := scim.NewSource("entra", "", nil)
	behind := scimbacking.New(db, intake.New(db, intake.Options{Correlate: [][]string{{"email"}}, Sources: []string{"entra"}, Now: h.now}))
	mux := http.NewServeMux()
	h.server = httptest.NewServer(mux)
	t.Cleanup(h.server.Close)
	door := scim.New(scim.Options{Directory: behind, Intake: behind, Tokens: behind, Sources: []*scim.Source{source}, Now: h.now})
	desk, err := oauth.New(oauth.Options{Clients: backing.New(db), Sources: []string{"entra"}, PublicURL: h.server.URL, Now: h.now})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle(scim.Prefix+"/", door)
	mux.Handle(oauth.TokenPath, desk)
	mux.Handle(oauth.MetadataPath, desk)
	return h
}

func (h *hub) update(fn func(ctx context.Context, tx *store.Tx) error) {
	h.t.Helper()
	if err := h.db.Update(h.t.Context(), func(tx *store.Tx) error { return fn(h.t.Context(), tx) }); err != nil {
		h.t.Fatal(err)
	}
}

// client makes a client with a secret.
func (h *hub) client() (id, secret string) {
	h.t.Helper()
	secret, c, err := tokens.NewClient(rand.Reader, "entra", tokens.ScopeSCIM, h.now(), 0)
	if err != nil {
		h.t.Fatal(err)
	}
	h.save(c)
	return c.ID, secret
}

func (h *hub) save(c tokens.Client) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *store.Tx) error { return tx.SaveClient(ctx, store.ClientRow(c)) })
}

func (h *hub) revoke(id string) error {
	return h.db.Update(h.t.Context(), func(tx *store.Tx) error {
		return tx.RevokeClient(h.t.Context(), id, audit.Event{Actor: "operator:test", Action: "client.revoked", Subject: "source:entra"})
	})
}

// kept returns what is kept of a client and of its tokens.
func (h *hub) kept(id string) (c store.ClientRow, issued []store.TokenRow) {
	h.t.Helper()
	err := h.db.View(h.t.Context(), func(tx *store.Tx) (err error) {
		if c, err = tx.ClientByID(h.t.Context(), id); err != nil {
			return err
		}
		all, err := tx.Tokens(h.t.Context(), "")
		for _, t := range all {
			if t.Client == id {
				issued = append(issued, t)
			}
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return c, issued
}

// users asks the front door with a token, and returns the status.
func (h *hub) users(token string) int {
	r, err := http.NewRequest(http.MethodGet, h.server.URL+scim.Prefix+"/Users", nil)
	if err != nil {
		h.t.Error(err)
		return 0
	}
	r.Header.Set("Authorization", "Bearer "+token)
	response, err := h.server.Client().Do(r)
	if err != nil {
		h.t.Error(err)
		return 0
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body) // so that the connection can be used again
	return response.StatusCode
}
