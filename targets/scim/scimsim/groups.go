package scimsim

import (
	"net/http"
	"slices"
	"strings"
)

func groupHandlers(a *App) handlers {
	return handlers{
		list: a.listGroups, get: a.getGroup, version: a.groupVersion, create: a.createGroup,
		replace: a.replaceGroup, patch: a.patchGroup, remove: a.deleteGroup,
	}
}

func (a *App) listGroups(q listQuery) ([]byte, error) {
	a.mu.Lock() // rendering fills the cache of sorted members
	defer a.mu.Unlock()
	ids, f := a.matchGroups(q.filter)
	if f != nil {
		return nil, f
	}
	return page(q, ids, func(id string) []byte { return a.renderGroup(a.tables.groups[id], q.bare) }), nil
}

// matchGroups returns the ids that filter selects.
func (a *App) matchGroups(filter []term) ([]string, *fault) {
	if len(filter) == 0 {
		return a.tables.order, nil
	}
	if f := a.filterable("Groups", filter); f != nil {
		return nil, f
	}
	for _, t := range filter {
		if !slices.Contains([]string{"id", "displayname", "externalid", "members", "members.value"}, t.attr) {
			return nil, bad(invalidFilter, "groups cannot be filtered by %s", t.attr)
		}
	}
	candidates := a.tables.order
	for _, t := range filter {
		if wanted, _ := t.value.(string); t.attr == "displayname" {
			candidates = nil
			for _, g := range a.tables.names[fold(wanted)] {
				candidates = append(candidates, g.id)
			}
		}
	}
	var out []string
	for _, id := range candidates {
		if a.tables.groups[id].matches(filter) {
			out = append(out, id)
		}
	}
	return out, nil
}

func (g *group) matches(filter []term) bool {
	for _, t := range filter {
		wanted, _ := t.value.(string)
		held := false
		switch t.attr {
		case "id":
			held = g.id == wanted
		case "displayname":
			held = strings.EqualFold(g.displayName, wanted)
		case "externalid":
			held = wanted != "" && g.externalId == wanted
		default:
			_, held = g.members[wanted]
		}
		if !held {
			return false
		}
	}
	return true
}

func (a *App) getGroup(id string, bare bool) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if g := a.tables.groups[id]; g != nil {
		return a.renderGroup(g, bare), nil
	}
	return nil, missing("group", id)
}

// draft is a group as a client wants it.
type draft struct {
	displayName, externalId string
	members                 []string
}

func (a *App) checkGroup(in object) (draft, *fault) {
	if f := checkSchemas(in, schemaGroup); f != nil {
		return draft{}, f
	}
	attrs, f := normalise(in, a.groups)
	if f != nil {
		return draft{}, f
	}
	var d draft
	d.displayName, _ = attrs["displayName"].(string)
	d.externalId, _ = attrs["externalId"].(string)
	if f := a.wantsExternalID(attrs); f != nil {
		return d, f
	}
	if strings.TrimSpace(d.displayName) == "" {
		return d, bad(invalidValue, "displayName is required")
	}
	list, _ := attrs["members"].([]any)
	d.members, f = memberIDs(list)
	return d, f
}

// memberIDs takes the value of each member.
func memberIDs(list []any) ([]string, *fault) {
	out := make([]string, 0, len(list))
	for _, item := range list {
		member, _ := item.(object)
		id, _ := member["value"].(string)
		if id == "" {
			return nil, bad(invalidValue, "a member needs a value")
		}
		out = append(out, id)
	}
	return out, nil
}

// checkMembers wants members that exist, and not too many of them.
func (a *App) checkMembers(ids []string) *fault {
	if a.opt.MaxMembers > 0 && len(ids) > a.opt.MaxMembers {
		return &fault{status: a.opt.TooManyStatus, scimType: tooMany, detail: "too many members in one request"}
	}
	for _, id := range ids {
		if !a.tables.exists(id) {
			return bad(invalidValue, "member %q does not exist", id)
		}
	}
	return nil
}

func (a *App) checkGroupName(name string, self *group) *fault {
	if strings.TrimSpace(name) == "" {
		return bad(invalidValue, "displayName is required")
	}
	taken := slices.ContainsFunc(a.tables.names[fold(name)], func(g *group) bool { return g != self })
	if taken && !a.opt.SameNames {
		return &fault{status: http.StatusConflict, scimType: uniqueness, detail: "a group called " + name + " is there already"}
	}
	return nil
}

func (a *App) createGroup(in object) (string, []byte, error) {
	d, f := a.checkGroup(in)
	if f != nil {
		return "", nil, f
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if f := a.checkGroupName(d.displayName, nil); f != nil {
		return "", nil, f
	}
	if f := a.checkMembers(d.members); f != nil {
		return "", nil, f
	}
	now := a.opt.Now().UTC()
	g := &group{id: a.tables.newID("g-"), displayName: d.displayName, externalId: d.externalId, created: now, modified: now,
		members: map[string]int{}, groups: map[*group]struct{}{}}
	a.tables.addGroup(g)
	for _, id := range d.members {
		a.tables.link(g, id)
	}
	return location("Groups", g.id), a.renderGroup(g, false), nil
}

func (a *App) replaceGroup(id string, in object) ([]byte, error) {
	d, f := a.checkGroup(in)
	if f != nil {
		return nil, f
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	g := a.tables.groups[id]
	if g == nil {
		return nil, missing("group", id)
	}
	if f := a.checkGroupName(d.displayName, g); f != nil {
		return nil, f
	}
	if f := a.checkMembers(d.members); f != nil {
		return nil, f
	}
	a.tables.rename(g, d.displayName)
	g.externalId, g.modified = d.externalId, a.opt.Now().UTC()
	g.version++
	a.setMembers(g, d.members)
	return a.renderGroup(g, false), nil
}

// setMembers makes ids the members of g.
func (a *App) setMembers(g *group, ids []string) {
	wanted := make(map[string]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	for _, old := range slices.Clone(g.list()) {
		if !wanted[old] {
			a.tables.unlink(g, old)
		}
	}
	for _, id := range ids {
		a.tables.link(g, id)
	}
}

func (a *App) deleteGroup(id string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	g := a.tables.groups[id]
	if g == nil {
		return missing("group", id)
	}
	a.tables.dropGroup(g)
	return nil
}

func (a *App) renderGroup(g *group, bare bool) []byte {
	out := object{"schemas": []any{schemaGroup}, "id": g.id, "displayName": g.displayName,
		"meta": a.meta("Group", g.id, g.created, g.modified, g.version)}
	if g.externalId != "" {
		out["externalId"] = g.externalId
	}
	if !bare && len(g.members) > 0 {
		out["members"] = a.renderMembers(g)
	}
	return encode(out)
}

// member is a member as an answer shows it.
type member struct {
	Value string `json:"value"`
	Type  string `json:"type"`
	Ref   string `json:"$ref"`
}

func (a *App) renderMembers(g *group) []member {
	out := make([]member, 0, len(g.members))
	for _, id := range g.list() {
		kind := "User"
		if a.tables.users[id] == nil {
			kind = "Group"
		}
		for range g.members[id] {
			out = append(out, member{Value: id, Type: kind, Ref: location(kind+"s", id)})
		}
	}
	return out
}
