package console

import (
	"context"
	"net/http"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
)

type accessDesk interface {
	Own(ctx context.Context, a approval.Actor) (desk.Own, error)
	Course(ctx context.Context, a approval.Actor, id string) (desk.Course, error)
	Extend(ctx context.Context, a approval.Actor, id string, by time.Duration, reason string) (desk.Extension, error)
	Return(ctx context.Context, a approval.Actor, id string) (desk.Grant, error)
	Revoke(ctx context.Context, a approval.Actor, id, reason string) (desk.Grant, error)
}

// grantPage is the page of one grant, with what was typed already.
type grantPage struct {
	desk.Course
	For, Reason, Why string
	Faults           faults
}

func (c *Console) mountAccess(d door) {
	d.page("GET /{$}", c.access)
	d.page("GET /grants/{id}", func(r *http.Request, v visitor) (view, error) { return c.grant(r, v, nil) })
	d.form("POST /grants/{id}/extend", c.extend)
	d.form("POST /grants/{id}/return", c.giveBack)
	d.form("POST /grants/{id}/revoke", c.revoke)
}

// access is the front page: what the visitor has, and waits for.
func (c *Console) access(r *http.Request, v visitor) (view, error) {
	own, err := c.Desk.Own(r.Context(), v.Actor)
	if err != nil {
		return view{}, err
	}
	return view{Page: "access.html", Section: "My access", Title: "My access", Stamp: ownStamp(own), Body: own}, nil
}

// grant is the page of a grant as it is now; wrong is what is wrong with what was typed.
func (c *Console) grant(r *http.Request, v visitor, wrong error) (view, error) {
	course, err := c.Desk.Course(r.Context(), v.Actor, r.PathValue("id"))
	if err != nil {
		return view{}, err
	}
	body := grantPage{Course: course, Faults: faultsOf(wrong)}
	if r.Method == http.MethodPost {
		body.For, body.Reason, body.Why = typed(r, "for"), typed(r, "reason"), typed(r, "why")
	}
	return view{Page: "grant.html", Section: "My access", Title: grantTitle(course.Grant), Stamp: courseStamp(course), Body: body}, nil
}

// grantTitle is what a grant is, in words.
func grantTitle(g desk.Grant) string {
	verb := " has "
	switch g.State {
	case grants.Scheduled, grants.Activating:
		verb = " gets "
	case grants.Ending, grants.Ended, grants.Failed:
		verb = " had "
	}
	return g.User + verb + g.Group
}

// again shows a grant with what is wrong about what was typed.
func (c *Console) again(r *http.Request, v visitor, err error) (view, error) {
	page, errShow := c.grant(r, v, err)
	if errShow != nil {
		return view{}, errShow
	}
	return c.misfit(page, err, "for", "reason", "why"), nil
}

func (c *Console) extend(r *http.Request, v visitor) (view, error) {
	by, err := lengthOf("for", typed(r, "for"))
	if err == nil && by == 0 {
		err = unfit("for", "say by how much longer")
	}
	if err != nil {
		return c.again(r, v, err)
	}
	done, err := c.Desk.Extend(r.Context(), v.Actor, r.PathValue("id"), by, typed(r, "reason"))
	if err != nil {
		return c.again(r, v, err)
	}
	return goTo(backFrom(r), extended(done, c.Now())), nil
}

// extended is what became of the wish for more time, in words.
func extended(x desk.Extension, now time.Time) string {
	if x.Request != nil && x.Request.State == grants.Pending {
		return "Asked for more time: " + x.Request.ID + waitsFor(*x.Request) + " It ends at its time if nobody approves before."
	}
	return x.Grant.Group + " is longer now: it ends " + relative(x.Grant.EndsAt.UTC(), now) + "."
}

func (c *Console) giveBack(r *http.Request, v visitor) (view, error) {
	g, err := c.Desk.Return(r.Context(), v.Actor, r.PathValue("id"))
	if err != nil {
		return c.again(r, v, err)
	}
	return goTo(backFrom(r), ended(g, "Given back.")), nil
}

func (c *Console) revoke(r *http.Request, v visitor) (view, error) {
	why := typed(r, "why")
	if why == "" {
		return c.again(r, v, unfit("why", "say why: whoever has it is told"))
	}
	g, err := c.Desk.Revoke(r.Context(), v.Actor, r.PathValue("id"), why)
	if err != nil {
		return c.again(r, v, err)
	}
	return goTo("/grants/"+g.ID, ended(g, "Taken away.")), nil
}

// ended says how a grant stands that somebody ended.
func ended(g desk.Grant, done string) string {
	switch {
	case g.State == grants.Ended && g.Ended != grants.OverReturned && g.Ended != grants.OverRevoked:
		return "Nothing changed: " + g.ID + " was over already."
	case g.State == grants.Ended:
		return done + " Nothing of it is left."
	}
	return done + " " + g.Group + " is being removed from its targets."
}

// backFrom is the page that a form was on: the front page where it says so, else that of
// what it is about.
func backFrom(r *http.Request) string {
	if r.PostFormValue("from") == "/" {
		return "/"
	}
	return "/grants/" + r.PathValue("id")
}

// waitsFor says for whom a request waits: " waits for ada, bob."
func waitsFor(r desk.Request) string {
	if r.Stage == nil {
		return " waits, but its group cannot be asked for any more."
	}
	return " waits for " + whoDecides(r) + "."
}
