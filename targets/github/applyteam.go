package github

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"birthright/identity"
	"birthright/targets"
)

// team makes an op on a team true.
func (a *application) team(i int, op targets.Op, at address, who *found) targets.Result {
	switch {
	case who.pending():
		return a.teamPending(op, at, who)
	case !who.active():
		return who.stranger(op)
	case op.Action == targets.Remove && at.role == "":
		return a.leaveTeam(op, at, who)
	}
	role, err := a.roleIn(at.name, who)
	if err != nil {
		return looked(op, err)
	}
	switch {
	case op.Action == targets.Remove && role != maintainer:
		return who.done(op, targets.Already)
	case op.Action == targets.Remove && who.Role == roleAdmin:
		return refused(op, identity.Conflict, "an owner of the organisation is a maintainer of every team they are in")
	case op.Action == targets.Remove:
		return a.join(op, at, who, roleMember)
	case role == maintainer, role == roleMember && at.role == "":
		return who.done(op, targets.Already)
	case at.role == "":
		return a.join(op, at, who, roleMember)
	case role == roleMember:
		return a.join(op, at, who, maintainer)
	case !a.isLate && a.comes(i, op, at):
		a.late = append(a.late, i)
	}
	return refused(op, identity.Conflict, "a maintainer is a member first: give team/"+at.name+" too")
}

// join puts somebody into a team, or changes their role there.
func (a *application) join(op targets.Op, at address, who *found, role string) targets.Result {
	var now struct {
		State string `json:"state"`
	}
	_, err := a.t.send(a.ctx, http.MethodPut, a.t.teamPath(at.name, "/memberships/"+url.PathEscape(who.Login)), !who.active(),
		map[string]string{"role": role}, &now)
	r := a.t.result(op, who.ID, err)
	switch {
	case err != nil:
		delete(a.members, at.name)
	case now.State == stateActive:
		a.moved(at.name, who, role)
	default:
		r.Outcome = targets.Pending
	}
	return r
}

// comes reports whether a later op of the call makes the member, and none is about
// the role again.
func (a *application) comes(i int, op targets.Op, at address) bool {
	member, comes := a.t.entitlement(address{kind: kindTeam, name: at.name}), false
	for _, later := range a.ops[i+1:] {
		if later.Account.ID != op.Account.ID || later.Account.Name != op.Account.Name {
			continue
		}
		if later.Entitlement == op.Entitlement {
			return false
		}
		comes = comes || later.Action == targets.Add && later.Entitlement == member
	}
	return comes
}

// leaveTeam takes somebody out of a team, with whatever role they have there.
func (a *application) leaveTeam(op targets.Op, at address, who *found) targets.Result {
	_, err := a.t.send(a.ctx, http.MethodDelete, a.t.teamPath(at.name, "/memberships/"+url.PathEscape(who.Login)), false, nil, nil)
	a.moved(at.name, who, "")
	if err != nil {
		delete(a.members, at.name)
	}
	if !missing(err) {
		return a.t.result(op, who.ID, err)
	}
	if err := a.t.one(a.ctx, a.t.teamPath(at.name, ""), new(team)); err != nil {
		return looked(op, there(err))
	}
	return who.done(op, targets.Already)
}

// roleIn tells somebody's own role in a team, "" where they are in it through a child
// team or not at all. One who is not in a team that is not there shows when they are
// put in.
func (a *application) roleIn(slug string, who *found) (string, error) {
	if _, ok := a.members[slug]; !ok && a.once(slug) {
		err := a.t.one(a.ctx, a.t.teamPath(slug, "/memberships/"+url.PathEscape(who.Login)), new(membership))
		if missing(err) {
			return "", nil
		}
		if err != nil {
			return "", err
		}
	}
	members, err := a.membersOf(slug)
	for _, m := range members {
		if m.ID == who.ID && !m.inherited() {
			return cmp.Or(m.Role, roleMember), nil
		}
	}
	return "", there(err)
}

// once reports whether a team is named by one op of the call: one question is then
// cheaper than the list of its members.
func (a *application) once(slug string) bool {
	named := 0
	for _, op := range a.ops {
		if at, ok := parse(op.Entitlement); ok && at.kind == kindTeam && at.name == slug {
			named++
		}
	}
	return named == 1
}

// membersOf reads who is in a team, once until that changes.
func (a *application) membersOf(slug string) ([]teamMember, error) {
	if known, ok := a.members[slug]; ok {
		return known, nil
	}
	members, err := list[teamMember](a.ctx, a.t, a.t.teamPath(slug, "/members"), url.Values{"role": {"all"}})
	if err == nil {
		a.members[slug] = members
	}
	return members, err
}

// moved notes what a change of a team came to, so that the list need not be read again.
func (a *application) moved(slug string, who *found, role string) {
	known, ok := a.members[slug]
	if !ok {
		return
	}
	known = slices.DeleteFunc(known, func(m teamMember) bool { return m.ID == who.ID })
	if role != "" {
		own := false
		known = append(known, teamMember{user: who.user, Role: role, Inherited: &own})
	}
	a.members[slug] = known
}

// teamPending is for somebody who was invited: GitHub notes the team for when they
// have accepted. Asked once, for it may tell them each time.
func (a *application) teamPending(op targets.Op, at address, who *found) targets.Result {
	if op.Action == targets.Remove {
		return a.withdraw(op, at, who)
	}
	if at.role != "" {
		return who.done(op, targets.Pending)
	}
	err := a.t.one(a.ctx, a.t.teamPath(at.name, "/memberships/"+url.PathEscape(who.Login)), new(membership))
	switch {
	case err == nil:
		return who.done(op, targets.Pending)
	case !missing(err):
		return looked(op, err)
	}
	if err := a.t.one(a.ctx, a.t.teamPath(at.name, ""), new(team)); err != nil {
		return looked(op, there(err))
	}
	return a.join(op, at, who, roleMember)
}

// there says of what is missing what it is.
func there(err error) error {
	if missing(err) {
		return errNotThere
	}
	return err
}
