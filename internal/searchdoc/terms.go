package searchdoc

import (
	"encoding/binary"
	"math"
	"slices"
)

// Terms are the numbers under which a document is found by equality: one for each
// of its values that is worth an index. scope keeps sources and types of resource
// apart. Different values may have the same number: what is found is then looked
// at.
func (d Doc) Terms(scope string) []int64 {
	terms := make([]int64, 0, 2*len(d))
	for key, elements := range d {
		for _, e := range elements {
			for sub, values := range e {
				for _, v := range values {
					if t, ok := term(scope, key, sub, v); ok {
						terms = append(terms, t)
					}
				}
			}
		}
	}
	slices.Sort(terms)
	return slices.Compact(terms)
}

// longestTerm bounds the texts that are indexed, in bytes.
const longestTerm = 256

// kinds are sub-attributes that say what kind of value it is: nearly every
// resource has the same few.
var kinds = []string{"type", "primary", "display", "$ref", "formatted", "resourcetype"}

// term numbers one value, if it is worth it.
func term(scope, key, sub string, v any) (int64, bool) {
	if key == NameKey || slices.Contains(kinds, sub) {
		return 0, false
	}
	h := hash(hash(hash(fnvBasis, scope), key), sub)
	switch v := v.(type) {
	case string:
		if len(v) > longestTerm {
			return 0, false
		}
		return int64(hash(h, v)), true
	case float64:
		var bits [8]byte
		binary.BigEndian.PutUint64(bits[:], math.Float64bits(v+0)) // -0 is 0
		for _, b := range bits {
			h = (h ^ uint64(b)) * fnvPrime
		}
		return int64(h), true
	}
	return 0, false
}

// FNV-1a, as in hash/fnv, which would put each part on the heap.
const fnvBasis, fnvPrime uint64 = 14695981039346656037, 1099511628211

// hash goes on with a part and the zero byte that ends it.
func hash(h uint64, part string) uint64 {
	for i := range len(part) {
		h = (h ^ uint64(part[i])) * fnvPrime
	}
	return h * fnvPrime
}

// Narrow reports whether an index finds what can match c: by a value, by who is
// related to it, or by its identifier. Otherwise every resource has to be looked
// at.
func Narrow(c Condition) bool {
	if _, ok := Needed(c, ""); ok {
		return true
	}
	for _, relation := range []string{Groups, Members} {
		if _, ok := Related(c, relation); ok {
			return true
		}
	}
	switch c := c.(type) {
	case Column:
		return c.Name == ID && c.Test.Op == Equal && !c.Test.Fails && c.Before+c.After == ""
	case And:
		return slices.ContainsFunc(c, Narrow)
	}
	return false
}

// Related returns the identifier that a resource must be related to.
func Related(c Condition, relation string) (id string, ok bool) {
	switch c := c.(type) {
	case Has:
		if c.Attribute != relation || c.Where == nil {
			return "", false
		}
		return Related(c.Where, relation)
	case Sub:
		if c.Name != Value || c.Before != "" || c.Test == nil || c.Test.Op != Equal || c.Test.Fails {
			return "", false
		}
		id, ok = c.Test.Value.(string)
		return id, ok
	case And:
		for _, part := range c {
			if id, ok := Related(part, relation); ok {
				return id, true
			}
		}
	}
	return "", false
}

// Needed returns terms of which every match of c has at least one; not ok where
// equality does not help. More than a hundred terms do not help either.
func Needed(c Condition, scope string) (terms []int64, ok bool) { return needed(c, scope, 100) }

func needed(c Condition, scope string, most int) (terms []int64, ok bool) {
	switch c := c.(type) {
	case Has:
		if c.Attribute == Groups || c.Attribute == Members || c.Where == nil {
			return nil, false
		}
		return neededWithin(c.Where, scope, c.Attribute, most)
	case And:
		for _, part := range c {
			if terms, ok = needed(part, scope, most); ok {
				return terms, true
			}
		}
	case Or:
		return each(c, most, func(part Condition) ([]int64, bool) { return needed(part, scope, most) })
	}
	return nil, false
}

// Exactly returns the term that every match of c has and nothing else, but for
// what has the same number by chance; not ok where there is no such.
func Exactly(c Condition, scope string) (term int64, ok bool) {
	has, ok := c.(Has)
	if !ok {
		return 0, false
	}
	if _, ok = has.Where.(Sub); !ok {
		return 0, false
	}
	terms, ok := needed(has, scope, 1)
	if !ok {
		return 0, false
	}
	return terms[0], true
}

// neededWithin is Needed for a question about one value of the attribute key.
func neededWithin(c Condition, scope, key string, most int) ([]int64, bool) {
	switch c := c.(type) {
	case Sub:
		if c.Test == nil || c.Test.Op != Equal || c.Test.Fails || c.Before != "" {
			return nil, false
		}
		t, ok := term(scope, key, c.Name, c.Test.Value)
		return []int64{t}, ok
	case And:
		for _, part := range c {
			if terms, ok := neededWithin(part, scope, key, most); ok {
				return terms, true
			}
		}
	case Or:
		return each(c, most, func(part Condition) ([]int64, bool) { return neededWithin(part, scope, key, most) })
	}
	return nil, false
}

// each joins the terms of alternatives.
func each(parts Or, most int, of func(Condition) ([]int64, bool)) (all []int64, ok bool) {
	for _, part := range parts {
		terms, ok := of(part)
		if all = append(all, terms...); !ok || len(all) > most {
			return nil, false
		}
	}
	return all, len(all) > 0
}
