package ldapapp

import (
	"fmt"
	"strconv"
	"strings"
)

// shown is the name of an entry in an answer.
func (t *tree) shown(e *entry, extended bool) string {
	if !extended || t.domain == nil {
		return e.dn()
	}
	out := e.guid() + ";"
	if e.rid != 0 {
		out += "<SID=" + e.sidText() + ">;"
	}
	return out + e.dn()
}

// outward makes what is kept of links what a client is told of them.
func (t *tree) outward(values []string, extended bool) []string {
	out := make([]string, 0, len(values))
	for _, v := range values {
		if e, _ := t.special(v); e != nil {
			out = append(out, t.shown(e, extended))
		}
	}
	return out
}

// ranged cuts an attribute to the part that was asked for, and to the most values of
// one answer. Beside a part there is the plain name, without values.
func (t *tree) ranged(a newAttr, asked string) []newAttr {
	most := t.domain.Range
	if most == 0 {
		most = 1500
	}
	from, to := 0, len(a.values)-1
	_, part, cut := strings.Cut(strings.ToLower(asked), ";range=")
	if cut {
		first, last, _ := strings.Cut(part, "-")
		from, _ = strconv.Atoi(first)
		if n, err := strconv.Atoi(last); err == nil {
			to = min(to, n)
		}
	}
	if !cut && len(a.values) <= most {
		return []newAttr{a}
	}
	to = min(to, from+most-1)
	if from > to {
		return nil
	}
	end := strconv.Itoa(to)
	if to == len(a.values)-1 {
		end = "*"
	}
	name, _, _ := strings.Cut(a.name, ";")
	return []newAttr{{name: name}, {name: fmt.Sprintf("%s;range=%d-%s", name, from, end), values: a.values[from : to+1]}}
}

// rendered makes an entry's attributes those of an answer.
func (t *tree) rendered(attrs []newAttr, q query, extended bool) []newAttr {
	if t.domain == nil {
		return attrs
	}
	var out []newAttr
	for _, a := range attrs {
		if !linked(attrKey(a.name)) {
			out = append(out, a)
			continue
		}
		a.values = t.outward(a.values, extended)
		out = append(out, t.ranged(a, asked(q, a.name))...)
	}
	return out
}

// asked returns how a query wrote an attribute, with its options.
func asked(q query, name string) string {
	for _, a := range q.attrs {
		if attrKey(a) == attrKey(name) {
			return a
		}
	}
	return name
}
