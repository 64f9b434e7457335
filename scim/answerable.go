package scim

import (
	"iter"
	"strings"

	"birthright/scim/fault"
	"birthright/scim/filter"
	"birthright/scim/resource"
)

// answerable refuses filters over what no resource carries with it: a group's
// members can be asked for by id only, a user's groups through the groups.
func answerable(t *resource.Type, x filter.Expr) error {
	asksMembers := false
	for c := range compares(x) {
		target, err := t.Resolve(c.Path, nil, false)
		if err != nil || target.Extension != "" {
			continue // Compile tells
		}
		_, byID := memberID(c)
		switch {
		case target.Name == "groups" && t.Name == "User":
			return fault.InvalidFilter("%s: ask /Groups for members eq \"ID\" instead.", c.Path)
		case target.Name == "members" && t.Name == "Group" && !byID:
			return fault.InvalidFilter("%s: members can be compared by value eq \"ID\" only.", c)
		case target.Name == "members" && t.Name == "Group":
			asksMembers = true
		}
	}
	if asksMembers && !bound(x) {
		return fault.InvalidFilter("A condition on members has to stand alone, or beside others with \"and\".")
	}
	return nil
}

// bound reports whether x can only hold for groups that an id, a name or a member
// finds.
func bound(x filter.Expr) bool {
	switch x := x.(type) {
	case filter.Compare:
		_, byID := memberID(x)
		plain := x.Path.Sub == "" && x.Path.Where == nil && x.Op == filter.Eq
		return byID || plain && (strings.EqualFold(x.Path.Attr, "id") || strings.EqualFold(x.Path.Attr, "displayName"))
	case filter.And:
		for _, term := range x {
			if bound(term) {
				return true
			}
		}
	case filter.Or:
		for _, term := range x {
			if !bound(term) {
				return false
			}
		}
		return true
	}
	return false
}

// memberID returns the id in members eq "x", members.value eq "x" and
// members[value eq "x"].
func memberID(c filter.Compare) (string, bool) {
	if !strings.EqualFold(c.Path.Attr, "members") {
		return "", false
	}
	if inner, ok := c.Path.Where.(filter.Compare); ok && c.Op == filter.Pr && c.Path.Sub == "" {
		id, isText := inner.Value.(string)
		return id, isText && inner.Op == filter.Eq && strings.EqualFold(inner.Path.Attr, "value")
	}
	id, ok := c.Value.(string)
	return id, ok && c.Op == filter.Eq && c.Path.Where == nil && (c.Path.Sub == "" || strings.EqualFold(c.Path.Sub, "value"))
}

// compares yields every comparison of an expression, value filters left whole.
func compares(x filter.Expr) iter.Seq[filter.Compare] {
	return func(yield func(filter.Compare) bool) { walk(x, yield) }
}

func walk(x filter.Expr, yield func(filter.Compare) bool) bool {
	switch x := x.(type) {
	case filter.Compare:
		return yield(x)
	case filter.Not:
		return walk(x.X, yield)
	case filter.And:
		return walkTerms(x, yield)
	case filter.Or:
		return walkTerms(x, yield)
	}
	return true
}

func walkTerms(terms []filter.Expr, yield func(filter.Compare) bool) bool {
	for _, term := range terms {
		if !walk(term, yield) {
			return false
		}
	}
	return true
}
