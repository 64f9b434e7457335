package reconcile_test

import (
	"context"
	"testing"

	"birthright/store"
	"birthright/targets"
)

// What a target has and nobody holds can be asked for by itself, if the policy says so: a look
// at the whole target keeps it, with what the target calls it. Anything else is not kept.
func TestWhatNobodyHoldsCanBeAskedFor(t *testing.T) {
	h := newHub(t, company+`
entitlements:
  - {match: "app:repo/*", owners: ["user:ada"], request: {}}
`, nil)
	h.join("ada", "department", "Engineering")
	h.app.Seed(targets.State{Entitlements: []targets.Entitlement{
		{Address: entitlement("app:repo/pl"), Title: "Payments ledger"}, {Address: entitlement("app:repo/web"), Title: "web"},
		{Address: entitlement("app:group/engineers"), Title: "All engineers"}, {Address: entitlement("app:group/nobody"), Title: "Nobody"},
	}})
	h.full()
	kept := map[string]string{}
	h.view(func(ctx context.Context, tx *store.Tx) error {
		rows, err := tx.Entitlements(ctx, "app")
		for _, row := range rows {
			if row.Present {
				kept[row.Address.String()] = row.Title
			}
		}
		return err
	})
	h.same("kept", kept, map[string]string{
		"app:group/all": "", "app:group/engineers": "All engineers", "app:repo/pl": "Payments ledger", "app:repo/web": "",
	})
	h.quiet()
}
