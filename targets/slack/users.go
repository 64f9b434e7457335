package slack

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

type user struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Deleted bool   `json:"deleted"`
	IsBot   bool   `json:"is_bot"`
	Profile struct {
		Email string `json:"email"`
	} `json:"profile"`
}

// slackbot is not marked as a bot.
const slackbot = "USLACKBOT"

func (u user) person() bool { return !u.IsBot && u.ID != slackbot }

// name is what an account is called: the address, or the user name of one that has
// none.
func (u user) name() string {
	if u.Profile.Email != "" {
		return fold(u.Profile.Email)
	}
	return fold(u.Name)
}

func (t *Target) account(u user) targets.Account {
	a := targets.Account{ID: u.ID, Name: u.name(), Active: !u.Deleted, Attributes: identity.Attributes{}}
	if t.address != identity.AttrUserName {
		a.Attributes.Set(t.address, a.Name)
	}
	return a
}

// note remembers a user.
func (t *Target) note(u user) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.users[u.ID] = !u.Deleted
}

// active reports whether a user is known, and is active.
func (t *Target) active(id string) (active, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	active, known = t.users[id]
	return active, known
}

// listUsers hands out all people. A list without any address is not believed: that is
// what a token sees that may not read them, and everybody would seem to be somebody else.
func (t *Target) listUsers(ctx context.Context, take func(user)) error {
	people, addresses := 0, 0
	err := t.each(ctx, "users.list", url.Values{"limit": {"200"}}, func(resp *httpkit.Response) error {
		var page struct {
			Members []user `json:"members"`
		}
		if err := resp.Decode(&page); err != nil {
			return err
		}
		for _, u := range page.Members {
			if u.ID == "" {
				return &identity.Error{Kind: identity.Incomplete, Op: "read", Object: "users", Err: errors.New("a user without id")}
			}
			t.note(u)
			if !u.person() {
				continue
			}
			people++
			if u.Profile.Email != "" {
				addresses++
			}
			take(u)
		}
		return nil
	})
	if err == nil && people > 0 && addresses == 0 {
		return apiError{"users.list", "missing_scope", "users:read.email"}
	}
	return err
}

// find returns the user that a names, by id or else by address; errNoAccount where
// there is none. Deactivated users are not found by address.
func (t *Target) find(ctx context.Context, a targets.Account) (user, error) {
	method, q := "users.info", url.Values{"user": {a.ID}}
	if a.ID == "" {
		if !strings.Contains(a.Name, "@") {
			return user{}, errNoAccount
		}
		method, q = "users.lookupByEmail", url.Values{"email": {a.Name}}
	}
	var out struct {
		User user `json:"user"`
	}
	_, err := t.get(ctx, method, q, &out)
	switch c := code(err); {
	case c == "user_not_found" || c == "users_not_found" || c == "user_not_visible":
		return user{}, errNoAccount
	case err != nil:
		return user{}, err
	case out.User.ID == "" || !out.User.person() || a.ID != "" && out.User.ID != a.ID:
		return user{}, errNoAccount
	}
	t.note(out.User)
	return out.User, nil
}

// accountID is the id of an op's account, which is there.
func (t *Target) accountID(ctx context.Context, a targets.Account) (string, error) {
	if _, known := t.active(a.ID); known {
		return a.ID, nil // users of Slack stay, if deactivated
	}
	u, err := t.find(ctx, a)
	return u.ID, err
}
