package jira

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// nobody is an accountId that Atlassian gives nobody.
const nobody = "birthright-probe-4f1c2a"

// Probe looks at each right that is needed. Whether groups may be changed shows when
// somebody is taken out whom there is not.
func (t *Target) Probe(ctx context.Context) (targets.Report, error) {
	var some []user
	if err := t.get(ctx, "/rest/api/3/users/search", at(nil, 0, 1), &some); err != nil {
		return targets.Report{Reachable: httpkit.AsFailure(err) != nil && status(err) == http.StatusForbidden,
			Findings: []targets.Finding{found("read users", err, "the global permission Browse users and groups")}}, nil
	}
	report := targets.Report{Reachable: true}
	add := func(f targets.Finding) { report.Findings = append(report.Findings, f) }
	add(found("read users", nil, ""))
	if hidden(some) {
		add(targets.Finding{Check: "addresses", Detail: "the address of the first user is hidden",
			Remedy: "people are found by address only where the organisation manages their accounts, or they show it"})
	}
	if t.has(kindGroup) {
		t.probeGroups(ctx, add)
	}
	if t.has(kindRole) {
		t.probeRoles(ctx, add)
	}
	return report, ctx.Err()
}

func hidden(some []user) bool {
	return len(some) > 0 && some[0].person() && some[0].Active && some[0].Email == ""
}

// probeGroups looks at the first group.
func (t *Target) probeGroups(ctx context.Context, add func(targets.Finding)) {
	var groups struct{ Values []group }
	err := t.get(ctx, "/rest/api/3/group/bulk", at(nil, 0, 1), &groups)
	add(found("read groups", err, "the global permission Browse users and groups"))
	if err != nil || len(groups.Values) == 0 {
		return
	}
	id := groups.Values[0].ID
	err = t.get(ctx, "/rest/api/3/group/member", at(url.Values{"groupId": {id}}, 0, 1), nil)
	add(found("read members of groups", err, "the global permission Administer Jira"))
	_, err = t.client.JSON(ctx, httpkit.Request{Method: http.MethodDelete, Path: "/rest/api/3/group/user", Removes: true,
		Query: url.Values{"groupId": {id}, "accountId": {nobody}}}, nil, nil)
	switch status(err) {
	case http.StatusNotFound, http.StatusBadRequest:
		err = nil
	case 0:
		if err == nil {
			err = errors.New("the site took somebody out whom there is not")
		}
	}
	add(found("change members of groups", err, "site administration: membership of the group site-admin or org-admins"))
}

// probeRoles looks at the roles of the first project.
func (t *Target) probeRoles(ctx context.Context, add func(targets.Finding)) {
	var projects struct {
		Total  int
		Values []project
	}
	err := t.get(ctx, "/rest/api/3/project/search", at(nil, 0, 1), &projects)
	add(found("read projects", err, "the permission Browse projects in all of them"))
	if err != nil || len(projects.Values) == 0 {
		return
	}
	key := projects.Values[0].Key
	err = t.get(ctx, rolesPath(key), nil, new(map[string]string))
	add(found(fmt.Sprintf("read roles of %s", key), err, "the permission Administer projects, or Administer Jira"))
}

// found makes a finding; right is what may be missing.
func found(check string, err error, right string) targets.Finding {
	if err == nil {
		return targets.Finding{OK: true, Check: check, Detail: "works"}
	}
	f := httpkit.AsFailure(err)
	if f == nil {
		return identity.Found(check, "", err)
	}
	out := targets.Finding{Check: check, Detail: f.Err.Error(), Remedy: f.Hint}
	if f.Status == http.StatusForbidden || f.Status == http.StatusNotFound {
		out.Remedy = "give the token's account " + right
	}
	return out
}
