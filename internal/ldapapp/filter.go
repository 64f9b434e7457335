package ldapapp

import (
	"strconv"
	"strings"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// truth is the outcome of a filter (RFC 4511 section 4.5.1.7).
type truth int

const (
	no truth = iota
	undefined
	yes
)

func of(b bool) truth {
	if b {
		return yes
	}
	return no
}

// filter selects entries.
type filter interface{ match(e *entry) truth }

type (
	andFilter     []filter
	orFilter      []filter
	notFilter     struct{ of filter }
	presentFilter struct{ attr string }
	equalFilter   struct{ attr, value string }
	orderFilter   struct {
		attr, value string
		greater     bool
	}
	substringFilter struct {
		attr, initial, final string
		middle               []string
	}
	// unknownFilter is what this server cannot tell, such as an extensible match.
	unknownFilter struct{}
)

func (f andFilter) match(e *entry) truth {
	out := yes
	for _, part := range f {
		out = min(out, part.match(e))
	}
	return out
}

func (f orFilter) match(e *entry) truth {
	out := no
	for _, part := range f {
		out = max(out, part.match(e))
	}
	return out
}

func (f notFilter) match(e *entry) truth       { return yes - f.of.match(e) }
func (unknownFilter) match(*entry) truth       { return undefined }
func (f presentFilter) match(e *entry) truth   { return of(len(e.values(f.attr)) > 0) }
func (f equalFilter) match(e *entry) truth     { return of(e.holds(f.attr, f.value)) }
func (f substringFilter) match(e *entry) truth { return of(anyValue(e, f.attr, f.fits)) }

func (f orderFilter) match(e *entry) truth {
	return of(anyValue(e, f.attr, func(v string) bool {
		c := compareValues(v, foldText(f.value))
		return f.greater && c >= 0 || !f.greater && c <= 0
	}))
}

// anyValue asks of each value, folded.
func anyValue(e *entry, attr string, ask func(string) bool) bool {
	for _, v := range e.values(attr) {
		if ask(foldText(v)) {
			return true
		}
	}
	return false
}

// compareValues compares as numbers where both are, else as text.
func compareValues(a, b string) int {
	x, errX := strconv.ParseInt(a, 10, 64)
	y, errY := strconv.ParseInt(b, 10, 64)
	if errX != nil || errY != nil {
		return strings.Compare(a, b)
	}
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

func (f substringFilter) fits(v string) bool {
	rest, ok := strings.CutPrefix(v, f.initial)
	if !ok {
		return false
	}
	for _, m := range f.middle {
		at := strings.Index(rest, m)
		if at < 0 {
			return false
		}
		rest = rest[at+len(m):]
	}
	return strings.HasSuffix(rest, f.final)
}

// The tags of the filter choice.
const (
	tagAnd        = 0
	tagOr         = 1
	tagNot        = 2
	tagEqual      = 3
	tagSubstrings = 4
	tagGreater    = 5
	tagLess       = 6
	tagPresent    = 7
	tagApprox     = 8
	tagExtensible = 9
)

// maxFilterDepth bounds nesting.
const maxFilterDepth = 64

func parseFilter(p *ber.Packet, depth int) (filter, *refusal) {
	if depth > maxFilterDepth {
		return nil, refuse(unwillingToPerform, "the filter is nested too deep")
	}
	switch p.Tag {
	case tagAnd, tagOr:
		var parts []filter
		for _, child := range p.Children {
			f, r := parseFilter(child, depth+1)
			if r != nil {
				return nil, r
			}
			parts = append(parts, f)
		}
		if p.Tag == tagAnd {
			return andFilter(parts), nil
		}
		return orFilter(parts), nil
	case tagNot:
		if len(p.Children) != 1 {
			break
		}
		inner, r := parseFilter(p.Children[0], depth+1)
		return notFilter{inner}, r
	case tagPresent:
		return presentFilter{attrKey(content(p))}, nil
	case tagEqual, tagApprox, tagGreater, tagLess:
		if len(p.Children) != 2 {
			break
		}
		attr, value := attrKey(content(p.Children[0])), content(p.Children[1])
		if p.Tag == tagGreater || p.Tag == tagLess {
			return orderFilter{attr, value, p.Tag == tagGreater}, nil
		}
		return equalFilter{attr, value}, nil
	case tagSubstrings:
		return parseSubstrings(p)
	case tagExtensible:
		return unknownFilter{}, nil
	}
	return nil, refuse(protocolError, "the filter is malformed")
}

func parseSubstrings(p *ber.Packet) (filter, *refusal) {
	if len(p.Children) != 2 || len(p.Children[1].Children) == 0 {
		return nil, refuse(protocolError, "the substring filter is malformed")
	}
	f := substringFilter{attr: attrKey(content(p.Children[0]))}
	for _, part := range p.Children[1].Children {
		value := strings.ToLower(content(part))
		switch part.Tag {
		case 0:
			f.initial = value
		case 1:
			f.middle = append(f.middle, value)
		case 2:
			f.final = value
		}
	}
	return f, nil
}
