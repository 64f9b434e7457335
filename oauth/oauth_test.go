package oauth_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/oauth"
	"birthright/tokens"
)

// granted checks an answer with a token against RFC 6749 section 5.1, and returns
// the token.
func (d *desk) granted(r reply, client string, seconds float64) string {
	d.t.Helper()
	plain, _ := r.body["access_token"].(string)
	want := map[string]any{"access_token": plain, "token_type": "Bearer", "expires_in": seconds, "scope": "scim"}
	if diff := cmp.Diff(want, r.body); diff != "" || r.status != http.StatusOK {
		d.t.Fatalf("%d %s", r.status, diff)
	}
	for name, value := range map[string]string{"Cache-Control": "no-store", "Pragma": "no-cache", "Content-Type": "application/json"} {
		if got := r.header.Get(name); got != value {
			d.t.Errorf("%s: %q, want %q", name, got, value)
		}
	}
	last := d.kept[len(d.kept)-1]
	if err := last.Verify(plain, d.now); err != nil {
		d.t.Errorf("the token that was given is not the one that was kept: %v", err)
	}
	if last.Client != client || last.Source != "entra" || last.Scope != tokens.ScopeSCIM || !last.ExpiresAt.Equal(d.now.Add(time.Duration(seconds)*time.Second)) {
		d.t.Errorf("kept: %+v", last)
	}
	if strings.Contains(d.said(), plain[20:]) {
		d.t.Error("the log holds the secret of a token")
	}
	return plain
}

func TestASecretGivesAToken(t *testing.T) {
	d := open(t)
	id, secret := d.client("entra", 0)
	given := map[string]bool{}
	for name, r := range map[string]reply{
		"basic":              d.post(granting, basic(id, secret)),
		"post":               d.post(posted(id, secret)),
		"scope":              d.post(granting+"&scope=scim", basic(id, secret)),
		"scope twice":        d.post(granting+"&scope=scim+scim", basic(id, secret)),
		"no scope":           d.post(granting+"&scope=", basic(id, secret)),
		"unknown parameters": d.post(granting+"&resource=x&audience=y", basic(id, secret)),
		"client_id too":      d.post(granting+"&client_id="+id, basic(id, secret)),
		"empty ones":         d.post(granting+"&client_id=&client_secret=&client_assertion=&client_assertion_type=", basic(id, secret)),
		"charset": d.post(granting, basic(id, secret), func(r *http.Request) {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
		}),
		"query of no concern":    d.post(granting, basic(id, secret), func(r *http.Request) { r.URL.RawQuery = "tenant=1" }),
		"scheme in lower case":   d.post(granting, basic(id, secret), func(r *http.Request) { r.Header.Set("Authorization", "basic "+r.Header.Get("Authorization")[6:]) }),
		"secret as it is, plain": d.post(granting, func(r *http.Request) { r.SetBasicAuth(id, secret) }),
	} {
		t.Run(name, func(t *testing.T) {
			plain, _ := r.body["access_token"].(string)
			if r.status != http.StatusOK || plain == "" || given[plain] {
				t.Fatalf("%d %s", r.status, r.text)
			}
			given[plain] = true
		})
	}
	d.granted(d.post(granting, basic(id, secret)), id, 3600)
	if len(d.kept) != len(given)+1 {
		t.Errorf("%d tokens are kept, %d were given", len(d.kept), len(given)+1)
	}
}

func TestATokenEndsWithItsClient(t *testing.T) {
	d := open(t)
	id, secret := d.client("entra", 90*time.Minute)
	d.now = noon.Add(time.Hour)
	d.granted(d.post(granting, basic(id, secret)), id, 1800)
	d.now = noon.Add(90 * time.Minute)
	if r := d.post(granting, basic(id, secret)); r.status != http.StatusUnauthorized {
		t.Errorf("an expired client got %d", r.status)
	}
}

func TestLifetimeIsASetting(t *testing.T) {
	d := open(t)
	id, secret := d.client("entra", 0)
	h, err := oauth.New(oauth.Options{Clients: d, Sources: []string{"entra"}, PublicURL: publicURL, Now: func() time.Time { return d.now }, Lifetime: 6 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	d.server.Config.Handler = h
	d.granted(d.post(granting, basic(id, secret)), id, 21600)
}

// Every error that RFC 6749 section 5.2 knows, and those of HTTP around it.
func TestRefusals(t *testing.T) {
	d := open(t)
	id, secret := d.client("entra", 0)
	other, _ := d.client("entra", 0)
	elsewhere, elsewhereSecret := d.client("removed-source", 0)
	revoked, revokedSecret := d.client("entra", 0)
	d.change(revoked, func(c *tokens.Client) { c.RevokedAt = noon })
	expired, expiredSecret := d.client("entra", 0)
	d.change(expired, func(c *tokens.Client) { c.ExpiresAt = noon })
	right := basic(id, secret)
	kind := func(value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Content-Type", value) }
	}
	method := func(m string) func(*http.Request) { return func(r *http.Request) { r.Method = m } }
	query := func(q string) func(*http.Request) { return func(r *http.Request) { r.URL.RawQuery = q } }
	const jwtType = "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"

	for _, c := range []struct {
		name, form string
		edits      []func(*http.Request)
		status     int
		code       string
		logged     string // part of the reason in the log
	}{
		{"nothing", "", nil, 400, "invalid_request", ""},
		{"no grant type", "client_id=" + id, []func(*http.Request){right}, 400, "invalid_request", ""},
		{"grant type without a value", "grant_type=", []func(*http.Request){right}, 400, "invalid_request", ""},
		{"grant type twice", granting + "&" + granting, []func(*http.Request){right}, 400, "invalid_request", "twice"},
		{"scope twice", granting + "&scope=scim&scope=scim", []func(*http.Request){right}, 400, "invalid_request", "twice"},
		{"secret twice", posted(id, secret) + "&client_secret=" + secret, nil, 400, "invalid_request", "twice"},
		{"anything twice", granting + "&x=1&x=2", []func(*http.Request){right}, 400, "invalid_request", "twice"},
		{"bad escape", granting + "&scope=%zz", []func(*http.Request){right}, 400, "invalid_request", "escape"},
		{"semicolons", "grant_type=client_credentials;scope=scim", []func(*http.Request){right}, 400, "invalid_request", "escape"},
		{"JSON", `{"grant_type":"client_credentials"}`, []func(*http.Request){right, kind("application/json")}, 400, "invalid_request", "form"},
		{"no type", granting, []func(*http.Request){right, kind("")}, 400, "invalid_request", "form"},
		{"multipart", granting, []func(*http.Request){right, kind("multipart/form-data; boundary=x")}, 400, "invalid_request", "form"},
		{"other charset", granting, []func(*http.Request){right, kind("application/x-www-form-urlencoded; charset=utf-16")}, 400, "invalid_request", "form"},
		{"compressed", granting, []func(*http.Request){right, header("Content-Encoding", "gzip")}, 400, "invalid_request", "form"},
		{"too long", granting + "&x=" + strings.Repeat("x", 64<<10), []func(*http.Request){right}, 413, "invalid_request", "65536"},
		{"GET", granting, []func(*http.Request){right, method("GET")}, 405, "invalid_request", ""},
		{"PUT", granting, []func(*http.Request){right, method("PUT")}, 405, "invalid_request", ""},
		{"secret in the URL", granting, []func(*http.Request){query("client_id=" + id + "&client_secret=" + secret)}, 400, "invalid_request", "URL"},
		{"grant in the URL", "", []func(*http.Request){right, query(granting)}, 400, "invalid_request", "URL"},
		{"bad URL", granting, []func(*http.Request){right, query("%zz")}, 400, "invalid_request", "URL"},

		{"password", "grant_type=password&username=a&password=b", []func(*http.Request){right}, 400, "unsupported_grant_type", ""},
		{"code", "grant_type=authorization_code&code=b", []func(*http.Request){right}, 400, "unsupported_grant_type", ""},
		{"letter case", "grant_type=Client_Credentials", []func(*http.Request){right}, 400, "unsupported_grant_type", ""},

		{"other scope", granting + "&scope=api", []func(*http.Request){right}, 400, "invalid_scope", ""},
		{"more scope", granting + "&scope=scim+api", []func(*http.Request){right}, 400, "invalid_scope", ""},
		{"default scope of Entra", granting + "&scope=https%3A%2F%2Fhub%2F.default", []func(*http.Request){right}, 400, "invalid_scope", ""},

		{"header and form", posted(id, secret), []func(*http.Request){right}, 400, "invalid_request", "one way"},
		{"header and assertion", granting + "&client_assertion=x&" + jwtType, []func(*http.Request){right}, 400, "invalid_request", "one way"},
		{"form and assertion", posted(id, secret) + "&client_assertion=x&" + jwtType, nil, 400, "invalid_request", "one way"},
		{"two headers", granting, []func(*http.Request){right, header("Authorization", "Basic eDp5")}, 400, "invalid_request", "one way"},
		{"another client_id", granting + "&client_id=" + other, []func(*http.Request){right}, 400, "invalid_request", "another client"},
		{"secret without client_id", granting + "&client_secret=" + secret, nil, 400, "invalid_request", "client_id"},
		{"assertion without its type", granting + "&client_assertion=x", nil, 400, "invalid_request", "client_assertion_type"},
		{"assertion of another type", granting + "&client_assertion=x&client_assertion_type=saml2-bearer", nil, 400, "invalid_request", "client_assertion_type"},
		{"type without an assertion", granting + "&" + jwtType, nil, 400, "invalid_request", "client_assertion"},

		{"no credentials", granting, nil, 401, "invalid_client", "no credentials"},
		{"client_id alone", granting + "&client_id=" + id, nil, 401, "invalid_client", "no credentials"},
		{"bearer", granting, []func(*http.Request){header("Authorization", "Bearer abc")}, 401, "invalid_client", "scheme Basic"},
		{"basic without base64", granting, []func(*http.Request){header("Authorization", "Basic ???")}, 401, "invalid_client", "scheme Basic"},
		{"basic without colon", granting, []func(*http.Request){header("Authorization", "Basic eA==")}, 401, "invalid_client", "scheme Basic"},
		{"basic badly escaped", granting, []func(*http.Request){func(r *http.Request) { r.SetBasicAuth(id, "%zz") }}, 401, "invalid_client", "escaped"},
		{"wrong secret", granting, []func(*http.Request){basic(id, secret+"x")}, 401, "invalid_client", "the secret is wrong"},
		{"no secret", granting, []func(*http.Request){basic(id, "")}, 401, "invalid_client", "the secret is wrong"},
		{"wrong secret in the form", posted(id, "wrong"), nil, 401, "invalid_client", "the secret is wrong"},
		{"another client's secret", posted(other, secret), nil, 401, "invalid_client", "the secret is wrong"},
		{"unknown client", posted("brc_0123456789abcdef", secret), nil, 401, "invalid_client", "client=brc_0123456789abcdef reason=\"there is no such client\""},
		{"revoked client", posted(revoked, revokedSecret), nil, 401, "invalid_client", "revoked"},
		{"expired client", posted(expired, expiredSecret), nil, 401, "invalid_client", "expired"},
		{"client of a source that is gone", posted(elsewhere, elsewhereSecret), nil, 401, "invalid_client", "removed-source"},
		{"assertion that is none", granting + "&client_assertion=x&" + jwtType, nil, 401, "invalid_client", "cannot be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d.t = t
			before := len(d.said())
			r := d.post(c.form, c.edits...)
			if r.status != c.status || r.body["error"] != c.code {
				t.Fatalf("%d %s, want %d %s", r.status, r.text, c.status, c.code)
			}
			told(t, r)
			if log := d.said()[before:]; !strings.Contains(log, c.logged) || strings.Count(log, "\n") != 1 {
				t.Errorf("the log does not say %q once: %s", c.logged, log)
			}
		})
	}
	if len(d.kept) > 0 {
		t.Errorf("%d tokens were kept", len(d.kept))
	}
	for _, hidden := range []string{secret[4:], revokedSecret[4:]} {
		if strings.Contains(d.said(), hidden) {
			t.Error("the log holds a secret")
		}
	}
}

// told checks the form of an error answer.
func told(t *testing.T, r reply) {
	t.Helper()
	text, _ := r.body["error_description"].(string)
	if text == "" || len(r.body) != 2 || strings.ContainsFunc(text, func(c rune) bool { return c < 0x20 || c > 0x7e || c == '"' || c == '\\' }) {
		t.Errorf("not an error of RFC 6749: %s", r.text)
	}
	if r.header.Get("Cache-Control") != "no-store" || r.header.Get("Content-Type") != "application/json" {
		t.Errorf("headers: %v", r.header)
	}
	if got := strings.HasPrefix(r.header.Get("WWW-Authenticate"), "Basic realm="); got != (r.status == 401) {
		t.Errorf("WWW-Authenticate: %q with %d", r.header.Get("WWW-Authenticate"), r.status)
	}
	if allow := r.header.Get("Allow"); (allow == "POST") != (r.status == 405) {
		t.Errorf("Allow: %q with %d", allow, r.status)
	}
}

// Nothing but the log tells what was wrong with a client.
func TestClientsCannotBeFoundByTrying(t *testing.T) {
	d := open(t)
	id, secret := d.client("entra", 0)
	revoked, revokedSecret := d.client("entra", 0)
	d.change(revoked, func(c *tokens.Client) { c.RevokedAt = noon })
	want := d.post(posted(id, "wrong"))
	asked := d.asked
	for name, form := range map[string]string{
		"unknown": posted("brc_0123456789abcdef", secret), "strange": posted("x\x00y\xff", secret), "revoked": posted(revoked, revokedSecret),
	} {
		asked++
		r := d.post(form)
		if r.status != want.status || r.text != want.text {
			t.Errorf("%s: %d %s, want %s", name, r.status, r.text, want.text)
		}
		if d.asked != asked {
			t.Errorf("%s: %d look-ups, want as many as with a wrong secret", name, d.asked-asked+1)
		}
	}
	// A secret in the place of the name is not written down.
	d.post(posted(secret, id))
	if strings.Contains(d.said(), secret) {
		t.Error("the log holds a secret")
	}
}

func TestFailuresTellNothing(t *testing.T) {
	inside := errors.New("secret inside")
	for _, c := range []struct {
		name           string
		fault, refusal error
		status         int
		code           string
	}{
		{"look-up", inside, nil, 500, "server_error"},
		{"database away", &identity.Error{Kind: identity.Unavailable, Err: inside}, nil, 503, "temporarily_unavailable"},
		{"write", nil, inside, 500, "server_error"},
		{"revoked meanwhile", nil, &identity.Error{Kind: identity.Denied, Err: inside}, 401, "invalid_client"},
		{"proof used", nil, &identity.Error{Kind: identity.Conflict, Err: inside}, 401, "invalid_client"},
		{"too many proofs", nil, &identity.Error{Kind: identity.Throttled, Err: inside}, 429, "slow_down"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := open(t)
			id, secret := d.client("entra", 0)
			d.fault, d.refusal = c.fault, c.refusal
			r := d.post(granting, basic(id, secret))
			if r.status != c.status || r.body["error"] != c.code || strings.Contains(r.text, "inside") {
				t.Errorf("%d %s", r.status, r.text)
			}
			if (r.status == 429 || r.status == 503) != (r.header.Get("Retry-After") != "") {
				t.Errorf("Retry-After: %q", r.header.Get("Retry-After"))
			}
			told(t, r)
			if !strings.Contains(d.said(), "secret inside") {
				t.Errorf("the log does not say why: %s", d.said())
			}
		})
	}
}

func TestWithoutRandomnessThereIsNoToken(t *testing.T) {
	dry := errors.New("dry")
	if _, err := oauth.New(oauth.Options{PublicURL: publicURL, Rand: iotest.ErrReader(dry)}); !errors.Is(err, dry) {
		t.Errorf("a handler was made: %v", err)
	}
	d := open(t)
	id, secret := d.client("entra", 0)
	random := strings.NewReader(strings.Repeat("x", 1<<16))
	h, err := oauth.New(oauth.Options{Clients: d, Sources: []string{"entra"}, PublicURL: publicURL, Rand: random})
	if err != nil {
		t.Fatal(err)
	}
	random.Reset("")
	d.server.Config.Handler = h
	if r := d.post(granting, basic(id, secret)); r.status != 500 || len(d.kept) > 0 {
		t.Errorf("%d %s", r.status, r.text)
	}
}

func TestMetadata(t *testing.T) {
	d := open(t)
	response, err := http.Get(d.server.URL + oauth.MetadataPath)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var got map[string]any
	data, _ := io.ReadAll(response.Body)
	if err := json.Unmarshal(data, &got); err != nil || response.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("%v: %s", err, data)
	}
	want := map[string]any{
		"issuer": "https://hub.example.com", "token_endpoint": "https://hub.example.com/oauth/token",
		"token_endpoint_auth_methods_supported":            []any{"client_secret_basic", "client_secret_post", "private_key_jwt"},
		"token_endpoint_auth_signing_alg_values_supported": []any{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"},
		"grant_types_supported":                            []any{"client_credentials"},
		"response_types_supported":                         []any{}, "scopes_supported": []any{"scim"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	response, err = http.Post(d.server.URL+oauth.MetadataPath, "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", response.StatusCode)
	}
}
