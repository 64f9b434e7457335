package scim

import (
	"errors"
	"net/http"

	"birthright/identity"
	"birthright/scim/fault"
	"birthright/scim/patch"
	"birthright/scim/resource"
)

func (h *handler) userEndpoint() endpoints {
	return endpoints{
		list: h.list(h.userListing()), search: h.search(h.userListing()), create: h.createUser,
		read: h.readUser, replace: h.replaceUser, patch: h.patchUser, remove: h.removeUser,
	}
}

func (h *handler) createUser(c *call) (answer, error) {
	p, err := h.projection(c, h.users)
	if err != nil {
		return answer{}, err
	}
	doc, err := h.readBody(c, h.users, h.limits.UserBody)
	if err != nil {
		return answer{}, err
	}
	var r identity.Record
	if err := c.source.fill(&r, doc); err != nil {
		return answer{}, err
	}
	r, err = h.o.Intake.Create(c.Context(), c.source.name, r, func(old identity.Record) (identity.Record, bool) { return c.revive(old, r) })
	if err != nil {
		return answer{}, userFault(err, doc, "")
	}
	h.learn(c, h.users, doc)
	a, err := h.createdAnswer(c, r, p)
	a.status, a.location = http.StatusCreated, location(h.users, c.base, r.ID)
	return a, err
}

// revive makes of the inactive record of somebody who comes back what the client
// says now. Providers that deactivate instead of deleting create such people anew.
func (c *call) revive(old, told identity.Record) (identity.Record, bool) {
	if c.reading.Strict || old.Attributes.First(identity.AttrActive) != "false" || told.Attributes.First(identity.AttrActive) == "false" {
		return old, false
	}
	before, now := old.Attributes.First(identity.AttrExternalID), told.Attributes.First(identity.AttrExternalID)
	if before != "" && now != "" && before != now {
		return old, false // somebody else with the same name
	}
	c.reading.Note("the user was there and inactive: the request was read as their return")
	told.ID, told.Key = old.ID, old.Key
	return told, true
}

func (h *handler) readUser(c *call) (answer, error) {
	p, err := h.projection(c, h.users)
	if err != nil {
		return answer{}, err
	}
	r, err := h.o.Directory.Record(c.Context(), c.source.name, c.id)
	if err != nil {
		return answer{}, userFault(err, nil, c.id)
	}
	if c.condition.unchanged(r.Version) {
		return notModified(r.Version), nil
	}
	return h.userAnswer(c, r, p)
}

func (h *handler) replaceUser(c *call) (answer, error) {
	doc, err := h.readBody(c, h.users, h.limits.UserBody)
	if err != nil {
		return answer{}, err
	}
	return h.updateUser(c, func(resource.Document) (resource.Document, error) { return doc, nil })
}

func (h *handler) patchUser(c *call) (answer, error) {
	body, err := c.object(h.limits.UserBody)
	if err != nil {
		return answer{}, err
	}
	steps, err := patch.Parse(body, h.limits.UserOperations, c.reading)
	if err != nil {
		return answer{}, err
	}
	return h.updateUser(c, func(doc resource.Document) (resource.Document, error) {
		return doc, patch.Apply(h.users, doc, steps, c.reading)
	})
}

// updateUser makes of a user what change makes of its resource, in one step that
// no other request can come between.
func (h *handler) updateUser(c *call, change func(resource.Document) (resource.Document, error)) (answer, error) {
	p, err := h.projection(c, h.users)
	if err != nil {
		return answer{}, err
	}
	var doc resource.Document
	r, err := h.o.Intake.Update(c.Context(), c.source.name, c.id, func(r identity.Record) (identity.Record, error) {
		if err := c.condition.check(r.Version); err != nil {
			return r, err
		}
		before, err := userResource(r)
		if err != nil {
			return r, err
		}
		if doc, err = change(before); err != nil {
			return r, err
		}
		return r, c.source.fill(&r, doc)
	})
	if err != nil {
		return answer{}, userFault(err, doc, c.id)
	}
	h.learn(c, h.users, doc)
	return h.userAnswer(c, r, p)
}

func (h *handler) removeUser(c *call) (answer, error) {
	if err := h.o.Intake.Remove(c.Context(), c.source.name, c.id, func(r identity.Record) error { return c.condition.check(r.Version) }); err != nil {
		return answer{}, userFault(err, nil, c.id)
	}
	return answer{status: http.StatusNoContent}, nil
}

// userFault words the intake's and the directory's errors for the client.
func userFault(err error, doc resource.Document, id string) error {
	var told fault.Error
	if errors.As(err, &told) {
		return told
	}
	switch identity.KindOf(err) {
	case identity.NotFound:
		return fault.NotFound("User", id)
	case identity.Conflict:
		return fault.Uniqueness("Another user has the userName %q.", doc["userName"])
	}
	return err
}

// userAnswer says what a record is.
func (h *handler) userAnswer(c *call, r identity.Record, p resource.Projection) (answer, error) {
	docs, err := h.userDocuments(c, []identity.Record{r}, p)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusOK, body: docs[0], version: r.Version}, nil
}

// createdAnswer is userAnswer for a record that may be new: then nobody has put it
// into a group yet.
func (h *handler) createdAnswer(c *call, r identity.Record, p resource.Projection) (answer, error) {
	if r.Version > 1 {
		return h.userAnswer(c, r, p)
	}
	doc, err := h.userDocument(c, r, nil, p)
	return answer{body: doc, version: r.Version}, err
}

// userDocuments makes resources of records. The groups are read only if an
// answer carries them.
func (h *handler) userDocuments(c *call, records []identity.Record, p resource.Projection) ([]resource.Document, error) {
	groups := map[string][]identity.SourceGroup{}
	if p.Wants("groups") && len(records) > 0 {
		ids := make([]string, len(records))
		for i, r := range records {
			ids[i] = r.ID
		}
		var err error
		if groups, err = h.o.Directory.GroupsOf(c.Context(), c.source.name, ids); err != nil {
			return nil, err
		}
	}
	docs := make([]resource.Document, len(records))
	for i, r := range records {
		doc, err := h.userDocument(c, r, groups[r.ID], p)
		if err != nil {
			return nil, err
		}
		docs[i] = doc
	}
	return docs, nil
}

// userDocument makes the resource of a record.
func (h *handler) userDocument(c *call, r identity.Record, groups []identity.SourceGroup, p resource.Projection) (resource.Document, error) {
	doc, err := userResource(r)
	if err != nil {
		return nil, err
	}
	dress(h.users, doc, c.base, r.ID, r.Created, r.Modified, r.Version)
	if len(groups) > 0 {
		doc["groups"] = h.groupReferences(c, groups)
	}
	return p.Apply(doc), nil
}

func (h *handler) groupReferences(c *call, groups []identity.SourceGroup) []any {
	out := make([]any, len(groups))
	for i, g := range groups {
		out[i] = map[string]any{"value": g.ID, "$ref": location(h.groups, c.base, g.ID), "display": g.Name, "type": "direct"}
	}
	return out
}

// readBody reads a whole resource.
func (h *handler) readBody(c *call, t *resource.Type, limit int64) (resource.Document, error) {
	body, err := c.object(limit)
	if err != nil {
		return nil, err
	}
	return t.Read(body, c.reading)
}
