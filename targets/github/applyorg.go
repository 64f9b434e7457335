package github

import (
	"net/http"
	"net/url"

	"birthright/identity"
	"birthright/targets"
)

// org makes an op on the membership of the organisation true.
func (a *application) org(op targets.Op, at address, who *found) targets.Result {
	owner := at.name == orgOwner
	switch {
	case who.pending() && op.Action == targets.Add:
		return who.done(op, targets.Pending)
	case who.pending():
		return a.withdraw(op, at, who)
	case !who.active():
		return who.stranger(op)
	case op.Action == targets.Remove && !owner:
		return a.leave(op, who)
	case owner && (who.Role == roleAdmin) == (op.Action == targets.Add), !owner:
		return who.done(op, targets.Already)
	case op.Action == targets.Add:
		return a.setRole(op, who, roleAdmin)
	}
	return a.setRole(op, who, roleMember)
}

// setRole makes a member an owner, or an owner a member.
func (a *application) setRole(op targets.Op, who *found, role string) targets.Result {
	var now membership
	_, err := a.t.send(a.ctx, http.MethodPut, a.t.membershipPath(who.Login), !who.active(), map[string]string{"role": role}, &now)
	a.forget()
	r := a.t.result(op, who.ID, err)
	if err != nil {
		return r
	}
	if now.User != nil {
		r.AccountID = accountID(now.User.ID)
	}
	if now.State != stateActive {
		r.Outcome = targets.Pending
	}
	return r
}

// leave ends somebody's membership, or withdraws the invitation to it.
func (a *application) leave(op targets.Op, who *found) targets.Result {
	_, err := a.t.send(a.ctx, http.MethodDelete, a.t.membershipPath(who.Login), false, nil, nil)
	a.forget()
	if missing(err) {
		return who.done(op, targets.Already)
	}
	return a.t.result(op, who.ID, err)
}

// delete ends all that somebody has in the organisation. Their account is their own.
func (a *application) delete(op targets.Op) targets.Result {
	who := a.who(op.Account)
	switch {
	case who.err != nil && looked(op, who.err).Outcome == targets.Stale:
		return who.done(op, targets.Already)
	case who.err != nil:
		return looked(op, who.err)
	case who.ID == 0 && who.Login == "":
		return a.byMail(op, address{kind: kindOrg, name: orgMember})
	case who.active(), who.pending():
		return a.leave(op, who)
	case !a.t.has(kindRepo) || who.ID == 0:
		return who.done(op, targets.Already)
	}
	outside, err := a.isOutside(who)
	switch {
	case err != nil:
		return looked(op, err)
	case !outside:
		return who.done(op, targets.Already)
	}
	_, err = a.t.send(a.ctx, http.MethodDelete, a.t.orgPath("/outside_collaborators/"+url.PathEscape(who.Login)), false, nil, nil)
	return a.t.result(op, who.ID, err)
}

// create brings somebody in: by login, or by their address. An invitation that is
// open is never sent again.
func (a *application) create(i int, op targets.Op) targets.Result {
	login := a.t.fields.loginOf(op.Account)
	switch {
	case login != "" && !loginForm.MatchString(login):
		return refused(op, identity.Invalid, "that is no login that GitHub can have")
	case login == "" && a.t.fields.emailOf(op.Account) == "":
		return refused(op, identity.Invalid, "neither a login nor an address is known")
	case login == "":
		return a.inviteByMail(i, op)
	}
	who := a.who(targets.Account{Name: op.Account.Name, Attributes: op.Account.Attributes})
	switch {
	case who.err != nil:
		return looked(op, who.err)
	case who.active():
		return who.done(op, targets.Already)
	case who.pending():
		return who.done(op, targets.Pending)
	}
	r := a.setRole(op, who, roleMember)
	if missing(r.Err) {
		return targets.Failed(op, targets.Refused, identity.NotFound, r.Err) // asking again does not make them
	}
	return r
}
