package desk_test

import (
	"slices"
	"testing"

	"birthright/grants/desk"
	"birthright/identity"
	"birthright/store"
)

// What was seen on a target and may be asked for by itself is found by what the target calls
// it, and what the policy or the target changes shows at once.
func TestTheCatalogFollowsWhatIsSeen(t *testing.T) {
	o := open(t)
	o.SetPolicy(catalogPolicy)
	names := func(search string) []string {
		t.Helper()
		offers, err := o.Catalog(t.Context(), o.As("ada"), "", search)
		o.Must(err)
		out := []string{}
		for _, offer := range offers {
			out = append(out, offer.Name)
		}
		return out
	}
	same(t, "before", names("payments ledger"), []string{})
	pay := identity.Entitlement{Target: "github", Kind: "repo", ID: "acme/pl"}
	other := identity.Entitlement{Target: "github", Kind: "repo", ID: "acme/website"}
	carried := identity.Entitlement{Target: "app", Kind: "role", ID: "r-17"}
	see := func(e identity.Entitlement, title string, present bool) {
		t.Helper()
		o.Must(o.Store.Update(t.Context(), func(tx *store.Tx) error {
			n, err := tx.EntitlementNumbers(t.Context(), []identity.Entitlement{e}, true)
			if err == nil {
				err = tx.SetEntitlementsPresent(t.Context(), []int64{n[e]}, present)
			}
			if err == nil {
				err = tx.NameEntitlements(t.Context(), map[int64]string{n[e]: title})
			}
			return err
		}))
	}
	see(pay, "Payments ledger", true)
	see(other, "", true)
	see(carried, "Invoices", true)
	same(t, "by its title", names("payment ledgers"), []string{"github:repo/acme/pl"})
	same(t, "by what the policy says of all", names("repository website"), []string{"github:repo/acme/website"})
	same(t, "a group by the title of what it gives", names("invoice"), []string{"billing"})
	see(pay, "", false)
	same(t, "gone", names("payments"), []string{})
	shelf, err := o.Browse(t.Context(), o.As("ada"), desk.Browse{Search: "a", Names: []string{"billing", "nothing"}, Limit: 1})
	o.Must(err)
	same(t, "limited", len(shelf.Offers), 1)
	if shelf.Fit < 2 || shelf.All < shelf.Fit {
		t.Errorf("%d of %d fit", shelf.Fit, shelf.All)
	}
	same(t, "named", len(shelf.Named), 1)
	same(t, "its titles", shelf.Named[0].GivesTitles, []string{"Invoices"})
}

// Who could never get something is not shown it; whom only the ticket or the reason stands
// between, is.
func TestTheCatalogShowsWhatCouldBeHad(t *testing.T) {
	o := open(t)
	o.SetPolicy(catalogPolicy)
	shown := func(who string) bool {
		t.Helper()
		offers, err := o.Catalog(t.Context(), o.As(who), "", "")
		o.Must(err)
		return slices.ContainsFunc(offers, func(offer desk.Offer) bool { return offer.Name == "fix" })
	}
	same(t, "of the team", shown("ada"), true)
	same(t, "of another", shown("olga"), false)
}

const catalogPolicy = `
groups:
  - {name: billing, owners: ["user:olga"], access: ["app:role/r-17"], request: {}}
  - name: fix
    owners: ["user:olga"]
    access: ["app:role/fix"]
    request: {allow: 'user.userName == "ada" && ticket.known', require: [open-ticket]}
entitlements:
  - {match: "github:repo/*", title: A repository, owners: ["user:olga"], request: {}}
`
