package github

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// repo makes an op on a repository true.
func (a *application) repo(i int, op targets.Op, at address, who *found) targets.Result {
	if who.ID == 0 {
		return who.stranger(op)
	}
	people, err := a.collaborators(at.name)
	if err != nil {
		return looked(op, err)
	}
	var now *collaborator
	for k := range people {
		if people[k].ID == who.ID {
			now = &people[k]
		}
	}
	if op.Action == targets.Remove {
		return a.leaveRepo(i, op, at, who, now)
	}
	switch {
	case now != nil && strings.EqualFold(now.level(), at.role):
		return who.done(op, targets.Already)
	case who.pending():
		return who.done(op, targets.Pending) // as an outside collaborator they would be asked twice
	case now == nil && !who.active():
		return a.inviteTo(op, at, who)
	}
	return a.level(op, at, who)
}

// level gives somebody a level of a repository, in place of the one they have.
func (a *application) level(op targets.Op, at address, who *found) targets.Result {
	resp, err := a.t.send(a.ctx, http.MethodPut, a.t.repoPath(at.name, "/collaborators/"+url.PathEscape(who.Login)), !who.active(),
		map[string]string{"permission": at.role}, nil)
	delete(a.repos, at.name)
	r := a.t.result(op, who.ID, err)
	if err == nil && resp.Status == http.StatusCreated {
		r.Outcome = targets.Pending // has to accept
	}
	return r
}

// leaveRepo takes a level away, and all the direct access with it, unless another
// level takes its place in the same call.
func (a *application) leaveRepo(i int, op targets.Op, at address, who *found, now *collaborator) targets.Result {
	if j := a.another(i, op, at); j > 0 {
		a.instead[i] = j
		return targets.Result{}
	}
	switch {
	case now == nil && who.active():
		return who.done(op, targets.Already)
	case now == nil:
		return a.uninviteFrom(op, at, who)
	case !strings.EqualFold(now.level(), at.role) && (rank(at.role) == 0 || now.height() < rank(at.role)):
		return who.done(op, targets.Already) // has less than that
	}
	if r, own := a.ownLevel(i, op, at, who, *now); !own {
		return r
	}
	_, err := a.t.send(a.ctx, http.MethodDelete, a.t.repoPath(at.name, "/collaborators/"+url.PathEscape(who.Login)), false, nil, nil)
	delete(a.repos, at.name)
	return a.t.result(op, who.ID, err)
}

// ownLevel reports whether what somebody has is more than they have otherwise: only
// then is it known to be their own. One who is losing a team too is asked about
// again when that is done.
func (a *application) ownLevel(i int, op targets.Op, at address, who *found, now collaborator) (targets.Result, bool) {
	if !who.active() {
		return targets.Result{}, true
	}
	r := &reading{t: a.t, ctx: a.ctx, teams: a.members, people: map[int64]*person{
		who.ID: {user: who.user, member: true, owner: who.Role == roleAdmin},
	}}
	otherwise, err := r.otherwise(at.name)
	switch {
	case err != nil:
		return looked(op, err), false
	case now.height() > otherwise(who.ID):
		return targets.Result{}, true
	case !a.isLate:
		a.late = append(a.late, i)
	}
	return refused(op, identity.Conflict, "held through a team, as a member or as an owner: whether there is a level of their own cannot be told"), false
}

// another returns the index of the op that gives the account a level of the same
// repository after op i, 0 where there is none.
func (a *application) another(i int, op targets.Op, at address) int {
	for j := i + 1; j < len(a.ops); j++ {
		next := a.ops[j]
		if next.Account.ID != op.Account.ID || next.Account.Name != op.Account.Name || next.Entitlement.Kind != kindRepo || a.t.check(next) != nil {
			continue
		}
		if to, _ := parse(next.Entitlement); next.Action == targets.Add && strings.EqualFold(to.name, at.name) {
			return j
		}
	}
	return 0
}

// collaborators returns who was added to a repository themselves, asked once.
func (a *application) collaborators(repo string) ([]collaborator, error) {
	if known, ok := a.repos[repo]; ok {
		return known, nil
	}
	people, err := list[collaborator](a.ctx, a.t, a.t.repoPath(repo, "/collaborators"), direct)
	if err != nil {
		return nil, there(err)
	}
	a.repos[repo] = people
	return people, nil
}

// inviteTo invites an outside collaborator to one more repository. An invitation
// that is open is changed and not sent again.
func (a *application) inviteTo(op targets.Op, at address, who *found) targets.Result {
	outside, err := a.isOutside(who)
	switch {
	case err != nil:
		return looked(op, err)
	case !outside:
		return who.stranger(op)
	}
	open, err := a.openFor(at.name, who.ID)
	switch {
	case err != nil:
		return looked(op, err)
	case open == nil:
		return a.level(op, at, who)
	case collaborator{RoleName: open.Permissions}.level() == strings.ToLower(at.role):
		return who.done(op, targets.Pending)
	}
	_, err = a.t.send(a.ctx, http.MethodPatch, a.invitationPath(at.name, open.ID), false, map[string]string{"permissions": wire(at.role)}, nil)
	r := a.t.result(op, who.ID, err)
	if err == nil {
		r.Outcome = targets.Pending
	}
	return r
}

// uninviteFrom withdraws an invitation to a repository.
func (a *application) uninviteFrom(op targets.Op, at address, who *found) targets.Result {
	open, err := a.openFor(at.name, who.ID)
	switch {
	case err != nil:
		return looked(op, err)
	case open != nil && collaborator{RoleName: open.Permissions}.level() == strings.ToLower(at.role):
		_, err := a.t.send(a.ctx, http.MethodDelete, a.invitationPath(at.name, open.ID), false, nil, nil)
		return a.t.result(op, who.ID, err)
	}
	if outside, err := a.isOutside(who); err != nil {
		return looked(op, err)
	} else if !outside && !who.pending() {
		return who.stranger(op)
	}
	return who.done(op, targets.Already)
}

func (a *application) isOutside(who *found) (bool, error) {
	outside, err := list[user](a.ctx, a.t, a.t.orgPath("/outside_collaborators"), nil)
	for _, u := range outside {
		if u.ID == who.ID {
			return true, nil
		}
	}
	return false, err
}

// openFor returns somebody's open invitation to a repository.
func (a *application) openFor(repo string, id int64) (*repoInvitation, error) {
	all, err := list[repoInvitation](a.ctx, a.t, a.t.repoPath(repo, "/invitations"), nil)
	for _, inv := range all {
		if inv.Invitee != nil && inv.Invitee.ID == id && !inv.Expired {
			return &inv, nil
		}
	}
	return nil, there(err)
}

func (a *application) invitationPath(repo string, id int64) string {
	return a.t.repoPath(repo, "/invitations/"+strconv.FormatInt(id, 10))
}

// wire is a level as invitations spell it.
func wire(level string) string {
	switch strings.ToLower(level) {
	case "pull":
		return "read"
	case "push":
		return "write"
	}
	return level
}
