// Package signing signs security event tokens and shows the key by which
// receivers check them. It is the one place that knows the JOSE library.
//
//	Make(algorithm) → PKCS #8, kept by the hub ┐
//	a PEM file of the operator's                ┴→ Read → Key ─ Sign(claims) → compact JWS, typ secevent+jwt
//	                                                        └ JWKS()         → the public half (RFC 7517)
//
// Where the key is kept, and what is signed, is left to others.
package signing
