package scim

import (
	"slices"
	"strings"

	"birthright/identity"
	"birthright/internal/searchdoc"
	"birthright/scim/resource"
)

// indexFormat is counted up whenever the same resource would be indexed
// otherwise, so that hubs index what they have again.
const indexFormat = "1"

// Index makes of what sources pushed the form that their filters are asked of.
type Index struct {
	sources       []string
	users, groups *resource.Type
}

// NewIndex returns the index of what these sources push; nobody asks about others.
func NewIndex(sources []string) *Index {
	return &Index{sources: slices.Sorted(slices.Values(sources)), users: resource.Users(), groups: resource.Groups()}
}

// Version tells how and for whom is indexed.
func (x *Index) Version() string { return indexFormat + " " + strings.Join(x.sources, " ") }

// Record returns what can be asked of a record; nil where nobody asks.
func (x *Index) Record(r identity.Record) searchdoc.Doc {
	if !slices.Contains(x.sources, r.Source) {
		return nil
	}
	doc, err := userResource(r)
	if err != nil {
		return nil // it cannot be said either
	}
	return x.users.Search(doc)
}

// Group returns what can be asked of a group, its members aside.
func (x *Index) Group(g identity.SourceGroup) searchdoc.Doc {
	if !slices.Contains(x.sources, g.Source) {
		return nil
	}
	doc, err := groupResource(g)
	if err != nil {
		return nil
	}
	return x.groups.Search(doc)
}
