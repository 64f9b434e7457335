package aws

import (
	"context"
	"errors"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"birthright/identity"
	"birthright/targets"
)

// iamTarget is the users and groups of classic IAM in one AWS account. It is safe for
// concurrent use.
type iamTarget struct {
	*conn
	name   string
	create bool
	page   int32
}

// Capabilities says what may be asked of the target. IAM has no user that is switched off.
func (t *iamTarget) Capabilities() targets.Capabilities {
	return targets.Capabilities{
		Kinds: []string{IAMGroup}, CreateAccounts: true, UpdateAccounts: true, DeleteAccounts: true, CreateEntitlements: t.create,
		MaxBatch: 200, Concurrency: 4, FoldNames: true,
	}
}

// Normalise returns a as a read would show it: IAM keeps nothing but the name.
func (t *iamTarget) Normalise(a targets.Account) targets.Account {
	a.Attributes = identity.Attributes{}
	return a
}

// Calls returns how many requests were sent so far.
func (t *iamTarget) Calls() int64 { return t.kit.Calls() }

// Probe says who we are to AWS and whether users and groups can be read.
func (t *iamTarget) Probe(ctx context.Context) (targets.Report, error) {
	who, failed := t.whoAmI(ctx)
	if failed != nil {
		return targets.Report{Reachable: status(failed) != 0, Findings: []targets.Finding{unhappy("sts:GetCallerIdentity", failed)}}, ctx.Err()
	}
	report := targets.Report{Reachable: true, Findings: []targets.Finding{who}}
	nobody := sdk.String("birthright-probe-nobody")
	for _, c := range []check{
		{"iam:ListUsers", "read users", func() (string, error) {
			_, err := t.iam.ListUsers(ctx, &iam.ListUsersInput{MaxItems: sdk.Int32(1)})
			return "", err
		}},
		{"iam:GetUser", "read one user", func() (string, error) {
			_, err := t.iam.GetUser(ctx, &iam.GetUserInput{UserName: nobody})
			return "", unlessMissing(err)
		}},
		{"iam:ListGroups", "read groups", func() (string, error) {
			_, err := t.iam.ListGroups(ctx, &iam.ListGroupsInput{MaxItems: sdk.Int32(1)})
			return "", err
		}},
		{"iam:GetGroup", "read members", func() (string, error) {
			_, err := t.iam.GetGroup(ctx, &iam.GetGroupInput{GroupName: nobody, MaxItems: sdk.Int32(1)})
			return "", unlessMissing(err)
		}},
		{"iam:ListGroupsForUser", "read what one user is in", func() (string, error) {
			_, err := t.iam.ListGroupsForUser(ctx, &iam.ListGroupsForUserInput{UserName: nobody, MaxItems: sdk.Int32(1)})
			return "", unlessMissing(err)
		}},
	} {
		report.Findings = append(report.Findings, c.finding())
	}
	report.Findings = append(report.Findings, t.mayWrite(ctx, who.Detail, []string{"iam:AddUserToGroup", "iam:RemoveUserFromGroup", "iam:CreateUser", "iam:UpdateUser", "iam:DeleteUser"})...)
	return report, ctx.Err()
}

// iamUser is a user of IAM: its id never changes, its name may.
type iamUser struct{ id, name string }

func (t *iamTarget) eachUser(ctx context.Context, take func(iamUser) error) error {
	return pages(ctx, func(marker *string) (*string, error) {
		out, err := t.iam.ListUsers(ctx, &iam.ListUsersInput{Marker: marker, MaxItems: &t.page})
		if err != nil {
			return nil, err
		}
		for _, u := range out.Users {
			if err := take(iamUser{sdk.ToString(u.UserId), sdk.ToString(u.UserName)}); err != nil {
				return nil, err
			}
		}
		return more(out.IsTruncated, out.Marker)
	})
}

// more returns where to go on. A list that is cut and does not say how it goes on
// cannot be read.
func more(truncated bool, marker *string) (*string, error) {
	switch {
	case !truncated:
		return nil, nil
	case sdk.ToString(marker) == "":
		return nil, incomplete("a list is cut off and AWS does not say how it goes on")
	}
	return marker, nil
}

// find returns the user that a names. AWS looks users up by name alone: with an id,
// the name is where it is looked for first, and everywhere after that.
func (t *iamTarget) find(ctx context.Context, a targets.Account) (iamUser, error) {
	if a.Name != "" {
		out, err := t.iam.GetUser(ctx, &iam.GetUserInput{UserName: &a.Name})
		switch err := failure(err); {
		case err == nil && out.User != nil && (a.ID == "" || a.ID == sdk.ToString(out.User.UserId)):
			return iamUser{sdk.ToString(out.User.UserId), sdk.ToString(out.User.UserName)}, nil
		case malformed(err): // no user has such a name
		case err != nil && !isMissing(err):
			return iamUser{}, err
		}
	}
	var found iamUser
	err := t.eachUser(ctx, func(u iamUser) error {
		if a.ID != "" && u.id == a.ID || a.ID == "" && fold(u.name) == fold(a.Name) {
			found = u
		}
		return nil
	})
	if err == nil && found.id == "" {
		err = errNoAccount
	}
	return found, err
}

// groupsOf returns the names of the groups that a user is in.
func (t *iamTarget) groupsOf(ctx context.Context, user string) (map[string]bool, error) {
	groups := map[string]bool{}
	err := pages(ctx, func(marker *string) (*string, error) {
		out, err := t.iam.ListGroupsForUser(ctx, &iam.ListGroupsForUserInput{UserName: &user, Marker: marker, MaxItems: &t.page})
		if err != nil {
			return nil, err
		}
		for _, g := range out.Groups {
			groups[sdk.ToString(g.GroupName)] = true
		}
		return more(out.IsTruncated, out.Marker)
	})
	if isMissing(err) {
		err = errNoAccount
	}
	return groups, err
}

// members hands the users of a group to take.
func (t *iamTarget) members(ctx context.Context, group string, take func(iamUser) error) error {
	err := pages(ctx, func(marker *string) (*string, error) {
		out, err := t.iam.GetGroup(ctx, &iam.GetGroupInput{GroupName: &group, Marker: marker, MaxItems: &t.page})
		if err != nil {
			return nil, err
		}
		for _, u := range out.Users {
			if err := take(iamUser{sdk.ToString(u.UserId), sdk.ToString(u.UserName)}); err != nil {
				return nil, err
			}
		}
		return more(out.IsTruncated, out.Marker)
	})
	if isMissing(err) || malformed(err) {
		err = errNoEntitlement
	}
	return err
}

func (t *iamTarget) entitlement(name string) identity.Entitlement {
	return identity.Entitlement{Target: t.name, Kind: IAMGroup, ID: name}
}

// Read hands out what q asks for, whole or with an error.
func (t *iamTarget) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	known, err := t.readUsers(ctx, q, sink)
	var groups []string
	if err == nil {
		groups, err = t.readGroups(ctx, q, sink)
	}
	if err == nil {
		err = t.readMembers(ctx, q, known, groups, sink)
	}
	if err != nil {
		return targets.End{}, &identity.Error{Kind: kindOf(err), Err: err}
	}
	return targets.End{Complete: true}, nil
}

// readUsers returns the ids of the users that it handed out, with their names.
func (t *iamTarget) readUsers(ctx context.Context, q targets.Query, sink targets.Sink) (map[string]string, error) {
	known := map[string]string{}
	take := func(u iamUser) error {
		if known[u.id] != "" {
			return nil
		}
		known[u.id] = u.name
		return sink.Account(targets.Account{ID: u.id, Name: u.name, Active: true, Attributes: identity.Attributes{}})
	}
	if q.Accounts == nil {
		return known, t.eachUser(ctx, take)
	}
	for _, a := range q.Accounts {
		u, err := t.find(ctx, a)
		if errors.Is(err, errNoAccount) {
			continue
		}
		if err == nil {
			err = take(u)
		}
		if err != nil {
			return nil, err
		}
	}
	return known, nil
}

// readGroups returns the names of the groups that it handed out.
func (t *iamTarget) readGroups(ctx context.Context, q targets.Query, sink targets.Sink) ([]string, error) {
	var names []string
	wanted := map[string]bool{}
	for _, e := range q.Entitlements {
		wanted[e.String()] = true
	}
	err := pages(ctx, func(marker *string) (*string, error) {
		out, err := t.iam.ListGroups(ctx, &iam.ListGroupsInput{Marker: marker, MaxItems: &t.page})
		if err != nil {
			return nil, err
		}
		for _, g := range out.Groups {
			e := t.entitlement(sdk.ToString(g.GroupName))
			if q.Entitlements != nil && !wanted[e.String()] {
				continue
			}
			names = append(names, e.ID)
			if err := sink.Entitlement(targets.Entitlement{Address: e}); err != nil {
				return nil, err
			}
		}
		return more(out.IsTruncated, out.Marker)
	})
	return names, err
}

// readMembers hands out who is in the groups: asked of the users where they are few.
func (t *iamTarget) readMembers(ctx context.Context, q targets.Query, known map[string]string, groups []string, sink targets.Sink) error {
	in := map[string]map[string]bool{}
	byUser := q.Accounts != nil && len(known) <= few
	for id, name := range known {
		if !byUser {
			break
		}
		of, err := t.groupsOf(ctx, name)
		if err != nil {
			return err
		}
		in[id] = of
	}
	for _, group := range groups {
		pass := func(u iamUser) error {
			if known[u.id] == "" {
				return nil
			}
			return sink.Assignment(targets.Assignment{AccountID: u.id, Entitlement: t.entitlement(group)})
		}
		if !byUser {
			if err := t.members(ctx, group, pass); err != nil && !errors.Is(err, errNoEntitlement) {
				return err
			}
			continue
		}
		for id := range known {
			if in[id][group] {
				if err := pass(iamUser{id: id}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
