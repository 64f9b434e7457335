package console

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/identity"
)

type historyDesk interface {
	Requests(ctx context.Context, a approval.Actor, q desk.Query) ([]desk.Request, error)
	Grants(ctx context.Context, a approval.Actor, q desk.Query) ([]desk.Grant, error)
	Owned(ctx context.Context, a approval.Actor) ([]string, error)
}

// historyPage is a page of the requests or grants that there ever were.
type historyPage[T any] struct {
	Items []T
	// Overdue are the grants that should be gone and are not, before all others.
	Overdue []T
	Asked   historyQuestion
	States  []string
	// Owned are the groups of which the visitor sees all.
	Owned []string
	Pager pager
	// File is the address of all of it as a file, without the format.
	File string
}

// historyQuestion is what a list is narrowed to, as it was typed.
type historyQuestion struct {
	User, Group, State, Decider, Ticket, Since, Until, Q string
}

// historyFields are the names of the filters in an address.
var historyFields = []string{"user", "group", "state", "decider", "ticket", "since", "until", "q"}

// mostOverdue is how many overdue grants stand before the others.
const mostOverdue = 50

func (c *Console) mountHistory(d door) {
	d.page("GET /requests", c.requests)
	d.page("GET /grants", c.grants)
	d.raw("GET /requests/export", func(w http.ResponseWriter, r *http.Request, v visitor) {
		export(c, w, r, v, "requests", requestStates, c.Desk.Requests, desk.RequestColumns(),
			func(r desk.Request) (int64, []string) { return r.N, r.Cells() })
	})
	d.raw("GET /grants/export", func(w http.ResponseWriter, r *http.Request, v visitor) {
		export(c, w, r, v, "grants", grantStates, c.Desk.Grants, desk.GrantColumns(),
			func(g desk.Grant) (int64, []string) { return g.N, g.Cells() })
	})
}

var (
	requestStates = []string{grants.Pending, grants.Approved, grants.Denied, grants.Cancelled, grants.Expired}
	grantStates   = []string{grants.Scheduled, grants.Activating, grants.Active, grants.Ending, grants.Ended, grants.Failed}
)

// askedOf reads what a list is narrowed to; the question is the zero one where a filter
// cannot be read.
func askedOf(r *http.Request, states []string) (typed historyQuestion, q desk.Query, err error) {
	field := func(name string) string { return strings.TrimSpace(r.URL.Query().Get(name)) }
	typed = historyQuestion{
		User: field("user"), Group: field("group"), State: field("state"), Decider: field("decider"), Ticket: field("ticket"),
		Since: field("since"), Until: field("until"), Q: field("q"),
	}
	since, errSince := day(typed.Since, "since")
	until, errUntil := day(typed.Until, "until")
	before, errPage := pageAt(field("after"))
	errState := known("state", typed.State, states)
	if err = errors.Join(errSince, errUntil, errPage, errState); err != nil {
		return typed, q, err
	}
	q = desk.Query{
		User: typed.User, Group: typed.Group, Decider: typed.Decider, Ticket: typed.Ticket, From: since, To: until, Text: typed.Q, Before: before,
	}
	if typed.State != "" {
		q.States = []string{typed.State}
	}
	return typed, q, nil
}

// pageAt is behind which number a page begins, 0 for the first.
func pageAt(after string) (int64, error) {
	if after == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(after, 10, 64)
	if err != nil || n < 1 {
		return 0, &identity.Error{Kind: identity.Invalid, Err: errors.New("that page does not exist: begin at the first")}
	}
	return n, nil
}

// known refuses a value that is none of some.
func known(field, value string, all []string) error {
	if value == "" || slices.Contains(all, value) {
		return nil
	}
	return unfit(field, `"`+value+`" is none of `+strings.Join(all, ", "))
}

func (c *Console) requests(r *http.Request, v visitor) (view, error) {
	var body historyPage[desk.Request]
	out := view{Page: "requests.html", Section: "Decide", Title: "Requests"}
	err := fill(c, r, v, &body, requestStates, c.Desk.Requests, func(r desk.Request) int64 { return r.N })
	out.Body = body
	return c.orRefused(out, err)
}

func (c *Console) grants(r *http.Request, v visitor) (view, error) {
	var body historyPage[desk.Grant]
	out := view{Page: "grants.html", Section: "My access", Title: "Grants"}
	err := fill(c, r, v, &body, grantStates, c.Desk.Grants, func(g desk.Grant) int64 { return g.N })
	if err == nil && body.Asked.State == "" && r.URL.Query().Get("after") == "" {
		err = c.overdue(r, v, &body)
	}
	out.Body = body
	return c.orRefused(out, err)
}

// orRefused is a page, or the page with what is wrong about its question.
func (c *Console) orRefused(out view, err error) (view, error) {
	switch identity.KindOf(err) {
	case identity.Invalid, identity.NotFound:
		return c.refused(out, err), nil
	}
	return out, err
}

// fill reads one page of a list.
func fill[T any](c *Console, r *http.Request, v visitor, body *historyPage[T], states []string, find finder[T], number func(T) int64) (err error) {
	var q desk.Query
	body.States, body.File = states, r.URL.Path+"/export?"+narrowing(r.URL)
	if body.Asked, q, err = askedOf(r, states); err != nil {
		return err
	}
	if body.Owned, err = c.Desk.Owned(r.Context(), v.Actor); err != nil {
		return err
	}
	q.Limit = pageSize + 1 // one more tells that there is more
	if body.Items, err = find(r.Context(), v.Actor, q); err != nil {
		return err
	}
	next := ""
	if len(body.Items) > pageSize {
		body.Items = body.Items[:pageSize]
		next = strconv.FormatInt(number(body.Items[pageSize-1]), 10)
	}
	body.Pager = pagerOf(r.URL, next)
	return nil
}

// narrowing is what an address narrows a list to, without the page.
func narrowing(u *url.URL) string {
	asked, kept := u.Query(), url.Values{}
	for _, name := range historyFields {
		if value := strings.TrimSpace(asked.Get(name)); value != "" {
			kept.Set(name, value)
		}
	}
	return kept.Encode()
}

// overdue moves the grants that should be gone before the others, the oldest first.
func (c *Console) overdue(r *http.Request, v visitor, body *historyPage[desk.Grant]) error {
	_, q, err := askedOf(r, grantStates)
	if err != nil {
		return err
	}
	q.States, q.Limit = []string{grants.Ending}, mostOverdue
	found, err := c.Desk.Grants(r.Context(), v.Actor, q)
	if err != nil {
		return err
	}
	body.Overdue = slices.DeleteFunc(found, func(g desk.Grant) bool { return g.OverdueSeconds == 0 })
	slices.SortStableFunc(body.Overdue, func(a, b desk.Grant) int { return int(b.OverdueSeconds - a.OverdueSeconds) })
	body.Items = slices.DeleteFunc(body.Items, func(g desk.Grant) bool {
		return slices.ContainsFunc(body.Overdue, func(o desk.Grant) bool { return o.ID == g.ID })
	})
	return nil
}

// finder reads a part of a list.
type finder[T any] func(ctx context.Context, a approval.Actor, q desk.Query) ([]T, error)

// perPart is how many entries of a file are read at once.
const perPart = 500

// export sends all of a list as a file: as CSV, or as JSON.
func export[T any](c *Console, w http.ResponseWriter, r *http.Request, v visitor, name string, states []string, find finder[T], columns []string, row func(T) (int64, []string)) {
	_, q, err := askedOf(r, states)
	form, kind := r.URL.Query().Get("format"), "text/csv; charset=utf-8"
	if form == "json" {
		kind = "application/json"
	} else if err == nil {
		err = known("format", form, []string{"csv", "json"})
		form = "csv"
	}
	if err != nil {
		c.fail(w, r, v, err)
		return
	}
	c.send(w, r, v, name+"."+form, kind, func(to io.Writer) error {
		out := writerOf[T](form, to, columns, func(one T) []string { _, cells := row(one); return cells })
		q.Limit = perPart
		for {
			part, err := find(r.Context(), v.Actor, q)
			if err != nil {
				return err
			}
			for _, one := range part {
				if err := out.write(one); err != nil {
					return err
				}
			}
			if len(part) < perPart {
				return out.end()
			}
			q.Before, _ = row(part[len(part)-1])
		}
	})
}

// entries writes the entries of a list, one after the other.
type entries[T any] struct {
	write func(T) error
	end   func() error
}

// writerOf begins a file in a form.
func writerOf[T any](form string, to io.Writer, columns []string, cells func(T) []string) entries[T] {
	if form == "json" {
		return jsonEntries[T](to)
	}
	out := csv.NewWriter(to)
	err := out.Write(columns)
	return entries[T]{
		write: func(one T) error { return errors.Join(err, out.Write(cells(one))) },
		end: func() error {
			out.Flush()
			return errors.Join(err, out.Error())
		},
	}
}

// jsonEntries writes a list as JSON, an entry a line.
func jsonEntries[T any](to io.Writer) entries[T] {
	before := "[\n"
	return entries[T]{
		write: func(one T) error {
			text, err := json.Marshal(one)
			if err != nil {
				return err
			}
			_, err = io.WriteString(to, before+string(text))
			before = ",\n"
			return err
		},
		end: func() error {
			if before == "[\n" {
				before = "["
			}
			_, err := io.WriteString(to, strings.TrimPrefix(before, ",")+"]\n")
			return err
		},
	}
}
