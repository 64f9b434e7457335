package scim

import (
	"encoding/json"
	"strconv"
	"strings"

	"birthright/scim/fault"
	"birthright/scim/filter"
	"birthright/scim/resource"
)

// question is what a client asks of a list: by a URL, or by the body of .search.
type question struct {
	text                 string      // the filter as it was written
	filter               filter.Expr // nil for all
	sortBy               string      // "" for the order of creation
	descending           bool
	start                int     // 1-based
	count                int     // the most that is answered
	cursor               *string // nil where pages are asked for by index
	attributes, excluded []string
}

// signature is what a cursor is bound to: what makes the list, not how much of it
// is answered.
func (q question) signature(c *call, kind string) string {
	parts := []string{c.source.name, kind, q.text, strings.ToLower(q.sortBy), strconv.FormatBool(q.descending)}
	return strings.Join(parts, "\x00")
}

// asked reads the question of a URL.
func (h *handler) asked(c *call) (question, error) {
	values := c.query
	s := searchBody{}
	for _, name := range searchNames {
		if !values.Has(name) {
			continue
		}
		switch name {
		case "startIndex", "count":
			if text := strings.TrimSpace(values.Get(name)); text != "" {
				s[name] = json.Number(text)
			}
		case "attributes", "excludedAttributes":
		default:
			s[name] = values.Get(name)
		}
	}
	return h.question(s, commaNames(values["attributes"]), commaNames(values["excludedAttributes"]))
}

// searched reads the question in the body of a .search request.
func (h *handler) searched(c *call) (question, error) {
	body, err := c.object(h.limits.UserBody)
	if err != nil {
		return question{}, err
	}
	s := searchBody{}
	for name, value := range body {
		s[canonicalSearchName(name)] = value
	}
	if !strings.Contains(strings.ToLower(strings.Join(s.texts("schemas"), " ")), strings.ToLower(searchURN)) {
		return question{}, fault.InvalidSyntax("schemas must contain %q.", searchURN)
	}
	return h.question(s, s.texts("attributes"), s.texts("excludedAttributes"))
}

// searchBody is a question by canonical names.
type searchBody map[string]any

var searchNames = []string{"schemas", "filter", "sortBy", "sortOrder", "startIndex", "count", "cursor", "attributes", "excludedAttributes"}

func canonicalSearchName(name string) string {
	for _, known := range searchNames {
		if strings.EqualFold(known, name) {
			return known
		}
	}
	return name
}

func (s searchBody) number(name string, absent int) (int, error) {
	if s[name] == nil {
		return absent, nil
	}
	n, _ := s[name].(json.Number)
	i, err := strconv.Atoi(n.String())
	if err != nil {
		return 0, fault.InvalidValue("%s must be a whole number, not %q.", name, n)
	}
	return i, nil
}

func (s searchBody) text(name string) (text string, given bool, err error) {
	if s[name] == nil {
		return "", false, nil
	}
	text, ok := s[name].(string)
	if !ok {
		return "", false, fault.InvalidValue("%s must be a text.", name)
	}
	return text, true, nil
}

func (s searchBody) texts(name string) []string {
	list, ok := s[name].([]any)
	if !ok && s[name] != nil {
		list = []any{s[name]}
	}
	var out []string
	for _, v := range list {
		if text, ok := v.(string); ok {
			out = append(out, text)
		}
	}
	return commaNames(out)
}

// question checks the parts of a question and bounds them.
func (h *handler) question(s searchBody, attributes, excluded []string) (q question, err error) {
	q.attributes, q.excluded = attributes, excluded
	if q.start, err = s.number("startIndex", 1); err != nil {
		return q, err
	}
	if q.count, err = s.number("count", h.limits.Page); err != nil {
		return q, err
	}
	q.start, q.count = max(q.start, 1), min(max(q.count, 0), h.limits.Page)
	cursor, given, err := s.text("cursor")
	if given {
		q.cursor = &cursor
	}
	if err != nil {
		return q, err
	}
	if given && s["startIndex"] != nil {
		return q, fault.InvalidValue("Ask for a page by startIndex or by cursor, not by both.")
	}
	if err := q.readSort(s); err != nil {
		return q, err
	}
	return q, q.readFilter(s)
}

func (q *question) readSort(s searchBody) (err error) {
	if q.sortBy, _, err = s.text("sortBy"); err != nil {
		return err
	}
	q.sortBy = strings.TrimSpace(q.sortBy)
	order, given, err := s.text("sortOrder")
	if err != nil {
		return err
	}
	switch order = strings.ToLower(strings.TrimSpace(order)); {
	case order == "descending":
		q.descending = true
	case given && order != "ascending" && order != "":
		return fault.InvalidValue("sortOrder must be ascending or descending, not %q.", order)
	}
	return nil
}

func (q *question) readFilter(s searchBody) error {
	if _, isText := s["filter"].(string); s["filter"] != nil && !isText {
		return fault.InvalidFilter("filter must be a text.")
	}
	q.text, _, _ = s.text("filter")
	if strings.TrimSpace(q.text) == "" {
		return nil
	}
	var err error
	if q.filter, err = filter.Parse(q.text); err != nil {
		return fault.InvalidFilter("The filter cannot be read: %s.", err)
	}
	return nil
}

// projection reads what a client wants to see of one resource.
func (h *handler) projection(c *call, t *resource.Type) (resource.Projection, error) {
	return t.Projection(commaNames(c.query["attributes"]), commaNames(c.query["excludedAttributes"]))
}

// commaNames splits lists of names at their commas.
func commaNames(lists []string) []string {
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
