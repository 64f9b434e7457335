package hub

import (
	"cmp"
	"slices"
	"time"

	"birthright/identity"
	"birthright/store"
)

// Membership is a group that somebody is in, and why.
type Membership struct {
	Group  string     `json:"group"`
	Causes []Cause    `json:"causes" nullable:"false"`
	Since  *time.Time `json:"since"`
	EndsAt *time.Time `json:"ends_at"`
}

// Cause is a cause of a membership, with the version of the policy under which it was
// given; "" where that was not kept.
type Cause struct {
	identity.Cause
	Version string `json:"version"`
}

// given are the causes of a membership under the policy that gave it.
func given(causes []identity.Cause, version string) []Cause {
	out := make([]Cause, len(causes))
	for i, c := range causes {
		out[i] = Cause{c, version}
	}
	return out
}

// memberships loads the stored memberships of some users, with names: so many queries,
// whatever the number of users.
func (s *session) memberships(users []identity.User) (map[int64][]Membership, error) {
	ns := make([]int64, len(users))
	out := make(map[int64][]Membership, len(users))
	for i, u := range users {
		ns[i] = u.N
		out[u.N] = []Membership{}
	}
	rows, err := s.tx.MembershipsOfUsers(s.ctx, ns)
	if err != nil {
		return nil, err
	}
	groupNs := make([]int64, len(rows))
	for i, row := range rows {
		groupNs[i] = row.GroupN
	}
	names, err := s.tx.GroupNames(s.ctx, groupNs)
	if err != nil {
		return nil, err
	}
	why, err := s.reasons(rows)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		out[row.UserN] = append(out[row.UserN], Membership{Group: names[row.GroupN], Causes: why[i], Since: micro(row.Since), EndsAt: micro(row.EndsAt)})
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b Membership) int { return cmp.Compare(a.Group, b.Group) })
	}
	return out, nil
}

// reasons are the causes of each of some memberships.
func (s *session) reasons(rows []store.MembershipRow) ([][]Cause, error) {
	causes, err := s.tx.CausesOf(s.ctx, rows)
	if err != nil {
		return nil, err
	}
	versions := map[int64]string{}
	for _, row := range rows {
		versions[row.PolicyN] = ""
	}
	ns := make([]int64, 0, len(versions))
	for n := range versions {
		ns = append(ns, n)
	}
	kept, err := s.tx.PoliciesByN(s.ctx, ns)
	for _, p := range kept {
		versions[p.N] = p.Version()
	}
	out := make([][]Cause, len(rows))
	for i, row := range rows {
		out[i] = given(causes[row.CausesN], versions[row.PolicyN])
	}
	return out, err
}

// micro is a stored time, nil for never.
func micro(us int64) *time.Time {
	if us == 0 {
		return nil
	}
	return instant(time.UnixMicro(us))
}
