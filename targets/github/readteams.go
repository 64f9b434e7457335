package github

import (
	"net/url"

	"birthright/targets"
)

// readTeams notes teams and who is in them.
func (r *reading) readTeams(q targets.Query) error {
	teams, err := r.teamsOf(q)
	if err != nil {
		return err
	}
	parents := map[int64]bool{}
	for _, tm := range teams {
		if tm.Parent != nil {
			parents[tm.Parent.ID] = true
		}
	}
	for _, tm := range teams {
		if err := r.readTeam(q, tm, parents[tm.ID]); err != nil {
			return err
		}
	}
	return nil
}

// teamsOf returns the teams that q asks for.
func (r *reading) teamsOf(q targets.Query) ([]team, error) {
	slugs, all := r.wanted(q, kindTeam)
	if all {
		return list[team](r.ctx, r.t, r.t.orgPath("/teams"), nil)
	}
	var out []team
	for _, slug := range slugs {
		var tm team
		err := r.t.one(r.ctx, r.t.teamPath(slug, ""), &tm)
		switch {
		case missing(err), err == nil && tm.Slug != slug:
			continue
		case err != nil:
			return nil, err
		}
		out = append(out, tm)
	}
	return out, nil
}

// readTeam notes one team. Where the server does not tell who is in it through a
// child team, nobody's membership is taken for their own.
func (r *reading) readTeam(q targets.Query, tm team, hasChildren bool) error {
	members, err := r.members(tm.Slug)
	if err != nil {
		return err
	}
	readOnly, err := r.foreign(tm)
	if err != nil {
		return err
	}
	silent := hasChildren && !tells(members)
	readOnly = readOnly || silent
	plain, role := address{kind: kindTeam, name: tm.Slug}, address{kind: kindTeam, name: tm.Slug, role: maintainer}
	r.entitlement(q, plain, tm.Name, readOnly)
	r.entitlement(q, role, tm.Name+", maintainer", readOnly)
	for _, m := range members {
		indirect := silent || m.inherited()
		r.holds(q, m.user, plain, indirect)
		if m.Role == maintainer && !m.inherited() {
			p := r.people[m.ID]
			r.holds(q, m.user, role, silent || p != nil && p.owner)
		}
	}
	return nil
}

// tells reports whether the members say if they are inherited.
func tells(members []teamMember) bool {
	for _, m := range members {
		if m.Inherited == nil {
			return false
		}
	}
	return true
}

func (m teamMember) inherited() bool { return m.Inherited != nil && *m.Inherited }

// members reads who is in a team, once.
func (r *reading) members(slug string) ([]teamMember, error) {
	if known, ok := r.teams[slug]; ok {
		return known, nil
	}
	members, err := list[teamMember](r.ctx, r.t, r.t.teamPath(slug, "/members"), url.Values{"role": {"all"}})
	if err == nil {
		r.teams[slug] = members
	}
	return members, err
}

// foreign reports whether somebody else decides who is in the team: an enterprise, a
// directory, or an identity provider.
func (r *reading) foreign(tm team) (bool, error) {
	if tm.Type == "enterprise" || tm.LDAP != "" || r.t.idp == "" {
		return tm.Type == "enterprise" || tm.LDAP != "", nil
	}
	var tied struct {
		Groups []struct{} `json:"groups"`
	}
	err := r.t.one(r.ctx, r.t.teamPath(tm.Slug, r.t.idp), &tied)
	if notTied(err) {
		return false, nil
	}
	return len(tied.Groups) > 0, err
}
