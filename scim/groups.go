package scim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/scim/fault"
	"birthright/scim/patch"
	"birthright/scim/resource"
)

func (h *handler) groupEndpoint() endpoints {
	return endpoints{
		list: h.list(h.groupListing()), search: h.search(h.groupListing()), create: h.createGroup,
		read: h.readGroup, replace: h.replaceGroup, patch: h.patchGroup, remove: h.removeGroup,
	}
}

func (h *handler) createGroup(c *call) (answer, error) {
	p, err := h.projection(c, h.groups)
	if err != nil {
		return answer{}, err
	}
	g, ids, err := h.groupBody(c)
	if err != nil {
		return answer{}, err
	}
	members, err := h.refs(c, ids, true)
	if err != nil {
		return answer{}, err
	}
	g, err = h.o.Intake.CreateGroup(c.Context(), c.source.name, g, members, func(other identity.SourceGroup) bool { return sameGroup(g, other) })
	if identity.KindOf(err) == identity.Conflict {
		return answer{}, fault.Uniqueness("The group %q is there already, with the same externalId or none.", g.Name)
	}
	if err != nil {
		return answer{}, groupFault(err, "")
	}
	a, err := h.groupAnswer(c, g, p)
	a.status, a.location = http.StatusCreated, location(h.groups, c.base, g.ID)
	return a, err
}

// sameGroup reports whether a group of the same name is the same: a provider that
// has two gives them identifiers of its own.
func sameGroup(a, b identity.SourceGroup) bool {
	x, err := groupResource(a)
	y, err2 := groupResource(b)
	return err == nil && err2 == nil && x["externalId"] == y["externalId"]
}

func (h *handler) readGroup(c *call) (answer, error) {
	p, err := h.projection(c, h.groups)
	if err != nil {
		return answer{}, err
	}
	g, err := h.o.Directory.Group(c.Context(), c.source.name, c.id)
	if err == nil && c.condition.unchanged(g.Version) {
		return notModified(g.Version), nil
	}
	var members []Member
	if err == nil && p.Wants("members") {
		g, members, err = h.o.Directory.Members(c.Context(), c.source.name, c.id)
	}
	if err != nil {
		return answer{}, groupFault(err, c.id)
	}
	return h.groupOf(c, g, members, p)
}

// replaceGroup makes a group what the body says, members included: a body
// without members is a group without members (RFC 7644 section 3.5.1).
func (h *handler) replaceGroup(c *call) (answer, error) {
	p, err := h.projection(c, h.groups)
	if err != nil {
		return answer{}, err
	}
	told, ids, err := h.groupBody(c)
	if err != nil {
		return answer{}, err
	}
	members, err := h.refs(c, ids, true)
	if err != nil {
		return answer{}, err
	}
	var left []Member
	g, err := h.o.Intake.EditGroup(c.Context(), c.source.name, c.id, func(g identity.SourceGroup) (GroupEdit, error) {
		g.Name, g.Payload = told.Name, told.Payload
		if err := c.condition.check(g.Version); err != nil {
			return GroupEdit{}, err
		}
		return GroupEdit{Group: g, Replace: true, Add: members, Told: toldMembers(p, &left)}, nil
	})
	if err != nil {
		return answer{}, groupFault(err, c.id)
	}
	return h.groupOf(c, g, left, p)
}

// patchGroup changes attributes and members in one step. The answer has no body
// unless attributes were asked for: saying the members back would cost more than
// changing them.
func (h *handler) patchGroup(c *call) (answer, error) {
	p, err := h.projection(c, h.groups)
	if err != nil {
		return answer{}, err
	}
	body, err := c.object(h.limits.GroupBody)
	if err != nil {
		return answer{}, err
	}
	steps, err := patch.Parse(body, h.limits.GroupOperations, c.reading)
	if err != nil {
		return answer{}, err
	}
	steps, change, err := patch.SplitMembers(steps, c.reading)
	if err != nil {
		return answer{}, err
	}
	var left []Member
	edit := GroupEdit{Replace: change.Replace}
	if p.Given() {
		edit.Told = toldMembers(p, &left)
	}
	if edit.Add, err = h.refs(c, change.Add, true); err != nil {
		return answer{}, err
	}
	if edit.Remove, err = h.refs(c, change.Remove, false); err != nil {
		return answer{}, err
	}
	g, err := h.o.Intake.EditGroup(c.Context(), c.source.name, c.id, func(g identity.SourceGroup) (GroupEdit, error) {
		edit.Group = g
		if err := c.condition.check(g.Version); err != nil {
			return edit, err
		}
		return edit, h.applyToGroup(c, &edit.Group, steps)
	})
	if err != nil {
		return answer{}, groupFault(err, c.id)
	}
	if !p.Given() {
		return answer{status: http.StatusNoContent, version: g.Version}, nil
	}
	return h.groupOf(c, g, left, p)
}

// toldMembers is where an edit leaves the members for an answer that carries them.
func toldMembers(p resource.Projection, left *[]Member) *[]Member {
	if !p.Wants("members") {
		return nil
	}
	return left
}

// applyToGroup carries out what is not about members.
func (h *handler) applyToGroup(c *call, g *identity.SourceGroup, steps []patch.Step) error {
	if len(steps) == 0 {
		return nil
	}
	doc, err := groupResource(*g)
	if err != nil {
		return err
	}
	if err := patch.Apply(h.groups, doc, steps, c.reading); err != nil {
		return err
	}
	return fillGroup(g, doc)
}

func (h *handler) removeGroup(c *call) (answer, error) {
	if err := h.o.Intake.RemoveGroup(c.Context(), c.source.name, c.id, func(g identity.SourceGroup) error { return c.condition.check(g.Version) }); err != nil {
		return answer{}, groupFault(err, c.id)
	}
	return answer{status: http.StatusNoContent}, nil
}

// groupBody reads a whole group and the ids of its members, each once.
func (h *handler) groupBody(c *call) (g identity.SourceGroup, ids []string, err error) {
	body, err := c.object(h.limits.GroupBody)
	if err != nil {
		return g, nil, err
	}
	for name, value := range body {
		if !strings.EqualFold(name, "members") {
			continue
		}
		if ids, err = patch.MemberIDs(value, c.reading); err != nil {
			return g, nil, err
		}
		slices.Sort(ids)
		ids = slices.Compact(ids)
		delete(body, name)
	}
	doc, err := h.groups.Read(body, c.reading)
	if err != nil {
		return g, nil, err
	}
	return g, ids, fillGroup(&g, doc)
}

// fillGroup makes g say what doc says.
func fillGroup(g *identity.SourceGroup, doc resource.Document) error {
	payload, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("write down group: %w", err)
	}
	g.Name, _ = doc["displayName"].(string)
	g.Payload = payload
	return nil
}

// groupResource reads what a group says, without its members.
func groupResource(g identity.SourceGroup) (resource.Document, error) {
	doc, err := parsePayload(g.Payload)
	if err == nil {
		doc["displayName"] = g.Name
	}
	return doc, err
}

// refs turns ids of members into references. Where they must exist, an unknown
// one is the client's error; otherwise it is passed over.
func (h *handler) refs(c *call, ids []string, must bool) ([]identity.MemberRef, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	known, err := h.o.Directory.Refs(c.Context(), c.source.name, ids)
	if err != nil {
		return nil, err
	}
	refs := make([]identity.MemberRef, 0, len(ids))
	for _, id := range ids {
		ref, ok := known[id]
		switch {
		case ok:
			refs = append(refs, ref)
		case must:
			return nil, fault.InvalidValue("The member %q is neither a user nor a group here. Create it first.", id)
		}
	}
	return refs, nil
}

// groupFault words the intake's and the directory's errors for the client.
func groupFault(err error, id string) error {
	var told fault.Error
	if errors.As(err, &told) {
		return told
	}
	switch identity.KindOf(err) {
	case identity.NotFound:
		return fault.NotFound("Group", id)
	case identity.Invalid: // a member that went between the look and the change
		return fault.InvalidValue("A member is no longer a user or group here.")
	}
	return err
}
