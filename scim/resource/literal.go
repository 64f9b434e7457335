package resource

import (
	"time"

	"birthright/internal/searchdoc"
	"birthright/scim/fault"
	"birthright/scim/filter"
)

// tests are the operators of filters in the store's words.
var tests = map[filter.Op]searchdoc.Op{
	filter.Eq: searchdoc.Equal, filter.Co: searchdoc.Contains, filter.Sw: searchdoc.Begins, filter.Ew: searchdoc.Ends,
	filter.Gt: searchdoc.Greater, filter.Ge: searchdoc.GreaterEqual, filter.Lt: searchdoc.Less, filter.Le: searchdoc.LessEqual,
}

// literal makes the test of a comparison with a value; not for pr, ne and null.
func literal(a *Attribute, c filter.Compare) (searchdoc.Test, error) {
	if _, err := comparison(a, c); err != nil { // whether operator, type and value fit is decided there
		return searchdoc.Test{}, err
	}
	test := searchdoc.Test{Op: tests[c.Op]}
	switch kindOf(a, c.Value) {
	case "boolean":
		test.Value, _ = truth(c.Value)
	case "number":
		test.Value, _ = number(c.Value)
	case "dateTime":
		at, _ := instant(c.Value)
		test.Value = searchdoc.Time(at)
	default:
		test.Value = searchdoc.Text(text(c.Value), a != nil && a.CaseExact)
	}
	return test, nil
}

// column makes the condition of a comparison with what the store itself knows and
// every resource has.
func column(a *Attribute, c filter.Compare, of searchdoc.Column) (searchdoc.Condition, error) {
	switch {
	case c.Op == filter.Pr:
		return always, nil
	case c.Value == nil && (c.Op == filter.Eq || c.Op == filter.Ne):
		return settled(c.Op == filter.Ne), nil
	}
	fails := c.Op == filter.Ne
	if fails {
		c.Op = filter.Eq
	}
	test, err := literal(a, c)
	if err != nil {
		return nil, err
	}
	of.Test = test
	if a.Type == "dateTime" {
		at, _ := instant(c.Value)
		micros, exact := at.UnixMicro(), at.Nanosecond()%1000 == 0
		of.Test.Value = micros
		switch { // between two microseconds
		case exact:
		case c.Op == filter.Eq:
			return settled(fails), nil
		case c.Op == filter.Ge:
			of.Test.Op = searchdoc.Greater
		case c.Op == filter.Lt:
			of.Test.Op = searchdoc.LessEqual
		}
	}
	of.Test.Fails = fails
	return of, nil
}

// instant reads a time.
func instant(v any) (time.Time, bool) {
	s, ok := v.(string)
	at, err := parseTime(s)
	return at, ok && err == nil
}

// compared finds what a comparison is about, and the declaration that its value
// must fit.
func (t *Type) compared(c filter.Compare) (Target, *Attribute, error) {
	target, err := t.Resolve(c.Path, nil, false)
	if err != nil {
		return target, nil, fault.InvalidFilter("%s cannot be filtered on: %s", c.Path, detail(err))
	}
	if target.Name == "" && c.Op != filter.Pr {
		return target, nil, fault.InvalidFilter("%s is a schema; name the attribute to compare.", c.Path)
	}
	declared := target.Attr
	if target.Sub != nil {
		declared = target.Sub
	} else if declared != nil && declared.Complex() && c.Op != filter.Pr {
		// RFC 7644 section 3.10: a complex attribute means its "value"
		if declared = lookup(declared.Sub, "value"); declared == nil {
			return target, nil, fault.InvalidFilter("%s has several parts; name the one to compare.", c.Path)
		}
	}
	if declared != nil && declared.Returned == "never" {
		return target, nil, fault.InvalidFilter("%s cannot be filtered on.", c.Path)
	}
	return target, declared, nil
}
