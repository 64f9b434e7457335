package scim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"birthright/identity"
	"birthright/scim/resource"
)

// fill makes r say what doc says, in attributes and as payload.
func (s *Source) fill(r *identity.Record, doc resource.Document) error {
	attributes, err := s.attributes(doc)
	if err != nil {
		return err
	}
	payload, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("write down user: %w", err)
	}
	r.Source, r.Attributes, r.Payload = s.name, attributes, payload
	return nil
}

// parsePayload reads a resource that was written down. No payload is an empty
// resource.
func parsePayload(payload []byte) (resource.Document, error) {
	if len(payload) == 0 {
		return resource.Document{}, nil
	}
	value, err := resource.Parse(payload)
	doc, ok := value.(map[string]any)
	if err == nil && !ok {
		err = errors.New("it is no JSON object")
	}
	if err != nil {
		return nil, fmt.Errorf("read a resource as it was written down: %w", err)
	}
	return doc, nil
}

// userResource reads what a record says. One that came another way than SCIM has
// no payload: then it is said in SCIM's words.
func userResource(r identity.Record) (resource.Document, error) {
	if len(r.Payload) > 0 {
		return parsePayload(r.Payload)
	}
	a := r.Attributes
	doc := resource.Document{}
	set := func(in map[string]any, key, attribute string) {
		if v := a.First(attribute); v != "" {
			in[key] = v
		}
	}
	for _, same := range []string{identity.AttrUserName, identity.AttrExternalID, identity.AttrDisplayName, identity.AttrTitle, identity.AttrUserType} {
		set(doc, same, same)
	}
	name := map[string]any{}
	set(name, "givenName", identity.AttrGivenName)
	set(name, "familyName", identity.AttrFamilyName)
	if len(name) > 0 {
		doc["name"] = name
	}
	var emails []any
	for i, address := range a[identity.AttrEmail] {
		emails = append(emails, map[string]any{"value": address, "primary": i == 0})
	}
	if len(emails) > 0 {
		doc["emails"] = emails
	}
	if active := a.First(identity.AttrActive); active != "" {
		doc["active"] = active == "true"
	}
	return doc, nil
}

// dress adds what the provider says about a resource: id, schemas and meta.
func dress(t *resource.Type, doc resource.Document, base, id string, created, modified time.Time, version int64) {
	doc["schemas"] = t.URNs(doc)
	doc["id"] = id
	doc["meta"] = map[string]any{
		"resourceType": t.Name,
		"created":      created.UTC().Format(time.RFC3339Nano),
		"lastModified": modified.UTC().Format(time.RFC3339Nano),
		"location":     location(t, base, id),
		"version":      etag(version),
	}
}

func location(t *resource.Type, base, id string) string {
	return base + t.Endpoint + "/" + url.PathEscape(id)
}
