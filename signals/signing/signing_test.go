package signing_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/signals/signing"
)

// made is a key of the hub's own.
func made(t *testing.T, algorithm string) *signing.Key {
	t.Helper()
	data, err := signing.Make(algorithm)
	if err != nil {
		t.Fatal(err)
	}
	key, err := signing.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

type jwk struct{ Kty, Use, Alg, Kid, Crv, X, Y, N, E, D, P, Q string }

// published is the key as a receiver reads it.
func published(t *testing.T, key *signing.Key) jwk {
	t.Helper()
	text, err := key.JWKS()
	if err != nil {
		t.Fatal(err)
	}
	var set struct{ Keys []jwk }
	if err := json.Unmarshal(text, &set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("%s: %v", text, err)
	}
	return set.Keys[0]
}

func number(t *testing.T, text string) *big.Int {
	t.Helper()
	return new(big.Int).SetBytes(raw(t, text))
}

func raw(t *testing.T, text string) []byte {
	t.Helper()
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// checks verifies a signature by the published key with the standard library
// alone: what a receiver that shares no code with us sees.
func checks(t *testing.T, k jwk, token string) bool {
	t.Helper()
	signed, signature := token[:strings.LastIndex(token, ".")], raw(t, token[strings.LastIndex(token, ".")+1:])
	hash := sha256.Sum256([]byte(signed))
	if k.Kty == "RSA" {
		public := &rsa.PublicKey{N: number(t, k.N), E: int(number(t, k.E).Int64())}
		return rsa.VerifyPKCS1v15(public, crypto.SHA256, hash[:], signature) == nil
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, raw(t, k.X)...), raw(t, k.Y)...))
	if err != nil || len(signature) != 64 {
		t.Fatal(len(signature), err)
	}
	return ecdsa.Verify(public, hash[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
}

func TestASignedTokenIsCheckedByThePublishedKey(t *testing.T) {
	for _, algorithm := range signing.Algorithms() {
		key := made(t, algorithm)
		token, err := key.Sign([]byte(`{"jti":"1"}`))
		if err != nil {
			t.Fatal(err)
		}
		k := published(t, key)
		if !checks(t, k, token) {
			t.Errorf("%s: the signature does not fit the published key", algorithm)
		}
		if checks(t, published(t, made(t, algorithm)), token) {
			t.Errorf("%s: the signature fits another key", algorithm)
		}
		parts := strings.Split(token, ".")
		var header map[string]any
		if err := json.Unmarshal(raw(t, parts[0]), &header); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]any{"alg": algorithm, "kid": k.Kid, "typ": "secevent+jwt"}, header); diff != "" {
			t.Error(diff)
		}
		if k.Alg != algorithm || k.Use != "sig" || key.Algorithm() != algorithm || k.D+k.P+k.Q != "" {
			t.Errorf("published as %+v", k)
		}
		if claims := string(raw(t, parts[1])); claims != `{"jti":"1"}` {
			t.Errorf("claims %s", claims)
		}
	}
}

func TestKeysOfTheOperator(t *testing.T) {
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	large, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8 := func(key any) []byte {
		data, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	encoded := func(kind string, data []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}) }
	for name, c := range map[string]struct {
		data []byte
		want string // algorithm, or what the error says
	}{
		"PKCS #8":         {encoded("PRIVATE KEY", pkcs8(curve)), "ES256"},
		"SEC 1":           {encoded("EC PRIVATE KEY", sec1), "ES256"},
		"PKCS #1":         {encoded("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(large)), "RS256"},
		"another curve":   {encoded("PRIVATE KEY", pkcs8(other)), "P-384"},
		"another kind":    {encoded("PRIVATE KEY", pkcs8(edwards)), "ed25519"},
		"a certificate":   {encoded("CERTIFICATE", sec1), "CERTIFICATE"},
		"no key":          {[]byte("hunter2"), "read the signing key"},
		"a truncated key": {encoded("PRIVATE KEY", pkcs8(curve)[:20]), "read the signing key"},
		"nothing":         {nil, "read the signing key"},
	} {
		key, err := signing.Read(c.data)
		switch {
		case err == nil && key.Algorithm() != c.want:
			t.Errorf("%s: %s, want %s", name, key.Algorithm(), c.want)
		case err != nil && (identity.KindOf(err) != identity.Invalid || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2")):
			t.Errorf("%s: %v, want %q", name, err, c.want)
		case err != nil && strings.HasSuffix(c.want, "256"):
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The same key has the same name, whoever reads it: receivers keep it by that.
func TestKeyIDIsStable(t *testing.T) {
	data, err := signing.Make(signing.ES256)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for range 2 {
		key, err := signing.Read(data)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, published(t, key).Kid)
	}
	if ids[0] == "" || ids[0] != ids[1] {
		t.Errorf("%q", ids)
	}
}
