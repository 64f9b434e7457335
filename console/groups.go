package console

import (
	"context"
	"net/http"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/identity"
	"birthright/rights"
)

type groupHub interface {
	Groups(ctx context.Context, a approval.Actor, q hub.GroupQuery) (hub.Page[hub.Group], error)
	Group(ctx context.Context, a approval.Actor, name string) (hub.GroupDetail, error)
	Members(ctx context.Context, a approval.Actor, q hub.MemberQuery) (hub.Page[hub.Member], error)
	MembersThen(ctx context.Context, a approval.Actor, q hub.MomentQuery) (hub.Page[hub.HeldThen], error)
}

// groupsPage is a page of the list of groups.
type groupsPage struct {
	hub.Page[hub.Group]
	Asked hub.GroupQuery
	Pager pager
}

// groupPage is one group, with a page of its members where the visitor may see them.
type groupPage struct {
	hub.GroupDetail
	Asked hub.MemberQuery
	In    hub.Page[hub.Member]
	Pager pager
	// Links tells that the visitor may open the pages of members.
	Links bool
	// Viewer is the visitor's user name.
	Viewer string
}

// groupThenPage is who was in a group at a moment.
type groupThenPage struct {
	hub.Page[hub.HeldThen]
	Name, At string
	Known    bool
	Pager    pager
}

func (c *Console) mountGroups(d door) {
	d.page("GET /groups", c.groups)
	d.page("GET /groups/{group}", c.group)
	d.page("GET /groups/{group}/then", c.groupThen)
}

func (c *Console) groups(r *http.Request, v visitor) (view, error) {
	q := hub.GroupQuery{Search: r.URL.Query().Get("q"), After: r.URL.Query().Get("after"), Limit: pageSize}
	found, err := c.Hub.Groups(r.Context(), v.Actor, q)
	return view{Page: "groups.html", Section: "Groups", Title: "Groups", Body: groupsPage{found, q, pagerOf(r.URL, found.Next)}}, err
}

func (c *Console) group(r *http.Request, v visitor) (view, error) {
	found, err := c.Hub.Group(r.Context(), v.Actor, r.PathValue("group"))
	if err != nil {
		return view{}, err
	}
	body := groupPage{GroupDetail: found, Viewer: person(v.Actor.Name)}
	body.Asked = hub.MemberQuery{Group: found.Name, Search: r.URL.Query().Get("q"), After: r.URL.Query().Get("after"), Limit: pageSize}
	if found.MayList {
		if body.In, err = c.Hub.Members(r.Context(), v.Actor, body.Asked); err != nil {
			return view{}, err
		}
		body.Pager = pagerOf(r.URL, body.In.Next)
	}
	who, err := c.Hub.Self(r.Context(), v.Actor, rights.ReadPerson)
	body.Links = who.May[rights.ReadPerson]
	title := found.Title
	if title == "" {
		title = found.Name
	}
	return view{Page: "group.html", Section: "Groups", Title: title, Body: body}, err
}

func (c *Console) groupThen(r *http.Request, v visitor) (view, error) {
	name, asked := r.PathValue("group"), r.URL.Query()
	body := groupThenPage{Name: name, At: inField(asked.Get("at"))}
	out := view{Page: "groupthen.html", Section: "Groups", Title: "Who was in " + name, Body: &body}
	at, err := momentOf("at", asked.Get("at"))
	if err != nil {
		return c.refused(out, err), nil
	}
	body.Page, err = c.Hub.MembersThen(r.Context(), v.Actor, hub.MomentQuery{Group: name, At: at, After: asked.Get("after"), Limit: pageSize})
	if err != nil {
		return c.unless(out, err, identity.Denied)
	}
	body.Known, body.Pager = true, pagerOf(r.URL, body.Next)
	return out, nil
}
