package reconcile

import (
	"context"
	"slices"

	"birthright/identity"
	"birthright/store"
)

// standing answers which groups users are in by more than grants: what conditions of
// requests may ask for. A grant must neither open the way to another one nor keep
// itself alive.
func standing(ctx context.Context, tx *store.Tx, userNs []int64) (func(userN int64) []string, error) {
	rows, err := tx.MembershipsOfUsers(ctx, userNs)
	if err != nil || len(rows) == 0 {
		return func(int64) []string { return nil }, err
	}
	names, err := tx.GroupNames(ctx, groupNumbers(rows))
	if err != nil {
		return nil, err
	}
	var causeNs []int64
	for _, row := range rows {
		causeNs = append(causeNs, row.CausesN)
	}
	sets, err := tx.CauseSetsByN(ctx, causeNs)
	if err != nil {
		return nil, err
	}
	causes := map[int64]map[string][]identity.Cause{}
	for _, row := range rows {
		if causes[row.UserN] == nil {
			causes[row.UserN] = map[string][]identity.Cause{}
		}
		causes[row.UserN][names[row.GroupN]] = sets[row.CausesN]
	}
	return func(userN int64) []string {
		var out []string
		for group := range causes[userN] {
			if standsIn(causes[userN], group, nil) {
				out = append(out, group)
			}
		}
		slices.Sort(out)
		return out
	}, nil
}

// standsIn reports whether something other than a grant puts somebody into a group, or
// into one that it contains.
func standsIn(causes map[string][]identity.Cause, group string, seen []string) bool {
	return !slices.Contains(seen, group) && slices.ContainsFunc(causes[group], func(c identity.Cause) bool {
		return c.Kind != identity.CauseGrant && (c.Kind != identity.CauseGroup || standsIn(causes, c.Name, append(seen, group)))
	})
}
