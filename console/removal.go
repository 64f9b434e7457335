package console

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/reviews/creep"
	"birthright/reviews/paper"
)

type removalHub interface {
	PlanRemoval(ctx context.Context, a approval.Actor, q hub.ReportQuery) (hub.Removal, error)
	Remove(ctx context.Context, a approval.Actor, q hub.ReportQuery, mark, reason string) ([]hub.Order, error)
}

// mostOrders is how many entitlements a page lists that would go; all of them do.
const mostOrders = 200

// removalPage is what would remove a part of the surplus.
type removalPage struct {
	Asked surplus
	hub.Removal
	// Shown are the orders that the page lists.
	Shown  []creep.Order
	People int
	Path   string
	Reason string // what was typed already
}

// surplus is the part of it that somebody asks for.
type surplus struct {
	User, Target string
	MinScore     int
	Orphans      bool
}

// surplusOf reads it from an address.
func surplusOf(asked url.Values) surplus {
	out := surplus{User: strings.TrimSpace(asked.Get("user")), Target: strings.TrimSpace(asked.Get("target")), Orphans: asked.Get("orphans") != ""}
	out.MinScore, _ = strconv.Atoi(asked.Get("min_score")) // else all of it
	return out
}

func (s surplus) filter() creep.Filter {
	f := creep.Filter{MinUserScore: s.MinScore, Orphans: s.Orphans}
	if s.User != "" {
		f.Users = []string{s.User}
	}
	if s.Target != "" {
		f.Targets = []string{s.Target}
	}
	return f
}

// Query is the surplus in an address.
func (s surplus) Query() template.URL {
	q := url.Values{}
	for name, value := range map[string]string{"user": s.User, "target": s.Target} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if s.MinScore > 0 {
		q.Set("min_score", strconv.Itoa(s.MinScore))
	}
	if s.Orphans {
		q.Set("orphans", "yes")
	}
	return template.URL(q.Encode()) //nolint:gosec // encoded just now
}

func (c *Console) mountRemoval(d door) {
	d.page("GET /reports/creep/removal", c.removal)
	d.form("POST /reports/creep/removal", c.remove)
}

// removal shows what would go, before anything does.
func (c *Console) removal(r *http.Request, v visitor) (view, error) {
	asked := surplusOf(r.URL.Query())
	planned, err := c.Hub.PlanRemoval(r.Context(), v.Actor, hub.ReportQuery{Filter: asked.filter()})
	if err != nil {
		return view{}, err
	}
	people := map[string]bool{}
	for i := range planned.Orders {
		people[planned.Orders[i].User] = true
	}
	delete(people, "") // accounts of nobody
	body := removalPage{
		Asked: asked, Removal: planned, Shown: planned.Orders[:min(len(planned.Orders), mostOrders)], People: len(people),
		Path: "/reports/creep/removal",
	}
	if r.Method == http.MethodPost {
		body.Reason = typed(r, "reason")
	}
	return view{Page: "removal.html", Section: "Reports", Title: "Take surplus away", Body: body}, nil
}

// Cause is how surplus came, for people.
func (removalPage) Cause(cause string) string { return paper.CauseText(cause) }

// remove orders what was looked at, and nothing else.
func (c *Console) remove(r *http.Request, v visitor) (view, error) {
	asked := surplusOf(r.URL.Query())
	orders, err := c.Hub.Remove(r.Context(), v.Actor, hub.ReportQuery{Filter: asked.filter()}, r.PostFormValue("mark"), typed(r, "reason"))
	if err != nil {
		again, fault := c.removal(r, v)
		if fault != nil {
			return view{}, err
		}
		return c.refused(again, err), nil
	}
	return goTo("/taken", plural(len(orders), "entitlement is", "entitlements are")+" ordered to go."), nil
}
