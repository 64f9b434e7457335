package store

// MembershipRow is user × group by numbers. Times are microseconds since 1970
// in UTC; EndsAt is 0 when no cause has an end.
type MembershipRow struct {
	UserN, GroupN, CausesN int64
	Since, EndsAt          int64
}

// Pair names a membership.
type Pair struct{ UserN, GroupN int64 }
