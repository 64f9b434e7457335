package resource

import (
	"strings"

	"github.com/elimity-com/scim/optional"
	"github.com/elimity-com/scim/schema"
)

// Quiet reports whether an attribute is understood from everybody and listed among
// the schemas only for sources that use it: the dates of our extension. Clients
// that fill in whatever they find listed would write dates that nobody means, and
// who has access depends on them.
func Quiet(urn, name string) bool {
	return strings.EqualFold(urn, BirthrightURN) && (strings.EqualFold(name, "startDate") || strings.EqualFold(name, "endDate"))
}

// birthrightSchema is the product's own extension: what rules most often ask
// for and RFC 7643 has no place for.
func birthrightSchema() schema.Schema {
	text := func(name, description string) schema.CoreAttribute {
		return schema.SimpleCoreAttribute(schema.SimpleStringParams(schema.StringParams{
			Name: name, Description: optional.NewString(description),
		}))
	}
	moment := func(name, description string) schema.CoreAttribute {
		return schema.SimpleCoreAttribute(schema.SimpleDateTimeParams(schema.DateTimeParams{
			Name: name, Description: optional.NewString(description),
		}))
	}
	return schema.Schema{
		ID:          BirthrightURN,
		Name:        optional.NewString("Birthright User"),
		Description: optional.NewString("What Birthright's rules ask for beyond the enterprise extension"),
		Attributes: schema.Attributes{
			text("team", "The team that the User works in. Where it is absent, the enterprise extension's division counts."),
			text("location", "The place that the User works at."),
			text("employeeType", "Employee, Contractor and so on. Where it is absent, userType counts."),
			moment("startDate", "The first moment of work, or its day as a plain date. Before it, the User gets only what is marked prehire."),
			moment("endDate", "The last moment of work, or its day as a plain date. After it, the User has left."),
			schema.SimpleCoreAttribute(schema.SimpleBooleanParams(schema.BooleanParams{
				Name: "onLeave", Description: optional.NewString("True while the User is away but still employed."),
			})),
		},
	}
}
