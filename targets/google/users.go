package google

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// user is a user as it came, so that what is not ours can go back unchanged.
type user map[string]any

func (u user) id() string    { return text(u, "id") }
func (u user) email() string { return text(u, "primaryEmail") }

func (u user) suspended() bool {
	suspended, _ := u["suspended"].(bool)
	archived, _ := u["archived"].(bool)
	return suspended || archived
}

// addresses are all by which mail and permissions may name the user.
func (u user) addresses() []string {
	out := []string{fold(u.email())}
	for _, list := range []string{"aliases", "nonEditableAliases"} {
		values, _ := u[list].([]any)
		for _, v := range values {
			if address, ok := v.(string); ok {
				out = append(out, fold(address))
			}
		}
	}
	return out
}

func text(o map[string]any, name string) string {
	value, _ := o[name].(string)
	return value
}

// account turns a user into an account.
func (t *Target) account(u user) targets.Account {
	a := targets.Account{ID: u.id(), Name: fold(u.email()), Active: !u.suspended(), Attributes: identity.Attributes{}}
	for _, f := range t.fields {
		a.Attributes.Set(f.hub, f.get(u))
	}
	t.setAddress(a.Attributes, a.Name)
	a.LastUsed = u.lastLogin()
	return a
}

// lastLogin is when the user last signed in; zero for never, for which Google writes
// the beginning of 1970, and where it is not told.
func (u user) lastLogin() time.Time {
	at, err := time.Parse(time.RFC3339, text(u, "lastLoginTime"))
	if err != nil || at.Unix() <= 0 {
		return time.Time{}
	}
	return at.UTC()
}

const userPage = "500"

// listUsers hands out every user.
func (t *Target) listUsers(ctx context.Context, take func(user)) error {
	q := t.tenant(url.Values{"maxResults": {userPage}, "orderBy": {"email"}})
	return t.directoryPages(ctx, "/users", q, func(resp *httpkit.Response) error {
		var page struct {
			Kind  string `json:"kind"`
			Users []user `json:"users"`
		}
		if err := resp.Decode(&page); err != nil {
			return err
		}
		for _, u := range page.Users {
			if u.id() == "" || u.email() == "" {
				return strange("users", "a user without id or primaryEmail")
			}
			take(u)
		}
		return nil
	})
}

// strange is an answer that makes no sense.
func strange(what, text string) error {
	return &identity.Error{Kind: identity.Incomplete, Op: "read", Object: what, Err: errors.New(text)}
}

// find returns the user that a names, by id or else by name; errNoAccount where there
// is none. Google takes ids and addresses for each other, aliases included: an id must
// be the user's own, and an alias is what is left of an earlier name.
func (t *Target) find(ctx context.Context, a targets.Account) (user, error) {
	key := a.ID
	if key == "" {
		if !strings.Contains(a.Name, "@") {
			return nil, errNoAccount
		}
		key = a.Name
	}
	var u user
	err := t.call(ctx, httpkit.Request{Method: http.MethodGet, Path: "/users/" + url.PathEscape(key)}, nil, &u)
	switch {
	case isMissing(err):
		return nil, errNoAccount
	case err != nil:
		return nil, err
	case u.id() == "" || u.email() == "":
		return nil, strange("user", "a user without id or primaryEmail")
	case a.ID != "" && u.id() != a.ID:
		return nil, errNoAccount
	}
	return u, nil
}
