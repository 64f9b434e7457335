package scim

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"birthright/scim/fault"
	"birthright/scim/filter"
	"birthright/scim/resource"
)

const (
	listURN   = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	searchURN = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
)

// question is what a client asks of a list: by a URL, or by the body of .search.
type question struct {
	filter     filter.Expr // nil for all
	start      int         // 1-based
	count      int
	projection resource.Projection
}

// asked reads the question of a URL.
func (h *handler) asked(c *call, t *resource.Type) (question, error) {
	values := c.query
	number := func(name string, absent int) (int, error) {
		text := strings.TrimSpace(values.Get(name))
		if text == "" {
			return absent, nil
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			return 0, fault.InvalidValue("%s must be a whole number, not %q.", name, text)
		}
		return n, nil
	}
	start, err := number("startIndex", 1)
	if err != nil {
		return question{}, err
	}
	count, err := number("count", h.limits.Page)
	if err != nil {
		return question{}, err
	}
	return h.question(t, values.Get("filter"), start, count, names(values["attributes"]), names(values["excludedAttributes"]))
}

// searched reads the question in the body of a .search request.
func (h *handler) searched(c *call, t *resource.Type) (question, error) {
	body, err := c.object(h.limits.UserBody)
	if err != nil {
		return question{}, err
	}
	s := searchBody{"startIndex": json.Number("1"), "count": json.Number(strconv.Itoa(h.limits.Page))}
	for name, value := range body {
		s[canonicalSearchName(name)] = value
	}
	if !strings.Contains(strings.Join(s.texts("schemas"), " "), searchURN) {
		return question{}, fault.InvalidSyntax("schemas must contain %q.", searchURN)
	}
	text, ok := s["filter"].(string)
	if s["filter"] != nil && !ok {
		return question{}, fault.InvalidFilter("filter must be a text.")
	}
	start, err := s.number("startIndex")
	if err != nil {
		return question{}, err
	}
	count, err := s.number("count")
	if err != nil {
		return question{}, err
	}
	return h.question(t, text, start, count, s.texts("attributes"), s.texts("excludedAttributes"))
}

// searchBody is the body of a .search request by canonical names.
type searchBody map[string]any

func canonicalSearchName(name string) string {
	for _, known := range []string{"schemas", "filter", "startIndex", "count", "attributes", "excludedAttributes"} {
		if strings.EqualFold(known, name) {
			return known
		}
	}
	return name
}

func (s searchBody) number(name string) (int, error) {
	n, _ := s[name].(json.Number)
	i, err := strconv.Atoi(n.String())
	if err != nil {
		return 0, fault.InvalidValue("%s must be a whole number.", name)
	}
	return i, nil
}

func (s searchBody) texts(name string) []string {
	list, _ := s[name].([]any)
	var out []string
	for _, v := range list {
		if text, ok := v.(string); ok {
			out = append(out, text)
		}
	}
	return names(out)
}

// question checks the parts of a question and bounds them.
func (h *handler) question(t *resource.Type, text string, start, count int, attributes, excluded []string) (question, error) {
	q := question{start: max(start, 1), count: min(max(count, 0), h.limits.Page)}
	var err error
	if q.projection, err = t.Projection(attributes, excluded); err != nil {
		return q, err
	}
	if strings.TrimSpace(text) == "" {
		return q, nil
	}
	if q.filter, err = filter.Parse(text); err != nil {
		return q, fault.InvalidFilter("The filter cannot be read: %s.", err)
	}
	return q, nil
}

// projection reads what a client wants to see of one resource.
func (h *handler) projection(c *call, t *resource.Type) (resource.Projection, error) {
	values := c.query
	return t.Projection(names(values["attributes"]), names(values["excludedAttributes"]))
}

// names splits lists of names at their commas.
func names(lists []string) []string {
	var out []string
	for _, list := range lists {
		for name := range strings.SplitSeq(list, ",") {
			if name = strings.TrimSpace(name); name != "" {
				out = append(out, name)
			}
		}
	}
	return out
}

func (h *handler) listUsers(c *call) (answer, error) {
	q, err := h.asked(c, h.users)
	if err != nil {
		return answer{}, err
	}
	return h.findUsers(c, q)
}

func (h *handler) searchUsers(c *call) (answer, error) {
	q, err := h.searched(c, h.users)
	if err != nil {
		return answer{}, err
	}
	return h.findUsers(c, q)
}

func (h *handler) findUsers(c *call, q question) (answer, error) {
	records, total, err := find(c.Context(), q, h.limits, h.userFinder(c))
	if err != nil {
		return answer{}, err
	}
	docs, err := h.userDocuments(c.Context(), c, records, q.projection)
	return listAnswer(q, total, docs), err
}

func (h *handler) listGroups(c *call) (answer, error) {
	q, err := h.asked(c, h.groups)
	if err != nil {
		return answer{}, err
	}
	return h.findGroups(c, q)
}

func (h *handler) searchGroups(c *call) (answer, error) {
	q, err := h.searched(c, h.groups)
	if err != nil {
		return answer{}, err
	}
	return h.findGroups(c, q)
}

func (h *handler) findGroups(c *call, q question) (answer, error) {
	groups, total, err := find(c.Context(), q, h.limits, h.groupFinder(c, q.filter))
	if err != nil {
		return answer{}, err
	}
	docs, err := h.groupDocuments(c.Context(), c, groups, q.projection)
	return listAnswer(q, total, docs), err
}

// listAnswer is the ListResponse of one page.
func listAnswer(q question, total int, page []resource.Document) answer {
	if page == nil {
		page = []resource.Document{}
	}
	return answer{status: http.StatusOK, body: map[string]any{
		"schemas":      []string{listURN},
		"totalResults": total,
		"startIndex":   q.start,
		"itemsPerPage": len(page),
		"Resources":    page,
	}}
}
