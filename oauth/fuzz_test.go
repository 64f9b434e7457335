package oauth_test

import (
	"crypto"
	"crypto/elliptic"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"birthright/oauth"
)

// Whatever is sent, nobody gets a token who does not show what is known.
func FuzzTokenEndpoint(f *testing.F) {
	d := open(f)
	s := signer{"ES256", crypto.SHA256, ecKey(f, elliptic.P256())}
	id := d.keyed(s.jwk())
	other, _ := d.client("entra", 0)
	f.Add(granting, "Basic "+other)
	f.Add(posted(other, "brs_"+strings.Repeat("A", 43)), "")
	f.Add(asserting(signer{"ES256", crypto.SHA256, ecKey(f, elliptic.P256())}.sign(f, nil, claims(id, nil))), "")
	f.Fuzz(func(t *testing.T, form, authorization string) {
		if strings.ContainsFunc(authorization, func(c rune) bool { return c < ' ' || c > '~' }) {
			return // no HTTP header
		}
		d.t = t
		r := d.post(form, func(r *http.Request) {
			if authorization != "" {
				r.Header.Set("Authorization", authorization)
			}
		})
		if r.status < 400 || r.status >= 500 || len(d.kept) > 0 {
			t.Fatalf("%d %s", r.status, r.text)
		}
		told(t, r)
	})
}

// What is taken for keys reads back as the same keys.
func FuzzParseKeys(f *testing.F) {
	for _, s := range signers(f) {
		text, _ := json.Marshal(s.jwk("kid", "a"))
		f.Add(text)
	}
	f.Add([]byte(`{"keys":[{"kty":"oct","k":"AAAA"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, err := oauth.ParseKeys(text)
		if err != nil {
			return
		}
		if again, err := oauth.ParseKeys([]byte(keys.Set)); err != nil || again.Set != keys.Set {
			t.Fatalf("%q became %q, which reads as %q, %v", text, keys.Set, again.Set, err)
		}
	})
}
