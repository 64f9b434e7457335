package resource

import (
	"birthright/internal/searchdoc"
	"birthright/scim/fault"
	"birthright/scim/filter"
)

// Order returns the order by the attribute that sortBy names (RFC 7644 section
// 3.4.2.3): by the primary or first value of a multi-valued one, by its "value" if
// it is complex. What t does not declare, but one of others does, sorts nothing.
func (t *Type) Order(sortBy string, descending bool, others ...*Type) (searchdoc.Order, error) {
	path, err := filter.ParsePath(sortBy)
	if err != nil || path.Where != nil {
		return searchdoc.Order{}, fault.InvalidPath("sortBy: %q is not the name of an attribute.", sortBy)
	}
	order, err := t.order(path)
	for i := 0; err != nil && i < len(others); i++ {
		if _, known := others[i].order(path); known == nil {
			return searchdoc.Order{}, nil
		}
	}
	order.Descending = descending
	return order, err
}

func (t *Type) order(path filter.Path) (searchdoc.Order, error) {
	if _, err := t.Resolve(path, nil, false); err != nil {
		return searchdoc.Order{}, fault.InvalidPath("The list cannot be sorted by %s: %s", path, detail(err))
	}
	target, declared, err := t.compared(filter.Compare{Path: path, Op: filter.Eq})
	if err != nil {
		return searchdoc.Order{}, fault.InvalidPath("The list cannot be sorted by %s: %s", path, detail(err))
	}
	if target.Extension == "" && target.Attr != nil {
		switch name := target.Attr.Name + "." + target.SubName; name {
		case "id.", "meta.location":
			return searchdoc.Order{Column: searchdoc.ID}, nil
		case "meta.created":
			return searchdoc.Order{Column: searchdoc.Created}, nil
		case "meta.lastModified":
			return searchdoc.Order{Column: searchdoc.Modified}, nil
		case "meta.version":
			return searchdoc.Order{Column: searchdoc.Version}, nil
		}
	}
	order := searchdoc.Order{Attribute: searchdoc.Key(target.Extension, target.Name), Sub: searchdoc.Value}
	if target.SubName != "" {
		order.Sub = searchdoc.SubKey(target.SubName)
	}
	order.Number = declared != nil && (declared.Type == "integer" || declared.Type == "decimal")
	return order, nil
}
