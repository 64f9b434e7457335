package hub

import (
	"context"
	"fmt"
	"strings"
	"time"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/rights"
	"birthright/store"
)

// User is somebody as the directory has them.
type User struct {
	ID          string              `json:"id"`
	UserName    string              `json:"userName"`
	State       identity.State      `json:"state"`
	DisplayName string              `json:"displayName"`
	Email       string              `json:"email"`
	Department  string              `json:"department"`
	Team        string              `json:"team"`
	Title       string              `json:"title"`
	Manager     string              `json:"manager"`
	StartDate   *time.Time          `json:"startDate"`
	EndDate     *time.Time          `json:"endDate"`
	Memberships []Membership        `json:"memberships" nullable:"false"`
	Groups      []string            `json:"groups,omitempty" doc:"groups of sources"`
	Attributes  identity.Attributes `json:"attributes,omitempty"`
	Origins     map[string]string   `json:"origins,omitempty" doc:"the source of each attribute"`
	Records     []Record            `json:"records,omitempty"`
	Accounts    []Account           `json:"accounts,omitempty"`
}

// Record is what one source says about somebody.
type Record struct {
	Source    string     `json:"source"`
	Key       string     `json:"key"`
	Live      bool       `json:"live"`
	ChangedAt *time.Time `json:"changed_at"`
}

// UserQuery selects users, by name. Empty fields do not filter.
type UserQuery struct {
	State            identity.State
	Department, Team string
	// Search is found anywhere in user name, display name or email, in any letter case.
	Search string
	After  string // Next of the page before
	Limit  int    // 0 for all
}

// viewUser is a user with memberships and without details.
func viewUser(u identity.User, held []Membership) User {
	return User{
		ID: u.ID, UserName: u.UserName, State: u.State, DisplayName: u.Attributes.First(identity.AttrDisplayName),
		Email: u.Attributes.First(identity.AttrEmail), Department: u.Attributes.First(identity.AttrDepartment),
		Team: u.Attributes.First(identity.AttrTeam), Title: u.Attributes.First(identity.AttrTitle),
		Manager: u.Attributes.First(identity.AttrManager), StartDate: instant(u.StartsAt), EndDate: instant(u.EndsAt),
		Memberships: held,
	}
}

// Users lists users with their memberships.
func (h *Hub) Users(ctx context.Context, a approval.Actor, q UserQuery) (out Page[User], err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ListPeople, rights.Relation{}); err != nil {
			return err
		}
		found, err := s.tx.Users(ctx, store.UserFilter{
			State: q.State, Department: q.Department, Team: q.Team, Search: q.Search, After: q.After, Limit: more(q.Limit),
		})
		if err != nil {
			return err
		}
		held, err := s.memberships(found)
		if err != nil {
			return err
		}
		views := make([]User, len(found))
		for i, u := range found {
			views[i] = viewUser(u, held[u.N])
		}
		out = pageOf(views, q.Limit, func(u User) string { return u.UserName })
		return nil
	})
	return out, err
}

// User returns one user, by name or ID, with all that is known.
func (h *Hub) User(ctx context.Context, a approval.Actor, name string) (out User, err error) {
	err = h.view(ctx, a, func(s *session) error {
		u, err := s.readable(name)
		if err != nil {
			return err
		}
		held, err := s.memberships([]identity.User{u})
		if err != nil {
			return err
		}
		out = viewUser(u, held[u.N])
		out.Groups, out.Attributes, out.Origins = u.Groups, u.Attributes, u.Origins
		if out.Records, err = s.records(u.N); err != nil {
			return err
		}
		out.Accounts, err = s.accounts(u.N)
		return err
	})
	return out, err
}

// readable finds a user whom the actor may look at. Whoever may not list people is not
// told who exists.
func (s *session) readable(name string) (identity.User, error) {
	u, err := s.findUser(name)
	if err != nil && identity.KindOf(err) != identity.NotFound {
		return u, err
	}
	r := rights.Relation{Self: err == nil && u.N == s.Actor.UserN}
	if err == nil && s.Actor.UserN != 0 && !r.Self {
		r.Manager = s.Named(u.Attributes.First(identity.AttrManager)) == s.Actor.UserN
	}
	if denied := s.may(rights.ReadPerson, r); denied != nil {
		return identity.User{}, denied
	}
	return u, err
}

// findUser finds a user by name, or by ID.
func (s *session) findUser(name string) (identity.User, error) {
	u, err := s.tx.UserByName(s.ctx, name)
	if identity.KindOf(err) == identity.NotFound && strings.Count(name, "-") == 4 {
		if byID, errID := s.tx.UserByID(s.ctx, name); errID == nil {
			return byID, nil
		}
	}
	if identity.KindOf(err) == identity.NotFound {
		return u, &identity.Error{
			Kind: identity.NotFound, Err: fmt.Errorf("there is no user %q", name), Hint: "`birthright user list` shows them",
		}
	}
	return u, err
}

func (s *session) records(userN int64) ([]Record, error) {
	found, err := s.tx.RecordsOfUsers(s.ctx, []int64{userN})
	out := make([]Record, len(found[userN]))
	for i, r := range found[userN] {
		out[i] = Record{Source: r.Source, Key: r.Key, Live: r.Live(), ChangedAt: instant(r.Modified)}
	}
	return out, err
}

// instant is a time as programs read it, nil for never.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
