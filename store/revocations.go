package store

import (
	"context"
	"time"

	"birthright/audit"
)

// RevocationRow is a membership that somebody took away, whatever gives it: as long as
// it is in force, no rule, shift or ticket gives the group to the user.
type RevocationRow struct {
	N           int64
	ID          string
	UserN       int64
	User, Group string
	By, Reason  string
	Source      string // the item of a review; "" for none
	At          time.Time
	LiftedAt    time.Time // zero while it is in force
	LiftedBy    string
}

var revocationColumns = concat(ints("n"), words("id"), ints("user_n"), words("user_name", "group_name", "by_actor", "reason", "source"),
	ints("at", "lifted_at"), words("lifted_by"))

var selectRevocations = "SELECT " + namesOf(revocationColumns) + " FROM revocations "

func readRevocation(row scanner) (r RevocationRow, err error) {
	var at, lifted int64
	err = row.Scan(&r.N, &r.ID, &r.UserN, &r.User, &r.Group, &r.By, &r.Reason, &r.Source, &at, &lifted, &r.LiftedBy)
	r.At, r.LiftedAt = instant(at), instant(lifted)
	return r, err
}

// AddRevocations takes memberships away from now on. Numbers, IDs and times are
// filled in, also in rows. The caller notes the work that follows.
func (tx *Tx) AddRevocations(ctx context.Context, rows []*RevocationRow, events ...audit.Event) error {
	if len(rows) == 0 {
		return tx.note(nil, events)
	}
	first, err := tx.take(ctx, "revocations", len(rows))
	if err != nil {
		return err
	}
	for i, r := range rows {
		r.N, r.ID, r.At = first+int64(i), publicID("v", first+int64(i)), tx.now
	}
	into := bulk{table: "revocations", columns: revocationColumns}
	err = into.write(ctx, tx, len(rows), func(i int, v []any) {
		r := rows[i]
		v[0], v[1], v[2], v[3], v[4], v[5] = r.N, r.ID, r.UserN, r.User, r.Group, r.By
		v[6], v[7], v[8], v[9], v[10] = printable(r.Reason), r.Source, micros(r.At), micros(r.LiftedAt), r.LiftedBy
	})
	return tx.note(err, events)
}

// LiftRevocations ends revocations that are in force; the others stay as they are.
func (tx *Tx) LiftRevocations(ctx context.Context, ids []string, by string, events ...audit.Event) error {
	return tx.note(tx.exec(ctx, "UPDATE revocations SET lifted_at = ?, lifted_by = ? WHERE lifted_at = 0 AND id IN {texts}", micros(tx.now), by, texts(ids)), events)
}

// OpenRevocations returns those in force, by number.
func (tx *Tx) OpenRevocations(ctx context.Context) ([]RevocationRow, error) {
	return list(ctx, tx, readRevocation, selectRevocations+"WHERE lifted_at = 0 ORDER BY n")
}

// RevocationsOf returns those of some users that are in force, by number.
func (tx *Tx) RevocationsOf(ctx context.Context, userNs []int64) ([]RevocationRow, error) {
	return list(ctx, tx, readRevocation, selectRevocations+"WHERE user_n IN {numbers} AND lifted_at = 0 ORDER BY n", numbers(userNs))
}

// Revocations returns every revocation there was, newest first.
func (tx *Tx) Revocations(ctx context.Context) ([]RevocationRow, error) {
	return list(ctx, tx, readRevocation, selectRevocations+"ORDER BY n DESC")
}

// RevocationPage returns a part of those in force, by number, or of all there were,
// newest first. AfterN is the number of the last entry of the page before.
func (tx *Tx) RevocationPage(ctx context.Context, all bool, afterN int64, limit int) ([]RevocationRow, error) {
	where, args := inPages("lifted_at", all, afterN, limit)
	return list(ctx, tx, readRevocation, selectRevocations+where, args...)
}

// inPages selects a part of what ends: of what is open, by number, or of everything,
// newest first.
func inPages(end string, all bool, afterN int64, limit int) (string, []any) {
	switch {
	case !all:
		return "WHERE " + end + " = 0 AND n > ? ORDER BY n LIMIT ?", []any{afterN, bound(limit)}
	case afterN == 0:
		return "ORDER BY n DESC LIMIT ?", []any{bound(limit)}
	}
	return "WHERE n < ? ORDER BY n DESC LIMIT ?", []any{afterN, bound(limit)}
}

// RevocationsByID returns those with these IDs, by number.
func (tx *Tx) RevocationsByID(ctx context.Context, ids []string) ([]RevocationRow, error) {
	return list(ctx, tx, readRevocation, selectRevocations+"WHERE id IN {texts} ORDER BY n", texts(ids))
}
