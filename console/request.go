package console

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"birthright/grants"
	"birthright/grants/desk"
	"birthright/identity"
)

// requestPage is the body of the page of a request.
type requestPage struct {
	desk.Look
	Form, Path string
	Reason     string // what was typed already
}

// trouble is the body of a page that has nothing else to show.
type trouble struct{ What string }

func (c *Console) request(w http.ResponseWriter, r *http.Request, v visitor) {
	c.showRequest(w, r, v, http.StatusOK, frame{}, "")
}

// decide does what was clicked and shows what came of it.
func (c *Console) decide(w http.ResponseWriter, r *http.Request, v visitor) {
	reason := strings.TrimSpace(r.PostFormValue("reason"))
	revision, err := strconv.Atoi(r.PostFormValue("revision"))
	approve := r.PostFormValue("decision") == "approve"
	switch {
	case !fits(v.key, r):
		c.showRequest(w, r, v, http.StatusForbidden, frame{Said: "The form was too old. Look again, and click once more."}, reason)
		return
	case err != nil || revision < 1 || !approve && r.PostFormValue("decision") != "deny":
		c.showRequest(w, r, v, http.StatusUnprocessableEntity, frame{Said: "That was neither approved nor denied. Click one of the buttons."}, reason)
		return
	}
	answer, err := c.Desk.Decide(r.Context(), v.Actor, r.PathValue("id"), desk.Decision{Approve: approve, Note: reason, Revision: revision})
	if err != nil {
		status, said := c.told(err)
		c.showRequest(w, r, v, status, frame{Said: said}, reason)
		return
	}
	c.showRequest(w, r, v, http.StatusOK, frame{Said: outcome(answer, approve), Good: true}, "")
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

// statuses are those of the kinds of error that are the visitor's business.
var statuses = map[identity.Kind]int{
	identity.Invalid: http.StatusUnprocessableEntity, identity.NotFound: http.StatusNotFound, identity.Denied: http.StatusForbidden, identity.Conflict: http.StatusConflict,
}

// told is what the visitor is told of an error.
func (c *Console) told(err error) (status int, said string) {
	var e *identity.Error
	status, known := statuses[identity.KindOf(err)]
	if !known || !errors.As(err, &e) {
		id := c.NewID()
		c.Log.Error("console: a fault of the hub", "id", id, "error", err)
		return http.StatusInternalServerError, "Something went wrong in the hub; its log says what, under " + id + "."
	}
	cause := error(e)
	if e.Err != nil {
		cause = e.Err
	}
	if e.Kind == identity.Denied {
		return status, "You may not: " + cause.Error() + "."
	}
	return status, cause.Error() + "."
}

// showRequest shows the request as it is now, below what came of a click.
func (c *Console) showRequest(w http.ResponseWriter, r *http.Request, v visitor, status int, f frame, typed string) {
	look, err := c.Desk.Look(r.Context(), v.Actor, r.PathValue("id"))
	if err != nil {
		status, said := c.told(err)
		c.trouble(w, v, status, "This request cannot be shown", said)
		return
	}
	f.Title = title(look.Request)
	f.Who, f.LogOut = strings.TrimPrefix(look.Viewer, "user:"), formToken(v.key, "/logout")
	f.Body = requestPage{Look: look, Form: formToken(v.key, r.URL.Path), Path: r.URL.Path, Reason: typed}
	c.show(w, status, "request.html", f)
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

// trouble shows a page that only says what is wrong.
func (c *Console) trouble(w http.ResponseWriter, v visitor, status int, title, said string) {
	f := frame{Title: title, Body: trouble{said}}
	if v.id != "" {
		f.LogOut = formToken(v.key, "/logout")
	}
	c.show(w, status, "trouble.html", f)
}
