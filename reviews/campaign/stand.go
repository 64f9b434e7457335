package campaign

import (
	"slices"

	"birthright/grants/approval"
	"birthright/identity"
)

// Matter is an item with what decides who may decide on it now.
type Matter struct {
	// UserN is whose access it is.
	UserN int64
	Rungs [][]string
	// Late says that others are asked too.
	Late bool
}

// Stand says whether a user may decide, and in whose place: first in one's own, then as
// a delegate. Why says why not, where For is empty.
func (m Matter) Stand(userN int64, c approval.Crowd) approval.Standing {
	u, known := c.User(userN)
	switch {
	case !known:
		return approval.Standing{Why: "there is no such user"}
	case u.State != identity.Active:
		return approval.Standing{Why: approval.Away(u.State)}
	case userN == m.UserN:
		return approval.Standing{Why: "nobody decides on their own access"}
	}
	asked, rung := Asked(m.Rungs, m.UserN, c)
	if rung < 0 {
		return approval.Standing{Why: "nobody is left who could decide: a campaign's end is applied to it"}
	}
	var beside []int64
	if m.Late {
		beside = Beside(m.Rungs, asked, rung, m.UserN, c)
	}
	var s approval.Standing
	for _, n := range append([]int64{userN}, c.Principals(userN)...) {
		if n == m.UserN || !able(n, m.UserN, c) {
			continue
		}
		if slices.Contains(beside, n) || m.fairly(n, rung, asked, c) {
			s.For = append(s.For, n)
		}
	}
	if len(s.For) == 0 {
		s.Why = "it is not for you to decide"
	}
	return s
}

// fairly reports whether a rung names a user by more than the word of the one whose
// access it is. A big group is asked member by member: only some of it are listed.
func (m Matter) fairly(n int64, rung int, asked []int64, c approval.Crowd) bool {
	return slices.ContainsFunc(m.Rungs[rung], func(term string) bool { return names(n, term, m.UserN, c) }) &&
		(slices.Contains(asked, n) || len(asked) >= mostAsked)
}
