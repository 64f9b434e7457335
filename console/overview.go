package console

import (
	"context"
	"net/http"

	"birthright/grants/approval"
	"birthright/hub"
)

type statusHub interface {
	Status(ctx context.Context, a approval.Actor) (hub.Status, error)
}

// overviewPage is the hub in one look.
type overviewPage struct {
	hub.Status
	Figures []figure
}

// figure is a number that leads to what it counts.
type figure struct {
	Count hub.Count
	What  string
	Path  string
	Bad   bool // it is to be zero
}

func (c *Console) mountOverview(d door) { d.page("GET /overview", c.overview) }

func (c *Console) overview(r *http.Request, v visitor) (view, error) {
	s, err := c.Hub.Status(r.Context(), v.Actor)
	if err != nil {
		return view{}, err
	}
	return view{Page: "overview.html", Section: "Overview", Title: "Overview", Stamp: statusStamp(s), Body: overviewPage{Status: s, Figures: []figure{
		{Count: s.Overdue, What: "people keep access that should be gone", Path: "/targets", Bad: true},
		{Count: s.LateGrants, What: "grants are over and not gone", Path: "/grants?state=ending", Bad: true},
		{Count: s.LateAdditions, What: "people lack access that they should have", Path: "/targets", Bad: true},
		{Count: s.Held, What: "changes are held by guards", Path: "/held"},
		{Count: s.Glass, What: "broken glasses wait for a look", Path: "/decide", Bad: true},
		{Count: s.Requests, What: "requests wait for a decision", Path: "/requests?state=pending"},
	}}}, nil
}
