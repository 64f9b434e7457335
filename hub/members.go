package hub

import (
	"context"
	"strconv"
	"time"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/store"
)

// Member is somebody in a group, and why.
type Member struct {
	User   string     `json:"user"`
	Name   string     `json:"name"`
	Causes []Cause    `json:"causes" nullable:"false"`
	Since  *time.Time `json:"since"`
	EndsAt *time.Time `json:"ends_at"`
}

// MemberQuery selects members of a group, by name. Empty fields do not filter.
type MemberQuery struct {
	Group string
	// Search is found anywhere in user name, display name or email, in any letter case.
	Search string
	After  string // Next of the page before
	Limit  int    // 0 for all
}

// Members lists who is in a group.
func (h *Hub) Members(ctx context.Context, a approval.Actor, q MemberQuery) (out Page[Member], err error) {
	err = h.view(ctx, a, func(s *session) error {
		n, members, err := s.listable(q.Group)
		if err != nil {
			return err
		}
		rows, err := s.tx.MembersNamed(ctx, store.MemberFilter{GroupN: n, Search: q.Search, After: q.After, Limit: more(q.Limit)}, members)
		if err != nil {
			return err
		}
		views, err := s.named(rows)
		out = pageOf(views, q.Limit, func(m Member) string { return m.User })
		return err
	})
	return out, err
}

// listable finds a group whose members the actor may see: its number, and how many they
// are.
func (s *session) listable(name string) (n int64, members int, err error) {
	if err := s.mayList(name); err != nil {
		return 0, 0, err
	}
	numbers, err := s.tx.GroupNumbers(s.ctx, []string{name}, false)
	if err != nil {
		return 0, 0, err
	}
	if _, spelled := s.Engine().Group(name); !spelled && numbers[name] == 0 {
		return 0, 0, noGroup(name)
	}
	counts, _, err := s.membersOf([]string{name})
	return numbers[name], counts[name], err
}

// named gives names to memberships.
func (s *session) named(rows []store.MembershipRow) ([]Member, error) {
	ns := make([]int64, len(rows))
	for i, row := range rows {
		ns[i] = row.UserN
	}
	users, err := s.tx.BareUsers(s.ctx, ns)
	if err != nil {
		return nil, err
	}
	why, err := s.reasons(rows)
	if err != nil {
		return nil, err
	}
	byN := make(map[int64]identity.User, len(users))
	for _, u := range users {
		byN[u.N] = u
	}
	out := make([]Member, len(rows))
	for i, row := range rows {
		u := byN[row.UserN]
		out[i] = Member{u.UserName, u.Attributes.First(identity.AttrDisplayName), why[i], micro(row.Since), micro(row.EndsAt)}
	}
	return out, nil
}

// MomentQuery selects who was in a group at a moment, in the order in which the hub came
// to know them.
type MomentQuery struct {
	Group string
	At    time.Time
	After string // Next of the page before
	Limit int    // 0 for all
}

// MembersThen lists who was in a group at a moment.
func (h *Hub) MembersThen(ctx context.Context, a approval.Actor, q MomentQuery) (out Page[HeldThen], err error) {
	err = h.view(ctx, a, func(s *session) error {
		n, _, err := s.listable(q.Group)
		if err != nil {
			return err
		}
		after, err := number(q.After)
		if err != nil {
			return err
		}
		if _, err := knownAt(ctx, s.tx, q.At); err != nil {
			return err
		}
		stretches, err := s.tx.StretchesAt(ctx, n, q.At, after, more(q.Limit))
		if err != nil {
			return err
		}
		part := pageOf(stretches, q.Limit, func(s store.Stretch) string { return strconv.FormatInt(s.UserN, 10) })
		out.Next = part.Next
		out.Items, err = heldThen(ctx, s.tx, part.Items, q.At)
		return err
	})
	return out, err
}
