// Package backing is what stands behind the SCIM front door: reads come from
// the store, writes go through the intake. It translates between the front door's
// interfaces and theirs, and decides nothing.
//
//	scim.Directory, scim.Tokens → store.DB.View
//	scim.Intake                 → intake.Service
package backing

import (
	"context"
	"time"

	"birthright/identity"
	"birthright/intake"
	"birthright/scim"
	"birthright/store"
	"birthright/tokens"
)

// Backing implements scim.Directory, scim.Intake and scim.Tokens.
type Backing struct {
	*intake.Service // Create, Update, Remove, CreateGroup, RemoveGroup
	db              *store.DB
}

// New returns the backing made of a store and the intake on it.
func New(db *store.DB, in *intake.Service) *Backing { return &Backing{Service: in, db: db} }

// Token returns a token by its ID.
func (b *Backing) Token(ctx context.Context, id string) (tokens.Token, error) {
	row, err := b.db.Token(ctx, id)
	return tokens.Token(row), err
}

// Touch notes that a token was used.
func (b *Backing) Touch(ctx context.Context, id string, at time.Time) error {
	return b.db.Update(ctx, func(tx *store.Tx) error { return tx.TouchToken(ctx, id, at) })
}

// EditGroup changes a group and its members in one step.
func (b *Backing) EditGroup(ctx context.Context, source, id string, edit func(old identity.SourceGroup) (scim.GroupEdit, error)) (identity.SourceGroup, error) {
	var left []store.Member
	var told *[]scim.Member
	g, err := b.Service.EditGroup(ctx, source, id, func(old identity.SourceGroup) (intake.GroupEdit, error) {
		e, err := edit(old)
		out := intake.GroupEdit{Group: e.Group, Replace: e.Replace, Add: e.Add, Remove: e.Remove}
		if e.Replace {
			out.Members, out.Add, out.Remove = e.Add, nil, nil
		}
		if told = e.Told; told != nil {
			out.Told = &left
		}
		return out, err
	})
	if err == nil && told != nil {
		*told = membersOf(left)
	}
	return g, err
}
