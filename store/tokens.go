package store

import "time"

// TokenRow is a bearer token; the token itself is never stored.
type TokenRow struct {
	ID, Source, Scope                       string
	Hash                                    [32]byte
	Created, ExpiresAt, LastUsed, RevokedAt time.Time
}
