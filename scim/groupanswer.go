package scim

import (
	"net/http"

	"birthright/identity"
	"birthright/scim/resource"
)

// groupAnswer says what a group is.
func (h *handler) groupAnswer(c *call, g identity.SourceGroup, p resource.Projection) (answer, error) {
	g, members, err := h.groupNow(c, g, p)
	if err != nil {
		return answer{}, err
	}
	return h.groupOf(c, g, members, p)
}

// groupOf says what a group is with its members, both of one moment: after an edit
// that of its commit, whatever others have made of the group since.
func (h *handler) groupOf(c *call, g identity.SourceGroup, members []Member, p resource.Projection) (answer, error) {
	doc, err := h.groupDocument(c, g, members, p)
	return answer{status: http.StatusOK, body: doc, version: g.Version}, err
}

// groupNow reads a group's members if an answer carries them, and then the group as
// it is now: a version and the members of another would be a group that never was.
// One that went meanwhile is answered as it was found.
func (h *handler) groupNow(c *call, g identity.SourceGroup, p resource.Projection) (identity.SourceGroup, []Member, error) {
	if !p.Wants("members") {
		return g, nil, nil
	}
	now, members, err := h.o.Directory.Members(c.Context(), c.source.name, g.ID)
	if identity.KindOf(err) == identity.NotFound {
		return g, nil, nil
	}
	return now, members, err
}

// groupDocuments makes resources of groups.
func (h *handler) groupDocuments(c *call, groups []identity.SourceGroup, p resource.Projection) ([]resource.Document, error) {
	docs := make([]resource.Document, len(groups))
	for i, found := range groups {
		g, members, err := h.groupNow(c, found, p)
		if err != nil {
			return nil, err
		}
		if docs[i], err = h.groupDocument(c, g, members, p); err != nil {
			return nil, err
		}
	}
	return docs, nil
}

func (h *handler) groupDocument(c *call, g identity.SourceGroup, members []Member, p resource.Projection) (resource.Document, error) {
	doc, err := groupResource(g)
	if err != nil {
		return nil, err
	}
	dress(h.groups, doc, c.base, g.ID, g.Created, g.Modified, g.Version)
	if p.Wants("members") {
		doc["members"] = h.memberReferences(c, members, p.Asks("members", "display"))
	}
	return p.Apply(doc), nil
}

// memberReferences says who the members are, and their names if somebody asks.
func (h *handler) memberReferences(c *call, members []Member, named bool) []any {
	out := make([]any, len(members))
	for i, m := range members {
		t := h.users
		if m.Group {
			t = h.groups
		}
		object := map[string]any{"value": m.ID, "$ref": location(t, c.base, m.ID), "type": t.Name}
		if named && m.Name != "" {
			object["display"] = m.Name
		}
		out[i] = object
	}
	return out
}
