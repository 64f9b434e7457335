package github

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"birthright/internal/httpkit"
	"birthright/targets"
)

// readPeople finds who is in the organisation, and outside collaborators where
// repositories are looked at.
func (r *reading) readPeople(q targets.Query) error {
	if q.Accounts != nil {
		return r.readSome(q.Accounts)
	}
	members, err := list[user](r.ctx, r.t, r.t.orgPath("/members"), nil)
	if err != nil {
		return err
	}
	for _, u := range members {
		r.people[u.ID] = &person{user: u, member: true}
	}
	if err := r.readOwners(); err != nil {
		return err
	}
	outside, err := r.outside()
	for _, u := range outside {
		if r.people[u.ID] == nil {
			r.people[u.ID] = &person{user: u}
		}
	}
	return err
}

// readOwners marks the owners: they are maintainers of their teams and may do
// everything in every repository.
func (r *reading) readOwners() error {
	owners, err := list[user](r.ctx, r.t, r.t.orgPath("/members"), url.Values{"role": {"admin"}})
	for _, u := range owners {
		if r.people[u.ID] == nil {
			r.people[u.ID] = &person{user: u, member: true}
		}
		r.people[u.ID].owner = true
	}
	return err
}

// outside returns the collaborators who are no members.
func (r *reading) outside() ([]user, error) {
	if !r.t.has(kindRepo) {
		return nil, nil
	}
	return list[user](r.ctx, r.t, r.t.orgPath("/outside_collaborators"), nil)
}

// readSome finds those that are asked for.
func (r *reading) readSome(accounts []targets.Account) error {
	var elsewhere []user
	for _, a := range accounts {
		u, m, err := r.t.find(r.ctx, a)
		switch {
		case errors.Is(err, errNobody):
			continue
		case err != nil:
			return err
		case m.State == stateActive:
			r.people[u.ID] = &person{user: u, member: true, owner: m.Role == roleAdmin}
		default:
			elsewhere = append(elsewhere, u)
		}
	}
	if len(elsewhere) == 0 {
		return nil
	}
	outside, err := r.outside()
	for _, u := range outside {
		for _, e := range elsewhere {
			if e.ID == u.ID || e.ID == 0 && strings.EqualFold(e.Login, u.Login) {
				r.people[u.ID] = &person{user: u}
			}
		}
	}
	return err
}

var errNobody = errors.New("no such account")

// find tells who a is now and what the organisation says of them; a zero membership
// means that they are no member. An account with an id is that id, whatever its
// login was; without one it is the login. It returns errNobody where there is no
// such account on GitHub. One that is found by login and is no member has no id.
func (t *Target) find(ctx context.Context, a targets.Account) (user, membership, error) {
	if a.ID != "" && !digits.MatchString(a.ID) {
		return user{}, membership{}, errNobody
	}
	if loginForm.MatchString(a.Name) {
		m, err := t.membership(ctx, a.Name)
		switch {
		case err != nil:
			return user{}, m, err
		case m.User != nil && (a.ID == "" || accountID(m.User.ID) == a.ID):
			return *m.User, m, nil
		case a.ID == "":
			return user{Login: a.Name}, membership{}, nil
		}
	}
	if a.ID == "" {
		return user{}, membership{}, errNobody
	}
	return t.findID(ctx, a.ID)
}

// findID asks whose login belongs to the id by now.
func (t *Target) findID(ctx context.Context, id string) (u user, m membership, err error) {
	err = t.one(ctx, "/user/"+id, &u)
	switch {
	case missing(err) || err == nil && accountID(u.ID) != id:
		return user{}, m, errNobody
	case err != nil:
		return user{}, m, err
	}
	m, err = t.membership(ctx, u.Login)
	if m.User != nil && m.User.ID != u.ID {
		m = membership{} // renamed between the two
	}
	return u, m, err
}

// membership asks what the organisation says of a login; nothing is a zero one.
func (t *Target) membership(ctx context.Context, login string) (m membership, err error) {
	err = t.one(ctx, t.membershipPath(login), &m)
	if missing(err) {
		return membership{}, nil
	}
	return m, err
}

// missing reports whether err says that nothing has the name: GitHub's 404, or that
// it has another name by now. An address is a name, and the hub follows nowhere.
func missing(err error) bool {
	f := httpkit.AsFailure(err)
	return f != nil && (f.Status == http.StatusNotFound || f.Status == http.StatusMovedPermanently || f.Status == http.StatusTemporaryRedirect)
}
