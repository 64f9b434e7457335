package trial

import (
	"context"
	"strings"

	"birthright/identity"
)

// states returns where users stand, by name without letter case.
func (d Directory) states(ctx context.Context, names []string) (func(string) (identity.State, bool), error) {
	numbers, err := d.Tx.UserNumbers(ctx, names)
	if err != nil {
		return nil, err
	}
	ns := make([]int64, 0, len(numbers))
	for _, n := range numbers {
		ns = append(ns, n)
	}
	users, err := d.Tx.BareUsers(ctx, ns)
	if err != nil {
		return nil, err
	}
	byN := map[int64]identity.State{}
	for _, u := range users {
		byN[u.N] = u.State
	}
	known := map[string]identity.State{}
	for name, n := range numbers {
		known[strings.ToLower(name)] = byN[n]
	}
	return func(name string) (identity.State, bool) {
		state, ok := known[strings.ToLower(name)]
		return state, ok
	}, nil
}
