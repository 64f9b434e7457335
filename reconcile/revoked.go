package reconcile

import (
	"context"

	"birthright/rules"
	"birthright/store"
)

// revokedFromAll is what reviews took away from everybody, for the rules to take in.
func revokedFromAll(ctx context.Context, tx *store.Tx) (rules.Revocations, error) {
	rows, err := tx.OpenRevocations(ctx)
	return asRevocations(rows), err
}

// revokedFrom is what reviews took away from some users.
func revokedFrom(ctx context.Context, tx *store.Tx, userNs []int64) (rules.Revocations, error) {
	rows, err := tx.RevocationsOf(ctx, userNs)
	return asRevocations(rows), err
}

func asRevocations(rows []store.RevocationRow) rules.Revocations {
	out := rules.Revocations{}
	for _, r := range rows {
		out[r.UserN] = append(out[r.UserN], rules.Revocation{Group: r.Group, Name: r.ID, Reason: r.Reason, At: r.At})
	}
	return out
}
