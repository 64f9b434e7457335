package ldapapp

import "slices"

// The operations of a modify request (RFC 4511 section 4.6).
const (
	modAdd     = 0
	modDelete  = 1
	modReplace = 2
)

// modification is one change of a modify request.
type modification struct {
	op   int
	attr newAttr
}

// modify makes all changes or none. permissive turns what is so already into
// success; assert, if not nil, must hold first.
func (t *tree) modify(dn string, changes []modification, permissive bool, assert filter) *refusal {
	t.mu.Lock()
	defer t.mu.Unlock()
	e, _, r := t.find(dn)
	if r != nil {
		return r
	}
	if assert != nil && assert.match(e) != yes {
		return refuse(assertionFailed, "the assertion does not hold")
	}
	draft := &entry{rdn: e.rdn, parent: e.parent, attrs: map[string]*attribute{}, order: slices.Clone(e.order),
		uuid: e.uuid, rid: e.rid, domain: e.domain, password: e.password}
	for key, a := range e.attrs {
		draft.attrs[key] = a
	}
	copied := map[string]bool{}
	for _, c := range changes {
		if r := t.change(draft, c, permissive, copied); r != nil {
			return r
		}
	}
	if t.domain != nil {
		if r := t.unique(draft); r != nil {
			return r
		}
	}
	if r := draft.check(); r != nil {
		if r.code == namingViolation {
			r.code = notAllowedOnRDN
		}
		return r
	}
	t.strike(e)
	e.attrs, e.order, e.modified, e.password = draft.attrs, draft.order, t.now(), draft.password
	t.enrol(e)
	return nil
}

// change applies one modification to a draft as the kind of directory does.
func (t *tree) change(draft *entry, c modification, permissive bool, copied map[string]bool) *refusal {
	if t.domain == nil {
		return draft.change(c, permissive, copied)
	}
	key := attrKey(c.attr.name)
	if key == "unicodepwd" {
		draft.password = true
		return nil
	}
	in, r := t.inward(draft, c.attr)
	if r != nil {
		return r
	}
	if key == "primarygroupid" {
		return t.regroup(draft, c)
	}
	return inDomain(key, draft.change(modification{op: c.op, attr: in}, permissive, copied))
}

// change applies one modification to a draft. Attributes are copied before the
// first change, so that a refusal leaves the entry as it was.
func (e *entry) change(c modification, permissive bool, copied map[string]bool) *refusal {
	key := attrKey(c.attr.name)
	if operational(key) {
		return refuse(constraintViolation, "%s: no user modification allowed", c.attr.name)
	}
	a := e.attrs[key]
	switch {
	case a == nil:
		a = newAttribute(c.attr.name)
	case !copied[key]:
		a = a.clone()
	}
	copied[key] = true
	var r *refusal
	switch c.op {
	case modAdd:
		r = a.addAll(c.attr, permissive)
	case modDelete:
		r = a.dropAll(c.attr, permissive)
	case modReplace:
		a = newAttribute(c.attr.name)
		r = a.addAll(c.attr, false)
		if len(c.attr.values) == 0 {
			r = nil
		}
	default:
		r = refuse(protocolError, "modify operation %d is not known", c.op)
	}
	if r == nil {
		e.put(key, a)
	}
	return r
}

func (a *attribute) addAll(in newAttr, permissive bool) *refusal {
	if len(in.values) == 0 {
		return refuse(protocolError, "%s: no values given", in.name)
	}
	for _, v := range in.values {
		if !a.add(v) && !permissive {
			return refuse(attributeOrValueExists, "%s: value #%d already exists", in.name, slices.Index(in.values, v))
		}
	}
	return nil
}

func (a *attribute) dropAll(in newAttr, permissive bool) *refusal {
	if len(in.values) == 0 {
		if len(a.values) == 0 && !permissive {
			return refuse(noSuchAttribute, "%s: no such attribute", in.name)
		}
		*a = *newAttribute(a.name)
		return nil
	}
	for _, v := range in.values {
		if !a.drop(v) && !permissive {
			return refuse(noSuchAttribute, "%s: no such value", in.name)
		}
	}
	return nil
}
