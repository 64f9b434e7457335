package conformance

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"birthright/scim/shape"
)

// rendered is a resource as a client sees it, before attributes are left out.
func (m *model) rendered(r *modelRecord) map[string]any {
	doc := copied(r.doc).(map[string]any)
	schemas := []any{r.kind.core.urn}
	for _, x := range r.kind.extensions {
		if doc[x.urn] != nil {
			schemas = append(schemas, x.urn)
		}
	}
	doc["schemas"], doc["id"] = schemas, r.id
	doc["meta"] = map[string]any{
		"resourceType": r.kind.name, "created": r.created.Format(modelTime), "lastModified": r.modified.Format(modelTime),
		"location": m.base + r.kind.endpoint + "/" + r.id, "version": r.etag(),
	}
	if members, ok := doc["members"].([]any); ok {
		for _, one := range members {
			m.describe(one.(map[string]any))
		}
	}
	if groups := m.groupsOf(r.id); len(groups) > 0 && r.kind.name == "User" {
		doc["groups"] = groups
	}
	return doc
}

func (r *modelRecord) etag() string { return fmt.Sprintf(`W/"%d"`, r.version) }

// describe adds to a member what the server knows of it.
func (m *model) describe(member map[string]any) {
	id, _ := member["value"].(string)
	if other := m.records[id]; other != nil {
		member["type"], member["$ref"] = other.kind.name, m.base+other.kind.endpoint+"/"+id
		if name, ok := other.doc["displayName"]; ok {
			member["display"] = name
		}
	}
}

func (m *model) groupsOf(id string) []any {
	var out []any
	for _, r := range m.order {
		members, _ := r.doc["members"].([]any)
		if slices.ContainsFunc(members, func(one any) bool { return shape.At(one, "$.value") == id }) {
			out = append(out, map[string]any{"value": r.id, "display": r.doc["displayName"], "type": "direct", "$ref": m.base + r.kind.endpoint + "/" + r.id})
		}
	}
	return out
}

// show is an answer with one resource.
func (m *model) show(r modelRequest, record *modelRecord, status int) (reply, error) {
	doc, err := project(record.kind, m.rendered(record), r.query)
	if err != nil {
		return reply{}, err
	}
	header := map[string]string{"ETag": record.etag()}
	if status == 201 {
		header["Location"] = m.base + record.kind.endpoint + "/" + record.id
	}
	return reply{status, doc, header}, nil
}

func (m *model) create(kind *modelType) handler {
	return func(r modelRequest) (reply, error) {
		body, err := readJSON(r.body)
		if err != nil {
			return reply{}, err
		}
		record, err := m.add(kind, body)
		if err != nil {
			return reply{}, err
		}
		return m.show(r, record, 201)
	}
}

func (m *model) add(kind *modelType, body map[string]any) (*modelRecord, error) {
	doc, err := kind.document(body)
	if err != nil {
		return nil, err
	}
	if err := m.check(kind, doc, ""); err != nil {
		return nil, err
	}
	at := m.tick()
	record := &modelRecord{kind: kind, id: m.newID(), doc: doc, version: 1, created: at, modified: at}
	m.records[record.id], m.order = record, append(m.order, record)
	return record, nil
}

// check finds conflicts and members that are not there.
func (m *model) check(kind *modelType, doc map[string]any, self string) error {
	name, _ := doc["userName"].(string)
	for _, other := range m.records {
		taken, _ := other.doc["userName"].(string)
		if name != "" && other.id != self && strings.EqualFold(name, taken) {
			return refuse(409, "uniqueness", "somebody is called %s", name)
		}
	}
	members, _ := doc["members"].([]any)
	seen := map[any]bool{}
	kept := slices.DeleteFunc(slices.Clone(members), func(one any) bool {
		id := shape.At(one, "$.value")
		again := seen[id]
		seen[id] = true
		return again
	})
	for id := range seen {
		if text, ok := id.(string); !ok || m.records[text] == nil {
			return refuse(400, "invalidValue", "there is no member %v", id)
		}
	}
	for _, one := range kept {
		id, _ := shape.At(one, "$.value").(string)
		one.(map[string]any)["type"] = m.records[id].kind.name
	}
	if len(kept) > 0 {
		doc["members"] = kept
	}
	return nil
}

// look finds a resource and checks the conditions of the request.
func (m *model) look(r modelRequest, kind *modelType, id string) (*modelRecord, error) {
	record := m.records[id]
	if record == nil || record.kind != kind {
		return nil, refuse(404, "", "there is no %s %s", kind.name, id)
	}
	if condition := r.header.Get("If-Match"); condition != "" && r.method != "GET" && !matchesTag(condition, record.etag()) {
		return nil, refuse(412, "", "the resource has changed")
	}
	return record, nil
}

func matchesTag(condition, tag string) bool {
	for one := range strings.SplitSeq(condition, ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

func (m *model) read(kind *modelType, id string) handler {
	return func(r modelRequest) (reply, error) {
		record, err := m.look(r, kind, id)
		if err != nil {
			return reply{}, err
		}
		if condition := r.header.Get("If-None-Match"); condition != "" && matchesTag(condition, record.etag()) {
			return reply{status: 304, header: map[string]string{"ETag": record.etag()}}, nil
		}
		return m.show(r, record, 200)
	}
}

func (m *model) replace(kind *modelType, id string) handler {
	return m.change(kind, id, func(_, body map[string]any) (map[string]any, error) { return kind.document(body) })
}

func (m *model) patch(kind *modelType, id string) handler {
	return m.change(kind, id, func(old, body map[string]any) (map[string]any, error) { return patched(kind, old, body) })
}

// change gives a resource the content that a body makes of the old one.
func (m *model) change(kind *modelType, id string, made func(old, body map[string]any) (map[string]any, error)) handler {
	return func(r modelRequest) (reply, error) {
		record, err := m.look(r, kind, id)
		if err != nil {
			return reply{}, err
		}
		body, err := readJSON(r.body)
		if err != nil {
			return reply{}, err
		}
		doc, err := made(record.doc, body)
		if err != nil {
			return reply{}, err
		}
		if err := m.set(record, doc); err != nil {
			return reply{}, err
		}
		if r.method == "PATCH" && kind.name == "Group" && r.query["attributes"] == nil {
			return reply{status: 204, header: map[string]string{"ETag": record.etag()}}, nil
		}
		return m.show(r, record, 200)
	}
}

// set gives a resource a new content. What changes nothing leaves the version.
func (m *model) set(record *modelRecord, doc map[string]any) error {
	if err := m.check(record.kind, doc, record.id); err != nil {
		return err
	}
	if shape.Encode(doc) != shape.Encode(record.doc) {
		record.version++
		record.modified = m.tick()
	}
	record.doc = doc
	return nil
}

func (m *model) remove(kind *modelType, id string) handler {
	return func(r modelRequest) (reply, error) {
		if _, err := m.look(r, kind, id); err != nil {
			return reply{}, err
		}
		delete(m.records, id)
		m.order = slices.Clone(m.order)
		for i, record := range m.order {
			if record.id == id {
				m.order[i] = &modelRecord{kind: record.kind, doc: map[string]any{}} // ids count on
			}
		}
		for _, record := range m.records {
			members, _ := record.doc["members"].([]any)
			left := slices.DeleteFunc(slices.Clone(members), func(one any) bool { return shape.At(one, "$.value") == id })
			if len(left) < len(members) {
				doc := maps.Clone(record.doc)
				if doc["members"] = left; len(left) == 0 {
					delete(doc, "members")
				}
				if err := m.set(record, doc); err != nil {
					return reply{}, err
				}
			}
		}
		return reply{status: 204}, nil
	}
}
