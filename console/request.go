package console

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/identity"
)

type requestDesk interface {
	Request(ctx context.Context, a approval.Actor, id string) (desk.Request, error)
	Cancel(ctx context.Context, a approval.Actor, id string) (desk.Request, error)
	Amend(ctx context.Context, a approval.Actor, id string, to desk.Amendment) (desk.Request, error)
	Examine(ctx context.Context, a approval.Actor, id, verdict, note string) (desk.Request, error)
	Look(ctx context.Context, a approval.Actor, id string) (desk.Look, error)
	Decide(ctx context.Context, a approval.Actor, id string, w desk.Decision) (desk.Answer, error)
}

// requestPage is the body of the page of a request.
type requestPage struct {
	desk.Look
	// Made is the grant that came of it, nil where there is none.
	Made   *desk.Grant
	Path   string
	Reason string // what was typed already
	// Change is what was typed to change it.
	Change struct{ For, Reason, Ticket string }
	Faults faults
}

func (c *Console) mountRequest(d door) {
	d.page("GET /requests/{id}", func(r *http.Request, v visitor) (view, error) { return c.request(r, v, "") })
	d.form("POST /requests/{id}", c.decide)
	d.form("POST /requests/{id}/cancel", c.cancel)
	d.form("POST /requests/{id}/amend", c.amend)
	d.form("POST /requests/{id}/review", c.examine)
}

// decide does what was clicked and shows what came of it.
func (c *Console) decide(r *http.Request, v visitor) (view, error) {
	reason := strings.TrimSpace(r.PostFormValue("reason"))
	answer, err := c.decided(r, v, reason)
	if err == nil {
		return goTo(r.URL.Path, outcome(answer, r.PostFormValue("decision") == "approve")), nil
	}
	again, errShow := c.request(r, v, reason)
	if errShow != nil {
		return view{}, errShow
	}
	return c.refused(again, err), nil
}

func (c *Console) decided(r *http.Request, v visitor, reason string) (desk.Answer, error) {
	revision, err := strconv.Atoi(r.PostFormValue("revision"))
	approve := r.PostFormValue("decision") == "approve"
	if err != nil || revision < 1 || !approve && r.PostFormValue("decision") != "deny" {
		return desk.Answer{}, &identity.Error{Kind: identity.Invalid, Err: errors.New("that was neither approved nor denied: click one of the buttons")}
	}
	return c.Desk.Decide(r.Context(), v.Actor, r.PathValue("id"), desk.Decision{Approve: approve, Note: reason, Revision: revision})
}

// request is the page of a request as it is now.
func (c *Console) request(r *http.Request, v visitor, reason string) (view, error) {
	look, err := c.Desk.Look(r.Context(), v.Actor, r.PathValue("id"))
	if err != nil {
		return view{}, err
	}
	body := requestPage{Look: look, Path: "/requests/" + look.Request.ID, Reason: reason}
	parts := []any{requestStamp(look.Request), look.Decides, look.Cancels, look.Amends, look.Examines}
	if look.Request.Grant != "" {
		course, err := c.Desk.Course(r.Context(), v.Actor, look.Request.Grant)
		if err != nil {
			return view{}, err
		}
		body.Made = &course.Grant
		parts = append(parts, grantStamp(course.Grant))
	}
	return view{Page: "request.html", Section: "Decide", Title: title(look.Request), Stamp: stamp(parts...), Body: body}, nil
}

func (c *Console) cancel(r *http.Request, v visitor) (view, error) {
	made, err := c.Desk.Cancel(r.Context(), v.Actor, r.PathValue("id"))
	if err != nil {
		return c.requestAgain(r, v, err)
	}
	to := "/requests/" + made.ID
	if r.PostFormValue("from") == "/" {
		to = "/"
	}
	return goTo(to, made.ID+" is taken back."), nil
}

// amend changes a request that is open.
func (c *Console) amend(r *http.Request, v visitor) (view, error) {
	length, err := lengthOf("for", typed(r, "for"))
	if err != nil {
		return c.requestAgain(r, v, err)
	}
	made, err := c.Desk.Amend(r.Context(), v.Actor, r.PathValue("id"), desk.Amendment{For: length, Reason: typed(r, "because"), Ticket: typed(r, "ticket")})
	if err != nil {
		return c.requestAgain(r, v, err)
	}
	return goTo("/requests/"+made.ID, "Changed. Whoever had approved it decides again."), nil
}

// examine says whether an emergency was one.
func (c *Console) examine(r *http.Request, v visitor) (view, error) {
	made, err := c.Desk.Examine(r.Context(), v.Actor, r.PathValue("id"), r.PostFormValue("verdict"), typed(r, "reason"))
	if err != nil {
		return c.requestAgain(r, v, err)
	}
	return goTo("/requests/"+made.ID, "Noted: "+made.Review.Verdict+"."), nil
}

// requestAgain shows a request with what is wrong about what was sent.
func (c *Console) requestAgain(r *http.Request, v visitor, err error) (view, error) {
	page, errShow := c.request(r, v, typed(r, "reason"))
	if errShow != nil {
		return view{}, errShow
	}
	body := page.Body.(requestPage) //nolint:errcheck // it is our own
	body.Faults = faultsOf(err)
	body.Change.For, body.Change.Reason, body.Change.Ticket = typed(r, "for"), typed(r, "because"), typed(r, "ticket")
	page.Body = body
	return c.misfit(page, err, "for", "ticket"), nil
}

// outcome is what came of a decision, in words.
func outcome(a desk.Answer, approve bool) string {
	r := a.Request
	switch {
	case a.Already && r.State == grants.Pending:
		return "Nothing changed: you had said so already. It waits for others."
	case a.Already:
		return "Nothing changed: it was " + r.State + " already."
	case r.State == grants.Approved:
		return "Approved. " + r.User + " gets " + r.Group + "."
	case r.State == grants.Denied:
		return "Denied. " + r.User + " is told why."
	case approve:
		return "Your approval counts. It waits for others."
	}
	return "Your answer counts."
}

// title is what a request is about, in words.
func title(r desk.Request) string {
	switch r.Kind {
	case grants.KindExtension:
		return r.User + " asks for " + r.Group + " for longer"
	case grants.KindOverlap:
		return r.User + " keeps " + r.Group + " to hand over"
	case grants.KindBreakGlass:
		return r.User + " broke the glass of " + r.Group
	}
	return r.User + " asks for " + r.Group
}
