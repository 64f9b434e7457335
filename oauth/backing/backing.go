// Package backing is what stands behind the token endpoint: clients and tokens
// are in the store, and what is kept of them is bounded here, because whoever has
// a client's secret can ask for tokens as often as it likes.
//
//	oauth.Clients.Client → store.DB.View
//	oauth.Clients.Keep   → store.DB.Update: client still live? proof fresh?
//	                       → forget what expired → forget the oldest → save
package backing

import (
	"context"
	"errors"
	"time"

	"birthright/identity"
	"birthright/oauth"
	"birthright/store"
	"birthright/tokens"
)

// What is kept of one client at most, and how much is tidied up with each token.
const (
	MostTokens = 1000   // beyond that the oldest goes: whoever never reuses a token does not miss it
	MostProofs = 10_000 // beyond that the client has to wait: a proof that was forgotten could be used again
	atOnce     = 100
	noteEvery  = time.Minute
)

// Backing implements oauth.Clients.
type Backing struct{ db *store.DB }

// New returns the backing made of a store.
func New(db *store.DB) *Backing { return &Backing{db: db} }

// Client returns a client by its ID.
func (b *Backing) Client(ctx context.Context, id string) (client tokens.Client, err error) {
	err = b.db.View(ctx, func(tx *store.Tx) error {
		row, err := tx.ClientByID(ctx, id)
		client = tokens.Client(row)
		return err
	})
	return client, err
}

// Keep keeps a token. The client is looked at once more: updates run one after
// the other, so that no token slips past a revocation.
func (b *Backing) Keep(ctx context.Context, token tokens.Token, proof oauth.Proof) error {
	return b.db.Update(ctx, func(tx *store.Tx) error {
		row, err := tx.ClientByID(ctx, token.Client)
		if err != nil {
			return err
		}
		if err := tokens.Client(row).Live(tx.Now()); err != nil {
			return &identity.Error{Kind: identity.Denied, Op: "issue a token", Object: token.Client, Err: err}
		}
		if err := remember(ctx, tx, token.Client, proof); err != nil {
			return err
		}
		if err := makeRoom(ctx, tx, token.Client); err != nil {
			return err
		}
		if tx.Now().Sub(row.LastUsed) >= noteEvery {
			if err := tx.TouchClient(ctx, row.ID, tx.Now()); err != nil {
				return err
			}
		}
		return tx.SaveToken(ctx, store.TokenRow(token))
	})
}

// remember refuses a proof that was used before.
func remember(ctx context.Context, tx *store.Tx, client string, proof oauth.Proof) error {
	if proof.ID == "" {
		return nil
	}
	if !tx.Now().Before(proof.Expires) { // it waited here, and what it repeats may be forgotten
		return &identity.Error{Kind: identity.Denied, Op: "issue a token", Object: client, Err: tokens.ErrExpired}
	}
	if err := tx.ForgetAssertions(ctx, tx.Now(), atOnce); err != nil {
		return err
	}
	n, err := tx.CountAssertions(ctx, client)
	if err != nil {
		return err
	}
	if n >= MostProofs {
		return &identity.Error{Kind: identity.Throttled, Op: "issue a token", Object: client, Err: errors.New("too many of its assertions have not expired yet")}
	}
	fresh, err := tx.NoteAssertion(ctx, client, proof.ID, proof.Expires)
	if err == nil && !fresh {
		err = &identity.Error{Kind: identity.Conflict, Op: "issue a token", Object: client, Err: errors.New("the assertion was used before")}
	}
	return err
}

// makeRoom forgets what expired, whoever had it, and of the client's tokens the
// oldest where there are too many.
func makeRoom(ctx context.Context, tx *store.Tx, client string) error {
	if err := tx.ForgetExpiredTokens(ctx, tx.Now(), atOnce); err != nil {
		return err
	}
	return tx.ForgetOldestTokens(ctx, client, MostTokens-1)
}
