package scim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"birthright/scim/fault"
	"birthright/scim/resource"

	"github.com/elimity-com/scim/schema"
)

const coreURN = "urn:ietf:params:scim:schemas:core:2.0:"

// discovery serves the definitions: all of them, or the one in the path. They
// cannot be filtered (RFC 7644 section 4).
func discovery(definitions func(*call) ([]map[string]any, error)) serve {
	return func(c *call) (answer, error) {
		if c.query.Has("filter") {
			return answer{}, unfiltered()
		}
		all, err := definitions(c)
		if err != nil {
			return answer{}, err
		}
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

func unfiltered() error {
	return fault.New(http.StatusForbidden, "Definitions cannot be filtered.")
}

// schemas are those of the resources and of the definitions themselves, with what
// was learned of the source's own extensions.
func (h *handler) schemas(c *call) ([]map[string]any, error) {
	user, extensions := h.users.Schemas()
	group, _ := h.groups.Schemas()
	all := append([]schema.Schema{user, group}, extensions...)
	all = append(all, schema.ServiceProviderConfigSchema(), schema.ResourceTypeSchema(), schema.Definition())
	out := make([]map[string]any, len(all))
	for i, s := range all {
		out[i] = s.ToMap()
		out[i]["attributes"] = slices.DeleteFunc(attributesOf(out[i]), func(a any) bool {
			declared, _ := a.(map[string]any)
			return resource.Quiet(s.ID, fmt.Sprint(declared["name"]))
		})
	}
	out, err := h.withLearned(c, out)
	for _, s := range out {
		s["schemas"] = []string{coreURN + "Schema"}
		s["meta"] = map[string]any{"resourceType": "Schema", "location": c.base + "/Schemas/" + fmt.Sprint(s["id"])}
	}
	return out, err
}

// withLearned adds what was learned of a source to schemas.
func (h *handler) withLearned(c *call, schemas []map[string]any) ([]map[string]any, error) {
	all, err := h.o.Directory.Learned(c.Context(), c.source.name)
	if err != nil {
		return nil, err
	}
	for _, l := range all {
		i := slices.IndexFunc(schemas, func(s map[string]any) bool { return strings.EqualFold(fmt.Sprint(s["id"]), l.Schema) })
		if i < 0 {
			i = len(schemas)
			schemas = append(schemas, map[string]any{
				"id": l.Schema, "name": l.Schema, "description": "An extension that this client uses; the hub learned it from what was sent", "attributes": []any{},
			})
		}
		schemas[i]["attributes"] = append(attributesOf(schemas[i]), learnedAttribute(l))
	}
	return schemas, nil
}

// attributesOf returns the declarations in a schema, as a list that can grow.
func attributesOf(s map[string]any) []any {
	switch list := s["attributes"].(type) {
	case []any:
		return list
	case []map[string]any:
		out := make([]any, len(list))
		for i, a := range list {
			out[i] = a
		}
		return out
	}
	return nil
}

func learnedAttribute(l Learned) map[string]any {
	return map[string]any{
		"name": l.Name, "type": l.Kind, "multiValued": l.Multi, "description": "Learned from what was sent", "required": false,
		"caseExact": false, "mutability": "readWrite", "returned": "default", "uniqueness": "none",
	}
}

func (h *handler) resourceTypes(c *call) ([]map[string]any, error) {
	learned, err := h.o.Directory.Learned(c.Context(), c.source.name)
	if err != nil {
		return nil, err
	}
	var out []map[string]any
	for _, t := range []struct {
		of          *resource.Type
		description string
	}{{h.users, "A person or service identity"}, {h.groups, "A group of users and groups"}} {
		core, extensions := t.of.Schemas()
		urns := []string{}
		for _, x := range extensions {
			urns = append(urns, x.ID)
		}
		for _, l := range learned {
			if t.of == h.users && !slices.ContainsFunc(urns, func(urn string) bool { return strings.EqualFold(urn, l.Schema) }) {
				urns = append(urns, l.Schema)
			}
		}
		list := []map[string]any{}
		for _, urn := range urns {
			list = append(list, map[string]any{"schema": urn, "required": false})
		}
		out = append(out, map[string]any{
			"schemas": []string{coreURN + "ResourceType"}, "id": t.of.Name, "name": t.of.Name, "endpoint": t.of.Endpoint,
			"description": t.description, "schema": core.ID, "schemaExtensions": list,
			"meta": map[string]any{"resourceType": "ResourceType", "location": c.base + "/ResourceTypes/" + t.of.Name},
		})
	}
	return out, nil
}

// serviceProviderConfig tells the truth about what is offered.
func (h *handler) serviceProviderConfig(c *call) (answer, error) {
	if c.query.Has("filter") {
		return answer{}, unfiltered()
	}
	yes := map[string]any{"supported": true}
	body := map[string]any{
		"schemas":          []string{coreURN + "ServiceProviderConfig"},
		"documentationUri": "https://datatracker.ietf.org/doc/html/rfc7644",
		"patch":            yes,
		"bulk":             map[string]any{"supported": true, "maxOperations": h.limits.BulkOperations, "maxPayloadSize": h.limits.BulkBody},
		"filter":           map[string]any{"supported": true, "maxResults": h.limits.Page},
		"changePassword":   map[string]any{"supported": false},
		"sort":             yes,
		"etag":             yes,
		"pagination": map[string]any{
			"cursor": true, "index": true, "defaultPaginationMethod": "index", "defaultPageSize": h.limits.Page, "maxPageSize": h.limits.Page,
		},
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
	}
	if len(h.o.Events) > 0 {
		body["securityEvents"] = map[string]any{"asyncRequest": "none", "eventUris": h.o.Events}
	}
	return answer{status: http.StatusOK, body: body}, nil
}
