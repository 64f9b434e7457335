package resource

import (
	"strings"

	"github.com/elimity-com/scim/optional"
	"github.com/elimity-com/scim/schema"

	"birthright/internal/searchdoc"
)

// The URIs of the schemas.
const (
	UserURN       = schema.UserSchema
	GroupURN      = schema.GroupSchema
	EnterpriseURN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	BirthrightURN = "urn:birthright:params:scim:schemas:extension:1.0:User"
)

// Attribute is the declaration of one attribute or sub-attribute.
type Attribute struct {
	Name       string
	Type       string // string, boolean, decimal, integer, dateTime, reference, binary, complex
	Multi      bool
	Required   bool
	CaseExact  bool
	Mutability string // readWrite, readOnly, writeOnly, immutable
	Returned   string // default, always, never, request
	Canonical  []string
	Sub        []*Attribute

	key string // what it is called where filters are asked
}

// Complex reports whether values of a are objects.
func (a *Attribute) Complex() bool { return a.Type == "complex" }

// ReadOnly reports whether a client may not set a.
func (a *Attribute) ReadOnly() bool { return a.Mutability == "readOnly" }

// Extension is a schema that adds attributes in an object of its own.
type Extension struct {
	URN        string
	Attributes []*Attribute
	schema     schema.Schema
}

// Type is a type of resource with all that is declared for it.
type Type struct {
	Name       string // "User"
	Endpoint   string // "/Users"
	URN        string // of the core schema
	Attributes []*Attribute
	Extensions []Extension
	schema     schema.Schema
}

// Users declares the User resource: core, enterprise and our own extension.
func Users() *Type {
	return newType("User", "/Users", schema.CoreUserSchema(), schema.ExtensionEnterpriseUser(), birthrightSchema())
}

// Groups declares the Group resource.
func Groups() *Type { return newType("Group", "/Groups", groupSchema()) }

// groupSchema is the library's, but for a member's display: it is the member's own
// name, which a client cannot set, and which costs a look at each member. RFC 7643
// section 8.7.1 does not have it at all.
func groupSchema() schema.Schema {
	s := schema.CoreGroupSchema()
	s.Attributes = schema.Attributes{s.Attributes[0], schema.ComplexCoreAttribute(schema.ComplexParams{
		Name: "members", MultiValued: true, Description: optional.NewString("The users and groups that are in the group."),
		SubAttributes: []schema.SimpleParams{
			schema.SimpleStringParams(schema.StringParams{
				Name: "value", Mutability: schema.AttributeMutabilityImmutable(), CaseExact: true,
				Description: optional.NewString("The id of the member."),
			}),
			schema.SimpleReferenceParams(schema.ReferenceParams{
				Name: "$ref", Mutability: schema.AttributeMutabilityImmutable(), ReferenceTypes: []schema.AttributeReferenceType{"User", "Group"},
				Description: optional.NewString("The address of the member."),
			}),
			schema.SimpleStringParams(schema.StringParams{
				Name: "type", Mutability: schema.AttributeMutabilityImmutable(), CanonicalValues: []string{"User", "Group"},
				Description: optional.NewString("What the member is."),
			}),
			schema.SimpleStringParams(schema.StringParams{
				Name: "display", Mutability: schema.AttributeMutabilityReadOnly(), Returned: schema.AttributeReturnedRequest(),
				Description: optional.NewString("The member's own name; said where attributes asks for members.display."),
			}),
		},
	})}
	return s
}

func newType(name, endpoint string, core schema.Schema, extensions ...schema.Schema) *Type {
	t := &Type{Name: name, Endpoint: endpoint, URN: core.ID, schema: core}
	t.Attributes = append(declare("", schema.CommonAttributes()), declare("", core.Attributes)...)
	for _, x := range extensions {
		t.Extensions = append(t.Extensions, Extension{URN: x.ID, Attributes: declare(x.ID, x.Attributes), schema: x})
	}
	return t
}

// declare takes over the library's declarations; urn is that of an extension.
func declare(urn string, from schema.Attributes) []*Attribute {
	out := make([]*Attribute, len(from))
	for i, a := range from {
		out[i] = &Attribute{
			Name: a.Name(), Type: a.AttributeType(), Multi: a.MultiValued(), Required: a.Required(),
			CaseExact: a.CaseExact(), Mutability: a.Mutability(), Returned: a.Returned(),
			Canonical: a.CanonicalValues(), Sub: declare("", a.SubAttributes()), key: searchdoc.Key(urn, a.Name()),
		}
	}
	return out
}

// Schemas returns the schemas of t, core first, for discovery.
func (t *Type) Schemas() (core schema.Schema, extensions []schema.Schema) {
	for _, x := range t.Extensions {
		extensions = append(extensions, x.schema)
	}
	return t.schema, extensions
}

// lookup finds a declaration by name without letter case; nil if there is none.
func lookup(attributes []*Attribute, name string) *Attribute {
	for _, a := range attributes {
		if strings.EqualFold(a.Name, name) {
			return a
		}
	}
	return nil
}

// extension finds a declared extension by URI; nil if there is none.
func (t *Type) extension(urn string) *Extension {
	for i := range t.Extensions {
		if strings.EqualFold(t.Extensions[i].URN, urn) {
			return &t.Extensions[i]
		}
	}
	return nil
}

// Declares reports whether an extension of t declares the attribute.
func (t *Type) Declares(urn, name string) bool {
	x := t.extension(urn)
	return x != nil && lookup(x.Attributes, name) != nil
}
