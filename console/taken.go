package console

import (
	"context"
	"net/http"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/rights"
)

type takenHub interface {
	Orders(ctx context.Context, a approval.Actor, q hub.TakenQuery) (hub.Page[hub.Order], error)
	Revocations(ctx context.Context, a approval.Actor, q hub.TakenQuery) (hub.Page[hub.Revocation], error)
	Withdraw(ctx context.Context, a approval.Actor, ids []string, reason string) ([]hub.Order, error)
	Lift(ctx context.Context, a approval.Actor, ids []string, reason string) ([]hub.Revocation, error)
}

// takenPage is what was taken away: access on targets that is to go, or memberships that
// reviews keep from people.
type takenPage struct {
	Orders      []hub.Order
	Revocations []hub.Revocation
	// Reviews says that it is about memberships; All that what is over is there, too.
	Reviews, All bool
	Path         string
	Reason       string // what was typed already
	Pager        pager
	May          map[string]bool
}

func (c *Console) mountTaken(d door) {
	d.page("GET /taken", c.orders)
	d.form("POST /taken", c.withdraw)
	d.page("GET /taken/memberships", c.revocations)
	d.form("POST /taken/memberships", c.lift)
}

func takenQuery(r *http.Request) hub.TakenQuery {
	asked := r.URL.Query()
	return hub.TakenQuery{All: asked.Get("all") != "", After: asked.Get("after"), Limit: pageSize}
}

// orders lists the access on targets that is to go.
func (c *Console) orders(r *http.Request, v visitor) (view, error) {
	q := takenQuery(r)
	found, err := c.Hub.Orders(r.Context(), v.Actor, q)
	if err != nil {
		return view{}, err
	}
	return c.taken(r, v, takenPage{Orders: found.Items, All: q.All, Path: "/taken", Pager: pagerOf(r.URL, found.Next)})
}

// revocations lists the memberships that reviews keep from people.
func (c *Console) revocations(r *http.Request, v visitor) (view, error) {
	q := takenQuery(r)
	found, err := c.Hub.Revocations(r.Context(), v.Actor, q)
	if err != nil {
		return view{}, err
	}
	return c.taken(r, v, takenPage{Revocations: found.Items, Reviews: true, All: q.All, Path: "/taken/memberships", Pager: pagerOf(r.URL, found.Next)})
}

func (c *Console) taken(r *http.Request, v visitor, page takenPage) (out view, err error) {
	if r.Method == http.MethodPost {
		page.Reason = typed(r, "reason")
	}
	page.May, err = c.may(r, v, rights.GiveBack)
	return view{Page: "taken.html", Section: "Taken away", Title: "Taken away", Stamp: stamp(page.Orders, page.Revocations), Body: page}, err
}

// withdraw lets access stay that was to go and is there still.
func (c *Console) withdraw(r *http.Request, v visitor) (view, error) {
	done, err := c.Hub.Withdraw(r.Context(), v.Actor, r.PostForm["id"], typed(r, "reason"))
	if err != nil {
		return c.takenAgain(r, v, c.orders, err)
	}
	return goTo("/taken", plural(len(done), "entitlement stays.", "entitlements stay.")), nil
}

// lift lets memberships be given again.
func (c *Console) lift(r *http.Request, v visitor) (view, error) {
	done, err := c.Hub.Lift(r.Context(), v.Actor, r.PostForm["id"], typed(r, "reason"))
	if err != nil {
		return c.takenAgain(r, v, c.revocations, err)
	}
	return goTo("/taken/memberships", plural(len(done), "membership is", "memberships are")+" given again where anything gives "+theirs(len(done))+"."), nil
}

func theirs(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// takenAgain shows a list again, with what is wrong about what was sent.
func (c *Console) takenAgain(r *http.Request, v visitor, list handler, err error) (view, error) {
	again, fault := list(r, v)
	if fault != nil {
		return view{}, err
	}
	return c.refused(again, err), nil
}
