package signing

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"

	"birthright/identity"
)

// The algorithms (RFC 7518 section 3.1).
const (
	ES256 = string(jose.ES256) // P-256: small and quick, the hub's own choice
	RS256 = string(jose.RS256) // RSA: what CAEP's interoperability profile asks for
)

// Algorithms lists them.
func Algorithms() []string { return []string{ES256, RS256} }

// rsaBits is the size of keys that the hub makes, and the least that is taken.
const rsaBits = 2048

// typ is the header by which a receiver tells an event from a token that lets
// somebody in (RFC 8417 section 2.3).
const typ = "secevent+jwt"

// Key signs. It is safe for concurrent use.
type Key struct {
	signer jose.Signer
	public jose.JSONWebKey
}

// Make makes a private key for an algorithm, in the form that Read takes.
func Make(algorithm string) ([]byte, error) {
	var private crypto.PrivateKey
	var err error
	if algorithm == RS256 {
		private, err = rsa.GenerateKey(rand.Reader, rsaBits)
	} else {
		private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	if err != nil {
		return nil, fmt.Errorf("make a signing key: %w", err)
	}
	return x509.MarshalPKCS8PrivateKey(private)
}

// Read reads a private key, in PEM form or as bare PKCS #8. Its kind decides the
// algorithm. An error has the kind Invalid and shows nothing of the key.
func Read(data []byte) (*Key, error) {
	private, err := parse(data)
	if err != nil {
		return nil, unusable(err)
	}
	algorithm := jose.ES256
	switch k := private.(type) {
	case *ecdsa.PrivateKey:
		if k.Curve != elliptic.P256() {
			return nil, unusable(fmt.Errorf("it is on the curve %s", k.Curve.Params().Name))
		}
	case *rsa.PrivateKey:
		if k.N.BitLen() < rsaBits {
			return nil, unusable(fmt.Errorf("its %d bits are too few", k.N.BitLen()))
		}
		algorithm = jose.RS256
	default:
		return nil, unusable(fmt.Errorf("it is a %T", private))
	}
	return newKey(algorithm, private)
}

// parse takes PKCS #8, SEC 1 and PKCS #1: what openssl writes.
func parse(data []byte) (crypto.PrivateKey, error) {
	block, _ := pem.Decode(data)
	switch {
	case block == nil:
		return x509.ParsePKCS8PrivateKey(data)
	case block.Type == "EC PRIVATE KEY":
		return x509.ParseECPrivateKey(block.Bytes)
	case block.Type == "RSA PRIVATE KEY":
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	case block.Type != "PRIVATE KEY":
		return nil, fmt.Errorf("it holds a %s", block.Type)
	}
	return x509.ParsePKCS8PrivateKey(block.Bytes)
}

func unusable(err error) error {
	return &identity.Error{Kind: identity.Invalid, Op: "read the signing key", Err: err,
		Hint: "give a private key in PEM form without a passphrase: P-256 (openssl ecparam -genkey -name prime256v1 -noout) or RSA of 2048 bits or more"}
}

// newKey names the key after its thumbprint (RFC 7638), so that receivers notice
// when it is another.
func newKey(algorithm jose.SignatureAlgorithm, private crypto.PrivateKey) (*Key, error) {
	signing := jose.JSONWebKey{Key: private, Algorithm: string(algorithm), Use: "sig"}
	print, err := signing.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, unusable(err)
	}
	signing.KeyID = base64.RawURLEncoding.EncodeToString(print)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: signing}, (&jose.SignerOptions{}).WithType(typ))
	if err != nil {
		return nil, unusable(err)
	}
	return &Key{signer: signer, public: signing.Public()}, nil
}

// Algorithm is what the key signs with.
func (k *Key) Algorithm() string { return k.public.Algorithm }

// Sign returns claims as a signed token in compact form.
func (k *Key) Sign(claims []byte) (string, error) {
	signed, err := k.signer.Sign(claims)
	if err != nil {
		return "", fmt.Errorf("sign a security event: %w", err)
	}
	return signed.CompactSerialize()
}

// JWKS returns the public key as a key set for receivers.
func (k *Key) JWKS() ([]byte, error) {
	if !k.public.IsPublic() {
		return nil, errors.New("show the signing key: it is not the public one")
	}
	return json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{k.public}})
}
