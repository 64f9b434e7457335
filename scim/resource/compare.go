package resource

import (
	"encoding/json"
	"slices"
	"strings"

	"birthright/internal/casefold"
	"birthright/internal/searchdoc"
	"birthright/scim/fault"
	"birthright/scim/filter"
)

// test is the right side of a comparison, ready for values.
type test struct {
	one func(any) bool
	// absent is the result where there is no value.
	absent bool
}

// any reports whether one of the values passes. Empty ones are none.
func (t test) any(values []any) bool {
	absent := true
	for _, v := range values {
		if Empty(v) {
			continue
		}
		if absent = false; t.one(v) {
			return true
		}
	}
	return absent && t.absent
}

// comparison checks that operator, type and value fit together. With a nil the
// attribute is undeclared: the value decides the type.
func comparison(a *Attribute, c filter.Compare) (test, error) {
	switch {
	case c.Op == filter.Pr:
		return test{one: func(any) bool { return true }}, nil
	case c.Value == nil:
		return nullComparison(c)
	case c.Op == filter.Ne:
		c.Op = filter.Eq
		equal, err := comparison(a, c)
		return test{one: func(v any) bool { return !equal.one(v) }, absent: true}, err
	}
	kind := kindOf(a, c.Value)
	if !slices.Contains(operators[kind], c.Op) {
		return test{}, fault.InvalidFilter("%s: %q does not fit a %s.", c, c.Op, kind)
	}
	var one func(any) bool
	ok := true
	switch kind {
	case "boolean":
		var want bool
		want, ok = truth(c.Value)
		one = func(v any) bool { got, is := truth(v); return is && got == want }
	case "number":
		one, ok = numberTest(c.Op, c.Value)
	case "dateTime":
		one, ok = timeTest(c.Op, c.Value)
	default:
		one = textTest(c.Op, text(c.Value), a != nil && a.CaseExact)
	}
	if !ok {
		return test{}, fault.InvalidFilter("%s: the value is not a %s.", c, kind)
	}
	return test{one: one}, nil
}

// operators lists what may be asked of each kind of value.
var operators = map[string][]filter.Op{
	"boolean":  {filter.Eq},
	"number":   {filter.Eq, filter.Gt, filter.Ge, filter.Lt, filter.Le},
	"dateTime": {filter.Eq, filter.Gt, filter.Ge, filter.Lt, filter.Le},
	"binary":   {filter.Eq},
	"text":     {filter.Eq, filter.Co, filter.Sw, filter.Ew, filter.Gt, filter.Ge, filter.Lt, filter.Le},
}

func kindOf(a *Attribute, value any) string {
	if a != nil {
		switch a.Type {
		case "boolean", "dateTime", "binary":
			return a.Type
		case "integer", "decimal":
			return "number"
		}
		return "text"
	}
	switch value.(type) {
	case bool:
		return "boolean"
	case json.Number:
		return "number"
	}
	return "text"
}

// nullComparison: "eq null" asks for absence.
func nullComparison(c filter.Compare) (test, error) {
	switch c.Op {
	case filter.Eq:
		return test{one: func(any) bool { return false }, absent: true}, nil
	case filter.Ne:
		return test{one: func(any) bool { return true }}, nil
	}
	return test{}, fault.InvalidFilter("%s: only eq and ne can be asked of null.", c)
}

// truth reads a boolean, which some clients write as a text.
func truth(v any) (value, ok bool) {
	switch v := v.(type) {
	case bool:
		return v, true
	case string:
		lower := strings.ToLower(v)
		return lower == "true", lower == "true" || lower == "false"
	}
	return false, false
}

// text returns the characters of a value as they would be typed.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	return ""
}

func textTest(op filter.Op, want string, exact bool) func(any) bool {
	fold := casefold.Fold
	if exact {
		fold = func(s string) string { return s }
	}
	want = fold(want)
	return func(v any) bool {
		s, ok := v.(string)
		if !ok {
			return false
		}
		got := fold(s)
		switch op {
		case filter.Co:
			return strings.Contains(got, want)
		case filter.Sw:
			return strings.HasPrefix(got, want)
		case filter.Ew:
			return strings.HasSuffix(got, want)
		}
		return ordered(op, strings.Compare(got, want))
	}
}

// number reads a number as far as a database would.
func number(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	return searchdoc.Number(n)
}

func numberTest(op filter.Op, value any) (func(any) bool, bool) {
	want, ok := number(value)
	return func(v any) bool {
		got, is := number(v)
		order := 0
		switch {
		case got < want:
			order = -1
		case got > want:
			order = 1
		}
		return is && ordered(op, order)
	}, ok
}

func timeTest(op filter.Op, value any) (func(any) bool, bool) {
	want, ok := instant(value)
	return func(v any) bool {
		got, is := instant(v)
		return is && ordered(op, got.Compare(want))
	}, ok
}

// ordered reads an operator on the sign of a comparison.
func ordered(op filter.Op, sign int) bool {
	switch op {
	case filter.Eq:
		return sign == 0
	case filter.Gt:
		return sign > 0
	case filter.Ge:
		return sign >= 0
	case filter.Lt:
		return sign < 0
	case filter.Le:
		return sign <= 0
	}
	return false
}
