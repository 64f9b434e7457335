package provider_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/internal/secret"
	"birthright/signin"
	"birthright/signin/provider"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// forged is a provider that does what the test wants, also what none would.
type forged struct {
	*testing.T
	*httptest.Server
	key, other *ecdsa.PrivateKey
	now        time.Time

	claims   map[string]any // of the ID token, beside or instead of the right ones
	info     map[string]any // what the userinfo endpoint says
	sign     func(claims map[string]any) string
	metadata map[string]any
	tokens   int // status of the token endpoint, 0 for 200
	form     url.Values
	user     string // Basic authentication at the token endpoint
}

func forge(t *testing.T) (*forged, *provider.Provider) {
	f := &forged{T: t, now: noon, claims: map[string]any{}, metadata: map[string]any{}}
	f.key, f.other = f.newKey(), f.newKey()
	f.sign = func(c map[string]any) string { return f.signed(f.key, c) }
	mux := http.NewServeMux()
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		offer := map[string]any{
			"issuer": f.URL, "authorization_endpoint": f.URL + "/auth", "token_endpoint": f.URL + "/token", "jwks_uri": f.URL + "/keys",
			"userinfo_endpoint": f.URL + "/me", "end_session_endpoint": f.URL + "/out", "id_token_signing_alg_values_supported": []string{"ES256", "none"},
		}
		maps.Copy(offer, f.metadata)
		f.answer(w, offer)
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		f.answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: f.key.Public(), KeyID: "k", Algorithm: "ES256", Use: "sig"}}})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		f.form = r.PostForm
		f.user, _, _ = r.BasicAuth()
		if f.tokens != 0 {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(f.tokens)
			_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
			return
		}
		f.answer(w, map[string]any{"access_token": "at", "token_type": "Bearer", "id_token": f.sign(f.right())})
	})
	mux.HandleFunc("/me", func(w http.ResponseWriter, _ *http.Request) { f.answer(w, f.info) })
	p, err := provider.New(provider.Options{
		Issuer: f.URL, ClientID: "hub", Secret: secret.Value("s"), Scopes: []string{"profile", "openid"}, Needs: []string{"preferred_username", "groups"},
		Callback: "https://hub/login/callback", Home: "https://hub/login", Rand: rand.Reader, Now: func() time.Time { return f.now }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return f, p
}

func (f *forged) newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	return key
}

func (f *forged) answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(value); err != nil {
		f.Error(err)
	}
}

// right are the claims of a good ID token, with what the test wants instead.
func (f *forged) right() map[string]any {
	c := map[string]any{"iss": f.URL, "aud": "hub", "sub": "s1", "exp": f.now.Add(time.Hour).Unix(), "iat": f.now.Unix(), "sid": "x", "preferred_username": "ada", "groups": []string{"a"}}
	maps.Copy(c, f.claims)
	return c
}

func (f *forged) signed(key *ecdsa.PrivateKey, claims map[string]any) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "k"}}, nil)
	if err != nil {
		f.Fatal(err)
	}
	text, err := json.Marshal(claims)
	if err != nil {
		f.Fatal(err)
	}
	made, err := signer.Sign(text)
	if err != nil {
		f.Fatal(err)
	}
	out, err := made.CompactSerialize()
	if err != nil {
		f.Fatal(err)
	}
	return out
}

// unsigned is a token of the algorithm none.
func unsigned(claims map[string]any) string {
	text, _ := json.Marshal(claims)
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(text) + "."
}

// try goes through one login, whose answer edit may change.
func (f *forged) try(p *provider.Provider, edit func(answer url.Values)) (signin.Identity, error) {
	f.Helper()
	a, address, err := p.Begin(f.Context())
	if err != nil {
		return signin.Identity{}, err
	}
	u, err := url.Parse(address)
	if err != nil {
		f.Fatal(err)
	}
	asked := u.Query()
	if asked.Get("code_challenge_method") != "S256" || asked.Get("nonce") != a.Nonce || asked.Get("state") != a.State || asked.Get("scope") != "openid profile" {
		f.Errorf("asked %s", address)
	}
	if _, set := f.claims["nonce"]; !set {
		f.claims["nonce"] = a.Nonce
		defer delete(f.claims, "nonce")
	}
	answer := url.Values{"state": {a.State}, "code": {"c"}}
	if edit != nil {
		edit(answer)
	}
	id, err := p.Finish(f.Context(), a, answer)
	if f.form != nil && f.form.Get("code_verifier") != a.Verifier {
		f.Errorf("the token endpoint got %v", f.form)
	}
	f.form = nil
	return id, err
}

func TestGoodAnswer(t *testing.T) {
	f, p := forge(t)
	id, err := f.try(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if id.Subject != "s1" || id.SID != "x" || id.Claims.Text("preferred_username") != "ada" || id.Hint == "" || f.user != "hub" {
		t.Errorf("%+v, authenticated as %q", id, f.user)
	}
	leave, err := url.Parse(p.LeaveURL("hint"))
	want := url.Values{"id_token_hint": {"hint"}, "client_id": {"hub"}, "post_logout_redirect_uri": {"https://hub/login"}}
	if err != nil || leave.Path != "/out" || !cmp.Equal(leave.Query(), want) {
		t.Errorf("logout at %s: %v", leave, err)
	}
	f.claims = map[string]any{"preferred_username": nil}
	f.info = map[string]any{"sub": "s1", "preferred_username": "bob", "groups": []string{"b"}}
	if id, err = f.try(p, nil); err != nil || id.Claims.Text("preferred_username") != "" {
		t.Errorf("what the ID token says is not what counts: %+v %v", id, err)
	}
}

// Each fault alone is enough not to believe an answer.
func TestForgedAnswers(t *testing.T) {
	f, p := forge(t)
	for name, c := range map[string]struct {
		claims map[string]any
		info   map[string]any
		sign   func(map[string]any) string
		edit   func(url.Values)
		why    string
	}{
		"wrong nonce":         {claims: map[string]any{"nonce": "other"}, why: "nonce"},
		"no nonce":            {claims: map[string]any{"nonce": ""}, why: "nonce"},
		"wrong audience":      {claims: map[string]any{"aud": "other"}, why: "audience"},
		"wrong issuer":        {claims: map[string]any{"iss": "https://evil.example"}, why: "issue"},
		"expired":             {claims: map[string]any{"exp": noon.Add(-time.Second).Unix()}, why: "expired"},
		"made for another":    {claims: map[string]any{"azp": "other"}, why: "azp"},
		"for many":            {claims: map[string]any{"aud": []string{"hub", "other"}}, why: "azp"},
		"no subject":          {claims: map[string]any{"sub": ""}, why: "subject"},
		"other access token":  {claims: map[string]any{"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, why: "at_hash"},
		"other key":           {sign: func(c map[string]any) string { return f.signed(f.other, c) }, why: "signature"},
		"no key":              {sign: unsigned, why: "not believed"},
		"no token":            {sign: func(map[string]any) string { return "x.y.z" }, why: "not believed"},
		"wrong state":         {edit: func(a url.Values) { a.Set("state", "other") }, why: "state"},
		"no state":            {edit: func(a url.Values) { a.Del("state") }, why: "state"},
		"another issuer says": {edit: func(a url.Values) { a.Set("iss", "https://evil.example") }, why: "issuer"},
		"two codes":           {edit: func(a url.Values) { a.Add("code", "d") }, why: "code"},
		"it says no":          {edit: func(a url.Values) { a.Set("error", "access_denied\"<") }, why: "says access_denied<"},
		"userinfo of another": {claims: map[string]any{"groups": nil}, info: map[string]any{"sub": "s2"}, why: "speaks of"},
	} {
		f.claims, f.info = map[string]any{}, c.info
		maps.Copy(f.claims, c.claims)
		f.sign = func(m map[string]any) string { return f.signed(f.key, m) }
		if c.sign != nil {
			f.sign = c.sign
		}
		_, err := f.try(p, c.edit)
		var refusal *signin.Refusal
		if !errors.As(err, &refusal) || !strings.Contains(refusal.Why, c.why) || refusal.Said == "" {
			t.Errorf("%s: %v, want a refusal about %q", name, err, c.why)
		}
	}
}

// A provider that is away is told apart from one that says no, and comes back.
func TestAway(t *testing.T) {
	f, p := forge(t)
	f.tokens = 400
	if _, err := f.try(p, nil); identity.KindOf(err) == identity.Unavailable || err == nil {
		t.Errorf("a code that is refused: %v", err)
	}
	f.tokens = 502
	if _, err := f.try(p, nil); identity.KindOf(err) != identity.Unavailable {
		t.Errorf("a provider that is away: %v", err)
	}
	if err := p.Ready(t.Context()); identity.KindOf(err) != identity.Unavailable {
		t.Errorf("ready: %v", err)
	}
	f.tokens, f.now = 0, f.now.Add(time.Minute)
	if _, err := f.try(p, nil); err != nil {
		t.Errorf("a provider that is back: %v", err)
	}
}

// What a provider offers is not believed where others could read it, and one that says
// its issuer with every answer must say it.
func TestOffers(t *testing.T) {
	f, p := forge(t)
	f.metadata["token_endpoint"] = "http://evil.example/token"
	if err := p.Ready(t.Context()); err == nil || !strings.Contains(err.Error(), "token_endpoint") {
		t.Errorf("a token endpoint in plain text: %v", err)
	}
	f.metadata = map[string]any{"authorization_response_iss_parameter_supported": true, "token_endpoint_auth_methods_supported": []string{"client_secret_post"}}
	f.now = f.now.Add(time.Minute)
	if _, err := f.try(p, nil); err == nil || !strings.Contains(err.Error(), "issuer") {
		t.Errorf("an answer without its issuer: %v", err)
	}
	if _, err := f.try(p, func(a url.Values) { a.Set("iss", f.URL) }); err != nil || f.user != "" {
		t.Errorf("an answer with its issuer: %v, authenticated as %q", err, f.user)
	}
}

func TestLogoutTokens(t *testing.T) {
	f, p := forge(t)
	event := map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}
	token := func(with map[string]any) map[string]any {
		c := map[string]any{"iss": f.URL, "aud": "hub", "iat": noon.Unix(), "exp": noon.Add(time.Minute).Unix(), "jti": "j", "sub": "s1", "sid": "x", "events": event}
		maps.Copy(c, with)
		for name, value := range with {
			if value == nil {
				delete(c, name)
			}
		}
		return c
	}
	got, err := p.LoggedOut(t.Context(), f.sign(token(nil)))
	got.Expires = got.Expires.UTC()
	if diff := cmp.Diff(signin.LoggedOut{ID: "j", Expires: noon.Add(time.Minute), Subject: "s1", SID: "x"}, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for name, raw := range map[string]string{
		"an ID token": f.sign(f.right()), "with a nonce": f.sign(token(map[string]any{"nonce": "n"})), "no event": f.sign(token(map[string]any{"events": nil})),
		"wrong issuer": f.sign(token(map[string]any{"iss": "x"})), "wrong audience": f.sign(token(map[string]any{"aud": "x"})), "no ID": f.sign(token(map[string]any{"jti": nil})),
		"nobody": f.sign(token(map[string]any{"sub": nil, "sid": nil})), "expired": f.sign(token(map[string]any{"exp": noon.Add(-time.Second).Unix()})),
		"old": f.sign(token(map[string]any{"iat": noon.Add(-time.Hour).Unix()})), "no time": f.sign(token(map[string]any{"iat": nil})),
		"other key": f.signed(f.other, token(nil)), "no key": unsigned(token(nil)), "nothing": "",
	} {
		if got, err := p.LoggedOut(t.Context(), raw); err == nil {
			t.Errorf("%s: believed: %+v", name, got)
		}
	}
}
