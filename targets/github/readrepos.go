package github

import (
	"net/url"
	"slices"

	"birthright/targets"
)

// readRepos notes repositories and who is a collaborator of each.
func (r *reading) readRepos(q targets.Query) error {
	repos, err := r.reposOf(q)
	if err != nil {
		return err
	}
	for _, repo := range repos {
		if err := r.readRepo(q, repo); err != nil {
			return err
		}
	}
	return nil
}

// reposOf returns the repositories that q asks for.
func (r *reading) reposOf(q targets.Query) ([]repository, error) {
	names, all := r.wanted(q, kindRepo)
	if all {
		return list[repository](r.ctx, r.t, r.t.orgPath("/repos"), url.Values{"type": {"all"}, "sort": {"full_name"}})
	}
	var out []repository
	for _, name := range names {
		var repo repository
		err := r.t.one(r.ctx, r.t.repoPath(name, ""), &repo)
		switch {
		case missing(err), err == nil && repo.Name != name:
			continue
		case err != nil:
			return nil, err
		}
		out = append(out, repo)
	}
	return out, nil
}

// direct asks for those who were added to a repository themselves.
var direct = url.Values{"affiliation": {"direct"}}

// readRepo notes one repository.
func (r *reading) readRepo(q targets.Query, repo repository) error {
	people, err := list[collaborator](r.ctx, r.t, r.t.repoPath(repo.Name, "/collaborators"), direct)
	if err != nil {
		return err
	}
	known := slices.Clone(levels)
	for _, c := range people {
		if !slices.Contains(known, c.level()) {
			known = append(known, c.level())
		}
	}
	for _, level := range known {
		r.entitlement(q, address{kindRepo, repo.Name, level}, repo.Name+", "+level, repo.Archived)
	}
	if len(people) == 0 {
		return nil
	}
	other, err := r.otherwise(repo.Name)
	if err != nil {
		return err
	}
	for _, c := range people {
		r.holdsLevel(q, repo.Name, c, other(c.ID))
	}
	return nil
}

// holdsLevel notes what somebody has. GitHub tells of a direct collaborator only what
// all their access comes to: where that is no more than what they have otherwise,
// their own level cannot be told, and everything up to it is held through something else.
func (r *reading) holdsLevel(q targets.Query, repo string, c collaborator, otherwise int) {
	if c.height() > otherwise {
		r.holds(q, c.user, address{kindRepo, repo, c.level()}, false)
		return
	}
	for _, level := range levels[:c.height()] {
		r.holds(q, c.user, address{kindRepo, repo, level}, true)
	}
	if rank(c.level()) == 0 {
		r.holds(q, c.user, address{kindRepo, repo, c.level()}, true)
	}
}

// otherwise returns what tells the level that somebody has in a repository besides
// having been added to it: through teams, as a member or as an owner.
func (r *reading) otherwise(repo string) (func(id int64) int, error) {
	base, err := r.basePermission()
	if err != nil {
		return nil, err
	}
	teams, err := list[repoTeam](r.ctx, r.t, r.t.repoPath(repo, "/teams"), nil)
	if err != nil {
		return nil, err
	}
	through := map[int64]int{}
	for _, tm := range teams {
		members, err := r.members(tm.Slug)
		if err != nil {
			return nil, err
		}
		height := collaborator{RoleName: tm.Permission, Permissions: tm.Permissions}.height()
		for _, m := range members {
			through[m.ID] = max(through[m.ID], height)
		}
	}
	return func(id int64) int {
		p := r.people[id]
		switch {
		case p != nil && p.owner:
			return rank("admin")
		case p != nil && p.member:
			return max(through[id], rank(base))
		}
		return through[id]
	}, nil
}

// basePermission is the level that every member has in every repository.
func (r *reading) basePermission() (string, error) {
	if r.base != "" {
		return r.base, nil
	}
	var org struct {
		Base string `json:"default_repository_permission"`
	}
	if err := r.t.one(r.ctx, r.t.orgPath(""), &org); err != nil {
		return "", err
	}
	r.base = collaborator{RoleName: org.Base}.level()
	return r.base, nil
}
