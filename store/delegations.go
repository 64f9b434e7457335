package store

import (
	"context"

	"birthright/audit"
	"birthright/grants"
)

var delegationColumns = concat(words("id"), ints("from_n", "to_n"), words("from_name", "to_name"), ints("start_at", "end_at"),
	words("reason"), ints("created", "revoked_at"))

var selectDelegations = "SELECT " + namesOf(delegationColumns) + " FROM delegations "

func readDelegation(row scanner) (d grants.Delegation, err error) {
	var start, end, created, revoked int64
	err = row.Scan(&d.ID, &d.FromN, &d.ToN, &d.From, &d.To, &start, &end, &d.Reason, &created, &revoked)
	d.Start, d.End, d.Created, d.RevokedAt = instant(start), instant(end), instant(created), instant(revoked)
	return d, err
}

// SaveDelegation inserts or replaces a delegation. A new one, without an ID, gets
// its ID and when it was created, also in d.
func (tx *Tx) SaveDelegation(ctx context.Context, d *grants.Delegation, events ...audit.Event) error {
	if d.ID == "" {
		n, err := tx.take(ctx, "delegations", 1)
		if err != nil {
			return err
		}
		d.ID, d.Created = publicID("d", n), tx.now
	}
	into := bulk{"delegations", delegationColumns, replacing("id", delegationColumns, "created")}
	err := into.write(ctx, tx, 1, func(_ int, v []any) {
		v[0], v[1], v[2], v[3], v[4] = d.ID, d.FromN, d.ToN, d.From, d.To
		v[5], v[6], v[7], v[8], v[9] = micros(d.Start), micros(d.End), printable(d.Reason), micros(d.Created), micros(d.RevokedAt)
	})
	return tx.note(err, events)
}

// DelegationByID returns one delegation; kind NotFound where there is none.
func (tx *Tx) DelegationByID(ctx context.Context, id string) (grants.Delegation, error) {
	found, err := list(ctx, tx, readDelegation, selectDelegations+"WHERE id = ?", id)
	return only(found, "delegation", id, err)
}

// DelegationsFrom returns the delegations of a user that are in force, or will be.
func (tx *Tx) DelegationsFrom(ctx context.Context, userN int64) ([]grants.Delegation, error) {
	return list(ctx, tx, readDelegation, selectDelegations+"WHERE from_n = ? AND revoked_at = 0 AND end_at > ? ORDER BY start_at, id", userN, micros(tx.now))
}

// DelegationsTo returns the delegations to a user that are in force, or will be.
func (tx *Tx) DelegationsTo(ctx context.Context, userN int64) ([]grants.Delegation, error) {
	return list(ctx, tx, readDelegation, selectDelegations+"WHERE to_n = ? AND revoked_at = 0 AND end_at > ? ORDER BY start_at, id", userN, micros(tx.now))
}

// Delegations returns every delegation there was, newest first.
func (tx *Tx) Delegations(ctx context.Context) ([]grants.Delegation, error) {
	return list(ctx, tx, readDelegation, selectDelegations+"ORDER BY created DESC, id DESC")
}
