package aws

import (
	"context"
	"slices"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"birthright/identity"
	"birthright/targets"
)

// few is up to how many people are asked one by one who holds what; above it, what
// they may hold is asked who holds it.
const few = 10

// assignments hands out who holds what.
func (r *reader) assignments() error {
	if len(r.users) == 0 {
		return nil
	}
	if r.q.Accounts != nil && len(r.users) <= few {
		if asked, err := r.byPerson(); asked || err != nil {
			return err
		}
	}
	return r.byEntitlement()
}

// byEntitlement asks of each entitlement who holds it.
func (r *reader) byEntitlement() error {
	for _, g := range r.groups {
		members, err := r.membersOf(g.id)
		if err != nil {
			return err
		}
		if err := r.inGroup(g, members); err != nil {
			return err
		}
	}
	for _, arn := range r.arns() {
		if err := r.holdersOf(arn); err != nil {
			return err
		}
	}
	return nil
}

// membersOf returns the users of a group, read once.
func (r *reader) membersOf(group string) ([]string, error) {
	if members, ok := r.members[group]; ok {
		return members, nil
	}
	members := []string{}
	err := r.t.eachMember(r.ctx, r.at.store, group, func(user string) error {
		members = append(members, user)
		return nil
	})
	if isMissing(err) {
		err = nil // deleted while we read
	}
	r.members[group] = members
	return members, err
}

// inGroup passes on who is in a group: in one of an identity provider's by its will,
// which is nothing that we take back.
func (r *reader) inGroup(g group, members []string) error {
	if g.external {
		return r.handOut(Group, g.name, nil, members)
	}
	return r.handOut(Group, g.name, members, nil)
}

// handOut passes on who holds one entitlement, each once: what is held directly is so,
// whatever a group gives besides.
func (r *reader) handOut(kind, id string, direct, indirect []string) error {
	held := map[string]bool{}
	pass := func(users []string, through bool) error {
		for _, user := range users {
			if held[user] || !r.known[user] {
				continue
			}
			held[user] = true
			if err := r.sink.Assignment(targets.Assignment{AccountID: user, Entitlement: r.t.entitlement(kind, id), Indirect: through}); err != nil {
				return err
			}
		}
		return nil
	}
	if err := pass(direct, false); err != nil {
		return err
	}
	return pass(indirect, true)
}

// holdersOf hands out who holds a permission set, on each account where it is in use.
func (r *reader) holdersOf(arn string) error {
	inUse, err := r.t.inUse(r.ctx, r.at.arn, arn)
	if err != nil {
		return err
	}
	for _, account := range r.places[arn] {
		if !inUse[account] {
			continue
		}
		var direct, indirect []string
		err := r.t.eachHolder(r.ctx, r.at.arn, arn, account, func(kind types.PrincipalType, id string) error {
			if kind != types.PrincipalTypeGroup {
				direct = append(direct, id)
				return nil
			}
			members, err := r.membersOf(id)
			indirect = append(indirect, members...)
			return err
		})
		if err != nil {
			return err
		}
		if err := r.handOut(PermissionSet, r.sets[arn]+"@"+account, direct, indirect); err != nil {
			return err
		}
	}
	return nil
}

// inUse returns the accounts that a permission set is provisioned to.
func (t *Target) inUse(ctx context.Context, instance, arn string) (map[string]bool, error) {
	accounts := map[string]bool{}
	err := pages(ctx, func(token *string) (*string, error) {
		out, err := t.sso.ListAccountsForProvisionedPermissionSet(ctx, &ssoadmin.ListAccountsForProvisionedPermissionSetInput{
			InstanceArn: &instance, PermissionSetArn: &arn, MaxResults: &t.page, NextToken: token,
		})
		if err != nil {
			return nil, err
		}
		for _, id := range out.AccountIds {
			accounts[id] = true
		}
		return out.NextToken, nil
	})
	return accounts, err
}

// eachHolder hands out to whom a permission set is assigned on an account.
func (t *Target) eachHolder(ctx context.Context, instance, arn, account string, take func(types.PrincipalType, string) error) error {
	return pages(ctx, func(token *string) (*string, error) {
		out, err := t.sso.ListAccountAssignments(ctx, &ssoadmin.ListAccountAssignmentsInput{
			InstanceArn: &instance, PermissionSetArn: &arn, AccountId: &account, MaxResults: &t.page, NextToken: token,
		})
		if err != nil {
			return nil, err
		}
		for _, a := range out.AccountAssignments {
			if err := take(a.PrincipalType, sdk.ToString(a.PrincipalId)); err != nil {
				return nil, err
			}
		}
		return out.NextToken, nil
	})
}

// holding is a permission set on an account as one user holds it.
type holding struct {
	set, account string
	through      bool // a group's
}

// holdings returns the permission sets of a user or group, on every account. AWS
// answers that to the organisation's management account alone.
func (t *Target) holdings(ctx context.Context, instance, id string, kind types.PrincipalType) ([]holding, error) {
	var out []holding
	err := pages(ctx, func(token *string) (*string, error) {
		page, err := t.sso.ListAccountAssignmentsForPrincipal(ctx, &ssoadmin.ListAccountAssignmentsForPrincipalInput{
			InstanceArn: &instance, PrincipalId: &id, PrincipalType: kind, MaxResults: &t.page, NextToken: token,
		})
		if err != nil {
			return nil, err
		}
		for _, a := range page.AccountAssignments {
			through := kind == types.PrincipalTypeGroup || a.PrincipalType == types.PrincipalTypeGroup
			out = append(out, holding{sdk.ToString(a.PermissionSetArn), sdk.ToString(a.AccountId), through})
		}
		return page.NextToken, nil
	})
	return out, err
}

// person is what one user is in and holds.
type person struct {
	id    string
	in    []string
	holds []holding
}

// byPerson asks of each user what it holds. It is false, and nothing was handed out,
// where AWS does not let us ask so.
func (r *reader) byPerson() (bool, error) {
	var all []person
	for _, user := range r.users {
		p, err := r.heldBy(user)
		if kindOf(err) == identity.Denied {
			r.t.log.Info("AWS does not tell what one user holds: each permission set is asked for its users instead", "target", r.t.name, "error", err)
			return false, nil
		}
		if err != nil {
			return true, err
		}
		all = append(all, p)
	}
	for _, g := range r.groups {
		var members []string
		for _, p := range all {
			if slices.Contains(p.in, g.id) {
				members = append(members, p.id)
			}
		}
		if err := r.inGroup(g, members); err != nil {
			return true, err
		}
	}
	return true, r.handOutHoldings(all)
}

// heldBy asks what one user is in and holds.
func (r *reader) heldBy(user string) (p person, err error) {
	p.id = user
	err = r.t.eachGroupOf(r.ctx, r.at.store, user, func(group string) error {
		p.in = append(p.in, group)
		return nil
	})
	if err != nil || len(r.places) == 0 {
		return p, err
	}
	if p.holds, err = r.t.holdings(r.ctx, r.at.arn, user, types.PrincipalTypeUser); err != nil {
		return p, err
	}
	if slices.ContainsFunc(p.holds, func(h holding) bool { return h.through }) {
		return p, nil // what groups give is in it
	}
	for _, group := range p.in {
		more, err := r.t.holdings(r.ctx, r.at.arn, group, types.PrincipalTypeGroup)
		if err != nil {
			return p, err
		}
		p.holds = append(p.holds, more...)
	}
	return p, nil
}

// handOutHoldings passes on those holdings that are asked for.
func (r *reader) handOutHoldings(all []person) error {
	type at struct{ set, account string }
	direct, indirect := map[at][]string{}, map[at][]string{}
	for _, p := range all {
		for _, h := range p.holds {
			where := direct
			if h.through {
				where = indirect
			}
			where[at{h.set, h.account}] = append(where[at{h.set, h.account}], p.id)
		}
	}
	for _, arn := range r.arns() {
		for _, account := range r.places[arn] {
			here := at{arn, account}
			if err := r.handOut(PermissionSet, r.sets[arn]+"@"+account, direct[here], indirect[here]); err != nil {
				return err
			}
		}
	}
	return nil
}
