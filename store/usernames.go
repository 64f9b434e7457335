package store

import (
	"context"

	"birthright/identity"
)

// UserNumbers returns which user has each of the names, without regard to
// letter case, by name as given; names that nobody has are left out.
func (tx *Tx) UserNumbers(ctx context.Context, names []string) (map[string]int64, error) {
	folded := make(texts, len(names))
	for i, name := range names {
		folded[i] = fold(name)
	}
	owners := map[string]int64{}
	err := tx.each(ctx, func(row scanner) error {
		var n int64
		var name string
		err := row.Scan(&n, &name)
		owners[name] = n
		return err
	}, "SELECT n, folded FROM users WHERE folded IN {texts}", folded)
	if err != nil {
		return nil, err
	}
	out := make(map[string]int64, len(owners))
	for i, name := range names {
		if n, ok := owners[folded[i]]; ok {
			out[name] = n
		}
	}
	return out, nil
}

// BareUsers is UsersByN without the groups, for those who look at nothing but
// what SaveUsers saves.
func (tx *Tx) BareUsers(ctx context.Context, ns []int64) ([]identity.User, error) {
	return list(ctx, tx, readUser, selectUsers+"WHERE n IN {numbers} ORDER BY n", numbers(ns))
}
