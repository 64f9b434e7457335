package scim

import (
	"net/http"

	"birthright/internal/searchdoc"
	"birthright/scim/resource"
)

const (
	listURN   = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	searchURN = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
)

// listing knows how to find resources of one type.
type listing struct {
	of   *resource.Type
	find func(c *call, q searchdoc.Query, p resource.Projection) (found, error)
}

// found is a part of what there is, ready to be answered.
type found struct {
	docs   []resource.Document
	places []searchdoc.Place
	total  int
}

func (h *handler) userListing() listing {
	return listing{h.users, func(c *call, q searchdoc.Query, p resource.Projection) (found, error) {
		page, err := h.o.Directory.Records(c.Context(), c.source.name, q)
		if err != nil {
			return found{}, err
		}
		docs, err := h.userDocuments(c, page.Found, p)
		return found{docs, page.Places, page.Total}, err
	}}
}

func (h *handler) groupListing() listing {
	return listing{h.groups, func(c *call, q searchdoc.Query, p resource.Projection) (found, error) {
		page, err := h.o.Directory.Groups(c.Context(), c.source.name, q)
		if err != nil {
			return found{}, err
		}
		docs, err := h.groupDocuments(c, page.Found, p)
		return found{docs, page.Places, page.Total}, err
	}}
}

// list answers a question that stands in the URL, search one in a body.
func (h *handler) list(of ...listing) serve {
	return func(c *call) (answer, error) {
		q, err := h.asked(c)
		if err != nil {
			return answer{}, err
		}
		return h.answerList(c, q, of)
	}
}

func (h *handler) search(of ...listing) serve {
	return func(c *call) (answer, error) {
		q, err := h.searched(c)
		if err != nil {
			return answer{}, err
		}
		return h.answerList(c, q, of)
	}
}

// answerList finds what is asked for and answers one page of it.
func (h *handler) answerList(c *call, q question, of []listing) (answer, error) {
	if len(of) == 1 {
		return h.listOne(c, q, of[0])
	}
	return h.listSeveral(c, q, of)
}

// query makes the question to the directory of a client's question, for one of
// the types that are asked. One that looks at every resource waits for its turn.
func (q question) query(c *call, t *resource.Type, others []*resource.Type) (searchdoc.Query, error) {
	out := searchdoc.Query{}
	var err error
	if q.filter != nil {
		if out.Where, err = t.Condition(q.filter, c.base, others...); err != nil {
			return out, err
		}
	}
	if q.sortBy != "" {
		if out.Order, err = t.Order(q.sortBy, q.descending, others...); err != nil {
			return out, err
		}
		if t == c.h.users && out.Order.Attribute == userNameKey && !c.source.renames {
			out.Order = searchdoc.Order{Column: searchdoc.UserName, Descending: q.descending} // which has an index
		}
	}
	return out, c.admit(out)
}

// userNameKey is how userName is called where resources are sorted.
var userNameKey = searchdoc.Key("", "userName")

// listOne lists one type of resource.
func (h *handler) listOne(c *call, q question, of listing) (answer, error) {
	query, err := q.query(c, of.of, nil)
	if err != nil {
		return answer{}, err
	}
	p, err := of.of.Projection(q.attributes, q.excluded)
	if err != nil {
		return answer{}, err
	}
	query.Limit, query.Total = q.count, true
	total := -1
	switch {
	case q.cursor == nil:
		query.Offset = q.start - 1
	case *q.cursor != "":
		at, err := h.open(*q.cursor, q.signature(c, of.of.Name))
		if err != nil {
			return answer{}, err
		}
		at.Place.Sort = sortValue(query.Order, at.Place.Sort)
		query.After, query.Total, total = &at.Place, false, at.Total
	}
	if q.cursor != nil && q.count > 0 {
		query.Limit++ // to see whether something follows
	}
	got, err := of.find(c, query, p)
	if err != nil {
		return answer{}, err
	}
	if query.Total {
		total = got.total
	}
	next := ""
	if q.cursor != nil && len(got.docs) > q.count {
		got.docs = got.docs[:q.count]
		if q.count > 0 {
			next = h.seal(cursor{Place: got.places[q.count-1], Total: total}, q.signature(c, of.of.Name))
		}
	}
	return listAnswer(q, total, got.docs, next), nil
}

// sortValue gives what a cursor was read with the type that it had.
func sortValue(o searchdoc.Order, v any) any {
	n, ok := v.(interface {
		Int64() (int64, error)
		Float64() (float64, error)
	})
	if !ok {
		return v
	}
	if i, err := n.Int64(); err == nil && o.Column != "" {
		return i
	}
	f, _ := n.Float64() // it was one
	return f
}

// listAnswer is the ListResponse of one page.
func listAnswer(q question, total int, page []resource.Document, next string) answer {
	if page == nil {
		page = []resource.Document{}
	}
	body := map[string]any{
		"schemas":      []string{listURN},
		"totalResults": total,
		"itemsPerPage": len(page),
		"Resources":    page,
	}
	if q.cursor == nil {
		body["startIndex"] = q.start
	}
	if next != "" {
		body["nextCursor"] = next
	}
	return answer{status: http.StatusOK, body: body}
}
