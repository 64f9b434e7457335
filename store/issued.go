package store

import (
	"context"
	"time"
)

// LiveIssuedTokens counts the tokens that clients hold and that are valid at a
// time, by client.
func (tx *Tx) LiveIssuedTokens(ctx context.Context, at time.Time) (map[string]int, error) {
	counts := map[string]int{}
	err := tx.each(ctx, func(row scanner) error {
		var client string
		var n int
		err := row.Scan(&client, &n)
		counts[client] = n
		return err
	}, "SELECT client, count(*) FROM tokens WHERE client <> '' AND revoked_at = 0 AND expires_at > ? GROUP BY client", micros(at))
	return counts, err
}

// ForgetExpiredTokens deletes tokens that were issued to clients and had expired
// at a time, at most so many of them. Tokens that people made are kept: they
// tell what was.
func (tx *Tx) ForgetExpiredTokens(ctx context.Context, at time.Time, most int) error {
	return tx.note(tx.exec(ctx, `DELETE FROM tokens WHERE id IN (
		SELECT id FROM tokens WHERE client <> '' AND expires_at <= ? ORDER BY expires_at LIMIT ?)`, micros(at), most), nil)
}

// ForgetOldestTokens deletes all but the newest tokens that were issued to a
// client; what is deleted is refused from then on.
func (tx *Tx) ForgetOldestTokens(ctx context.Context, client string, keep int) error {
	return tx.note(tx.exec(ctx, `DELETE FROM tokens WHERE client <> '' AND client = ? AND id IN (
		SELECT id FROM tokens WHERE client <> '' AND client = ? ORDER BY created DESC, id DESC LIMIT ? OFFSET ?)`,
		client, client, page, keep), nil)
}

// NoteAssertion remembers that a client has shown an assertion, until it
// expires. It reports false, and remembers nothing, for one that is remembered.
func (tx *Tx) NoteAssertion(ctx context.Context, client, id string, expires time.Time) (fresh bool, err error) {
	n, err := tx.number(ctx, "SELECT count(*) FROM oauth_assertions WHERE client = ? AND id = ?", client, id)
	if err != nil || n > 0 {
		return false, err
	}
	err = tx.exec(ctx, "INSERT INTO oauth_assertions (client, id, expires) VALUES (?, ?, ?)", client, id, micros(expires))
	return true, tx.note(err, nil)
}

// CountAssertions returns how many assertions of a client are remembered.
func (tx *Tx) CountAssertions(ctx context.Context, client string) (int64, error) {
	return tx.number(ctx, "SELECT count(*) FROM oauth_assertions WHERE client = ?", client)
}

// ForgetAssertions deletes assertions that had expired at a time, at most so
// many of them.
func (tx *Tx) ForgetAssertions(ctx context.Context, at time.Time, most int) error {
	return tx.note(tx.exec(ctx, `DELETE FROM oauth_assertions WHERE (client, id) IN (
		SELECT client, id FROM oauth_assertions WHERE expires <= ? ORDER BY expires LIMIT ?)`, micros(at), most), nil)
}
