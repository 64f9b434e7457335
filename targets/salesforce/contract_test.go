package salesforce

import (
	"net/http"
	"strings"
	"testing"

	"birthright/internal/sim/vendorspec"
	"birthright/targets/salesforce/salesforcesim"
	"birthright/targets/targettest"
)

// checked is an organisation whose requests and answers are held against a description.
type checked struct {
	*salesforcesim.Org
	handler http.Handler
}

func (c checked) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

// TestContract runs the contract with every request and answer held against the
// description that was written from Salesforce's pages, apart from the code.
func TestContract(t *testing.T) {
	spec := vendorspec.Load(t, "salesforce.json", "https://acme.my.salesforce.com", nil)
	for _, kind := range []string{PermissionSet, PermissionSetGroup, PublicGroup} {
		t.Run(kind, func(t *testing.T) {
			targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
				return peer(t, kind, func(org *salesforcesim.Org) system { return checked{org, spec.Wrap(t, org, salesforcesim.TokenPath)} })
			}})
		})
	}
	want := "DELETE /services/data/v{version}/composite/sobjects; GET /services/data/v{version}/limits; GET /services/data/v{version}/query; " +
		"GET /services/data/v{version}/query/{locator}; GET /services/data/v{version}/sobjects/{object}/describe; " +
		"PATCH /services/data/v{version}/composite/sobjects; POST /services/data/v{version}/composite/sobjects"
	if got := strings.Join(spec.Seen(), "; "); got != want {
		t.Errorf("called: %s", got)
	}
}
