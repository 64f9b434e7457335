package scimsim

import "slices"

// edit is what a PATCH makes of a group, worked out whole before any of it is
// stored: a PATCH happens or does not.
type edit struct {
	displayName, externalId string
	// touched are the members that the request names, for the limit.
	touched []string
	// members maps id to whether it shall be a member; reset empties first.
	members map[string]bool
	reset   bool
}

func (a *App) patchGroup(id string, ops []patchOp) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	g := a.tables.groups[id]
	if g == nil {
		return nil, missing("group", id)
	}
	e := edit{displayName: g.displayName, externalId: g.externalId, members: map[string]bool{}}
	for _, op := range ops {
		if f := a.editGroup(&e, op); f != nil {
			return nil, f
		}
	}
	if f := a.checkEdit(g, e); f != nil {
		return nil, f
	}
	a.applyEdit(g, e)
	return nil, nil
}

// editGroup adds one operation to e.
func (a *App) editGroup(e *edit, op patchOp) *fault {
	if op.path == "" {
		values, ok := op.value.(object)
		if !ok {
			return bad(invalidValue, "an operation without path needs an object as value")
		}
		for name, value := range values {
			if f := a.editGroup(e, patchOp{op: op.op, path: name, value: value}); f != nil {
				return f
			}
		}
		return nil
	}
	p, f := parsePath(op.path, a.groups)
	if f != nil {
		return f
	}
	attr, ok := find(a.groups, p.attr)
	if !ok || p.sub != "" {
		return bad(invalidPath, "%q is not something to change in a group", op.path)
	}
	if attr.name == "members" {
		return e.editMembers(op, p, attr, a.opt.Quirks)
	}
	held := object{"displayName": e.displayName, "externalId": e.externalId}
	if f := op.applyAt(held, a.groups, p); f != nil {
		return f
	}
	e.displayName, _ = held["displayName"].(string)
	e.externalId, _ = held["externalId"].(string)
	return nil
}

func (e *edit) editMembers(op patchOp, p path, attr attribute, q Quirks) *fault {
	if f := q.refusesEdit(op, p); f != nil {
		return f
	}
	if p.where != nil {
		id, _ := p.where.value.(string)
		if op.op != "remove" || p.where.attr != "value" {
			return bad(invalidPath, "members can be filtered by value, and only to remove them")
		}
		e.want(false, id)
		return nil
	}
	if op.op == "remove" && op.value == nil || op.op == "replace" {
		e.reset = true
		clear(e.members)
		if op.op == "remove" {
			return nil
		}
	}
	checked, f := normaliseValue(attr, op.value)
	if f != nil {
		return f
	}
	list, _ := checked.([]any)
	ids, f := memberIDs(list)
	if f != nil {
		return f
	}
	e.want(op.op != "remove", ids...)
	return nil
}

// want notes that ids shall be members, or shall not be.
func (e *edit) want(yes bool, ids ...string) {
	for _, id := range ids {
		e.members[id] = yes
	}
	e.touched = append(e.touched, ids...)
}

func (a *App) checkEdit(g *group, e edit) *fault {
	if e.displayName != g.displayName {
		if f := a.checkGroupName(e.displayName, g); f != nil {
			return f
		}
	}
	var added []string
	for id, yes := range e.members {
		if yes {
			added = append(added, id)
		}
	}
	slices.Sort(added) // the same message on every run
	if a.opt.MaxMembers > 0 && len(e.touched) > a.opt.MaxMembers {
		return a.checkMembers(e.touched)
	}
	return a.checkMembers(added)
}

func (a *App) applyEdit(g *group, e edit) {
	if e.displayName != g.displayName {
		a.tables.rename(g, e.displayName)
	}
	g.externalId, g.modified = e.externalId, a.opt.Now().UTC()
	g.version++
	if e.reset {
		a.setMembers(g, nil)
	}
	for id, yes := range e.members {
		if yes {
			before := g.members[id]
			a.tables.link(g, id)
			if a.opt.Doubles {
				g.members[id] = before + 1
			}
		} else {
			a.tables.unlink(g, id)
		}
	}
}
