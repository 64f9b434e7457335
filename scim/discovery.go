package scim

import (
	"net/http"
	"strings"

	"birthright/scim/fault"

	"github.com/elimity-com/scim/schema"
)

const coreURN = "urn:ietf:params:scim:schemas:core:2.0:"

// discovery serves the definitions: all of them, or the one in the path. They
// cannot be filtered (RFC 7644 section 4).
func discovery(definitions func(*call) []map[string]any) serve {
	return func(c *call) (answer, error) {
		if c.query.Has("filter") {
			return answer{}, fault.New(http.StatusForbidden, "Definitions cannot be filtered.")
		}
		all := definitions(c)
		if c.id == "" {
			return answer{status: http.StatusOK, body: map[string]any{
				"schemas": []string{listURN}, "totalResults": len(all), "startIndex": 1, "itemsPerPage": len(all), "Resources": all,
			}}, nil
		}
		for _, d := range all {
			if id, _ := d["id"].(string); strings.EqualFold(id, c.id) {
				return answer{status: http.StatusOK, body: d}, nil
			}
		}
		return answer{}, fault.New(http.StatusNotFound, "There is no definition %q.", c.id)
	}
}

// schemas are those of the resources and of the definitions themselves.
func (h *handler) schemas(c *call) []map[string]any {
	user, extensions := h.users.Schemas()
	group, _ := h.groups.Schemas()
	all := append([]schema.Schema{user, group}, extensions...)
	all = append(all, schema.ServiceProviderConfigSchema(), schema.ResourceTypeSchema(), schema.Definition())
	out := make([]map[string]any, len(all))
	for i, s := range all {
		out[i] = s.ToMap()
		out[i]["meta"] = map[string]any{"resourceType": "Schema", "location": c.base + "/Schemas/" + s.ID}
	}
	return out
}

func (h *handler) resourceTypes(c *call) []map[string]any {
	var out []map[string]any
	for _, t := range []struct {
		name, endpoint, description string
		schemas                     func() (schema.Schema, []schema.Schema)
	}{
		{h.users.Name, h.users.Endpoint, "A person or service identity", h.users.Schemas},
		{h.groups.Name, h.groups.Endpoint, "A group of users and groups", h.groups.Schemas},
	} {
		core, extensions := t.schemas()
		list := []map[string]any{}
		for _, x := range extensions {
			list = append(list, map[string]any{"schema": x.ID, "required": false})
		}
		out = append(out, map[string]any{
			"schemas": []string{coreURN + "ResourceType"}, "id": t.name, "name": t.name, "endpoint": t.endpoint,
			"description": t.description, "schema": core.ID, "schemaExtensions": list,
			"meta": map[string]any{"resourceType": "ResourceType", "location": c.base + "/ResourceTypes/" + t.name},
		})
	}
	return out
}

// serviceProviderConfig tells the truth about what is offered.
func (h *handler) serviceProviderConfig(c *call) (answer, error) {
	no := map[string]any{"supported": false}
	return answer{status: http.StatusOK, body: map[string]any{
		"schemas":          []string{coreURN + "ServiceProviderConfig"},
		"documentationUri": "https://datatracker.ietf.org/doc/html/rfc7644",
		"patch":            map[string]any{"supported": true},
		"bulk":             map[string]any{"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
		"filter":           map[string]any{"supported": true, "maxResults": h.limits.Page},
		"changePassword":   no,
		"sort":             no,
		"etag":             no,
		"authenticationSchemes": []map[string]any{{
			"type": "oauthbearertoken", "name": "Bearer token", "primary": true,
			"description": "A token made with: birthright token create --source NAME",
			"specUri":     "https://datatracker.ietf.org/doc/html/rfc6750",
		}, {
			"type": "oauth2", "name": "OAuth 2.0 client credentials",
			"description":      "A token that a client made with: birthright client create --source NAME gets at the token endpoint",
			"specUri":          "https://datatracker.ietf.org/doc/html/rfc6749#section-4.4",
			"documentationUri": strings.TrimSuffix(c.base, Prefix) + "/.well-known/oauth-authorization-server",
		}},
		"meta": map[string]any{"resourceType": "ServiceProviderConfig", "location": c.base + "/ServiceProviderConfig"},
	}}, nil
}
