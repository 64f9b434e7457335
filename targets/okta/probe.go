package okta

import (
	"context"
	"net/http"
	"strings"

	sdk "github.com/okta/okta-sdk-golang/v2/okta"
	"github.com/okta/okta-sdk-golang/v2/okta/query"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// nobody is an id that no user has: what is asked of it changes nothing, and is
// refused for want of a right or because there is no such user.
const nobody = "00u0birthright0probe"

// Probe asks for one of everything that reading needs, and for changes of a user who
// is not there.
func (t *Target) Probe(ctx context.Context) (targets.Report, error) {
	one := query.NewQueryParams(query.WithLimit(1))
	_, _, err := t.api.User.ListUsers(ctx, one)
	if f := httpkit.AsFailure(err); f != nil && (f.Status == 0 || f.Kind() == identity.Unavailable) {
		return targets.Report{Findings: []targets.Finding{finding("reach", err, "")}}, ctx.Err()
	}
	report := targets.Report{Reachable: true, Findings: []targets.Finding{finding("read users", err, "okta.users.read")}}
	groups, _, err := t.api.Group.ListGroups(ctx, query.NewQueryParams(query.WithFilter(`type eq "OKTA_GROUP"`), query.WithLimit(1)))
	report.Findings = append(report.Findings, finding("read groups", err, "okta.groups.read"))
	if !t.ignoreRules {
		_, _, err = t.api.Group.ListGroupRules(ctx, one)
		report.Findings = append(report.Findings, finding("read group rules", err, "okta.groups.read"))
	}
	_, err = t.api.User.SuspendUser(ctx, nobody)
	report.Findings = append(report.Findings, attempt("change users", err, "okta.users.manage"), t.changeMembers(ctx, groups))
	return report, ctx.Err()
}

// changeMembers takes nobody out of a group.
func (t *Target) changeMembers(ctx context.Context, groups []*sdk.Group) targets.Finding {
	const check = "change members of groups"
	if len(groups) == 0 {
		return targets.Finding{OK: true, Check: check, Detail: "there is no group of Okta's own to try it on"}
	}
	_, err := t.api.Group.RemoveUserFromGroup(ctx, groups[0].Id, nobody)
	return attempt(check, err, "okta.groups.manage")
}

// attempt is the finding of a change that could not succeed.
func attempt(check string, err error, scope string) targets.Finding {
	if f := httpkit.AsFailure(err); f != nil && (f.Status == http.StatusNotFound || f.Status == http.StatusBadRequest) {
		err = nil
	}
	return finding(check, err, scope)
}

// finding tells of a right that is missing where it can be had.
func finding(check string, err error, scope string) targets.Finding {
	f := httpkit.AsFailure(err)
	switch {
	case err == nil:
		return targets.Finding{OK: true, Check: check, Detail: "allowed"}
	case f == nil:
		return identity.Found(check, "", told(err))
	case f.Status == http.StatusForbidden && scope != "":
		return targets.Finding{Check: check, Detail: f.Err.Error(), Remedy: strings.Join([]string{
			"with oauth: grant the app the scope " + scope + " and an admin role that covers it;",
			"with token: give the token's owner such a role",
		}, " ")}
	}
	return targets.Finding{Check: check, Detail: f.Err.Error(), Remedy: f.Hint}
}
