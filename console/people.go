package console

import (
	"context"
	"net/http"
	"net/url"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/identity"
)

type peopleHub interface {
	Users(ctx context.Context, a approval.Actor, q hub.UserQuery) (hub.Page[hub.User], error)
}

// pageSize is how many entries a page of a list has.
const pageSize = 50

// peoplePage is a page of the directory.
type peoplePage struct {
	hub.Page[hub.User]
	Asked  hub.UserQuery
	States []identity.State
	Pager  pager
}

func (c *Console) mountPeople(d door) {
	d.page("GET /people", c.people)
}

func (c *Console) people(r *http.Request, v visitor) (view, error) {
	asked := r.URL.Query()
	q := hub.UserQuery{
		State: identity.State(asked.Get("state")), Department: asked.Get("department"), Team: asked.Get("team"),
		Search: asked.Get("q"), After: asked.Get("after"), Limit: pageSize,
	}
	found, err := c.Hub.Users(r.Context(), v.Actor, q)
	if err != nil {
		return view{}, err
	}
	states := []identity.State{identity.Staged, identity.Active, identity.OnLeave, identity.Suspended, identity.Left}
	return view{
		Page: "people.html", Section: "People", Title: "People",
		Body: peoplePage{Page: found, Asked: q, States: states, Pager: pagerOf(r.URL, found.Next)},
	}, nil
}

// pager leads from one page of a list to the others.
type pager struct{ First, Next string }

// pagerOf makes the links of a page at an address, behind which next begins.
func pagerOf(u *url.URL, next string) pager {
	at := func(after string) string {
		values := u.Query()
		values.Del("after")
		if after != "" {
			values.Set("after", after)
		}
		return (&url.URL{Path: u.Path, RawQuery: values.Encode()}).RequestURI()
	}
	var p pager
	if u.Query().Get("after") != "" {
		p.First = at("")
	}
	if next != "" {
		p.Next = at(next)
	}
	return p
}
