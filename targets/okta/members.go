package okta

import (
	"context"
	"errors"
	"time"

	sdk "github.com/okta/okta-sdk-golang/v2/okta"
	"github.com/okta/okta-sdk-golang/v2/okta/query"

	"birthright/identity"
)

// membershipStamp is lastMembershipUpdated; zero where Okta does not say.
type membershipStamp = time.Time

// membership is what was read of a group's members.
type membership struct {
	stamp membershipStamp
	read  time.Time
	ids   []string
}

// unsettled is how old a change must be before the stamp is believed to tell the next
// one from it: two changes may share an instant, and clocks differ.
const unsettled = 5 * time.Minute

func stampOf(g *sdk.Group) membershipStamp {
	if g.LastMembershipUpdated == nil {
		return membershipStamp{}
	}
	return *g.LastMembershipUpdated
}

// memberIDs returns the ids of g's members. They are not asked for again while Okta
// says that they have not changed.
func (t *Target) memberIDs(ctx context.Context, g group) ([]string, error) {
	if m, ok := t.unchanged(g); ok {
		return m.ids, nil
	}
	began := t.now()
	var ids []string
	err := each(ctx, func() ([]*sdk.User, *sdk.Response, error) {
		return t.api.Group.ListGroupUsers(ctx, g.id, query.NewQueryParams(query.WithLimit(t.page)))
	}, func(u *sdk.User) error {
		ids = append(ids, u.Id)
		return nil
	})
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.members[g.id] = membership{stamp: g.stamp, read: began, ids: ids}
	return ids, nil
}

// reallyGone is nil where a group of which no members can be read is not there: one
// that is would otherwise read as empty.
func (t *Target) reallyGone(ctx context.Context, g group) error {
	_, _, err := t.api.Group.GetGroup(ctx, g.id)
	switch {
	case isMissing(err):
		return nil
	case err != nil:
		return told(err)
	}
	return &identity.Error{Kind: identity.Incomplete, Op: "read members", Object: g.name,
		Err: errors.New("the organisation says that the group is not there, and shows it")}
}

func (t *Target) unchanged(g group) (membership, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	m, ok := t.members[g.id]
	return m, ok && !g.stamp.IsZero() && m.stamp.Equal(g.stamp) && g.stamp.Before(m.read.Add(-unsettled)) && t.now().Sub(m.read) < t.reread
}

// groupsOf returns the ids of the groups that the user is in.
func (t *Target) groupsOf(ctx context.Context, id string) (map[string]bool, error) {
	in := map[string]bool{}
	err := each(ctx, func() ([]*sdk.Group, *sdk.Response, error) { return t.api.User.ListUserGroups(ctx, id) },
		func(g *sdk.Group) error {
			in[g.Id] = true
			return nil
		})
	return in, err
}
