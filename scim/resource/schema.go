package resource

import (
	"strings"

	"github.com/elimity-com/scim/schema"
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
func Groups() *Type { return newType("Group", "/Groups", schema.CoreGroupSchema()) }

func newType(name, endpoint string, core schema.Schema, extensions ...schema.Schema) *Type {
	t := &Type{Name: name, Endpoint: endpoint, URN: core.ID, schema: core}
	t.Attributes = append(declare(schema.CommonAttributes()), declare(core.Attributes)...)
	for _, x := range extensions {
		t.Extensions = append(t.Extensions, Extension{URN: x.ID, Attributes: declare(x.Attributes), schema: x})
	}
	return t
}

// declare takes over the library's declarations.
func declare(from schema.Attributes) []*Attribute {
	out := make([]*Attribute, len(from))
	for i, a := range from {
		out[i] = &Attribute{
			Name: a.Name(), Type: a.AttributeType(), Multi: a.MultiValued(), Required: a.Required(),
			CaseExact: a.CaseExact(), Mutability: a.Mutability(), Returned: a.Returned(),
			Canonical: a.CanonicalValues(), Sub: declare(a.SubAttributes()),
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
