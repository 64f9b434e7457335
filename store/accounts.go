package store

import (
	"context"
	"fmt"

	"birthright/audit"
	"birthright/identity"
)

// AccountRow is an account as last seen or made on a target.
type AccountRow struct {
	TargetN, UserN int64
	NativeID, Name string // the target's immutable id, "" until it is seen, and login name
	Active         bool
	Managed        bool // the hub made or adopted it, and may change it
	Attributes     identity.Attributes
}

var accountColumns = concat(ints("target_n", "user_n"), words("native_id", "name"), truths("active", "managed"), words("attributes"))

const selectAccounts = "SELECT target_n, user_n, native_id, name, active, managed, attributes FROM accounts "

func readAccount(row scanner) (AccountRow, error) {
	var a AccountRow
	var attributes string
	err := row.Scan(&a.TargetN, &a.UserN, &a.NativeID, &a.Name, &a.Active, &a.Managed, &attributes)
	if err != nil {
		return a, err
	}
	if a.Attributes, err = parseAttributes(attributes); err != nil {
		err = fmt.Errorf("attributes of account %s: %w", a.Name, err)
	}
	return a, err
}

// EachAccount hands every account of a target to fn, by UserN. It reads them in
// pages: fn may use the transaction.
func (tx *Tx) EachAccount(ctx context.Context, targetN int64, fn func(AccountRow) error) error {
	return stream(func(after *AccountRow) ([]AccountRow, error) {
		var from AccountRow
		if after != nil {
			from = *after
		}
		return list(ctx, tx, readAccount, selectAccounts+"WHERE target_n = ? AND user_n > ? ORDER BY user_n LIMIT ?", targetN, from.UserN, page)
	}, fn)
}

// AccountsOfUsers returns the accounts of these users on a target, by UserN.
func (tx *Tx) AccountsOfUsers(ctx context.Context, targetN int64, userNs []int64) ([]AccountRow, error) {
	return list(ctx, tx, readAccount, selectAccounts+"WHERE target_n = ? AND user_n IN {numbers} ORDER BY user_n", targetN, numbers(userNs))
}

// SaveAccounts inserts or replaces accounts, by target and user.
func (tx *Tx) SaveAccounts(ctx context.Context, rows []AccountRow, events ...audit.Event) error {
	rows = lastOf(rows, func(a AccountRow) [2]int64 { return [2]int64{a.TargetN, a.UserN} })
	into := bulk{"accounts", accountColumns, replacing("target_n, user_n", accountColumns)}
	err := into.write(ctx, tx, len(rows), func(i int, v []any) {
		a := rows[i]
		v[0], v[1], v[2], v[3], v[4], v[5], v[6] = a.TargetN, a.UserN, a.NativeID, a.Name, a.Active, a.Managed, attributesText(a.Attributes)
	})
	return tx.note(err, events)
}

// DropAccounts forgets the accounts of these users on a target.
func (tx *Tx) DropAccounts(ctx context.Context, targetN int64, userNs []int64, events ...audit.Event) error {
	return tx.note(tx.exec(ctx, "DELETE FROM accounts WHERE target_n = ? AND user_n IN {numbers}", targetN, numbers(userNs)), events)
}

// AccountOwners returns, by native id, the users whose accounts these are on a
// target; ids that are nobody's are left out.
func (tx *Tx) AccountOwners(ctx context.Context, targetN int64, nativeIDs []string) (map[string]int64, error) {
	out := make(map[string]int64, len(nativeIDs))
	err := tx.each(ctx, func(row scanner) error {
		var id string
		var n int64
		err := row.Scan(&id, &n)
		out[id] = n
		return err
	}, "SELECT native_id, user_n FROM accounts WHERE target_n = ? AND native_id IN {texts}", targetN, texts(nativeIDs))
	return out, err
}
