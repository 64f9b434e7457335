package github

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// open returns the invitations that are open, asked once.
func (a *application) open() ([]invitation, error) {
	if a.asked {
		return a.invited, nil
	}
	all, err := list[invitation](a.ctx, a.t, a.t.orgPath("/invitations"), nil)
	if err == nil {
		a.invited, a.asked = all, true
	}
	return all, err
}

// openBy returns the open invitation of a login or an address, nil where there is none.
func (a *application) openBy(login, email string) (*invitation, error) {
	all, err := a.open()
	for _, inv := range all {
		if login != "" && inv.Login != nil && strings.EqualFold(*inv.Login, login) ||
			email != "" && inv.Email != nil && strings.EqualFold(*inv.Email, email) {
			return &inv, nil
		}
	}
	return nil, err
}

// inviteByMail invites somebody by address, with the teams that the same call gives
// them: GitHub lets nobody add to an invitation later.
func (a *application) inviteByMail(i int, op targets.Op) targets.Result {
	email := a.t.fields.emailOf(op.Account)
	open, err := a.openBy("", email)
	switch {
	case err != nil:
		return looked(op, err)
	case open != nil:
		return targets.Result{Outcome: targets.Pending}
	}
	ids, err := a.teamsOf(i, op)
	if err != nil {
		return looked(op, err)
	}
	in := map[string]any{"email": email, "role": "direct_member"}
	if len(ids) > 0 {
		in["team_ids"] = ids
	}
	_, err = a.t.send(a.ctx, http.MethodPost, a.t.orgPath("/invitations"), true, in, nil)
	a.asked = false
	r := a.t.result(op, 0, err)
	if f := httpkit.AsFailure(err); f != nil && r.Outcome == targets.Refused && says(f, "already a part of") {
		return targets.Failed(op, targets.Refused, identity.Conflict, &identity.Error{Kind: identity.Conflict, Err: err,
			Hint: "somebody with this address is a member: map login to the attribute that holds their login"})
	}
	if err == nil {
		r.Outcome = targets.Pending
	}
	return r
}

// teamsOf returns the ids of the teams that later ops give the account.
func (a *application) teamsOf(i int, op targets.Op) ([]int64, error) {
	var ids []int64
	for _, next := range a.ops[i+1:] {
		at, ok := parse(next.Entitlement)
		if next.Action != targets.Add || next.Account.ID != "" || next.Account.Name != op.Account.Name || !ok ||
			at.kind != kindTeam || at.role != "" || a.t.check(next) != nil {
			continue
		}
		var tm team
		err := a.t.one(a.ctx, a.t.teamPath(at.name, ""), &tm)
		if err != nil && !missing(err) {
			return nil, err
		}
		if err == nil {
			ids = append(ids, tm.ID)
		}
	}
	return ids, nil
}

// byMail is an op on somebody of whom only the address is known.
func (a *application) byMail(op targets.Op, at address) targets.Result {
	open, err := a.openBy("", a.t.fields.emailOf(op.Account))
	switch {
	case err != nil:
		return looked(op, err)
	case open == nil && op.Action == targets.DeleteAccount:
		return targets.Result{Outcome: targets.Already}
	case open == nil:
		return targets.Failed(op, targets.Stale, identity.NotFound, errors.New("no login is known, and no invitation is open"))
	case op.Action == targets.Add:
		return targets.Result{Outcome: targets.Pending}
	}
	return a.cancel(op, at, open, &found{})
}

// withdraw takes something back from somebody who has not accepted yet.
func (a *application) withdraw(op targets.Op, at address, who *found) targets.Result {
	open, err := a.openBy(who.Login, "")
	switch {
	case err != nil:
		return looked(op, err)
	case open == nil:
		return a.leave(op, who)
	}
	return a.cancel(op, at, open, who)
}

// cancel withdraws an invitation, unless teams stay that were noted with it: nobody
// who has lost everything is to come in by an old mail. Who is wanted for something
// else is invited anew.
func (a *application) cancel(op targets.Op, at address, open *invitation, who *found) targets.Result {
	path := a.t.orgPath("/invitations/" + strconv.FormatInt(open.ID, 10))
	teams, err := list[team](a.ctx, a.t, path+"/teams", nil)
	if err != nil {
		return looked(op, err)
	}
	named := false
	for _, tm := range teams {
		named = named || at.kind == kindTeam && at.role == "" && tm.Slug == at.name
	}
	switch {
	case at.kind == kindTeam && named && len(teams) > 1 && who.Login != "":
		return a.leaveTeam(op, at, who)
	case at.kind != kindOrg && !named && len(teams) > 0, at.name == orgOwner && at.kind == kindOrg:
		return who.done(op, targets.Already)
	}
	_, err = a.t.send(a.ctx, http.MethodDelete, path, false, nil, nil)
	a.asked = false
	a.forget()
	if missing(err) {
		err = nil
	}
	return a.t.result(op, who.ID, err)
}
