package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/identity"
)

type inboxDesk interface {
	Inbox(ctx context.Context, a approval.Actor, q desk.Query, limit int) (desk.Inbox, error)
}

// mostCases is how many requests a page has to decide on.
const mostCases = 25

// decidePage is what waits for the visitor.
type decidePage struct {
	desk.Inbox
	// Group and User are what the list is narrowed to; Groups and Users what it can be
	// narrowed to, with how many there are.
	Group, User   string
	Groups, Users []alike
	// Reason is what was typed already, and Chosen what was chosen.
	Reason string
	Chosen []string
	Path   string
	Faults faults
}

// alike is how many cases have something in common.
type alike struct {
	Name  string
	Count int
}

func (c *Console) mountDecide(d door) {
	d.page("GET /decide", func(r *http.Request, v visitor) (view, error) { return c.deciding(r, v, nil) })
	d.form("POST /decide", c.decideAll)
}

// deciding is the page of what waits; wrong is what is wrong with what was sent.
func (c *Console) deciding(r *http.Request, v visitor, wrong error) (view, error) {
	q := desk.Query{Group: r.URL.Query().Get("group"), User: r.URL.Query().Get("user")}
	inbox, err := c.Desk.Inbox(r.Context(), v.Actor, q, mostCases)
	if err != nil {
		return view{}, err
	}
	page := decidePage{Inbox: inbox, Group: q.Group, User: q.User, Path: r.URL.RequestURI(), Faults: faultsOf(wrong)}
	page.Groups = alikes(inbox.Cases, func(l desk.Look) string { return l.Request.Group })
	page.Users = alikes(inbox.Cases, func(l desk.Look) string { return l.Request.User })
	if r.Method == http.MethodPost {
		page.Reason, page.Chosen = typed(r, "reason"), r.PostForm["on"]
	}
	return view{Page: "decide.html", Section: "Decide", Title: "Decide", Stamp: inboxStamp(inbox), Body: page}, nil
}

// Marked reports whether a case was chosen.
func (p decidePage) Marked(l desk.Look) bool { return slices.Contains(p.Chosen, mark(l)) }

// Mark is how a form names a case: as it was looked at.
func (p decidePage) Mark(l desk.Look) string { return mark(l) }

func mark(l desk.Look) string { return l.Request.ID + ":" + strconv.Itoa(l.Request.Revision) }

// alikes counts cases by what they have in common, most first, of what is there twice.
func alikes(cases []desk.Look, by func(desk.Look) string) []alike {
	var out []alike
	for _, l := range cases {
		name := by(l)
		at := slices.IndexFunc(out, func(a alike) bool { return a.Name == name })
		if at < 0 {
			out = append(out, alike{Name: name})
			at = len(out) - 1
		}
		out[at].Count++
	}
	out = slices.DeleteFunc(out, func(a alike) bool { return a.Count < 2 })
	slices.SortStableFunc(out, func(a, b alike) int { return b.Count - a.Count })
	return out
}

// choice is a request as it was looked at.
type choice struct {
	id       string
	revision int
}

// decideAll answers each of the chosen requests by itself, and says of each what came of
// it. They must be alike: of one group, or of one person.
func (c *Console) decideAll(r *http.Request, v visitor) (view, error) {
	chosen, approve, err := choices(r)
	if err == nil {
		err = c.alike(r, v, chosen)
	}
	if err != nil {
		page, errShow := c.deciding(r, v, err)
		if errShow != nil {
			return view{}, errShow
		}
		return c.misfit(page, err, "reason"), nil
	}
	lines, bad := make([]string, len(chosen)), false
	for i, one := range chosen {
		answer, err := c.Desk.Decide(r.Context(), v.Actor, one.id, desk.Decision{Approve: approve, Note: typed(r, "reason"), Revision: one.revision})
		if err != nil {
			_, said := c.told(err)
			lines[i], bad = one.id+": "+said, true
			continue
		}
		lines[i] = one.id + ", " + answer.Request.User + " and " + answer.Request.Group + ": " + outcome(answer, approve)
	}
	next := goTo(r.URL.RequestURI(), strings.Join(lines, "\n"))
	next.Bad = bad
	return next, nil
}

// choices reads what was chosen and what is to become of it. A button beside a request is
// about that one alone.
func choices(r *http.Request) (out []choice, approve bool, err error) {
	verb, marks := r.PostFormValue("decision"), r.PostForm["on"]
	if word, one, ok := strings.Cut(r.PostFormValue("one"), " "); ok {
		verb, marks = word, []string{one}
	}
	approve = verb == "approve"
	switch {
	case !approve && verb != "deny":
		return nil, false, &identity.Error{Kind: identity.Invalid, Err: errors.New("that was neither approved nor denied: click one of the buttons")}
	case len(marks) == 0:
		return nil, approve, &identity.Error{Kind: identity.Invalid, Err: errors.New("nothing was chosen: mark what you decide on")}
	case len(marks) > mostCases:
		return nil, approve, &identity.Error{Kind: identity.Invalid, Err: errors.New("that was too much at once: 25 at most")}
	case !approve && typed(r, "reason") == "":
		return nil, approve, unfit("reason", "a denial needs a reason")
	}
	for _, mark := range marks {
		id, text, _ := strings.Cut(mark, ":")
		revision, err := strconv.Atoi(text)
		if err != nil || revision < 1 {
			return nil, approve, &identity.Error{Kind: identity.Invalid, Err: errors.New("that was not chosen on this page: look at it again")}
		}
		out = append(out, choice{id, revision})
	}
	return out, approve, nil
}

// alike refuses to decide at once on what is not alike.
func (c *Console) alike(r *http.Request, v visitor, chosen []choice) error {
	if len(chosen) < 2 {
		return nil
	}
	var users, groups []string
	for _, one := range chosen {
		request, errOne := c.Desk.Request(r.Context(), v.Actor, one.id)
		if errOne != nil {
			continue // it is told when it is decided on
		}
		users, groups = append(users, request.User), append(groups, request.Group)
	}
	slices.Sort(users)
	slices.Sort(groups)
	if n, m := len(slices.Compact(users)), len(slices.Compact(groups)); n > 1 && m > 1 {
		return &identity.Error{Kind: identity.Invalid, Err: errors.New("those are not alike: " + plural(n, "person", "people") + " and " + plural(m, "group", "groups") +
			". Choose requests for one group, or of one person, and decide on the others by themselves")}
	}
	return nil
}
