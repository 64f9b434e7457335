package resource

import (
	"github.com/elimity-com/scim/optional"
	"github.com/elimity-com/scim/schema"
)

// birthrightSchema is the product's own extension: what rules most often ask
// for and RFC 7643 has no place for.
func birthrightSchema() schema.Schema {
	text := func(name, description string) schema.CoreAttribute {
		return schema.SimpleCoreAttribute(schema.SimpleStringParams(schema.StringParams{
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
		},
	}
}
