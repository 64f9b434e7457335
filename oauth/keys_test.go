package oauth_test

import (
	"crypto"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/json"
	"strings"
	"testing"

	"birthright/oauth"
)

func TestParseKeys(t *testing.T) {
	ec, ed := signer{"ES256", crypto.SHA256, ecKey(t, elliptic.P256())}, signer{"EdDSA", 0, edKey(t)}
	text, _ := json.Marshal(map[string]any{"keys": []any{ec.jwk("kid", "a", "x5u", "https://x"), ed.jwk("kid", "b", "use", "sig", "alg", "EdDSA")}, "more": 1})
	keys, err := oauth.ParseKeys(text)
	if err != nil {
		t.Fatal(err)
	}
	again, err := oauth.ParseKeys([]byte(keys.Set))
	if err != nil || again.Set != keys.Set || len(keys.Thumbprints) != 2 {
		t.Errorf("what was kept reads as %+v, %v; want %+v", again, err, keys)
	}
	if strings.Contains(keys.Set, "x5u") || strings.Contains(keys.Set, `"d"`) {
		t.Errorf("kept is more than the keys: %s", keys.Set)
	}
	// RFC 7638: the members that make the key, in order, without spaces.
	jwk := ec.jwk()
	sum := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + jwk["x"].(string) + `","y":"` + jwk["y"].(string) + `"}`))
	if want := b64(sum[:]); keys.Thumbprints[0] != want {
		t.Errorf("thumbprint %s, want %s", keys.Thumbprints[0], want)
	}
	single, _ := json.Marshal(jwk)
	if one, err := oauth.ParseKeys(single); err != nil || one.Thumbprints[0] != keys.Thumbprints[0] {
		t.Errorf("one key alone: %+v, %v", one, err)
	}
}

func TestParseKeysRefuses(t *testing.T) {
	ec := signer{"ES256", crypto.SHA256, ecKey(t, elliptic.P256())}
	weak, pair := signer{"RS256", crypto.SHA256, rsaKey(t, 1024)}, rsaKey(t, 2048)
	large := signer{"RS256", crypto.SHA256, pair}.jwk()
	large["n"] = b64(append([]byte{0x80}, make([]byte, 1024)...))
	private := signer{"RS256", crypto.SHA256, pair}.jwk("d", b64(pair.D.Bytes()), "p", b64(pair.Primes[0].Bytes()), "q", b64(pair.Primes[1].Bytes()))
	off := ec.jwk()
	off["y"] = off["x"]
	many := make([]any, 11)
	for i := range many {
		many[i] = ec.jwk()
	}
	digest := sha512.Sum512([]byte("shared"))
	for name, c := range map[string]struct {
		keys any
		want string
	}{
		"no JSON":        {json.RawMessage(`"x"`), "not a JSON object"},
		"no key":         {map[string]any{"keys": []any{}}, "no key"},
		"no keys":        {map[string]any{"kid": "x"}, "no JSON Web Key Set"},
		"too many":       {map[string]any{"keys": many}, "at most 10"},
		"private":        {private, "private key"},
		"a shared one":   {map[string]any{"kty": "oct", "k": b64(digest[:])}, "shared secret"},
		"weak":           {weak.jwk(), "1024 bits"},
		"large":          {large, "RSA modulus size"},
		"off its curve":  {off, "no JSON Web Key Set"},
		"unknown type":   {map[string]any{"kty": "XYZ"}, "no JSON Web Key Set"},
		"encryption":     {ec.jwk("use", "enc"), "not sig"},
		"other alg":      {ec.jwk("alg", "ECDH-ES"), "its alg"},
		"alg of another": {ec.jwk("alg", "RS256"), "its alg"},
		"same kid":       {map[string]any{"keys": []any{ec.jwk("kid", "a"), ec.jwk("kid", "a")}}, "key 2: its kid"},
	} {
		text, err := json.Marshal(c.keys)
		if err != nil {
			t.Fatal(name, err)
		}
		if keys, err := oauth.ParseKeys(text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %+v, %v; want an error with %q", name, keys, err, c.want)
		} else if strings.Contains(err.Error(), b64(pair.D.Bytes())) {
			t.Errorf("%s: the message holds the key", name)
		}
	}
	if _, err := oauth.ParseKeys([]byte("-----BEGIN PUBLIC KEY-----")); err == nil || !strings.Contains(err.Error(), "not a JSON object") {
		t.Errorf("PEM: %v", err)
	}
}
