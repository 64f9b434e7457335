package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/identity"
	"birthright/reconcile"
	"birthright/rights"
	"birthright/rules"
)

type personHub interface {
	User(ctx context.Context, a approval.Actor, name string) (hub.User, error)
	UserThen(ctx context.Context, a approval.Actor, name string, at time.Time) (*hub.Then, error)
	UserDifference(ctx context.Context, a approval.Actor, name string, one, other time.Time) (hub.Difference, error)
	Explain(ctx context.Context, a approval.Actor, name string, q reconcile.Question) ([]reconcile.Explained, error)
	Timeline(ctx context.Context, a approval.Actor, q hub.TimelineQuery) (hub.Page[hub.Happening], error)
}

// newest is how much of a timeline the page of a person shows.
const newest = 12

// personPage is everything about somebody as they are.
type personPage struct {
	hub.User
	Lately   []hub.Happening
	More     bool
	Now      time.Time
	Managers bool // the visitor may look at the manager's page
}

func (c *Console) mountPerson(d door) {
	d.page("GET /people/{user}", c.person)
	d.page("GET /people/{user}/timeline", c.timeline)
	d.page("GET /people/{user}/then", c.personThen)
	d.page("GET /people/{user}/why", c.why)
}

// ofPerson is a view that belongs to somebody.
func ofPerson(page, title string, body any) view {
	return view{Page: page, Section: "People", Title: title, Body: body}
}

func (c *Console) person(r *http.Request, v visitor) (view, error) {
	u, err := c.Hub.User(r.Context(), v.Actor, r.PathValue("user"))
	if err != nil {
		return view{}, err
	}
	lately, err := c.Hub.Timeline(r.Context(), v.Actor, hub.TimelineQuery{User: u.UserName, Limit: newest})
	if err != nil {
		return view{}, err
	}
	who, err := c.Hub.Self(r.Context(), v.Actor, rights.ReadPerson)
	title := u.DisplayName
	if title == "" {
		title = u.UserName
	}
	return ofPerson("person.html", title, personPage{User: u, Lately: lately.Items, More: lately.Next != "", Now: c.Now(), Managers: who.May[rights.ReadPerson]}), err
}

// timelinePage is a part of what happened to somebody.
type timelinePage struct {
	hub.Page[hub.Happening]
	Name  string
	Pager pager
}

func (c *Console) timeline(r *http.Request, v visitor) (view, error) {
	name := r.PathValue("user")
	found, err := c.Hub.Timeline(r.Context(), v.Actor, hub.TimelineQuery{User: name, After: r.URL.Query().Get("after"), Limit: pageSize})
	return ofPerson("timeline.html", "What happened to "+name, timelinePage{found, name, pagerOf(r.URL, found.Next)}), err
}

// thenPage is somebody at a moment, and what is different now or was at another.
type thenPage struct {
	Name, At, Compare string
	Then              *hub.Then
	Difference        *hub.Difference
}

func (c *Console) personThen(r *http.Request, v visitor) (view, error) {
	name, asked := r.PathValue("user"), r.URL.Query()
	body := thenPage{Name: name, At: inField(asked.Get("at")), Compare: inField(asked.Get("compare"))}
	out := ofPerson("then.html", name+" at a moment", &body)
	at, err := momentOf("at", asked.Get("at"))
	if err != nil {
		return c.refused(out, err), nil
	}
	if body.Then, err = c.Hub.UserThen(r.Context(), v.Actor, name, at); err != nil {
		return c.unless(out, err, identity.Denied)
	}
	other := c.Now()
	if asked.Get("compare") != "" {
		if other, err = momentOf("compare", asked.Get("compare")); err != nil {
			return c.refused(out, err), nil
		}
	}
	d, err := c.Hub.UserDifference(r.Context(), v.Actor, name, at, other)
	if err != nil {
		return c.unless(out, err, identity.Denied)
	}
	body.Difference = &d
	return out, nil
}

// unless shows a page again with what was wrong, unless it is of a kind that is a page
// of its own.
func (c *Console) unless(again view, err error, kind identity.Kind) (view, error) {
	if identity.KindOf(err) == kind {
		return view{}, err
	}
	return c.refused(again, err), nil
}

// momentOf reads a moment as browsers send it, in UTC.
func momentOf(field, text string) (time.Time, error) {
	if t, err := midnight(text); err == nil {
		return t, nil
	}
	return time.Time{}, &identity.Error{Kind: identity.Invalid, Field: field, Err: errors.New("say which moment: a date, or a date and a time of day in UTC, such as 2026-11-30T17:00")}
}

// inField writes a moment as the field of a form takes it, "" for what is none.
func inField(text string) string {
	t, err := momentOf("", text)
	if err != nil {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05")
}

// whyPage answers why somebody holds access, or why not.
type whyPage struct {
	Name, About string
	Lose        bool
	Answers     []reconcile.Explained
}

func (c *Console) why(r *http.Request, v visitor) (view, error) {
	asked := r.URL.Query()
	body := whyPage{Name: r.PathValue("user"), About: strings.TrimSpace(asked.Get("about")), Lose: asked.Get("lose") != ""}
	out := ofPerson("why.html", "Why "+body.Name+" has access, or has not", &body)
	q := reconcile.Question{Group: body.About, Lose: body.Lose}
	if strings.Contains(body.About, ":") {
		address, err := identity.ParseEntitlement(body.About)
		if err != nil {
			return c.refused(out, &identity.Error{Kind: identity.Invalid, Field: "about", Err: err}), nil
		}
		q = reconcile.Question{Entitlement: address, Lose: body.Lose}
	}
	var err error
	if body.Answers, err = c.Hub.Explain(r.Context(), v.Actor, body.Name, q); err != nil {
		return c.unless(out, err, identity.Denied)
	}
	return out, nil
}

// wayText is a set of changes by which access would be otherwise.
func wayText(w rules.Way) string {
	parts := make([]string, len(w.Changes))
	for i, c := range w.Changes {
		parts[i] = changeText(c)
	}
	return strings.Join(parts, ", and ")
}

func changeText(c rules.Otherwise) string {
	quote := func(word string) string {
		values := make([]string, len(c.Values))
		for i, value := range c.Values {
			values[i] = fmt.Sprintf("“%s”", value)
			if value == "" {
				values[i] = "nothing"
			}
		}
		return strings.Join(values, " "+word+" ")
	}
	switch c.Must {
	case rules.MustHold:
		return c.Attribute + " were so"
	case rules.MustNotHold:
		return c.Attribute + " were not so"
	case rules.MustBe:
		return c.Attribute + " were " + quote("or")
	case rules.MustNotBe:
		return c.Attribute + " were anything but " + quote("and")
	case rules.MustInclude:
		return c.Attribute + " had " + quote("and")
	}
	return c.Attribute + " had no " + quote("or")
}

// deeds are what the log calls things, in words.
var deeds = map[string]string{
	"request.created": "asked for", "request.amended": "changed what was asked for:", "request.approved": "approved", "request.denied": "denied",
	"request.cancelled": "took back the request for", "request.expired": "nobody decided in time on", "grant.extended": "gave more time for",
	"request.voted": "answered the request for", "request.reminder": "reminded those who decide on", "request.escalated": "told others who may decide on", "grant.begun": "began to give", "grant.active": "sees it everywhere:", "grant.ended": "ended", "grant.over": "ended", "grant.ending": "takes away", "grant.overdue": "is late in taking away", "grant.failed": "could not give",
	"grant.settled": "sees it gone everywhere:", "grant.returned": "gave back", "grant.revoked": "took away",
	"glass.broken": "broke the glass for", "glass.reviewed": "looked at the broken glass:", "review.decided": "decided in a review on",
	"access.ordered": "ordered to go:", "access.adopted": "is looked after by the hub from now on:", "delegation.made": "has others decide:",
	"delegation.ended": "decides again:", "revocation.lifted": "gave back what a review took away:",
}

// happened says what happened, without when and by whom.
func happened(h hub.Happening) string {
	about := strings.TrimSpace(h.Group + " " + h.Entitlement)
	switch {
	case h.Kind == hub.HappenedPerson && h.What == "joined":
		return "The hub came to know them"
	case h.Kind == hub.HappenedPerson:
		return "Sources say something else"
	case h.What == "began":
		return "In " + h.Group
	case h.What == "ended":
		return "No longer in " + h.Group
	case h.What == "recaused":
		return "In " + h.Group + " for other causes"
	case h.Kind == hub.HappenedTarget:
		return h.Target + ": " + strings.TrimSpace(h.What+" "+strings.TrimPrefix(h.Entitlement, h.Target+":"))
	}
	if words, known := deeds[h.What]; known {
		return person(h.By) + " " + strings.TrimSuffix(words+" "+about, ": ")
	}
	return strings.TrimSpace(strings.ReplaceAll(h.What, ".", " ") + " " + about)
}
