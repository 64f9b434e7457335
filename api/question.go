package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"birthright/grants/approval"
	"birthright/grants/desk"
)

// Question selects requests or grants.
type Question struct {
	User    string    `query:"user" maxLength:"256" doc:"who gets or asked for it"`
	Group   string    `query:"group" maxLength:"512" doc:"what it is about"`
	Decider string    `query:"decider" maxLength:"256" doc:"who answered the request: a user, operator:NAME, or policy"`
	Ticket  string    `query:"ticket" maxLength:"200" doc:"the ticket of the request"`
	Q       string    `query:"q" maxLength:"200" doc:"a text in users, groups, reasons, tickets and what deciders noted"`
	Since   time.Time `query:"since" doc:"made at this time or later"`
	Until   time.Time `query:"until" doc:"made before this time"`
	Cursor  string    `query:"cursor" maxLength:"64" doc:"next of the page before"`
	Limit   int       `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"entries on a page"`
	Format  string    `query:"format" enum:"json,csv" doc:"csv has everything, without pages; so has Accept: text/csv"`
	Accept  string    `header:"Accept" hidden:"true"`
}

func (q *Question) query(states []string) desk.Query {
	return desk.Query{User: q.User, Group: q.Group, Decider: q.Decider, Ticket: q.Ticket, Text: q.Q, From: q.Since, To: q.Until, States: states}
}

// text is the question without the page, by which a cursor knows it.
func (q *Question) text(list, approver, only string, states []string) string {
	return strings.Join([]string{
		list, q.User, q.Group, approver, q.Decider, q.Ticket, only, q.Q, q.Since.UTC().Format(time.RFC3339Nano), q.Until.UTC().Format(time.RFC3339Nano), strings.Join(states, ","),
	}, "\x00")
}

// wantsCSV reports whether the list is wanted as a file.
func (q *Question) wantsCSV() bool {
	return q.Format == "csv" || q.Format == "" && strings.HasPrefix(strings.TrimSpace(q.Accept), csvType)
}

// page is a part of a list; Next is the cursor of the part behind it, "" for none.
type page[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next"`
}

// list is one of the two long lists.
type list[T any] struct {
	name   string
	find   func(ctx context.Context, who approval.Actor, q desk.Query) ([]T, error)
	number func(T) int64
	header []string
	row    func(T) []string
}

// pages is a part of the list, or all of it as a file.
func (l list[T]) pages(ctx context.Context, s *server, who approval.Actor, q *Question, ask desk.Query, text string) (*huma.StreamResponse, error) {
	if q.wantsCSV() {
		return l.file(ctx, s, who, ask)
	}
	var err error
	if ask.Before, err = parseCursor(text, q.Cursor); err != nil {
		return nil, err
	}
	ask.Limit = q.Limit + 1 // one more tells that there is more
	found, err := l.find(ctx, who, ask)
	if err != nil {
		return nil, err
	}
	out := page[T]{Items: []T{}}
	if len(found) > q.Limit {
		found = found[:q.Limit]
		out.Next = cursorAt(text, l.number(found[q.Limit-1]))
	}
	out.Items = append(out.Items, found...)
	return &huma.StreamResponse{Body: func(c huma.Context) {
		if out.Next != "" {
			c.SetHeader("Link", "<"+following(c.URL(), out.Next)+`>; rel="next"`)
		}
		c.SetHeader("Content-Type", "application/json")
		c.SetStatus(http.StatusOK)
		if err := s.api.Marshal(c.BodyWriter(), "application/json", out); err != nil {
			s.Log.Debug("api: a list was not taken", "error", err)
		}
	}}, nil
}

// following is the address of the next page.
func following(u url.URL, cursor string) string {
	values := u.Query()
	values.Set("cursor", cursor)
	return u.EscapedPath() + "?" + values.Encode()
}

// paged describes a list of which there are pages, and a file.
func paged[T any](s *server, op huma.Operation) huma.Operation {
	schema := s.api.OpenAPI().Components.Schemas.Schema(typeOf[page[T]](), true, op.OperationID+"-page")
	op.Responses = map[string]*huma.Response{strconv.Itoa(http.StatusOK): {
		Description: "A page, newest first, or the whole list as CSV",
		Content:     map[string]*huma.MediaType{"application/json": {Schema: schema}, csvType: {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	return op
}
