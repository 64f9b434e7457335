package salesforcesim

import (
	"errors"
	"fmt"
	"strings"
)

// query is the part of SOQL that is understood: SELECT fields FROM object, and WHERE with
// comparisons joined by AND.
type query struct {
	fields []string
	object string
	terms  []term
}

// term is a field that is one of some values.
type term struct {
	field  string
	values []any
}

// parse reads a query.
func parse(soql string) (query, error) {
	var q query
	fields, rest, ok := strings.Cut(strings.TrimPrefix(soql, "SELECT "), " FROM ")
	if !ok || !strings.HasPrefix(soql, "SELECT ") {
		return q, errors.New("unexpected token")
	}
	for f := range strings.SplitSeq(fields, ",") {
		q.fields = append(q.fields, strings.TrimSpace(f))
	}
	q.object, rest, ok = strings.Cut(rest, " WHERE ")
	if prefixes[q.object] == "" {
		return q, fmt.Errorf("sObject type '%s' is not supported", q.object)
	}
	if !ok {
		return q, nil
	}
	for {
		t, left, err := parseTerm(rest)
		if err != nil {
			return q, err
		}
		q.terms = append(q.terms, t)
		if left == "" {
			return q, nil
		}
		if rest, ok = strings.CutPrefix(left, " AND "); !ok {
			return q, fmt.Errorf("unexpected token: %s", left)
		}
	}
}

func parseTerm(in string) (term, string, error) {
	if field, rest, ok := strings.Cut(in, " IN ("); ok && !strings.Contains(field, " ") {
		t := term{field: field}
		for {
			v, left, err := parseValue(rest)
			if err != nil {
				return t, "", err
			}
			t.values = append(t.values, v)
			if after, more := strings.CutPrefix(left, ","); more {
				rest = after
				continue
			}
			if after, closed := strings.CutPrefix(left, ")"); closed {
				return t, after, nil
			}
			return t, "", errors.New("expecting a right parenthesis")
		}
	}
	field, rest, ok := strings.Cut(in, " = ")
	if !ok || strings.Contains(field, " ") {
		return term{}, "", fmt.Errorf("unexpected token: %s", in)
	}
	v, left, err := parseValue(rest)
	return term{field, []any{v}}, left, err
}

// escapes are what a backslash makes of the letter after it.
var escapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f', '\'': '\'', '"': '"', '\\': '\\'}

func parseValue(in string) (any, string, error) {
	for word, value := range map[string]any{"true": true, "false": false, "null": nil} {
		if left, ok := strings.CutPrefix(in, word); ok {
			return value, left, nil
		}
	}
	if !strings.HasPrefix(in, "'") {
		return nil, "", fmt.Errorf("unexpected token: %s", in)
	}
	var out strings.Builder
	for i := 1; i < len(in); i++ {
		switch in[i] {
		case '\'':
			return out.String(), in[i+1:], nil
		case '\\':
			i++
			if i == len(in) || escapes[in[i]] == 0 {
				return nil, "", errors.New("illegal character sequence in a string")
			}
			out.WriteByte(escapes[in[i]])
		default:
			out.WriteByte(in[i])
		}
	}
	return nil, "", errors.New("a string does not end")
}

// matches compares texts without letter case, as SOQL does; ids are compared exactly.
func (q query) matches(o *Org, r row) bool {
	for _, t := range q.terms {
		have, hit := o.value(q.object, r, t.field), false
		for _, v := range t.values {
			a, text := have.(string)
			b, both := v.(string)
			if text && both && !strings.HasSuffix(t.field, "Id") {
				hit = hit || strings.EqualFold(a, b)
			} else {
				hit = hit || have == v
			}
		}
		if !hit {
			return false
		}
	}
	return true
}

// value is a field of a row, also through its parent.
func (o *Org) value(object string, r row, field string) any {
	if parent, rest, ok := strings.Cut(field, "."); ok {
		id, _ := r[parent+"Id"].(string)
		if p := o.byID(parent, id); p != nil {
			return p[rest]
		}
		return false // the set that a group comes to
	}
	return r[field]
}
