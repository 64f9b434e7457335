package oauth_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"testing"
)

// signer makes assertions with the standard library alone: what package oauth
// reads with a library must be readable from elsewhere.
type signer struct {
	alg  string
	hash crypto.Hash
	key  crypto.Signer
}

func b64(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

func encode(t testing.TB, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return b64(data)
}

// sign returns a JWT.
func (s signer) sign(t testing.TB, header, claims map[string]any) string {
	t.Helper()
	full := map[string]any{"alg": s.alg, "typ": "JWT"}
	for name, value := range header {
		full[name] = value
	}
	text := encode(t, full) + "." + encode(t, claims)
	return text + "." + b64(s.signature(t, text))
}

func (s signer) signature(t testing.TB, text string) []byte {
	t.Helper()
	digest, options := []byte(text), crypto.SignerOpts(s.hash)
	if s.hash != 0 {
		h := s.hash.New()
		h.Write(digest)
		digest = h.Sum(nil)
	}
	if s.alg[:2] == "PS" {
		options = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: s.hash}
	}
	var signature []byte
	var err error
	if pair, ok := s.key.(*ecdsa.PrivateKey); ok {
		var r, second *big.Int
		if r, second, err = ecdsa.Sign(rand.Reader, pair, digest); err == nil {
			size := (pair.Curve.Params().BitSize + 7) / 8
			signature = append(r.FillBytes(make([]byte, size)), second.FillBytes(make([]byte, size))...)
		}
	} else {
		signature, err = s.key.Sign(rand.Reader, digest, options)
	}
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

// jwk is the public half of the key.
func (s signer) jwk(more ...string) map[string]any {
	out := map[string]any{}
	switch public := s.key.Public().(type) {
	case *rsa.PublicKey:
		out["kty"], out["n"], out["e"] = "RSA", b64(public.N.Bytes()), b64(big.NewInt(int64(public.E)).Bytes())
	case *ecdsa.PublicKey:
		point, err := public.Bytes() // 4, then both coordinates
		if err != nil {
			return nil
		}
		half := len(point) / 2
		out["kty"], out["crv"] = "EC", public.Curve.Params().Name
		out["x"], out["y"] = b64(point[1:1+half]), b64(point[1+half:])
	case ed25519.PublicKey:
		out["kty"], out["crv"], out["x"] = "OKP", "Ed25519", b64(public)
	}
	for i := 0; i+1 < len(more); i += 2 {
		out[more[i]] = more[i+1]
	}
	return out
}

func rsaKey(t testing.TB, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func ecKey(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func edKey(t testing.TB) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// signers is one for each algorithm that is accepted.
func signers(t testing.TB) []signer {
	t.Helper()
	pair := rsaKey(t, 2048)
	return []signer{
		{"RS256", crypto.SHA256, pair}, {"RS384", crypto.SHA384, pair}, {"RS512", crypto.SHA512, pair},
		{"PS256", crypto.SHA256, pair}, {"PS384", crypto.SHA384, pair}, {"PS512", crypto.SHA512, pair},
		{"ES256", crypto.SHA256, ecKey(t, elliptic.P256())}, {"ES384", crypto.SHA384, ecKey(t, elliptic.P384())}, {"ES512", crypto.SHA512, ecKey(t, elliptic.P521())},
		{"EdDSA", 0, edKey(t)},
	}
}
