package jira

import (
	"net/http"
	"net/url"

	"birthright/internal/httpkit"
	"birthright/targets"
)

// group puts somebody into a group or takes them out.
func (a *application) group(op targets.Op, who string) targets.Result {
	id, err := a.groupID(op.Entitlement.ID)
	if err != nil {
		return looked(op, err)
	}
	r := httpkit.Request{Method: http.MethodPost, Path: "/rest/api/3/group/user", Query: url.Values{"groupId": {id}}}
	var in any = map[string]string{"accountId": who}
	if op.Action == targets.Remove {
		r.Method, r.Removes, in = http.MethodDelete, true, nil
		r.Query.Set("accountId", who)
	}
	_, err = a.t.client.JSON(a.ctx, r, in, nil)
	return a.judged(op, err, func() (bool, error) {
		u, err := a.t.user(a.ctx, who)
		return u.in(group{Name: op.Entitlement.ID, ID: id}), err
	})
}

// role makes somebody an actor of a project's role, or none.
func (a *application) role(op targets.Op, who string) targets.Result {
	key, name, _ := splitRole(op.Entitlement.ID)
	id, err := a.roleID(key, name)
	if err != nil {
		return looked(op, err)
	}
	path := rolesPath(key) + "/" + id
	r := httpkit.Request{Method: http.MethodPost, Path: path}
	var in any = map[string][]string{"user": {who}}
	if op.Action == targets.Remove {
		r.Method, r.Removes, in = http.MethodDelete, true, nil
		r.Query = url.Values{"user": {who}}
	}
	_, err = a.t.client.JSON(a.ctx, r, in, nil)
	return a.judged(op, err, func() (bool, error) {
		if _, err := a.t.user(a.ctx, who); err != nil {
			return false, err
		}
		var now actors
		err := a.t.get(a.ctx, path, nil, &now)
		return now.holds(who), gone(err)
	})
}

// judged tells what became of a change. Jira answers 400 to what is so already, and
// to what it does not want; 404 where one of the things that are named is not there.
// Its words are translated and change, so that only a look tells.
func (a *application) judged(op targets.Op, err error, holds func() (bool, error)) targets.Result {
	if code := status(err); code != http.StatusBadRequest && code != http.StatusNotFound && code != http.StatusConflict {
		return httpkit.Result(op, err)
	}
	held, look := holds()
	switch {
	case look != nil:
		return looked(op, look)
	case held == (op.Action == targets.Add):
		return targets.Result{Outcome: targets.Already}
	}
	clear(a.ids) // the name may stand for something else by now
	return httpkit.Result(op, err)
}

// groupID returns what a name stands for.
func (a *application) groupID(name string) (string, error) {
	key := kindGroup + "/" + name
	if id, ok := a.ids[key]; ok {
		return id, nil
	}
	all, err := list[group](a.ctx, a.t, "/rest/api/3/group/bulk", url.Values{"groupName": {name}})
	if err != nil {
		return "", err
	}
	for _, g := range all {
		if g.Name == name {
			a.ids[key] = g.ID
			return g.ID, nil
		}
	}
	return "", errNotThere
}

// roleID returns the id of a project's role.
func (a *application) roleID(project, name string) (string, error) {
	key := project + "/" + name
	if id, ok := a.ids[key]; ok {
		return id, nil
	}
	roles := map[string]string{}
	if err := a.t.get(a.ctx, rolesPath(project), nil, &roles); err != nil {
		return "", gone(err)
	}
	address, ok := roles[name]
	if !ok {
		return "", errNotThere
	}
	a.ids[key] = roleID(address)
	return a.ids[key], nil
}

// gone says of what is missing what it is.
func gone(err error) error {
	if status(err) == http.StatusNotFound {
		return errNotThere
	}
	return err
}
