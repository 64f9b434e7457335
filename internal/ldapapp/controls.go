package ldapapp

import (
	ber "github.com/go-asn1-ber/asn1-ber"
)

// The controls that are known.
const (
	oidPaging     = "1.2.840.113556.1.4.319"
	oidPermissive = "1.2.840.113556.1.4.1413"
	oidAssertion  = "1.3.6.1.1.12"
	oidManageDSA  = "2.16.840.1.113730.3.4.2"
	oidExtendedDN = "1.2.840.113556.1.4.529"
	oidDomainOnly = "1.2.840.113556.1.4.1339"
	oidWhoAmI     = "1.3.6.1.4.1.4203.1.11.3"
)

// controls are what a request's controls ask for.
type controls struct {
	paging     bool
	pageSize   int
	cookie     string
	permissive bool
	assert     filter
	extended   bool // DNs with GUID and SID in front
}

// parseControls reads the controls and refuses critical ones that it does not know.
func parseControls(p *ber.Packet) (controls, *refusal) {
	var out controls
	if p == nil {
		return out, nil
	}
	for _, c := range p.Children {
		if !complete(c, 1) {
			return out, refuse(protocolError, "a control is malformed")
		}
		if r := out.take(c); r != nil {
			return out, r
		}
	}
	return out, nil
}

func (c *controls) take(p *ber.Packet) *refusal {
	critical := false
	var value *ber.Packet
	for _, part := range p.Children[1:] {
		if part.Tag == ber.TagBoolean {
			critical, _ = part.Value.(bool)
			continue
		}
		value, _ = ber.DecodePacketErr(part.Data.Bytes())
	}
	switch oid := content(p.Children[0]); oid {
	case oidPaging:
		if !complete(value, 2) {
			return refuse(protocolError, "the paging control is malformed")
		}
		c.paging, c.pageSize, c.cookie = true, int(number(value.Children[0])), content(value.Children[1])
	case oidPermissive:
		c.permissive = true
	case oidAssertion:
		if value == nil {
			return refuse(protocolError, "the assertion control has no filter")
		}
		f, r := parseFilter(value, 0)
		c.assert = f
		return r
	case oidExtendedDN:
		c.extended = true
	case oidManageDSA, oidDomainOnly:
	default:
		if critical {
			return refuse(unavailableCritical, "control %s is not known", oid)
		}
	}
	return nil
}

// pagingAnswer is the control that ends a page.
func pagingAnswer(cookie string) *ber.Packet {
	value := sequence(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, int64(0), ""), octets(cookie))
	return sequence(octets(oidPaging), octets(string(value.Bytes())))
}
