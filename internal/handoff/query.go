package handoff

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// none stands in a query for an empty list, which is not the same as none given.
const none = "none"

// Query is the ask as it stands in a URL.
func (ask Ask) Query() url.Values {
	q := url.Values{}
	for _, id := range ask.AccountIDs {
		q.Add("account_id", id)
	}
	for _, name := range ask.Names {
		q.Add("account", name)
	}
	for _, e := range ask.Entitlements {
		q.Add("entitlement", e.Path())
	}
	if ask.AccountIDs != nil && len(ask.AccountIDs)+len(ask.Names) == 0 {
		q.Set("accounts", none)
	}
	if ask.Entitlements != nil && len(ask.Entitlements) == 0 {
		q.Set("entitlements", none)
	}
	if ask.Cursor != "" {
		q.Set("cursor", ask.Cursor)
	}
	if ask.Limit > 0 {
		q.Set("limit", strconv.Itoa(ask.Limit))
	}
	return q
}

// ParseAsk reads what Query writes.
func ParseAsk(q url.Values) (Ask, error) {
	ask := Ask{Cursor: q.Get("cursor"), AccountIDs: q["account_id"], Names: q["account"]}
	if q.Get("accounts") == none && ask.AccountIDs == nil && ask.Names == nil {
		ask.AccountIDs = []string{}
	}
	for _, path := range q["entitlement"] {
		e := ParsePath(path)
		if e.Kind == "" || e.ID == "" || !strings.Contains(path, "/") {
			return Ask{}, fmt.Errorf("entitlement: %q is not KIND/ID", path)
		}
		ask.Entitlements = append(ask.Entitlements, e)
	}
	if q.Get("entitlements") == none && ask.Entitlements == nil {
		ask.Entitlements = []Entitlement{}
	}
	if text := q.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n <= 0 {
			return Ask{}, fmt.Errorf("limit: %q is no number of things", text)
		}
		ask.Limit = n
	}
	return ask, nil
}
