package aws

import (
	"context"
	"slices"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
)

// permissionSets returns the names of all permission sets by ARN. A name never
// changes, so that each is asked for once.
func (t *Target) permissionSets(ctx context.Context, instance string) (map[string]string, error) {
	var arns []string
	err := pages(ctx, func(token *string) (*string, error) {
		out, err := t.sso.ListPermissionSets(ctx, &ssoadmin.ListPermissionSetsInput{InstanceArn: &instance, MaxResults: &t.page, NextToken: token})
		if err != nil {
			return nil, err
		}
		arns = append(arns, out.PermissionSets...)
		return out.NextToken, nil
	})
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, arn := range arns {
		name, err := t.setName(ctx, instance, arn)
		if err != nil {
			return nil, err
		}
		if name != "" {
			names[arn] = name
		}
	}
	t.memory.learnSets(names)
	return names, nil
}

func (m *memory) learnSets(names map[string]string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.setARNs)
	for arn, name := range names {
		m.setARNs[name] = arn
	}
}

// setName returns a permission set's name; "" where it went meanwhile.
func (t *Target) setName(ctx context.Context, instance, arn string) (string, error) {
	t.memory.mu.Lock()
	name := t.memory.sets[arn]
	t.memory.mu.Unlock()
	if name != "" {
		return name, nil
	}
	out, err := t.sso.DescribePermissionSet(ctx, &ssoadmin.DescribePermissionSetInput{InstanceArn: &instance, PermissionSetArn: &arn})
	if err = failure(err); err != nil {
		if isMissing(err) {
			return "", nil
		}
		return "", err
	}
	if out.PermissionSet == nil || sdk.ToString(out.PermissionSet.Name) == "" {
		return "", incomplete("a permission set without name")
	}
	t.memory.mu.Lock()
	defer t.memory.mu.Unlock()
	t.memory.sets[arn] = *out.PermissionSet.Name
	return *out.PermissionSet.Name, nil
}

// setARN returns the ARN of the permission set of that name.
func (t *Target) setARN(ctx context.Context, instance, name string) (string, error) {
	t.memory.mu.Lock()
	arn := t.memory.setARNs[name]
	t.memory.mu.Unlock()
	if arn != "" {
		return arn, nil
	}
	if _, err := t.permissionSets(ctx, instance); err != nil {
		return "", err
	}
	t.memory.mu.Lock()
	defer t.memory.mu.Unlock()
	if arn = t.memory.setARNs[name]; arn == "" {
		return "", errNoEntitlement
	}
	return arn, nil
}

// accounts returns the ids of the AWS accounts that permission sets are given on.
func (t *Target) accounts(ctx context.Context) ([]string, error) {
	if len(t.only) > 0 {
		return t.only, nil
	}
	var out []string
	err := pages(ctx, func(token *string) (*string, error) {
		page, err := t.orgs.ListAccounts(ctx, &organizations.ListAccountsInput{NextToken: token})
		if err != nil {
			return nil, err
		}
		for _, a := range page.Accounts {
			if sdk.ToString(a.Id) == "" {
				return nil, incomplete("an AWS account without id")
			}
			if active(a) {
				out = append(out, *a.Id)
			}
		}
		return page.NextToken, nil
	})
	slices.Sort(out)
	if err == nil {
		t.memory.mu.Lock()
		defer t.memory.mu.Unlock()
		t.memory.accounts, t.memory.accountsUntil = out, t.now().Add(accountsAge)
	}
	return out, err
}

// knownAccounts is accounts, remembered for a while: the list comes in pages of
// twenty, and whoever asks for one user should not wait for all of it.
func (t *Target) knownAccounts(ctx context.Context) ([]string, error) {
	t.memory.mu.Lock()
	known, until := t.memory.accounts, t.memory.accountsUntil
	t.memory.mu.Unlock()
	if len(known) > 0 && t.now().Before(until) {
		return known, nil
	}
	return t.accounts(ctx)
}

// accountsAge is for how long accounts are remembered.
const accountsAge = 5 * time.Minute

// active reports whether an account is in use: in one that is suspended or closed,
// nothing can be given.
func active(a orgtypes.Account) bool {
	if a.State != "" {
		return a.State == orgtypes.AccountStateActive
	}
	return a.Status == "" || a.Status == orgtypes.AccountStatusActive
}

// manages reports whether permission sets on the account are ours to give.
func (t *Target) manages(account string) bool {
	return len(t.only) == 0 || slices.Contains(t.only, account)
}
