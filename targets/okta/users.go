package okta

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	sdk "github.com/okta/okta-sdk-golang/v2/okta"
	"github.com/okta/okta-sdk-golang/v2/okta/query"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// Okta's words for where a user stands in life.
const (
	staged        = "STAGED"
	provisioned   = "PROVISIONED"
	active        = "ACTIVE"
	recovery      = "RECOVERY"
	expired       = "PASSWORD_EXPIRED"
	lockedOut     = "LOCKED_OUT"
	suspended     = "SUSPENDED"
	deprovisioned = "DEPROVISIONED"
)

// everybody names every status: a list without it leaves out who is deprovisioned,
// and their names are still taken.
var everybody = func() string {
	var parts []string
	for _, s := range []string{staged, provisioned, active, recovery, expired, lockedOut, suspended, deprovisioned} {
		parts = append(parts, `status eq "`+s+`"`)
	}
	return strings.Join(parts, " or ")
}()

// account is u as the hub sees it.
func (t *Target) account(u *sdk.User) targets.Account {
	a := targets.Account{ID: u.Id, Name: value(u, "login"), Active: isActive(u), Attributes: identity.Attributes{}}
	for _, f := range t.fields {
		a.Attributes.Set(f.From, value(u, f.To))
	}
	if u.LastLogin != nil {
		a.LastUsed = u.LastLogin.UTC()
	}
	return a
}

// isActive reports whether u may sign in, now or as soon as Okta is done.
func isActive(u *sdk.User) bool {
	status := u.Status
	if u.TransitioningToStatus != "" {
		status = u.TransitioningToStatus
	}
	return status != staged && status != suspended && status != deprovisioned
}

// eachUser hands out everybody.
func (t *Target) eachUser(ctx context.Context, visit func(*sdk.User) error) error {
	return each(ctx, func() ([]*sdk.User, *sdk.Response, error) {
		return t.api.User.ListUsers(ctx, query.NewQueryParams(query.WithFilter(everybody), query.WithLimit(t.page)))
	}, visit)
}

// find returns the user that a names by ID or, where that is "", by Name;
// errNoAccount where there is none.
func (t *Target) find(ctx context.Context, a targets.Account) (*sdk.User, error) {
	if a.ID != "" {
		return t.byID(ctx, a.ID)
	}
	return t.byName(ctx, a.Name)
}

// byID looks the id up. Okta takes logins, and their beginnings, in its place.
func (t *Target) byID(ctx context.Context, id string) (*sdk.User, error) {
	if !isID(id) {
		return nil, errNoAccount
	}
	u, _, err := t.api.User.GetUser(ctx, id)
	switch {
	case isMissing(err), err == nil && u.Id != id:
		return nil, errNoAccount
	case err != nil:
		return nil, told(err)
	}
	return u, nil
}

// byName looks the login up: by itself, which finds it in any letter case, and, where
// that finds nobody, by a filter, which also finds who is deprovisioned and what no
// path can carry.
func (t *Target) byName(ctx context.Context, login string) (*sdk.User, error) {
	if !strings.ContainsAny(login, "/?") && login != "." && login != ".." {
		u, _, err := t.api.User.GetUser(ctx, url.PathEscape(login))
		if err != nil && !isMissing(err) {
			return nil, told(err)
		}
		if err == nil && strings.EqualFold(value(u, "login"), login) {
			return u, nil
		}
	}
	list, _, err := t.api.User.ListUsers(ctx, query.NewQueryParams(query.WithFilter("profile.login eq "+quote(login)), query.WithLimit(2)))
	if err != nil {
		return nil, told(err)
	}
	for _, u := range list {
		if value(u, "login") == login {
			return u, nil
		}
	}
	return nil, errNoAccount
}

// isID reports whether text can be an id of Okta's, and stand in a path.
func isID(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

// quote writes text as a string of a filter; no text can end it early.
func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// isMissing reports whether Okta itself says that there is no such thing: a 404 of
// something else, a proxy perhaps, says nothing.
func isMissing(err error) bool {
	f := httpkit.AsFailure(err)
	return f != nil && f.Status == http.StatusNotFound && f.Type == "E0000007"
}
