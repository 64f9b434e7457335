package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"birthright/audit"
)

// ClientRow is an OAuth client; its secret is never stored.
type ClientRow struct {
	ID, Source, Scope, Label                string
	Hash                                    [32]byte
	Keys                                    string    // JSON Web Key Set; "" for one with a secret
	Created, ExpiresAt, LastUsed, RevokedAt time.Time // Created is set when first saved, unless given
}

type clientRow struct {
	bun.BaseModel `bun:"table:oauth_clients"`
	ID            string `bun:"id,pk"`
	Source        string `bun:"source"`
	Scope         string `bun:"scope"`
	Label         string `bun:"label"`
	Hash          []byte `bun:"hash"`
	Keys          string `bun:"jwks"`
	Created       int64  `bun:"created"`
	ExpiresAt     int64  `bun:"expires_at"`
	LastUsed      int64  `bun:"last_used"`
	RevokedAt     int64  `bun:"revoked_at"`
}

func (r clientRow) client() ClientRow {
	c := ClientRow{ID: r.ID, Source: r.Source, Scope: r.Scope, Label: r.Label, Keys: r.Keys, Created: instant(r.Created),
		ExpiresAt: instant(r.ExpiresAt), LastUsed: instant(r.LastUsed), RevokedAt: instant(r.RevokedAt)}
	copy(c.Hash[:], r.Hash)
	return c
}

// SaveClient inserts or replaces an OAuth client, by ID.
func (tx *Tx) SaveClient(ctx context.Context, c ClientRow, events ...audit.Event) error {
	row := clientRow{ID: c.ID, Source: c.Source, Scope: c.Scope, Label: c.Label, Hash: c.Hash[:], Keys: c.Keys,
		Created: micros(orNow(c.Created, tx.now)), ExpiresAt: micros(c.ExpiresAt), LastUsed: micros(c.LastUsed), RevokedAt: micros(c.RevokedAt)}
	_, err := tx.bun.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").Exec(ctx)
	return tx.note(err, events)
}

// ClientByID returns one OAuth client, revoked and expired ones too; kind
// NotFound where there is none.
func (tx *Tx) ClientByID(ctx context.Context, id string) (ClientRow, error) {
	var rows []clientRow
	if isText(id) { // it comes from outside
		if err := tx.bun.NewSelect().Model(&rows).Where("id = ?", id).Scan(ctx); err != nil {
			return ClientRow{}, err
		}
	}
	if len(rows) == 0 {
		return ClientRow{}, notFound("client", id)
	}
	return rows[0].client(), nil
}

// Clients returns the OAuth clients of a source, oldest first; "" for all
// sources.
func (tx *Tx) Clients(ctx context.Context, source string) ([]ClientRow, error) {
	var rows []clientRow
	s := tx.bun.NewSelect().Model(&rows).Order("created", "id")
	if source != "" {
		s = s.Where("source = ?", source)
	}
	err := s.Scan(ctx)
	return mapped(rows, clientRow.client), err
}

// RevokeClient makes a client useless from now on, and with it every token that
// was issued to it.
func (tx *Tx) RevokeClient(ctx context.Context, id string, events ...audit.Event) error {
	now := micros(tx.now)
	if err := tx.exec(ctx, "UPDATE oauth_clients SET revoked_at = ? WHERE id = ? AND revoked_at = 0", now, id); err != nil {
		return err
	}
	return tx.note(tx.exec(ctx, "UPDATE tokens SET revoked_at = ? WHERE client = ? AND client <> '' AND revoked_at = 0", now, id), events)
}

// TouchClient notes when a client was used last, unless a later use is noted.
func (tx *Tx) TouchClient(ctx context.Context, id string, at time.Time) error {
	return tx.note(tx.exec(ctx, "UPDATE oauth_clients SET last_used = ? WHERE id = ? AND last_used < ?", micros(at), id, micros(at)), nil)
}
