// Package backing is what stands behind the API and the console: tokens, and answers
// that are kept for those who ask again, are in the store. It decides nothing.
//
//	holder.Keeper → store.DB
//	api.Answers   → store.DB.Update
package backing

import (
	"context"
	"time"

	"birthright/api"
	"birthright/store"
	"birthright/tokens"
)

// Backing implements holder.Keeper and api.Answers.
type Backing struct{ db *store.DB }

// New returns the backing made of a store.
func New(db *store.DB) *Backing { return &Backing{db: db} }

// Token returns a token by its ID.
func (b *Backing) Token(ctx context.Context, id string) (tokens.Token, error) {
	row, err := b.db.Token(ctx, id)
	return tokens.Token(row), err
}

// Touch notes that a token was used.
func (b *Backing) Touch(ctx context.Context, id string, at time.Time) error {
	return b.db.Update(ctx, func(tx *store.Tx) error { return tx.TouchToken(ctx, id, at) })
}

// Begin keeps a request as being worked on, or returns the one that there is.
func (b *Backing) Begin(ctx context.Context, token, key string, fingerprint []byte) (found api.Kept, begun bool, err error) {
	err = b.db.Update(ctx, func(tx *store.Tx) error {
		fresh := store.AnswerRow{Token: token, Key: key, Fingerprint: fingerprint}
		row, ok, err := tx.BeginAnswer(ctx, fresh, tx.Now().Add(-api.KeepAnswers), tx.Now().Add(-api.GiveUpAfter))
		found, begun = api.Kept{Fingerprint: row.Fingerprint, Status: row.Status, Kind: row.Kind, Body: row.Body}, ok
		return err
	})
	return found, begun, err
}

// End keeps what was answered.
func (b *Backing) End(ctx context.Context, token, key string, a api.Kept) error {
	return b.db.Update(ctx, func(tx *store.Tx) error {
		return tx.EndAnswer(ctx, store.AnswerRow{Token: token, Key: key, Status: a.Status, Kind: a.Kind, Body: a.Body})
	})
}

// Drop forgets a request that came to nothing.
func (b *Backing) Drop(ctx context.Context, token, key string) error {
	return b.db.Update(ctx, func(tx *store.Tx) error { return tx.DropAnswer(ctx, token, key) })
}
