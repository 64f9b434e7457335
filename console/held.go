package console

import (
	"context"
	"fmt"
	"net/http"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/rights"
)

type heldHub interface {
	Held(ctx context.Context, a approval.Actor, q hub.HeldQuery) (hub.Page[hub.HeldChange], error)
	HeldChange(ctx context.Context, a approval.Actor, id string) (hub.HeldDetail, error)
	Release(ctx context.Context, a approval.Actor, by hub.Settlement) ([]hub.HeldChange, error)
	Refuse(ctx context.Context, a approval.Actor, by hub.Settlement) ([]hub.HeldChange, error)
}

type heldPage struct {
	hub.Page[hub.HeldChange]
	Asked hub.HeldQuery
	Kinds []string
	Pager pager
	May   map[string]bool
}

type heldOne struct {
	hub.HeldDetail
	Typed string // the reason, as it was typed
	May   map[string]bool
}

func (c *Console) mountHeld(d door) {
	d.page("GET /held", c.held)
	d.form("POST /held/settle", c.settleHeld)
	d.page("GET /held/{held}", c.heldChange)
	d.form("POST /held/{held}", c.settleOne)
}

func (c *Console) held(r *http.Request, v visitor) (view, error) {
	asked := r.URL.Query()
	q := hub.HeldQuery{
		Kind: asked.Get("kind"), Target: asked.Get("target"), Source: asked.Get("source"), All: asked.Get("all") != "", After: asked.Get("after"), Limit: pageSize,
	}
	found, err := c.Hub.Held(r.Context(), v.Actor, q)
	if err != nil {
		return view{}, err
	}
	may, err := c.may(r, v, rights.Release)
	return view{Page: "held.html", Section: "Held", Title: "Held", Body: heldPage{
		Page: found, Asked: q, Kinds: []string{"removal", "missing", "ambiguous", "emptied"}, Pager: pagerOf(r.URL, found.Next), May: may,
	}}, err
}

func (c *Console) heldChange(r *http.Request, v visitor) (view, error) {
	found, err := c.Hub.HeldChange(r.Context(), v.Actor, r.PathValue("held"))
	if err != nil {
		return view{}, err
	}
	may, err := c.may(r, v, rights.Release)
	return view{Page: "heldone.html", Section: "Held", Title: heldTitle(found.HeldChange), Body: heldOne{HeldDetail: found, May: may}}, err
}

// heldTitle says in a few words what is held.
func heldTitle(h hub.HeldChange) string {
	switch h.Kind {
	case "removal":
		return "Taking " + h.Entitlement + " from " + h.Subject
	case "missing":
		return "People missing from " + h.Source
	case "emptied":
		return "A group of " + h.Source + " loses most of its members"
	}
	return "Whose record is this? " + h.Subject
}

// settle does what a form says with what is held.
func (c *Console) settle(r *http.Request, v visitor, ids []string) (string, error) {
	by := hub.Settlement{IDs: ids, Reason: r.PostFormValue("reason"), User: r.PostFormValue("user"), New: r.PostFormValue("new") != ""}
	if r.PostFormValue("do") == "refuse" {
		by.User, by.New = "", false
		done, err := c.Hub.Refuse(r.Context(), v.Actor, by)
		return fmt.Sprintf("%d refused: nobody is asked again until what it is about changes.", len(done)), err
	}
	done, err := c.Hub.Release(r.Context(), v.Actor, by)
	return fmt.Sprintf("%d released.", len(done)), err
}

func (c *Console) settleHeld(r *http.Request, v visitor) (view, error) {
	said, err := c.settle(r, v, r.PostForm["id"])
	if err == nil {
		return goTo("/held", said), nil
	}
	again, fault := c.held(r, v)
	if fault != nil {
		return view{}, err
	}
	return c.refused(again, err), nil
}

func (c *Console) settleOne(r *http.Request, v visitor) (view, error) {
	said, err := c.settle(r, v, []string{r.PathValue("held")})
	if err == nil {
		return goTo("/held", said), nil
	}
	again, fault := c.heldChange(r, v)
	if fault != nil {
		return view{}, err
	}
	if body, ok := again.Body.(heldOne); ok {
		body.Typed = r.PostFormValue("reason")
		again.Body = body
	}
	return c.refused(again, err), nil
}
