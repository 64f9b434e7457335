package scim

import (
	"cmp"
	"slices"

	"birthright/scim/fault"
	"birthright/scim/resource"
)

// deepest is how far into the sorted resources of several types a page may lie:
// they are merged from the beginning.
const deepest = 10_000

// listSeveral lists resources of several types, one type after the other, or
// merged where they are to be sorted. Its cursors carry an index.
func (h *handler) listSeveral(c *call, q question, of []listing) (answer, error) {
	if q.cursor != nil && *q.cursor != "" {
		at, err := h.open(*q.cursor, q.signature(c, ""))
		if err != nil {
			return answer{}, err
		}
		q.start = at.Start
	}
	docs, total, err := h.joined(c, q, of)
	if err != nil {
		return answer{}, err
	}
	next := ""
	if end := q.start + len(docs); q.cursor != nil && q.count > 0 && end <= total {
		next = h.seal(cursor{Start: end, Total: total}, q.signature(c, ""))
	}
	return listAnswer(q, total, docs, next), nil
}

func (h *handler) joined(c *call, q question, of []listing) (docs []resource.Document, total int, err error) {
	if q.sortBy != "" && q.start > deepest-q.count { // the sum may be beyond all numbers
		return nil, 0, fault.TooMany("Sorted resources of all types are listed up to the %dth. Ask /Users or /Groups.", deepest)
	}
	var sorted []sortedDocument
	skip := q.start - 1
	for i, one := range of {
		query, err := q.query(c, one.of, otherTypes(of, i))
		if err != nil {
			return nil, 0, err
		}
		p, err := one.of.Projection(q.attributes, q.excluded)
		if err != nil {
			return nil, 0, err
		}
		query.Offset, query.Limit, query.Total = skip, q.count-len(docs), true
		if q.sortBy != "" {
			query.Offset, query.Limit = 0, skip+q.count
		}
		got, err := one.find(c, query, p)
		if err != nil {
			return nil, 0, err
		}
		total += got.total
		if q.sortBy == "" {
			docs, skip = append(docs, got.docs...), max(0, skip-got.total)
			continue
		}
		for j, doc := range got.docs {
			sorted = append(sorted, sortedDocument{doc, got.places[j].Sort})
		}
	}
	if q.sortBy != "" {
		slices.SortStableFunc(sorted, func(a, b sortedDocument) int { return compareSorted(a, b, q.descending) })
		for _, one := range sorted[min(skip, len(sorted)):min(skip+q.count, len(sorted))] {
			docs = append(docs, one.doc)
		}
	}
	return docs, total, nil
}

func otherTypes(of []listing, but int) []*resource.Type {
	var out []*resource.Type
	for i, one := range of {
		if i != but {
			out = append(out, one.of)
		}
	}
	return out
}

// sortedDocument is a resource with what it is sorted by.
type sortedDocument struct {
	doc  resource.Document
	sort any
}

// compareSorted is the order of the directory, for resources of several types:
// those without a value come last, or first if it is descending.
func compareSorted(a, b sortedDocument, descending bool) int {
	order := 0
	switch {
	case a.sort == nil || b.sort == nil:
		order = cmp.Compare(missingRank(a.sort), missingRank(b.sort))
	default:
		order = compareValues(a.sort, b.sort)
	}
	if descending {
		return -order
	}
	return order
}

func missingRank(v any) int {
	if v == nil {
		return 1
	}
	return 0
}

func compareValues(a, b any) int {
	switch x := a.(type) {
	case string:
		y, _ := b.(string)
		return cmp.Compare(x, y)
	case float64:
		y, _ := b.(float64)
		return cmp.Compare(x, y)
	case int64:
		y, _ := b.(int64)
		return cmp.Compare(x, y)
	}
	return 0
}
