package entra

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// user is a user as Graph writes it.
type user map[string]any

// text returns a property as text, "" where there is none.
func (u user) text(name string) string {
	switch v := u[name].(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func (u user) active() bool { return u["accountEnabled"] == true }

// account is u as the hub sees it.
func (t *Target) account(u user) targets.Account {
	a := targets.Account{ID: u.text("id"), Name: u.text(principal), Active: u.active(), Attributes: identity.Attributes{}}
	for _, f := range t.fields {
		a.Attributes.Set(f.From, u.text(f.To))
	}
	if t.signIns {
		a.LastUsed = u.lastSignIn()
	}
	return a
}

// listPage is one page of a list.
type listPage[E any] struct {
	Value *[]E   `json:"value"`
	Next  string `json:"@odata.nextLink"`
	Delta string `json:"@odata.deltaLink"`
}

// background tells Graph to serve others first when it is short.
var background = map[string]string{"x-ms-throttle-priority": "low"}

// each hands out every element of a list, page by page, and returns its delta link.
func each[E any](ctx context.Context, t *Target, r httpkit.Request, visit func(E) error) (delta string, err error) {
	r.Method, r.Accept, r.Header = http.MethodGet, "application/json", background
	var page listPage[E]
	next := func(r httpkit.Request, _ *httpkit.Response) (httpkit.Request, bool, error) {
		if page.Next == "" {
			return r, false, nil
		}
		return t.client.At(r, page.Next)
	}
	for resp, err := range t.client.Pages(ctx, r, next) {
		if err != nil {
			return "", err
		}
		page = listPage[E]{}
		if err := resp.Decode(&page); err != nil {
			return "", err
		}
		if page.Value == nil {
			return "", &identity.Error{Kind: identity.Incomplete, Op: "read", Object: resp.Request, Err: errors.New("a list without value")}
		}
		for _, e := range *page.Value {
			if err := visit(e); err != nil {
				return "", err
			}
		}
	}
	return page.Delta, nil
}

// list is the request for a list.
func (t *Target) list(path, selection string, cost int) httpkit.Request {
	return httpkit.Request{Path: path, Query: url.Values{"$select": {selection}, "$top": {strconv.Itoa(t.page)}}, Cost: cost}
}

func (t *Target) eachUser(ctx context.Context, visit func(user) error) error {
	r := t.list("/users", t.userSelection(), 1)
	if t.signIns {
		r.Query.Set("$top", strconv.Itoa(min(t.page, mostSignIns)))
	}
	_, err := each(ctx, t, r, visit)
	return err
}

// find returns the user that a names by ID or, where that is "", by Name;
// errNoAccount where there is none.
func (t *Target) find(ctx context.Context, a targets.Account) (user, error) {
	if a.ID == "" {
		return t.byName(ctx, a.Name)
	}
	if !isID(a.ID) {
		return nil, errNoAccount
	}
	var u user
	err := t.get(ctx, "/users/"+a.ID, url.Values{"$select": {t.userSelection()}}, &u)
	if isMissing(err) || err == nil && !strings.EqualFold(u.text("id"), a.ID) {
		return nil, errNoAccount
	}
	return u, err
}

// byName looks the principal's name up, which compares without letter case.
func (t *Target) byName(ctx context.Context, name string) (user, error) {
	r := t.list("/users", t.userSelection(), 1)
	if t.signIns {
		r.Query.Set("$top", "2")
	}
	r.Query.Set("$filter", principal+" eq "+quote(name))
	var found user
	_, err := each(ctx, t, r, func(u user) error {
		if strings.EqualFold(u.text(principal), name) {
			found = u
		}
		return nil
	})
	if err == nil && found == nil {
		err = errNoAccount
	}
	return found, err
}

// get reads one thing.
func (t *Target) get(ctx context.Context, path string, q url.Values, out any) error {
	_, err := t.client.JSON(ctx, httpkit.Request{Method: http.MethodGet, Path: path, Query: q}, nil, out)
	return err
}

// write sends a change.
func (t *Target) write(ctx context.Context, method, path string, body any, removes bool) (*httpkit.Response, error) {
	return t.client.JSON(ctx, httpkit.Request{Method: method, Path: path, Scope: writes, Removes: removes}, body, nil)
}

// isID reports whether text can be an id of Entra's, and stand in a path.
func isID(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'F') && (r < 'a' || r > 'f')
	})
}

// quote writes text as a string of OData; no text can end it early.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// isMissing reports whether Graph itself says that there is no such thing: a 404 of
// something else, a proxy perhaps, says nothing.
func isMissing(err error) bool {
	f := httpkit.AsFailure(err)
	return f != nil && f.Status == http.StatusNotFound && f.Type == "Request_ResourceNotFound"
}

// words returns what Graph says of a refusal.
func words(err error) string {
	f := httpkit.AsFailure(err)
	if f == nil {
		return ""
	}
	var in struct {
		Error struct{ Message string } `json:"error"`
	}
	_ = json.Unmarshal(f.Body, &in) // what is no JSON says nothing
	return in.Error.Message
}

// isTaken reports whether Graph refuses because somebody has the name.
func isTaken(err error) bool { return strings.Contains(words(err), "same value for property") }

// isHeld reports whether Graph refuses because the member is one already.
func isHeld(err error) bool { return strings.Contains(words(err), "object references already exist") }
