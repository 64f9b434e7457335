package ldapapp

import (
	"strconv"
	"strings"
)

// special finds an entry by a name that stays: <GUID=…> or <SID=…>.
func (t *tree) special(dn string) (*entry, bool) {
	if t.domain == nil || !strings.HasPrefix(dn, "<") {
		return nil, false
	}
	inside, _, _ := strings.Cut(dn[1:], ">")
	kind, value, _ := strings.Cut(inside, "=")
	if strings.EqualFold(kind, "GUID") {
		return t.known.guids[strings.ToLower(value)], true
	}
	if e := t.byRID(value[strings.LastIndexByte(value, '-')+1:]); e != nil && strings.EqualFold(value, e.sidText()) {
		return e, true
	}
	return nil, true
}

// regroup makes a group the primary one of an account that is in it: the link goes
// from there, and comes to the group that was the primary one.
func (t *tree) regroup(draft *entry, c modification) *refusal {
	before, after := t.byRID(strings.Join(draft.values("primarygroupid"), "")), t.byRID(strings.Join(c.attr.values, ""))
	if after == nil || after.attrs["member"] == nil || !after.attrs["member"].has(draft.guid()) {
		return refuse(unwillingToPerform, "00000561: the account is no member of that group")
	}
	members := after.attrs["member"]
	members.drop(draft.guid())
	after.put("member", members)
	if before != nil {
		old := before.attrs["member"]
		if old == nil {
			old = newAttribute("member")
		}
		old.add(draft.guid())
		before.put("member", old)
	}
	a := newAttribute("primaryGroupID")
	a.add(strconv.Itoa(after.rid))
	draft.put("primarygroupid", a)
	return nil
}

func (t *tree) byRID(rid string) *entry {
	n, _ := strconv.Atoi(rid)
	return t.known.rids[n]
}

// known finds the entries of a domain by what stays, and by login name.
type known struct {
	guids, logins map[string]*entry
	rids          map[int]*entry
}

func newKnown() known {
	return known{guids: map[string]*entry{}, logins: map[string]*entry{}, rids: map[int]*entry{}}
}

func (e *entry) login() string { return foldText(strings.Join(e.values("samaccountname"), "")) }

// enrol makes an entry known, strike the contrary.
func (t *tree) enrol(e *entry) {
	if t.domain == nil {
		return
	}
	t.known.guids[e.uuid] = e
	if e.rid != 0 {
		t.known.rids[e.rid], t.known.logins[e.login()] = e, e
	}
}

func (t *tree) strike(e *entry) {
	delete(t.known.guids, e.uuid)
	if e.rid != 0 {
		delete(t.known.rids, e.rid)
		delete(t.known.logins, e.login())
	}
}
