package aws

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	ssotypes "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// check is one right that a probe tries by a call that changes nothing.
type check struct {
	right string
	what  string
	try   func() (detail string, err error)
}

// Probe says who we are to AWS, tries each right to read, and has AWS say which
// rights to change there are.
func (t *Target) Probe(ctx context.Context) (targets.Report, error) {
	who, failed := t.conn.whoAmI(ctx)
	if failed != nil {
		return targets.Report{Reachable: status(failed) != 0, Findings: []targets.Finding{unhappy("sts:GetCallerIdentity", failed)}}, ctx.Err()
	}
	report := targets.Report{Reachable: true, Findings: []targets.Finding{who}}
	at, err := t.where(ctx)
	if err != nil {
		report.Findings = append(report.Findings, unhappy("sso:ListInstances", failure(err)))
		return report, ctx.Err()
	}
	report.Findings = append(report.Findings, targets.Finding{OK: true, Check: "Identity Center", Detail: at.arn + ", identity store " + at.store})
	for _, c := range slices.Concat(t.readingPeople(ctx, at), t.readingSets(ctx, at)) {
		report.Findings = append(report.Findings, c.finding())
	}
	report.Findings = append(report.Findings, t.aboutIdP(ctx, at))
	report.Findings = append(report.Findings, t.mayWrite(ctx, who.Detail, t.changing())...)
	if t.scim != nil {
		report.Findings = append(report.Findings, t.aboutSCIM(ctx))
	}
	return report, ctx.Err()
}

func (c check) finding() targets.Finding {
	detail, err := c.try()
	if err = failure(err); err != nil {
		return unhappy(c.right, err)
	}
	return targets.Finding{OK: true, Check: c.right, Detail: c.what + detail}
}

// whoAmI asks AWS whom it takes us for: nobody needs a right for that.
func (c *conn) whoAmI(ctx context.Context) (targets.Finding, error) {
	out, err := c.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err = failure(err); err != nil {
		return targets.Finding{}, err
	}
	return targets.Finding{OK: true, Check: "credential", Detail: sdk.ToString(out.Arn)}, nil
}

// readingPeople tries what reading users and groups needs.
func (t *Target) readingPeople(ctx context.Context, at instance) []check {
	one := sdk.Int32(1)
	nobody := "00000000-0000-4000-8000-000000000000"
	return []check{
		{"identitystore:ListUsers", "read users", func() (string, error) {
			_, err := t.store.ListUsers(ctx, &identitystore.ListUsersInput{IdentityStoreId: &at.store, MaxResults: one})
			return "", err
		}},
		{"identitystore:DescribeUser", "read one user", func() (string, error) {
			_, err := t.store.DescribeUser(ctx, &identitystore.DescribeUserInput{IdentityStoreId: &at.store, UserId: &nobody})
			return "", unlessMissing(err)
		}},
		{"identitystore:GetUserId", "find a user by name", func() (string, error) {
			_, err := t.store.GetUserId(ctx, &identitystore.GetUserIdInput{IdentityStoreId: &at.store, AlternateIdentifier: unique("userName", "birthright-probe")})
			return "", unlessMissing(err)
		}},
		{"identitystore:ListGroups", "read groups", func() (string, error) {
			_, err := t.store.ListGroups(ctx, &identitystore.ListGroupsInput{IdentityStoreId: &at.store, MaxResults: one})
			return "", err
		}},
		{"identitystore:ListGroupMemberships", "read members", func() (string, error) {
			_, err := t.store.ListGroupMemberships(ctx, &identitystore.ListGroupMembershipsInput{IdentityStoreId: &at.store, GroupId: &nobody, MaxResults: one})
			return "", unlessMissing(err)
		}},
	}
}

// readingSets tries what reading permission sets needs.
func (t *Target) readingSets(ctx context.Context, at instance) []check {
	out := []check{
		{"sso:ListPermissionSets", "read permission sets", func() (string, error) {
			_, err := t.sso.ListPermissionSets(ctx, &ssoadmin.ListPermissionSetsInput{InstanceArn: &at.arn, MaxResults: sdk.Int32(1)})
			return "", err
		}},
		{"sso:DescribePermissionSet", "read their names", func() (string, error) {
			sets, err := t.permissionSets(ctx, at.arn)
			return fmt.Sprintf(": %d there", len(sets)), err
		}},
		{"sso:ListAccountAssignments", "read who holds them", func() (string, error) { return "", t.tryAssignments(ctx, at) }},
	}
	if len(t.only) > 0 {
		return out
	}
	return append(out, check{"organizations:ListAccounts", "read the organisation's accounts", func() (string, error) {
		_, err := t.orgs.ListAccounts(ctx, &organizations.ListAccountsInput{MaxResults: sdk.Int32(1)})
		return "", err
	}})
}

// tryAssignments reads the holders of one permission set where it is in use.
func (t *Target) tryAssignments(ctx context.Context, at instance) error {
	sets, err := t.permissionSets(ctx, at.arn)
	if err != nil {
		return err
	}
	for arn := range sets {
		used, err := t.inUse(ctx, at.arn, arn)
		if err != nil {
			return err
		}
		for account := range used {
			return t.eachHolder(ctx, at.arn, arn, account, func(ssotypes.PrincipalType, string) error { return nil })
		}
	}
	return nil
}

// changing are the rights to change something.
func (t *Target) changing() []string {
	rights := []string{
		"identitystore:CreateGroupMembership", "identitystore:DeleteGroupMembership", "identitystore:CreateUser", "identitystore:UpdateUser",
		"identitystore:DeleteUser", "sso:CreateAccountAssignment", "sso:DeleteAccountAssignment",
	}
	if t.create {
		rights = append(rights, "identitystore:CreateGroup")
	}
	return rights
}

// mayWrite has AWS simulate its own policies for the credential: nothing else tells
// without a change whether something may be changed.
func (c *conn) mayWrite(ctx context.Context, arn string, rights []string) []targets.Finding {
	const name = "rights to change"
	source := principal(arn)
	if source == "" {
		return []targets.Finding{{OK: true, Check: name, Detail: "cannot be asked for " + arn + ": they show with the first change"}}
	}
	out, err := c.iam.SimulatePrincipalPolicy(ctx, &iam.SimulatePrincipalPolicyInput{PolicySourceArn: &source, ActionNames: rights})
	if err = failure(err); err != nil {
		return []targets.Finding{{OK: true, Check: name, Detail: "not looked at, they show with the first change: " + err.Error()}}
	}
	var findings []targets.Finding
	for _, r := range out.EvaluationResults {
		f := targets.Finding{OK: r.EvalDecision == iamtypes.PolicyEvaluationDecisionTypeAllowed, Check: sdk.ToString(r.EvalActionName), Detail: string(r.EvalDecision)}
		if !f.OK {
			f.Remedy = "allow " + f.Check + " for " + source
		}
		findings = append(findings, f)
	}
	return findings
}

// sessions is what AWS calls somebody who took on a role.
var sessions = regexp.MustCompile(`^arn:([a-z-]+):sts::(\d{12}):assumed-role/([^/]+)/`)

// principal returns whose policies hold for a caller; "" where that cannot be told.
func principal(arn string) string {
	if s := sessions.FindStringSubmatch(arn); s != nil {
		return fmt.Sprintf("arn:%s:iam::%s:role/%s", s[1], s[2], s[3])
	}
	if strings.Contains(arn, ":user/") || strings.Contains(arn, ":role/") {
		return arn
	}
	return ""
}

// aboutIdP looks whether groups come from an identity provider, which then decides who
// is in them.
func (t *Target) aboutIdP(ctx context.Context, at instance) targets.Finding {
	const name = "groups of an identity provider"
	theirs := 0
	err := t.eachGroup(ctx, at.store, func(g group) error {
		if g.external {
			theirs++
		}
		return nil
	})
	switch {
	case err != nil:
		return unhappy(name, err)
	case theirs == 0:
		return targets.Finding{OK: true, Check: name, Detail: "none"}
	}
	return targets.Finding{OK: true, Check: name, Detail: fmt.Sprintf("%d are kept by an identity provider: they are read, and never changed", theirs)}
}

// unlessMissing takes "there is no such thing" for a yes: we were let through to look.
func unlessMissing(err error) error {
	if isMissing(failure(err)) {
		return nil
	}
	return err
}

// aboutSCIM asks the SCIM endpoint for nothing in particular.
func (t *Target) aboutSCIM(ctx context.Context) targets.Finding {
	const name = "scim"
	_, err := t.scim.JSON(ctx, httpkit.Request{Method: http.MethodGet, Path: "/ServiceProviderConfig", Accept: "application/scim+json"}, nil, nil)
	if err != nil {
		return unhappy(name, err)
	}
	return targets.Finding{OK: true, Check: name, Detail: "users can be switched off"}
}

// unhappy makes a finding of an error; one of AWS's tells its own remedy.
func unhappy(name string, err error) targets.Finding {
	if f := httpkit.AsFailure(err); f != nil {
		return targets.Finding{Check: name, Detail: f.Err.Error(), Remedy: f.Hint}
	}
	return identity.Found(name, "", err)
}
