package console

import (
	"net/http"

	"birthright/signin"
)

// onceForm is the body of the page behind a one-time link.
type onceForm struct {
	Code, Form string
	Closed     bool
}

// askOnce shows the page behind a one-time link. It uses nothing up: programs that show a
// preview of links open them.
func (c *Console) askOnce(w http.ResponseWriter, r *http.Request) {
	body := onceForm{Code: r.URL.Query().Get("code"), Closed: c.closed()}
	if !body.Closed {
		body.Form = c.form(w, signin.LinkPath)
	}
	c.show(w, frame{view: view{Page: "once.html", Title: "Log in", Body: body}})
}

func (c *Console) once(w http.ResponseWriter, r *http.Request) {
	switch {
	case !c.ours(r):
		c.showLogin(w, r, http.StatusForbidden, "/", "The page was too old. Open the link again.")
		return
	case c.closed():
		c.showLogin(w, r, http.StatusForbidden, "/", "")
		return
	}
	entry, err := c.SignIn.ByCode(r.Context(), r.PostFormValue("code"))
	if err != nil {
		c.notLetIn(w, r, "/", err)
		return
	}
	c.letIn(w, r, entry, "/")
}
