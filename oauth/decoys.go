package oauth

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"fmt"
	"io"
	"math/big"

	"github.com/go-jose/go-jose/v4"
)

// decoys are keys of every type that nobody has the other half of. They are
// tried where a client is not known, or has no key that could have signed, so
// that the time of an answer does not tell which clients there are. Whatever
// they say, it is refused.
type decoys = []jose.JSONWebKey

func newDecoys(rand io.Reader) (decoys, error) {
	modulus, err := oddNumber(rand, leastBits)
	if err != nil {
		return nil, err
	}
	public, _, err := ed25519.GenerateKey(rand)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	keys := decoys{{Key: &rsa.PublicKey{N: modulus, E: 65537}}, {Key: public}}
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		pair, err := ecdsa.GenerateKey(curve, rand)
		if err != nil {
			return nil, fmt.Errorf("make a key: %w", err)
		}
		keys = append(keys, jose.JSONWebKey{Key: &pair.PublicKey})
	}
	return keys, nil
}

// oddNumber is what a modulus looks like to whoever only checks signatures: no
// prime needs to be looked for.
func oddNumber(rand io.Reader, bits int) (*big.Int, error) {
	raw := make([]byte, bits/8)
	if _, err := io.ReadFull(rand, raw); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	raw[0] |= 0x80
	raw[len(raw)-1] |= 1
	return new(big.Int).SetBytes(raw), nil
}
