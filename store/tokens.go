package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"birthright/audit"
)

// TokenRow is a bearer token; the token itself is never stored.
type TokenRow struct {
	ID, Source, Scope, Client               string // Client: whom it was issued to, "" for one that a person made
	UserN                                   int64  // who acts with it; 0: a program
	Hash                                    [32]byte
	Created, ExpiresAt, LastUsed, RevokedAt time.Time // Created is set when first saved, unless given
}

type tokenRow struct {
	bun.BaseModel `bun:"table:tokens"`
	ID            string `bun:"id,pk"`
	Source        string `bun:"source"`
	Scope         string `bun:"scope"`
	Client        string `bun:"client"`
	UserN         int64  `bun:"user_n"`
	Hash          []byte `bun:"hash"`
	Created       int64  `bun:"created"`
	ExpiresAt     int64  `bun:"expires_at"`
	LastUsed      int64  `bun:"last_used"`
	RevokedAt     int64  `bun:"revoked_at"`
}

func (r tokenRow) token() TokenRow {
	t := TokenRow{ID: r.ID, Source: r.Source, Scope: r.Scope, Client: r.Client, UserN: r.UserN, Created: instant(r.Created), ExpiresAt: instant(r.ExpiresAt),
		LastUsed: instant(r.LastUsed), RevokedAt: instant(r.RevokedAt)}
	copy(t.Hash[:], r.Hash)
	return t
}

// SaveToken inserts or replaces a token, by ID.
func (tx *Tx) SaveToken(ctx context.Context, t TokenRow, events ...audit.Event) error {
	row := tokenRow{ID: t.ID, Source: t.Source, Scope: t.Scope, Client: t.Client, UserN: t.UserN, Hash: t.Hash[:], Created: micros(orNow(t.Created, tx.now)),
		ExpiresAt: micros(t.ExpiresAt), LastUsed: micros(t.LastUsed), RevokedAt: micros(t.RevokedAt)}
	_, err := tx.bun.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").Exec(ctx)
	return tx.note(err, events)
}

const selectToken = `SELECT id, source, scope, client, user_n, hash, created, expires_at, last_used, revoked_at FROM tokens WHERE id IN {texts}`

// TokenByID returns one token, revoked and expired ones too; kind NotFound where
// there is none.
func (tx *Tx) TokenByID(ctx context.Context, id string) (TokenRow, error) {
	found, err := list(ctx, tx, readToken, selectToken, texts{id})
	return oneToken(found, id, err)
}

// Token is TokenByID in a snapshot of its own: every request of a client begins
// with it.
func (db *DB) Token(ctx context.Context, id string) (TokenRow, error) {
	var found []TokenRow
	err := db.alone(ctx, "use the database", func(row scanner) error {
		t, err := readToken(row)
		found = append(found, t)
		return err
	}, selectToken, texts{id})
	return oneToken(found, id, err)
}

func oneToken(found []TokenRow, id string, err error) (TokenRow, error) {
	if err == nil && len(found) == 0 {
		err = notFound("token", id)
	}
	if err != nil {
		return TokenRow{}, err
	}
	return found[0], nil
}

func readToken(row scanner) (TokenRow, error) {
	var r tokenRow
	err := row.Scan(&r.ID, &r.Source, &r.Scope, &r.Client, &r.UserN, &r.Hash, &r.Created, &r.ExpiresAt, &r.LastUsed, &r.RevokedAt)
	return r.token(), err
}

// Tokens returns the tokens of a source, oldest first; "" for all sources.
func (tx *Tx) Tokens(ctx context.Context, source string) ([]TokenRow, error) {
	var rows []tokenRow
	s := tx.bun.NewSelect().Model(&rows).Order("created", "id")
	if source != "" {
		s = s.Where("source = ?", source)
	}
	err := s.Scan(ctx)
	return mapped(rows, tokenRow.token), err
}

// TouchToken notes when a token was used last. Of several uses that are noted
// out of their order, the latest stays.
func (tx *Tx) TouchToken(ctx context.Context, id string, at time.Time, events ...audit.Event) error {
	return tx.note(tx.exec(ctx, "UPDATE tokens SET last_used = ? WHERE id IN {texts} AND last_used < ?", micros(at), texts{id}, micros(at)), events)
}
