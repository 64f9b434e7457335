package console

import (
	"bytes"
	"errors"
	"net/http"

	"birthright/identity"
)

// handler answers one request of a visitor.
type handler func(r *http.Request, v visitor) (view, error)

// view is an answer: a page, or where to go next.
type view struct {
	// Page is the template, Section the entry of the menu that it belongs to.
	Page, Section string
	Title         string
	Body          any
	// Stamp is what the page shows, in short: one that has another by now is shown anew
	// while it is open. "" is for a page that waits until somebody asks again.
	Stamp string
	// Status is 200 unless it says something else; Wrong is what is wrong with what was
	// typed, above the page.
	Status int
	Wrong  string
	// To is the path to go to instead, where Said tells what came of a click; Bad says
	// that it is not what the visitor wanted.
	To, Said string
	Bad      bool
}

// goTo is the answer to a form that was taken: it sends the visitor on.
func goTo(path, said string) view { return view{To: path, Said: said} }

// refused is the answer to a form that was not: the page again, with what is wrong.
func (c *Console) refused(again view, err error) view {
	again.Status, again.Wrong = c.told(err)
	return again
}

// answer turns a handler into one of net/http.
func (c *Console) answer(h handler) func(http.ResponseWriter, *http.Request, visitor) {
	return func(w http.ResponseWriter, r *http.Request, v visitor) {
		out, err := h(r, v)
		if err != nil {
			status, said := c.told(err)
			out = view{Page: "trouble.html", Title: troubleTitles[status], Status: status, Body: trouble{Status: status, What: said}}
		}
		if out.To != "" {
			c.say(w, out.Said, out.Bad)
			http.Redirect(w, r, out.To, http.StatusSeeOther)
			return
		}
		if out.Stamp != "" && r.Method == http.MethodHead {
			unchanged(w, r, out.Stamp)
			return
		}
		c.showTo(w, r, v, out)
	}
}

// fitting refuses a form that does not bring its token.
func (c *Console) fitting(h handler) handler {
	return func(r *http.Request, v visitor) (view, error) {
		if err := r.ParseForm(); err != nil {
			return view{}, &identity.Error{Kind: identity.Invalid, Err: errors.New("the form is too large, or did not arrive whole: go back and send it again")}
		}
		if !fits(v.key, r) {
			return view{}, &identity.Error{Kind: identity.Denied, Err: errOldForm}
		}
		return h(r, v)
	}
}

var errOldForm = errors.New("the form was too old: go back, look again, and send it once more")

// frame is what every page has.
type frame struct {
	view
	// Visitor is who is logged in, "" for nobody.
	Visitor string
	Menu    []entry
	// Told is what came of the click before.
	Told told
	key  []byte
}

// showTo shows a page to a visitor.
func (c *Console) showTo(w http.ResponseWriter, r *http.Request, v visitor, out view) {
	if r.Method != http.MethodGet {
		out.Stamp = "" // where a form was sent to is no page to look at again
	}
	f := frame{view: out, Visitor: person(v.Name), key: v.key, Told: c.heard(w, r)}
	who, err := c.Hub.Self(r.Context(), v.Actor, menuVerbs()...)
	if err == nil { // whoever may do nothing any more sees why, without a menu
		f.Visitor, f.Menu = person(who.Name), menu(who, out.Section)
	}
	c.show(w, f)
}

// show writes a page, or nothing of it.
func (c *Console) show(w http.ResponseWriter, f frame) {
	var page bytes.Buffer
	if err := c.templates.ExecuteTemplate(&page, f.Page, f); err != nil {
		c.Log.Error("console: a page could not be made", "page", f.Page, "error", err)
		http.Error(w, "Something went wrong in the hub; its log says what.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if f.Status != 0 {
		w.WriteHeader(f.Status)
	}
	_, _ = page.WriteTo(w)
}
