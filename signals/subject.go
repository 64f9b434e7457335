package signals

import (
	"strings"

	"birthright/identity"
)

// The formats of RFC 9493 in which a receiver may know people.
const (
	FormatEmail  = "email"
	FormatIssSub = "iss_sub"
	FormatOpaque = "opaque"
)

// Formats lists them.
func Formats() []string { return []string{FormatEmail, FormatIssSub, FormatOpaque} }

// Subject says how a receiver knows people, in events that are not SCIM's.
type Subject struct {
	Format string // one of Formats
	// Issuer is who gave the name that iss_sub tells.
	Issuer string
	// Attribute holds the name; "" means email for email, userName for iss_sub and
	// the hub's own identifier for opaque.
	Attribute string
}

// Person is whom an event is about. Attributes and UserName are those from
// before the change: by them the receiver knows the person.
type Person struct {
	ID         string // the hub's identifier
	UserName   string
	Attributes identity.Attributes
	// Resource is the identifier of the person's resource at the SCIM endpoint,
	// "" where no source pushes them; ExternalID the pushing side's own. The hub's
	// identifiers can stand in a path as they are.
	Resource, ExternalID string
}

// id returns the subject identifier of p for a receiver. Whoever lacks what the
// receiver goes by is named by iss_sub and userName: a name that perhaps is not
// understood is better than none.
func (s Subject) id(p Person) map[string]any {
	name := p.first(s.Attribute)
	switch s.Format {
	case FormatEmail:
		if s.Attribute == "" {
			name = p.first(identity.AttrEmail)
		}
		if strings.Contains(name, "@") {
			return map[string]any{"format": FormatEmail, "email": name}
		}
		name = ""
	case FormatOpaque:
		if s.Attribute == "" {
			name = p.ID
		}
		if name != "" {
			return map[string]any{"format": FormatOpaque, "id": name}
		}
	}
	if name == "" {
		name = p.UserName
	}
	return map[string]any{"format": FormatIssSub, "iss": s.Issuer, "sub": name}
}

func (p Person) first(attribute string) string {
	switch attribute {
	case "":
		return ""
	case identity.AttrUserName:
		return p.UserName
	}
	return p.Attributes.First(attribute)
}

// scimID returns the subject identifier of SCIM's events (RFC 9967 section 2.1):
// the path of the resource, and other names by which it can be recognised. Who
// has no resource is named by the hub's identifier.
func (p Person) scimID() map[string]any {
	id := p.Resource
	if id == "" {
		id = p.ID
	}
	subject := map[string]any{"format": "scim", "uri": "/Users/" + id, "id": id, "userName": p.UserName}
	if p.ExternalID != "" {
		subject["externalId"] = p.ExternalID
	}
	if address := p.Attributes.First(identity.AttrEmail); address != "" {
		subject["emails"] = []any{map[string]any{"value": address, "primary": true}}
	}
	return subject
}
