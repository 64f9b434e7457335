package console

import (
	"context"
	"net/http"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/internal/dates"
)

type delegationDesk interface {
	Delegations(ctx context.Context, a approval.Actor) ([]grants.Delegation, error)
	Delegate(ctx context.Context, a approval.Actor, w desk.Delegation) (grants.Delegation, error)
	EndDelegation(ctx context.Context, a approval.Actor, id string) (grants.Delegation, error)
}

// delegationsPage is who decides in whose place.
type delegationsPage struct {
	Found                    []standIn
	To, Start, Until, Reason string
	Faults                   faults
}

// standIn is a delegation with how far it is, and whether the visitor may end it.
type standIn struct {
	grants.Delegation
	State string
	Mine  bool
}

func (c *Console) mountDelegations(d door) {
	d.page("GET /delegations", func(r *http.Request, v visitor) (view, error) { return c.delegations(r, v, nil) })
	d.form("POST /delegations", c.delegate)
	d.form("POST /delegations/{id}/end", c.endDelegation)
}

func (c *Console) delegations(r *http.Request, v visitor, wrong error) (view, error) {
	found, err := c.Desk.Delegations(r.Context(), v.Actor)
	if err != nil {
		return view{}, err
	}
	page := delegationsPage{Faults: faultsOf(wrong)}
	if r.Method == http.MethodPost {
		page.To, page.Start, page.Until, page.Reason = typed(r, "to"), typed(r, "start"), typed(r, "until"), typed(r, "reason")
	}
	for _, one := range found {
		if state := delegationState(one, c.Now()); state != "ended" {
			page.Found = append(page.Found, standIn{one, state, one.FromN == v.UserN})
		}
	}
	return view{Page: "delegations.html", Section: "Decide", Title: "Who decides while you are away", Body: page}, nil
}

// delegationState is how far a delegation is.
func delegationState(d grants.Delegation, now time.Time) string {
	switch {
	case d.Holds(now):
		return "active"
	case d.RevokedAt.IsZero() && now.Before(d.Start):
		return "scheduled"
	}
	return "ended"
}

func (c *Console) delegate(r *http.Request, v visitor) (view, error) {
	start, wrongStart := instantOf("start", typed(r, "start"), c.beginning)
	end, wrongEnd := instantOf("until", typed(r, "until"), dates.Until)
	err := every(wrongStart, wrongEnd)
	if err == nil {
		var made grants.Delegation
		made, err = c.Desk.Delegate(r.Context(), v.Actor, desk.Delegation{To: typed(r, "to"), Start: start, End: end, Reason: typed(r, "reason")})
		if err == nil {
			return goTo("/delegations", made.To+" decides in your place until "+made.End.UTC().Format("2 January 2006, 15:04 UTC")+"."), nil
		}
	}
	page, errShow := c.delegations(r, v, err)
	if errShow != nil {
		return view{}, errShow
	}
	return c.misfit(page, err, "to", "start", "until", "reason"), nil
}

func (c *Console) endDelegation(r *http.Request, v visitor) (view, error) {
	ended, err := c.Desk.EndDelegation(r.Context(), v.Actor, r.PathValue("id"))
	if err != nil {
		return view{}, err
	}
	return goTo("/delegations", ended.To+" does not decide for you any more."), nil
}
