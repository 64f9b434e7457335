package resource

import (
	"strings"

	"birthright/scim/fault"
	"birthright/scim/filter"
)

// Filter is a filter that was checked against the schemas of a Type.
type Filter struct{ matches func(any) bool }

// Match reports whether doc passes. It cannot fail: what could be wrong with a
// filter was told by Compile.
func (f Filter) Match(doc Document) bool { return f.matches(doc) }

// Compile checks an expression against the schemas of t: unknown attributes and
// operators that do not fit an attribute's type are invalidFilter errors.
func (t *Type) Compile(x filter.Expr) (Filter, error) {
	matches, err := compile(x, t.compare)
	return Filter{matches}, err
}

// CompileElement checks the value filter of attribute a, the part in brackets,
// and returns a test for single values of a. With a nil the value is undeclared.
func CompileElement(a *Attribute, where filter.Expr) (func(element any) bool, error) {
	return compile(where, func(c filter.Compare) (func(any) bool, error) {
		sub, err := elementAttribute(a, c.Path)
		if err != nil {
			return nil, err
		}
		test, err := comparison(sub, c)
		if err != nil {
			return nil, err
		}
		name := c.Path.Attr
		return func(element any) bool {
			object, ok := element.(map[string]any)
			if !ok {
				return test.any(plainValue(element, name))
			}
			return test.any(elements(object[Key(object, name)]))
		}, nil
	})
}

// plainValue returns the sub-attribute of a value without parts: it is its own
// "value", and has no other.
func plainValue(v any, name string) []any {
	if strings.EqualFold(name, "value") {
		return []any{v}
	}
	return nil
}

// elementAttribute finds the declaration of what a value filter compares.
func elementAttribute(a *Attribute, path filter.Path) (*Attribute, error) {
	switch {
	case path.Schema != "" || path.Sub != "":
		return nil, fault.InvalidFilter("%s: a value filter compares sub-attributes by their plain names.", path)
	case a == nil:
		return nil, nil
	case !a.Complex() && strings.EqualFold(path.Attr, "value"):
		return a, nil
	}
	sub := lookup(a.Sub, path.Attr)
	if sub == nil {
		return nil, fault.InvalidFilter("%s has no sub-attribute %q.", a.Name, path.Attr)
	}
	return sub, nil
}

// compile turns an expression into a test; leaf does so for a comparison.
func compile(x filter.Expr, leaf func(filter.Compare) (func(any) bool, error)) (func(any) bool, error) {
	switch x := x.(type) {
	case filter.Compare:
		return leaf(x)
	case filter.Not:
		inner, err := compile(x.X, leaf)
		return func(v any) bool { return !inner(v) }, err
	case filter.And:
		return compileTerms(x, leaf, false)
	case filter.Or:
		return compileTerms(x, leaf, true)
	}
	return nil, fault.InvalidFilter("The filter is empty.")
}

// compileTerms joins terms; the first that equals decisive settles the result.
func compileTerms(terms []filter.Expr, leaf func(filter.Compare) (func(any) bool, error), decisive bool) (func(any) bool, error) {
	tests := make([]func(any) bool, len(terms))
	for i, term := range terms {
		var err error
		if tests[i], err = compile(term, leaf); err != nil {
			return nil, err
		}
	}
	return func(v any) bool {
		for _, test := range tests {
			if test(v) == decisive {
				return decisive
			}
		}
		return !decisive
	}, nil
}

// compare compiles a comparison of a whole document.
func (t *Type) compare(c filter.Compare) (func(any) bool, error) {
	target, declared, err := t.compared(c)
	if err != nil {
		return nil, err
	}
	path := c.Path
	if c.Op != filter.Pr && target.Sub == nil && (target.Attr == nil || target.Attr.Complex()) && target.SubName == "" {
		path.Sub = "value" // which for a plain value is itself
	}
	values, err := t.Reader(path)
	if err != nil {
		return nil, fault.InvalidFilter("%s: %s", c.Path, detail(err))
	}
	test, err := comparison(declared, c)
	if err != nil {
		return nil, err
	}
	return func(v any) bool {
		doc, _ := v.(Document)
		return test.any(values(doc))
	}, nil
}

func detail(err error) string {
	if told, ok := err.(fault.Error); ok {
		return told.Detail
	}
	return err.Error()
}
