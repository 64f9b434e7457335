package oauth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// Bounds of the keys that a client may register: each costs time at every
// assertion.
const (
	mostKeys  = 10
	leastBits = 2048 // of RSA; the library takes none beyond 4096
)

// Keys are public keys that passed every check.
type Keys struct {
	Set         string   // as a JSON Web Key Set
	Thumbprints []string // RFC 7638, with SHA-256, in the order of the set
}

// ParseKeys reads the public keys that a client will sign with: a JSON Web Key
// Set, or one JSON Web Key. Keys that could not be used, or should not be here,
// are an error.
func ParseKeys(text []byte) (Keys, error) {
	set, err := decodeSet(text)
	if err != nil {
		return Keys{}, err
	}
	var kept jose.JSONWebKeySet
	var keys Keys
	for i, key := range set.Keys {
		if err := usable(key); err != nil {
			return Keys{}, fmt.Errorf("key %d: %w", i+1, err)
		}
		if key.KeyID != "" && len(kept.Key(key.KeyID)) > 0 {
			return Keys{}, fmt.Errorf("key %d: its kid is that of a key before it", i+1)
		}
		print, err := key.Thumbprint(crypto.SHA256)
		if err != nil {
			return Keys{}, fmt.Errorf("key %d: %w", i+1, err)
		}
		keys.Thumbprints = append(keys.Thumbprints, base64.RawURLEncoding.EncodeToString(print))
		kept.Keys = append(kept.Keys, jose.JSONWebKey{Key: key.Key, KeyID: key.KeyID, Algorithm: key.Algorithm, Use: "sig"})
	}
	encoded, err := json.Marshal(kept)
	keys.Set = string(encoded)
	return keys, err
}

func decodeSet(text []byte) (set jose.JSONWebKeySet, err error) {
	var shape struct {
		Keys *json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &shape); err != nil {
		return set, errors.New("this is no JSON Web Key Set: it is not a JSON object")
	}
	if shape.Keys == nil {
		set.Keys = make([]jose.JSONWebKey, 1)
		err = json.Unmarshal(text, &set.Keys[0])
	} else {
		err = json.Unmarshal(text, &set)
	}
	switch {
	case err != nil:
		return set, fmt.Errorf("this is no JSON Web Key Set that can be used: %w", err)
	case len(set.Keys) == 0:
		return set, errors.New("there is no key in it")
	case len(set.Keys) > mostKeys:
		return set, fmt.Errorf("there are %d keys in it, and at most %d are possible", len(set.Keys), mostKeys)
	}
	return set, nil
}

// usable reports why no assertion may be checked with a key.
func usable(key jose.JSONWebKey) error {
	switch public := key.Key.(type) {
	case *rsa.PublicKey:
		if bits := public.N.BitLen(); bits < leastBits {
			return fmt.Errorf("an RSA key of %d bits is too easy to break: take at least %d", bits, leastBits)
		}
	case *ecdsa.PublicKey, ed25519.PublicKey:
	case []byte:
		return errors.New("it is a shared secret: register the public half of a pair")
	default:
		if !key.IsPublic() {
			return errors.New("it is a private key, which nobody but the client may have: register the public half, and of another pair if this file has been around")
		}
		return errors.New("its type is not supported: take RSA, EC or Ed25519")
	}
	switch {
	case !key.Valid():
		return errors.New("it is damaged")
	case key.Use != "" && key.Use != "sig":
		return errors.New("its use is not sig: it is not made for signing")
	case key.Algorithm != "" && !slices.Contains(algorithms, jose.SignatureAlgorithm(key.Algorithm)), key.Algorithm != "" && !fits(key, key.Algorithm):
		return fmt.Errorf("its alg is not one for signing with such a key: take one of %v", algorithms)
	}
	return nil
}

// readSet reads a set that was kept; "" is the empty set.
func readSet(text string) (keys []jose.JSONWebKey, err error) {
	if text == "" {
		return nil, nil
	}
	var set jose.JSONWebKeySet
	err = json.Unmarshal([]byte(text), &set)
	return set.Keys, err
}

// fitting returns the keys that can have signed what has this header.
func fitting(keys []jose.JSONWebKey, header jose.Header) []jose.JSONWebKey {
	var out []jose.JSONWebKey
	for _, key := range keys {
		named := header.KeyID == "" || key.KeyID == "" || key.KeyID == header.KeyID
		if named && (key.Algorithm == "" || key.Algorithm == header.Algorithm) && fits(key, header.Algorithm) {
			out = append(out, key)
		}
	}
	return out
}

// fits reports whether an algorithm takes keys of this type and curve.
func fits(key jose.JSONWebKey, algorithm string) bool {
	switch public := key.Key.(type) {
	case *rsa.PublicKey:
		return strings.HasPrefix(algorithm, "RS") || strings.HasPrefix(algorithm, "PS")
	case *ecdsa.PublicKey:
		return algorithm == map[string]string{"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}[public.Curve.Params().Name]
	case ed25519.PublicKey:
		return algorithm == string(jose.EdDSA)
	}
	return false
}
