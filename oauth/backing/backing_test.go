package backing_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"birthright/identity"
	"birthright/oauth"
	"birthright/oauth/backing"
	"birthright/store"
	"birthright/tokens"
)

// other is a client by other people.
func (h *hub) other(id, secret string, style oauth2.AuthStyle) *clientcredentials.Config {
	return &clientcredentials.Config{ClientID: id, ClientSecret: secret, TokenURL: h.server.URL + oauth.TokenPath, Scopes: []string{"scim"}, AuthStyle: style}
}

func TestAnotherClientGetsIn(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		id, secret := h.client()
		for _, style := range []oauth2.AuthStyle{oauth2.AuthStyleInHeader, oauth2.AuthStyleInParams, oauth2.AuthStyleAutoDetect} {
			config := h.other(id, secret, style)
			token, err := config.Token(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if left := time.Until(token.Expiry); token.Type() != "Bearer" || token.ExpiresIn > 3600 || left < 59*time.Minute || left > time.Hour {
				t.Errorf("style %d: %+v", style, token)
			}
			response, err := config.Client(t.Context()).Get(h.server.URL + "/scim/v2/Users")
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if response.StatusCode != http.StatusOK {
				t.Errorf("style %d: %s", style, response.Status)
			}
			var refused *oauth2.RetrieveError
			if _, err := h.other(id, secret+"x", style).Token(t.Context()); !errors.As(err, &refused) || refused.ErrorCode != "invalid_client" || refused.Response.StatusCode != 401 {
				t.Errorf("style %d, wrong secret: %v", style, err)
			}
		}
	})
}

func TestUseIsNotedOnceAMinute(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		id, secret := h.client()
		config := h.other(id, secret, oauth2.AuthStyleInHeader)
		for _, step := range []struct{ pass, want time.Duration }{{0, 0}, {30 * time.Second, 0}, {30 * time.Second, time.Minute}, {time.Hour, 61 * time.Minute}} {
			h.pass(step.pass)
			if _, err := config.Token(t.Context()); err != nil {
				t.Fatal(err)
			}
			if c, _ := h.kept(id); !c.LastUsed.Equal(noon.Add(step.want)) {
				t.Errorf("at %v: last used at %v, want %v", h.now(), c.LastUsed, noon.Add(step.want))
			}
		}
	})
}

func TestExpiredTokensGo(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		id, secret := h.client()
		_, byHand, err := tokens.New(rand.Reader, "entra", tokens.ScopeSCIM, noon, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		h.update(func(ctx context.Context, tx *store.Tx) error { return tx.SaveToken(ctx, store.TokenRow(byHand)) })
		token, err := h.other(id, secret, oauth2.AuthStyleInHeader).Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		h.pass(time.Hour - 1)
		if got := h.users(token.AccessToken); got != 200 {
			t.Errorf("before its end: %d", got)
		}
		h.pass(1)
		if got := h.users(token.AccessToken); got != 401 {
			t.Errorf("at its end: %d", got)
		}
		other, otherSecret := h.client()
		if _, err := h.other(other, otherSecret, oauth2.AuthStyleInHeader).Token(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, issued := h.kept(id); len(issued) > 0 {
			t.Errorf("still kept: %+v", issued)
		}
		if _, err := backing.New(h.db).Client(t.Context(), "none"); identity.KindOf(err) != identity.NotFound {
			t.Errorf("unknown client: %v", err)
		}
		h.update(func(ctx context.Context, tx *store.Tx) error { _, err := tx.TokenByID(ctx, byHand.ID); return err })
	})
}

// However often a client asks, what is kept of it is bounded, and the newest
// tokens are good.
func TestTokensDoNotPileUp(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		id, secret := h.client()
		h.update(func(ctx context.Context, tx *store.Tx) error {
			for i := range backing.MostTokens {
				at := noon.Add(-time.Duration(i+1) * time.Second)
				if err := tx.SaveToken(ctx, store.TokenRow{ID: fmt.Sprint("old-", i), Source: "entra", Scope: "scim", Client: id, Created: at, ExpiresAt: at.Add(time.Hour)}); err != nil {
					return err
				}
			}
			return nil
		})
		var last [3]string
		for i := range last {
			token, err := h.other(id, secret, oauth2.AuthStyleInHeader).Token(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			last[i] = token.AccessToken
			h.pass(time.Millisecond)
		}
		_, issued := h.kept(id)
		if len(issued) != backing.MostTokens {
			t.Errorf("%d are kept, want %d", len(issued), backing.MostTokens)
		}
		for _, token := range issued {
			if token.ID == fmt.Sprint("old-", backing.MostTokens-1) {
				t.Error("the oldest is still kept")
			}
		}
		for _, plain := range last {
			if got := h.users(plain); got != 200 {
				t.Errorf("a new token gets %d", got)
			}
		}
	})
}

// What is kept of assertions is bounded too; but there a client has to wait.
func TestProofsDoNotPileUp(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		id, _ := h.client()
		behind := backing.New(h.db)
		keep := func(jti string, expires time.Time) identity.Kind {
			token := tokens.Token{ID: fmt.Sprintf("%x", sha256.Sum256([]byte(jti)))[:16], Source: "entra", Scope: "scim", Client: id, Created: h.now(), ExpiresAt: h.now().Add(time.Hour)}
			return identity.KindOf(behind.Keep(t.Context(), token, oauth.Proof{ID: jti, Expires: expires}))
		}
		h.update(func(ctx context.Context, tx *store.Tx) error {
			for i := range backing.MostProofs - 1 {
				if _, err := tx.NoteAssertion(ctx, id, fmt.Sprint("old-", i), noon.Add(time.Minute)); err != nil {
					return err
				}
			}
			return nil
		})
		for _, step := range []struct {
			jti     string
			expires time.Duration
			want    identity.Kind
		}{{"last", time.Minute, ""}, {"one more", time.Minute, identity.Throttled}} {
			if got := keep(step.jti, noon.Add(step.expires)); got != step.want {
				t.Errorf("%s: %q, want %q", step.jti, got, step.want)
			}
		}
		h.pass(time.Minute)
		if got := keep("late", h.now()); got != identity.Denied {
			t.Errorf("what expired while it waited: %q", got)
		}
		if got := keep("after a minute", h.now().Add(time.Minute)); got != "" {
			t.Errorf("after a minute: %q", got)
		}
		if got := keep("after a minute", h.now().Add(time.Minute)); got != identity.Conflict {
			t.Errorf("again: %q", got)
		}
	})
}

// Once revoking has returned, nothing that the client has or asks for opens
// anything, however many of its requests are under way.
func TestRevocationIsAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		id, secret := h.client()
		bystander, bystanderSecret := h.client()
		config := h.other(id, secret, oauth2.AuthStyleInHeader)
		var revoked atomic.Bool
		var mu sync.Mutex
		var held []string
		var given, late atomic.Int64
		stop := make(chan struct{})
		var wait sync.WaitGroup
		for range 6 {
			wait.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					after := revoked.Load()
					token, err := config.Token(t.Context())
					if err != nil {
						if !strings.Contains(err.Error(), "invalid_client") {
							t.Errorf("asking: %v", err)
						}
						continue
					}
					given.Add(1)
					mu.Lock()
					held = append(held, token.AccessToken)
					mu.Unlock()
					if after {
						late.Add(1)
					}
					after = revoked.Load()
					if status := h.users(token.AccessToken); after && status != 401 {
						t.Errorf("used after revoking: %d", status)
					}
				}
			})
		}
		waitFor(t, func() bool { return given.Load() >= 20 })
		if err := h.revoke(id); err != nil {
			t.Fatal(err)
		}
		revoked.Store(true)
		mu.Lock()
		before := slices.Clone(held[:20])
		mu.Unlock()
		for _, plain := range before {
			if status := h.users(plain); status != 401 {
				t.Errorf("a token of before: %d", status)
			}
		}
		close(stop)
		wait.Wait()
		if late.Load() > 0 {
			t.Errorf("%d tokens were given after revoking", late.Load())
		}
		for _, plain := range held {
			if status := h.users(plain); status != 401 {
				t.Errorf("a token gets %d", status)
			}
		}
		_, issued := h.kept(id)
		for _, token := range issued {
			if token.RevokedAt.IsZero() {
				t.Errorf("token %s is not revoked", token.ID)
			}
		}
		token, err := h.other(bystander, bystanderSecret, oauth2.AuthStyleInHeader).Token(t.Context())
		if err != nil || h.users(token.AccessToken) != 200 {
			t.Errorf("another client: %v", err)
		}
	})
}

// waitFor waits until something holds.
func waitFor(t *testing.T, holds func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case <-deadline:
			t.Fatal("it did not come to be")
		}
	}
}

// A token is not kept for a client that was revoked after it had shown its
// secret.
func TestNoTokenSlipsPast(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		id, _ := h.client()
		behind := backing.New(h.db)
		c, err := behind.Client(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		_, token, err := c.Issue(rand.Reader, h.now(), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.revoke(id); err != nil {
			t.Fatal(err)
		}
		if err := behind.Keep(t.Context(), token, oauth.Proof{}); identity.KindOf(err) != identity.Denied || !errors.Is(err, tokens.ErrRevoked) {
			t.Errorf("kept: %v", err)
		}
		if _, issued := h.kept(id); len(issued) > 0 {
			t.Errorf("kept: %+v", issued)
		}
	})
}
