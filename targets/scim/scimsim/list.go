package scimsim

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
)

// listQuery is a list request after checking.
type listQuery struct {
	start, count int // start counts from 1
	filter       []term
	bare         bool // without members
	cursor       bool // by cursor, not by index
}

func (a *App) parseList(q url.Values) (listQuery, *fault) {
	out := listQuery{start: 1, count: a.opt.PageSize, bare: a.opt.HideMembers || a.opt.HideInLists || excludesMembers(q)}
	var f *fault
	if f = a.knownQuery(q); f != nil {
		return out, f
	}
	if a.opt.Cursor && q.Has("cursor") {
		out.cursor, out.start = true, fromCursor(q.Get("cursor"))
	} else if out.start, f = number(q, "startIndex", out.start); f != nil {
		return out, f
	}
	if out.count, f = number(q, "count", out.count); f != nil {
		return out, f
	}
	if a.opt.Cursor && !out.cursor {
		out.start = 1 // the index is not looked at: whoever wants more must ask by cursor
	}
	out.start, out.count = max(out.start, 1), min(max(out.count, 0), a.opt.PageSize)
	if !q.Has("filter") {
		return out, nil
	}
	if a.opt.NoFilter {
		return out, bad(invalidFilter, "filters are not supported")
	}
	out.filter, f = parseFilter(q.Get("filter"))
	return out, f
}

func number(q url.Values, name string, fallback int) (int, *fault) {
	if !q.Has(name) {
		return fallback, nil
	}
	n, err := strconv.Atoi(q.Get(name))
	if err != nil {
		return 0, bad(invalidValue, "%s must be a whole number", name)
	}
	return n, nil
}

func excludesMembers(q url.Values) bool {
	for name := range strings.SplitSeq(q.Get("excludedAttributes"), ",") {
		if strings.EqualFold(strings.TrimSpace(name), "members") {
			return true
		}
	}
	return false
}

// page cuts the asked-for window out of ids and joins their renderings.
func page(q listQuery, ids []string, render func(id string) []byte) []byte {
	from := min(q.start-1, len(ids))
	window := ids[from:min(from+q.count, len(ids))]
	var out bytes.Buffer
	out.WriteString(`{"schemas":["` + schemaList + `"],"itemsPerPage":` + strconv.Itoa(len(window)))
	switch next := from + len(window); {
	case !q.cursor:
		out.WriteString(`,"totalResults":` + strconv.Itoa(len(ids)) + `,"startIndex":` + strconv.Itoa(q.start))
	case next < len(ids):
		out.WriteString(`,"nextCursor":"` + toCursor(next+1) + `"`)
	}
	out.WriteString(`,"Resources":[`)
	for i, id := range window {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(render(id))
	}
	out.WriteString("]}")
	return out.Bytes()
}
