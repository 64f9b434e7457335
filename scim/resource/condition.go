package resource

import (
	"slices"
	"strings"

	"birthright/internal/searchdoc"
	"birthright/scim/fault"
	"birthright/scim/filter"
)

// always and never are conditions that are settled.
var always, never = searchdoc.And{}, searchdoc.Or{}

func settled(holds bool) searchdoc.Condition {
	if holds {
		return always
	}
	return never
}

// Condition checks a filter against the schemas of t and returns it as a question
// to the store; unknown attributes and operators that do not fit an attribute's
// type are invalidFilter errors. base is the absolute address that locations
// begin with. It asks the same as Compile. What t does not declare, but one of
// others does, is unassigned: a question may go to resources of several types.
func (t *Type) Condition(x filter.Expr, base string, others ...*Type) (searchdoc.Condition, error) {
	return lowered(x, lower{t, base, others}.compare)
}

// lowered turns an expression into a condition; leaf does so for a comparison.
func lowered(x filter.Expr, leaf func(filter.Compare) (searchdoc.Condition, error)) (searchdoc.Condition, error) {
	switch x := x.(type) {
	case filter.Compare:
		return leaf(x)
	case filter.Not:
		inner, err := lowered(x.X, leaf)
		return searchdoc.Not{X: inner}, err
	case filter.And:
		terms, err := loweredTerms(x, leaf)
		return searchdoc.And(terms), err
	case filter.Or:
		terms, err := loweredTerms(x, leaf)
		return searchdoc.Or(terms), err
	}
	return nil, fault.InvalidFilter("The filter is empty.")
}

func loweredTerms(terms []filter.Expr, leaf func(filter.Compare) (searchdoc.Condition, error)) ([]searchdoc.Condition, error) {
	out := make([]searchdoc.Condition, len(terms))
	for i, term := range terms {
		var err error
		if out[i], err = lowered(term, leaf); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// lower makes conditions of comparisons.
type lower struct {
	t      *Type
	base   string
	others []*Type
}

// compare makes the condition of one comparison of a whole resource.
func (l lower) compare(c filter.Compare) (searchdoc.Condition, error) {
	target, declared, err := l.t.compared(c)
	if err != nil && l.elsewhere(c) {
		return settled(c.Op == filter.Ne && c.Value != nil || c.Op == filter.Eq && c.Value == nil), nil
	}
	if err != nil {
		return nil, err
	}
	if target.Extension == "" && target.Attr != nil {
		switch target.Attr.Name {
		case "id":
			return column(declared, c, searchdoc.Column{Name: searchdoc.ID})
		case "meta":
			return l.meta(target, declared, c)
		}
	}
	if target.Name == "" && target.Extension == "" {
		return always, nil // the core schema, of which everything has something
	}
	var where searchdoc.And
	if target.Where != nil {
		condition, err := l.element(target.Attr, target.Where)
		if err != nil {
			return nil, err
		}
		where = append(where, condition)
	}
	has := func(more ...searchdoc.Condition) searchdoc.Condition {
		all := append(where[:len(where):len(where)], more...)
		if len(all) == 0 {
			return searchdoc.Has{Attribute: searchdoc.Key(target.Extension, target.Name)}
		}
		if len(all) == 1 {
			return searchdoc.Has{Attribute: searchdoc.Key(target.Extension, target.Name), Where: all[0]}
		}
		return searchdoc.Has{Attribute: searchdoc.Key(target.Extension, target.Name), Where: all}
	}
	if c.Op == filter.Pr && target.SubName == "" {
		return has(), nil
	}
	name := target.SubName
	if name == "" {
		name = searchdoc.Value
	}
	return l.values(declared, c, func(test *searchdoc.Test) searchdoc.Condition { return has(l.sub(target, name, test)) })
}

// elsewhere reports whether another type that is asked has the attribute.
func (l lower) elsewhere(c filter.Compare) bool {
	return slices.ContainsFunc(l.others, func(t *Type) bool {
		_, _, err := t.compared(c)
		return err == nil
	})
}

// element makes the condition of a value filter on values of a.
func (l lower) element(a *Attribute, where filter.Expr) (searchdoc.Condition, error) {
	return lowered(where, func(c filter.Compare) (searchdoc.Condition, error) {
		sub, err := elementAttribute(a, c.Path)
		if err != nil {
			return nil, err
		}
		target := Target{Attr: a, Name: c.Path.Attr}
		return l.values(sub, c, func(test *searchdoc.Test) searchdoc.Condition { return l.sub(target, c.Path.Attr, test) })
	})
}

// values makes the condition of a comparison, given how to ask whether there is a
// value that passes a test; with nil, any value.
func (l lower) values(declared *Attribute, c filter.Compare, some func(*searchdoc.Test) searchdoc.Condition) (searchdoc.Condition, error) {
	switch {
	case c.Op == filter.Pr:
		return some(nil), nil
	case c.Value == nil && c.Op == filter.Eq:
		return searchdoc.Not{X: some(nil)}, nil
	case c.Value == nil && c.Op == filter.Ne:
		return some(nil), nil
	case c.Op == filter.Ne:
		c.Op = filter.Eq
		test, err := literal(declared, c)
		if err != nil {
			return nil, err
		}
		test.Fails = true
		return searchdoc.Or{searchdoc.Not{X: some(nil)}, some(&test)}, nil
	}
	test, err := literal(declared, c)
	if err != nil {
		return nil, err
	}
	return some(&test), nil
}

// sub asks one value of an attribute. The address of a group or member is not
// stored: it follows from what it is.
func (l lower) sub(of Target, name string, test *searchdoc.Test) searchdoc.Condition {
	relation := of.Extension == "" && of.Attr != nil && (of.Attr.Name == "groups" || of.Attr.Name == "members")
	if !relation || !strings.EqualFold(name, "$ref") {
		return searchdoc.Sub{Name: searchdoc.SubKey(name), Test: test}
	}
	to := func(endpoint string) searchdoc.Sub {
		return searchdoc.Sub{Name: searchdoc.Value, Before: l.base + endpoint + "/", Test: test}
	}
	if of.Attr.Name == "groups" {
		return to("/Groups")
	}
	is := func(kind string) searchdoc.Sub {
		return searchdoc.Sub{Name: "type", Test: &searchdoc.Test{Op: searchdoc.Equal, Value: kind}}
	}
	return searchdoc.Or{searchdoc.And{is("user"), to("/Users")}, searchdoc.And{is("group"), to("/Groups")}}
}

// meta makes the condition of what the provider says about a resource.
func (l lower) meta(target Target, declared *Attribute, c filter.Compare) (searchdoc.Condition, error) {
	if target.SubName == "" {
		return always, nil // only pr is left
	}
	switch target.Sub.Name {
	case "created":
		return column(declared, c, searchdoc.Column{Name: searchdoc.Created})
	case "lastModified":
		return column(declared, c, searchdoc.Column{Name: searchdoc.Modified})
	case "location":
		return column(declared, c, searchdoc.Column{Name: searchdoc.ID, Before: l.base + l.t.Endpoint + "/"})
	case "version":
		return column(declared, c, searchdoc.Column{Name: searchdoc.Version, Before: `W/"`, After: `"`})
	}
	test, err := comparison(declared, c)
	return settled(err == nil && test.any([]any{l.t.Name})), err
}
