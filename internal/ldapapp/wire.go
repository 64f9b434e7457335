package ldapapp

import (
	ber "github.com/go-asn1-ber/asn1-ber"
)

// The application tags of requests and answers (RFC 4511 section 4).
const (
	bindRequest     = 0
	bindResponse    = 1
	unbindRequest   = 2
	searchRequest   = 3
	searchEntry     = 4
	searchDone      = 5
	modifyRequest   = 6
	modifyResponse  = 7
	addRequest      = 8
	addResponse     = 9
	deleteRequest   = 10
	deleteResponse  = 11
	renameRequest   = 12
	renameResponse  = 13
	compareRequest  = 14
	compareResponse = 15
	abandonRequest  = 16
	extendedRequest = 23
	extendedAnswer  = 24
)

// content is what a string packet holds.
func content(p *ber.Packet) string { return p.Data.String() }

// number is what an integer packet holds, 0 for anything else.
func number(p *ber.Packet) int64 {
	n, _ := p.Value.(int64)
	return n
}

// child returns the i-th part, nil where there is none.
func child(p *ber.Packet, i int) *ber.Packet {
	if i >= len(p.Children) {
		return nil
	}
	return p.Children[i]
}

// complete reports whether p has at least n parts.
func complete(p *ber.Packet, n int) bool { return p != nil && len(p.Children) >= n }

// stringsOf reads a set or sequence of strings.
func stringsOf(p *ber.Packet) []string {
	out := make([]string, 0, len(p.Children))
	for _, c := range p.Children {
		out = append(out, content(c))
	}
	return out
}

// attributesOf reads a list of attributes with their values.
func attributesOf(p *ber.Packet) ([]newAttr, bool) {
	out := make([]newAttr, 0, len(p.Children))
	for _, c := range p.Children {
		if !complete(c, 2) {
			return nil, false
		}
		out = append(out, newAttr{name: content(c.Children[0]), values: stringsOf(c.Children[1])})
	}
	return out, true
}

// message wraps an answer.
func message(id int64, op *ber.Packet, controls ...*ber.Packet) []byte {
	out := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	out.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, ""))
	out.AppendChild(op)
	if len(controls) > 0 {
		list := ber.Encode(ber.ClassContext, ber.TypeConstructed, 0, nil, "")
		for _, c := range controls {
			list.AppendChild(c)
		}
		out.AppendChild(list)
	}
	return out.Bytes()
}

// result renders an LDAPResult under the tag of its answer.
func result(tag int, r *refusal) *ber.Packet {
	if r == nil {
		r = &refusal{}
	}
	out := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ber.Tag(tag), nil, "")
	out.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, int64(r.code), ""))
	out.AppendChild(octets(r.matched))
	out.AppendChild(octets(r.text))
	return out
}

func octets(text string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, text, "")
}

func sequence(parts ...*ber.Packet) *ber.Packet {
	out := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	for _, p := range parts {
		out.AppendChild(p)
	}
	return out
}

// found renders an entry with some of its attributes.
func found(dn string, attrs []newAttr) *ber.Packet {
	list := sequence()
	for _, a := range attrs {
		values := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
		for _, v := range a.values {
			values.AppendChild(octets(v))
		}
		list.AppendChild(sequence(octets(a.name), values))
	}
	out := ber.Encode(ber.ClassApplication, ber.TypeConstructed, searchEntry, nil, "")
	out.AppendChild(octets(dn))
	out.AppendChild(list)
	return out
}
