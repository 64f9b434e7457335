package console

import (
	"net/http"

	"birthright/grants/desk"
)

// glassPage is the page on which a glass is broken.
type glassPage struct {
	Group               string
	Offer               desk.Offer
	For, Reason, Ticket string
	Faults              faults
}

// glass is the page for emergencies; wrong is what is wrong with what was typed.
func (c *Console) glass(r *http.Request, v visitor, wrong error) (view, error) {
	shelf, err := c.Desk.Browse(r.Context(), v.Actor, desk.Browse{Names: []string{typed(r, "group")}, Limit: 1})
	if err != nil {
		return view{}, err
	}
	page := glassPage{Group: typed(r, "group"), For: typed(r, "for"), Reason: typed(r, "reason"), Ticket: typed(r, "ticket"), Faults: faultsOf(wrong)}
	page.Offer.Name = page.Group
	if len(shelf.Named) > 0 {
		page.Offer = shelf.Named[0]
	}
	return view{Page: "glass.html", Section: "Request", Title: "Emergency: break the glass", Body: page}, nil
}

func (c *Console) breakGlass(r *http.Request, v visitor) (view, error) {
	wish, err := c.wishOf(r)
	if err == nil && r.PostFormValue("sure") != "yes" {
		err = unfit("sure", "say that it is an emergency: the owners are told at once")
	}
	if err == nil {
		var made desk.Request
		if made, err = c.Desk.BreakGlass(r.Context(), v.Actor, wish); err == nil {
			return goTo("/grants/"+made.Grant, "The glass is broken: "+made.Group+" is on its way. Its owners are told, and somebody will look at it."), nil
		}
	}
	page, errShow := c.glass(r, v, err)
	if errShow != nil {
		return view{}, errShow
	}
	return c.misfit(page, err, "for", "reason", "ticket", "sure", "groups"), nil
}
