package scim

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/scim/fault"
	"birthright/scim/filter"
	"birthright/scim/resource"
)

const (
	maxProbes  = 50   // index look-ups for one filter; a longer "or" is a scan
	scanPage   = 500  // resources read at a time by a scan
	smallEmail = 1000 // resources up to which addresses that are not primary are looked for
)

// probe is one look-up by index.
type probe struct{ attr, value string }

// finder knows how to look for one type of resource.
type finder[T any] struct {
	of *resource.Type
	// index names the Query.Attr of attributes that can be looked up.
	index map[string]string
	read  func(context.Context, Query) ([]T, int, error)
	// document is what a filter is matched against.
	document func(context.Context, T) (resource.Document, error)
	number   func(T) int64
}

func (h *handler) userFinder(c *call) finder[identity.Record] {
	return finder[identity.Record]{
		of: h.users,
		index: map[string]string{
			"id": "id", "userName": identity.AttrUserName, "externalId": identity.AttrExternalID,
			"emails": identity.AttrEmail, "emails.value": identity.AttrEmail,
		},
		read: func(ctx context.Context, q Query) ([]identity.Record, int, error) {
			return h.o.Directory.Records(ctx, c.source.name, q)
		},
		document: func(_ context.Context, r identity.Record) (resource.Document, error) {
			doc, err := userResource(r)
			if err == nil {
				dress(h.users, doc, c.base, r.ID, r.Created, r.Modified)
			}
			return doc, err
		},
		number: func(r identity.Record) int64 { return r.N },
	}
}

// groupFinder matches members without reading lists of them: only the ids that
// the filter names are looked up.
func (h *handler) groupFinder(c *call, x filter.Expr) finder[identity.SourceGroup] {
	var named []string
	for compare := range compares(x) {
		if id, ok := memberID(compare); ok {
			named = append(named, id)
		}
	}
	return finder[identity.SourceGroup]{
		of: h.groups,
		index: map[string]string{
			"id": "id", "displayName": "displayName", "members": "members", "members.value": "members",
		},
		read: func(ctx context.Context, q Query) ([]identity.SourceGroup, int, error) {
			return h.o.Directory.Groups(ctx, c.source.name, q)
		},
		document: func(ctx context.Context, g identity.SourceGroup) (resource.Document, error) {
			doc, err := groupResource(g)
			if err != nil {
				return nil, err
			}
			dress(h.groups, doc, c.base, g.ID, g.Created, g.Modified)
			if len(named) == 0 {
				return doc, nil
			}
			has, err := h.o.Directory.HasMember(ctx, c.source.name, g.ID, named)
			var members []any
			for _, id := range named {
				if has[id] {
					members = append(members, map[string]any{"value": id})
				}
			}
			doc["members"] = members
			return doc, err
		},
		number: func(g identity.SourceGroup) int64 { return g.N },
	}
}

// find answers a question: with one page if there is no filter, else with the
// page of all that match. Candidates come from an index, or from a bounded scan.
func find[T any](ctx context.Context, q question, limits Limits, f finder[T]) (page []T, total int, err error) {
	if q.filter == nil {
		return f.page(ctx, q)
	}
	if err := answerable(f.of, q.filter); err != nil {
		return nil, 0, err
	}
	compiled, err := f.of.Compile(q.filter)
	if err != nil {
		return nil, 0, err
	}
	found, err := f.matches(ctx, q.filter, compiled, limits.Scan)
	if err != nil {
		return nil, 0, err
	}
	from := min(q.start-1, len(found))
	return found[from:min(from+q.count, len(found))], len(found), nil
}

func (f finder[T]) page(ctx context.Context, q question) ([]T, int, error) {
	if q.count > 0 {
		return f.read(ctx, Query{Offset: q.start - 1, Limit: q.count})
	}
	_, total, err := f.read(ctx, Query{Limit: 1})
	return nil, total, err
}

// matches returns all that pass a filter, in the order of their numbers.
func (f finder[T]) matches(ctx context.Context, x filter.Expr, compiled resource.Filter, limit int) ([]T, error) {
	probes, ok := f.probes(x)
	if !ok {
		return f.scan(ctx, compiled, limit, f.tooMany)
	}
	byN := map[int64]T{}
	primaryOnly := false
	for _, p := range probes {
		primaryOnly = primaryOnly || p.attr == identity.AttrEmail
		page, total, err := f.read(ctx, Query{Attr: p.attr, Value: p.value, Limit: limit})
		if err != nil {
			return nil, err
		}
		if total > limit {
			return nil, f.tooMany(total)
		}
		for _, one := range page {
			byN[f.number(one)] = one
		}
	}
	found, err := f.passing(ctx, byN, compiled)
	if err != nil || len(found) > 0 || !primaryOnly {
		return found, err
	}
	// The index knows primary addresses. In a small source the others are looked
	// at too.
	return f.scan(ctx, compiled, smallEmail, func(int) error { return nil })
}

// passing returns those of the candidates that pass.
func (f finder[T]) passing(ctx context.Context, candidates map[int64]T, compiled resource.Filter) ([]T, error) {
	var found []T
	for _, one := range candidates {
		doc, err := f.document(ctx, one)
		if err != nil {
			return nil, err
		}
		if compiled.Match(doc) {
			found = append(found, one)
		}
	}
	slices.SortFunc(found, func(a, b T) int { return cmp.Compare(f.number(a), f.number(b)) })
	return found, nil
}

// scan looks at every resource, unless there are more than limit: then the
// result is none, and the error that over makes.
func (f finder[T]) scan(ctx context.Context, compiled resource.Filter, limit int, over func(total int) error) ([]T, error) {
	var found []T
	for after := int64(0); ; {
		page, total, err := f.read(ctx, Query{AfterN: after, Limit: scanPage})
		if err != nil {
			return nil, err
		}
		if total > limit {
			return nil, over(total)
		}
		for _, one := range page {
			doc, err := f.document(ctx, one)
			if err != nil {
				return nil, err
			}
			if compiled.Match(doc) {
				found = append(found, one)
			}
			after = f.number(one)
		}
		if len(page) < scanPage {
			return found, nil
		}
	}
}

func (f finder[T]) tooMany(total int) error {
	return fault.TooMany("This filter would have to look at %d resources. Add a condition on id, userName, externalId or displayName with eq.", total)
}

// probes returns look-ups that between them find everything that can pass.
func (f finder[T]) probes(x filter.Expr) ([]probe, bool) {
	switch x := x.(type) {
	case filter.Compare:
		return f.compareProbe(x)
	case filter.And:
		for _, term := range x {
			if probes, ok := f.probes(term); ok {
				return probes, true
			}
		}
	case filter.Or:
		var all []probe
		for _, term := range x {
			probes, ok := f.probes(term)
			if all = append(all, probes...); !ok || len(all) > maxProbes {
				return nil, false
			}
		}
		return all, true
	}
	return nil, false
}

func (f finder[T]) compareProbe(c filter.Compare) ([]probe, bool) {
	target, err := f.of.Resolve(c.Path, nil, false)
	if err != nil || target.Extension != "" {
		return nil, false
	}
	if id, ok := memberID(c); ok {
		return []probe{{f.index["members"], id}}, f.index["members"] != ""
	}
	name := target.Name
	if target.SubName != "" {
		name += "." + target.SubName
	}
	value, ok := c.Value.(string)
	ok = ok && c.Op == filter.Eq
	if c.Op == filter.Pr && c.Path.Where != nil && c.Path.Sub == "" {
		name += ".value"
		value, ok = selectedValue(c.Path.Where)
	}
	attr := f.index[name]
	return []probe{{attr, value}}, ok && attr != ""
}

// selectedValue returns the text in value eq "text", alone or beside others with
// "and".
func selectedValue(where filter.Expr) (string, bool) {
	switch x := where.(type) {
	case filter.Compare:
		value, ok := x.Value.(string)
		return value, ok && x.Op == filter.Eq && strings.EqualFold(x.Path.Attr, "value")
	case filter.And:
		for _, term := range x {
			if value, ok := selectedValue(term); ok {
				return value, true
			}
		}
	}
	return "", false
}
