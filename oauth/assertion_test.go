package oauth_test

import (
	"crypto"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"birthright/oauth"
	"birthright/tokens"
)

// keyed makes a client that is known by keys.
func (d *desk) keyed(keys ...map[string]any) (id string) {
	d.t.Helper()
	text, err := json.Marshal(map[string]any{"keys": keys})
	if err != nil {
		d.t.Fatal(err)
	}
	parsed, err := oauth.ParseKeys(text)
	if err != nil {
		d.t.Fatal(err)
	}
	id, _ = d.client("entra", 0)
	d.change(id, func(c *tokens.Client) { *c = c.WithKeys(parsed.Set) })
	return id
}

// claims are those of a good assertion; nil values in changes take some away.
func claims(id string, changes map[string]any) map[string]any {
	c := map[string]any{
		"iss": id, "sub": id, "aud": "https://hub.example.com", "jti": rand16(), "exp": noon.Add(5 * time.Minute).Unix(), "iat": noon.Unix(),
	}
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

var jtis int

func rand16() string { jtis++; return fmt.Sprintf("jti-%d", jtis) }

func asserting(assertion string) string {
	return granting + "&" + url.Values{
		"client_assertion": {assertion}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	}.Encode()
}

func TestAKeyGivesAToken(t *testing.T) {
	d := open(t)
	for _, s := range signers(t) {
		id := d.keyed(s.jwk("kid", "one"))
		for name, r := range map[string]reply{
			"named":       d.post(asserting(s.sign(t, map[string]any{"kid": "one"}, claims(id, nil)))),
			"not named":   d.post(asserting(s.sign(t, nil, claims(id, nil)))),
			"client_id":   d.post(asserting(s.sign(t, nil, claims(id, nil))) + "&client_id=" + id),
			"at endpoint": d.post(asserting(s.sign(t, nil, claims(id, map[string]any{"aud": "https://hub.example.com/oauth/token"})))),
			"list":        d.post(asserting(s.sign(t, nil, claims(id, map[string]any{"aud": []string{"https://hub.example.com/"}})))),
		} {
			if r.status != http.StatusOK {
				t.Errorf("%s, %s: %d %s\n%s", s.alg, name, r.status, r.text, d.said())
			}
		}
		d.granted(d.post(asserting(s.sign(t, nil, claims(id, nil)))), id, 3600)
	}
}

// Keys are changed without a gap: both are there for a while.
func TestOneOfSeveralKeys(t *testing.T) {
	d := open(t)
	old, young := signer{"ES256", crypto.SHA256, ecKey(t, elliptic.P256())}, signer{"ES256", crypto.SHA256, ecKey(t, elliptic.P256())}
	id := d.keyed(old.jwk("kid", "old"), young.jwk("kid", "young", "alg", "ES256", "use", "sig"))
	for name, c := range map[string]struct {
		signer signer
		kid    string
		status int
	}{
		"old": {old, "old", 200}, "young": {young, "young", 200}, "old, not named": {old, "", 200}, "young, not named": {young, "", 200},
		"named wrong": {old, "young", 401}, "named unknown": {young, "third", 401},
	} {
		header := map[string]any{}
		if c.kid != "" {
			header["kid"] = c.kid
		}
		if r := d.post(asserting(c.signer.sign(t, header, claims(id, nil)))); r.status != c.status {
			t.Errorf("%s: %d %s", name, r.status, r.text)
		}
	}
}

func TestAssertionsAreChecked(t *testing.T) {
	d := open(t)
	s := signer{"ES256", crypto.SHA256, ecKey(t, elliptic.P256())}
	stranger := signer{"ES256", crypto.SHA256, ecKey(t, elliptic.P256())}
	id, other := d.keyed(s.jwk()), d.keyed(stranger.jwk())
	withSecret, _ := d.client("entra", 0)
	revoked := d.keyed(s.jwk())
	d.change(revoked, func(c *tokens.Client) { c.RevokedAt = noon })
	at := func(d time.Duration) int64 { return noon.Add(d).Unix() }
	changed := func(changes map[string]any) string { return s.sign(t, nil, claims(id, changes)) }
	good := changed(nil)
	parts := strings.Split(good, ".")

	for name, c := range map[string]struct{ assertion, logged string }{
		"a stranger's key":           {stranger.sign(t, nil, claims(id, nil)), "none of the client's keys"},
		"another client's key":       {s.sign(t, nil, claims(other, nil)), "none of the client's keys"},
		"of a client with a secret":  {s.sign(t, nil, claims(withSecret, nil)), "none of the client's keys"},
		"of nobody":                  {s.sign(t, nil, claims("brc_0123456789abcdef", nil)), "no such client"},
		"of a revoked client":        {s.sign(t, nil, claims(revoked, nil)), "revoked"},
		"the signature of another":   {parts[0] + "." + parts[1] + "." + strings.Split(changed(nil), ".")[2], "none of the client's keys"},
		"no signature":               {parts[0] + "." + parts[1] + ".", "none of the client's keys"},
		"not signed":                 {encode(t, map[string]any{"alg": "none"}) + "." + parts[1] + ".", "cannot be read"},
		"signed with the public key": {hs256(t, s, claims(id, nil)), "cannot be read"},
		"a key in its own header":    {stranger.sign(t, map[string]any{"jwk": stranger.jwk()}, claims(id, nil)), "none of the client's keys"},
		"what must be understood":    {s.sign(t, map[string]any{"crit": []string{"x"}, "x": 1}, claims(id, nil)), "none of the client's keys"},
		"JSON in place of text":      {`{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`, "cannot be read"},
		"two parts":                  {parts[0] + "." + parts[1], "cannot be read"},
		"no claims":                  {s.sign(t, nil, nil), "no such client"},
		"iss of another":             {changed(map[string]any{"iss": other}), "iss and sub"},
		"no iss":                     {changed(map[string]any{"iss": nil}), "iss and sub"},
		"meant for another":          {changed(map[string]any{"aud": "https://other.example.com"}), "aud must be"},
		"meant for others too":       {changed(map[string]any{"aud": []string{"https://hub.example.com", "https://other.example.com"}}), "aud must be"},
		"meant for nobody":           {changed(map[string]any{"aud": nil}), "aud must be"},
		"meant for a number":         {changed(map[string]any{"aud": 7}), "cannot be read"},
		"without a name":             {changed(map[string]any{"jti": nil}), "jti is missing"},
		"without an end":             {changed(map[string]any{"exp": nil}), "exp is missing"},
		"at its end":                 {changed(map[string]any{"exp": at(-time.Minute)}), "expired"},
		"too far ahead":              {changed(map[string]any{"exp": at(61*time.Minute + time.Second)}), "more than 1h"},
		"milliseconds":               {changed(map[string]any{"exp": noon.UnixMilli()}), "more than 1h"},
		"endless":                    {changed(map[string]any{"exp": 1e300}), "cannot be read"},
		"not yet":                    {changed(map[string]any{"nbf": at(61 * time.Second)}), "nbf is ahead"},
		"from the future":            {changed(map[string]any{"iat": at(61 * time.Second)}), "iat is ahead"},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(d.said())
			r := d.post(asserting(c.assertion))
			if r.status != http.StatusUnauthorized || r.body["error"] != "invalid_client" {
				t.Fatalf("%d %s", r.status, r.text)
			}
			if log := d.said()[before:]; !strings.Contains(log, c.logged) {
				t.Errorf("the log does not say %q: %s", c.logged, log)
			}
		})
	}
	if r := d.post(asserting(good) + "&client_id=" + other); r.body["error"] != "invalid_request" {
		t.Errorf("another client_id: %s", r.text)
	}
	for name, changes := range map[string]map[string]any{
		"a clock behind": {"exp": at(-59 * time.Second)}, "a clock ahead": {"iat": at(time.Minute), "nbf": at(time.Minute), "exp": at(61 * time.Minute)},
		"fractions": {"exp": float64(at(time.Minute)) + 0.5},
	} {
		if r := d.post(asserting(changed(changes))); r.status != http.StatusOK {
			t.Errorf("%s: %d %s", name, r.status, d.said())
		}
	}
}

// hs256 is the old trick: the public key, which everybody has, as a shared secret.
func hs256(t *testing.T, s signer, claims map[string]any) string {
	t.Helper()
	key, err := json.Marshal(s.jwk())
	if err != nil {
		t.Fatal(err)
	}
	text := encode(t, map[string]any{"alg": "HS256"}) + "." + encode(t, claims)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return text + "." + b64(mac.Sum(nil))
}

func TestAnAssertionOpensOnce(t *testing.T) {
	d := open(t)
	s := signer{"ES256", crypto.SHA256, ecKey(t, elliptic.P256())}
	id := d.keyed(s.jwk())
	same := claims(id, nil)
	first := s.sign(t, nil, same)
	d.granted(d.post(asserting(first)), id, 3600)
	for name, again := range map[string]string{
		"the same": first, "signed again": s.sign(t, nil, same), "another header": s.sign(t, map[string]any{"typ": "x"}, same),
		"the name again": s.sign(t, nil, claims(id, map[string]any{"jti": same["jti"]})),
	} {
		if r := d.post(asserting(again)); r.status != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, r.status)
		}
	}
	if len(d.kept) != 1 {
		t.Errorf("%d tokens", len(d.kept))
	}
}
