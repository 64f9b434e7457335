package aws

import (
	"context"
	"errors"
	"net/http"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// group is a group of the identity store. An external one is kept by an identity
// provider through SCIM: it says who is in it, and we would fight it.
type group struct {
	id, name string
	external bool
}

// member is one membership, by ids.
type member struct{ group, user string }

// mostRemembered bounds what is remembered of memberships.
const mostRemembered = 200_000

// soon is when to come back to what is busy.
const soon = 2 * time.Second

// eachGroup hands every group to take, and remembers their names.
func (t *Target) eachGroup(ctx context.Context, store string, take func(group) error) error {
	return pages(ctx, func(token *string) (*string, error) {
		out, err := t.store.ListGroups(ctx, &identitystore.ListGroupsInput{IdentityStoreId: &store, MaxResults: &t.page, NextToken: token})
		if err != nil {
			return nil, err
		}
		for _, g := range out.Groups {
			found := group{sdk.ToString(g.GroupId), sdk.ToString(g.DisplayName), len(g.ExternalIds) > 0}
			if found.id == "" || found.name == "" {
				return nil, incomplete("a group without id or name")
			}
			t.memory.learnGroup(found)
			if err := take(found); err != nil {
				return nil, err
			}
		}
		return out.NextToken, nil
	})
}

func (m *memory) learnGroup(g group) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.groups[g.name] = g
}

func (m *memory) forgetGroup(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.groups, name)
}

// group returns the group of that name, and whether it is only remembered.
func (t *Target) group(ctx context.Context, store, name string) (g group, remembered bool, err error) {
	t.memory.mu.Lock()
	g, remembered = t.memory.groups[name]
	t.memory.mu.Unlock()
	if remembered {
		return g, true, nil
	}
	found, err := t.store.GetGroupId(ctx, &identitystore.GetGroupIdInput{IdentityStoreId: &store, AlternateIdentifier: unique("displayName", name)})
	switch err := failure(err); {
	case isMissing(err), malformed(err):
		return g, false, errNoEntitlement
	case err != nil:
		return g, false, err
	case sdk.ToString(found.GroupId) == "":
		return g, false, incomplete("a group without id")
	}
	whole, err := t.store.DescribeGroup(ctx, &identitystore.DescribeGroupInput{IdentityStoreId: &store, GroupId: found.GroupId})
	switch err := failure(err); {
	case isMissing(err):
		return g, false, errNoEntitlement
	case err != nil:
		return g, false, err
	}
	g = group{*found.GroupId, name, len(whole.ExternalIds) > 0}
	t.memory.learnGroup(g)
	return g, false, nil
}

// eachMember hands the users of a group to take, and remembers the memberships.
func (t *Target) eachMember(ctx context.Context, store, group string, take func(user string) error) error {
	return pages(ctx, func(token *string) (*string, error) {
		out, err := t.store.ListGroupMemberships(ctx, &identitystore.ListGroupMembershipsInput{
			IdentityStoreId: &store, GroupId: &group, MaxResults: &t.page, NextToken: token,
		})
		if err != nil {
			return nil, err
		}
		for _, m := range out.GroupMemberships {
			user, ok := m.MemberId.(*types.MemberIdMemberUserId)
			if !ok {
				continue // there are only users today; what else comes is not ours
			}
			t.memory.learnMembership(member{group, user.Value}, sdk.ToString(m.MembershipId))
			if err := take(user.Value); err != nil {
				return nil, err
			}
		}
		return out.NextToken, nil
	})
}

// eachGroupOf hands the groups that a user is in to take.
func (t *Target) eachGroupOf(ctx context.Context, store, user string, take func(group string) error) error {
	return pages(ctx, func(token *string) (*string, error) {
		out, err := t.store.ListGroupMembershipsForMember(ctx, &identitystore.ListGroupMembershipsForMemberInput{
			IdentityStoreId: &store, MemberId: &types.MemberIdMemberUserId{Value: user}, MaxResults: &t.page, NextToken: token,
		})
		if err != nil {
			return nil, err
		}
		for _, m := range out.GroupMemberships {
			t.memory.learnMembership(member{sdk.ToString(m.GroupId), user}, sdk.ToString(m.MembershipId))
			if err := take(sdk.ToString(m.GroupId)); err != nil {
				return nil, err
			}
		}
		return out.NextToken, nil
	})
}

func (m *memory) learnMembership(of member, id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if id == "" {
		delete(m.memberships, of)
	} else if len(m.memberships) < mostRemembered {
		m.memberships[of] = id
	}
}

func (m *memory) membership(of member) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.memberships[of]
}

func (t *Target) createGroup(ctx context.Context, op targets.Op) targets.Result {
	at, err := t.where(ctx)
	if err != nil {
		return unsettled(op, err)
	}
	out, err := t.store.CreateGroup(ctx, &identitystore.CreateGroupInput{IdentityStoreId: &at.store, DisplayName: &op.Entitlement.ID})
	if err = failure(err); status(err) == http.StatusConflict {
		t.memory.forgetGroup(op.Entitlement.ID)
		if _, _, missing := t.group(ctx, at.store, op.Entitlement.ID); missing == nil {
			return targets.Result{Outcome: targets.Already}
		}
	}
	if err == nil && sdk.ToString(out.GroupId) != "" {
		t.memory.learnGroup(group{id: *out.GroupId, name: op.Entitlement.ID})
	}
	return result(op, err)
}

// changeMember puts a user into a group or takes it out.
func (t *Target) changeMember(ctx context.Context, op targets.Op) targets.Result {
	at, err := t.where(ctx)
	if err != nil {
		return unsettled(op, err)
	}
	user, err := t.userID(ctx, at.store, op.Account)
	if err != nil {
		return unsettled(op, err)
	}
	g, remembered, err := t.group(ctx, at.store, op.Entitlement.ID)
	switch {
	case err != nil:
		return unsettled(op, err)
	case g.external:
		return targets.Failed(op, targets.Refused, identity.Denied, errors.New("an identity provider keeps this group and says who is in it"))
	}
	do := t.addMember
	if op.Action == targets.Remove {
		do = t.removeMember
	}
	r := do(ctx, op, at.store, member{g.id, user})
	if r.Outcome == targets.Stale && remembered {
		// A group of that name may have been made anew since its id was learned.
		t.memory.forgetGroup(op.Entitlement.ID)
		if g, _, err = t.group(ctx, at.store, op.Entitlement.ID); err != nil {
			return unsettled(op, err)
		}
		r = do(ctx, op, at.store, member{g.id, user})
	}
	return withID(r, user)
}

func (t *Target) addMember(ctx context.Context, op targets.Op, store string, m member) targets.Result {
	out, err := t.store.CreateGroupMembership(ctx, &identitystore.CreateGroupMembershipInput{
		IdentityStoreId: &store, GroupId: &m.group, MemberId: &types.MemberIdMemberUserId{Value: m.user},
	})
	if err == nil {
		t.memory.learnMembership(m, sdk.ToString(out.MembershipId))
		return targets.Result{Outcome: targets.Done}
	}
	var conflict *types.ConflictException
	if !errors.As(err, &conflict) {
		return memberResult(op, err)
	}
	if conflict.Reason == types.ConflictExceptionReasonUniquenessConstraintViolation {
		return targets.Result{Outcome: targets.Already}
	}
	id, look := t.membershipID(ctx, store, m)
	switch {
	case look != nil && !isMissing(look):
		return unsettled(op, look)
	case id != "":
		return targets.Result{Outcome: targets.Already}
	}
	return t.busy(op, failure(err)) // somebody else changes it just now
}

// memberResult is httpkit's, but for an id that AWS does not take for one: that names
// nobody.
func memberResult(op targets.Op, err error) targets.Result {
	if malformed(failure(err)) {
		return targets.Failed(op, targets.Stale, identity.NotFound, failure(err))
	}
	return result(op, err)
}

// busy is what an op is that AWS would not take beside another.
func (t *Target) busy(op targets.Op, err error) targets.Result {
	r := targets.Failed(op, targets.Throttled, identity.Throttled, err)
	r.RetryAt = t.now().Add(soon)
	if f := httpkit.AsFailure(err); f != nil && !f.RetryAt.IsZero() {
		r.RetryAt = f.RetryAt
	}
	return r
}

// membershipID asks for the id of a membership.
func (t *Target) membershipID(ctx context.Context, store string, m member) (string, error) {
	out, err := t.store.GetGroupMembershipId(ctx, &identitystore.GetGroupMembershipIdInput{
		IdentityStoreId: &store, GroupId: &m.group, MemberId: &types.MemberIdMemberUserId{Value: m.user},
	})
	if err != nil {
		return "", failure(err)
	}
	if sdk.ToString(out.MembershipId) == "" {
		return "", incomplete("a membership without id")
	}
	t.memory.learnMembership(m, *out.MembershipId)
	return *out.MembershipId, nil
}

func (t *Target) removeMember(ctx context.Context, op targets.Op, store string, m member) targets.Result {
	id := t.memory.membership(m)
	if id != "" {
		_, err := t.store.DeleteGroupMembership(ctx, &identitystore.DeleteGroupMembershipInput{IdentityStoreId: &store, MembershipId: &id})
		if !isMissing(failure(err)) {
			return t.removed(op, m, err)
		}
		t.memory.learnMembership(m, "") // ended by somebody else; there may be a newer one
	}
	id, err := t.membershipID(ctx, store, m)
	if isMissing(err) || malformed(err) {
		return t.notMember(ctx, op, store, m)
	}
	if err != nil {
		return unsettled(op, err)
	}
	_, err = t.store.DeleteGroupMembership(ctx, &identitystore.DeleteGroupMembershipInput{IdentityStoreId: &store, MembershipId: &id})
	return t.removed(op, m, err)
}

func (t *Target) removed(op targets.Op, m member, err error) targets.Result {
	err = failure(err)
	if err == nil || isMissing(err) {
		t.memory.learnMembership(m, "")
		return targets.Result{Outcome: targets.Done}
	}
	if status(err) == http.StatusConflict {
		return t.busy(op, err)
	}
	return result(op, err)
}

// notMember tells why there is no membership: what was asked for is so already, or
// user or group is not there.
func (t *Target) notMember(ctx context.Context, op targets.Op, store string, m member) targets.Result {
	if _, err := t.find(ctx, store, targets.Account{ID: m.user}); err != nil {
		return unsettled(op, err)
	}
	_, err := t.store.DescribeGroup(ctx, &identitystore.DescribeGroupInput{IdentityStoreId: &store, GroupId: &m.group})
	switch err := failure(err); {
	case isMissing(err):
		return unsettled(op, errNoEntitlement)
	case err != nil:
		return unsettled(op, err)
	}
	return targets.Result{Outcome: targets.Already}
}
