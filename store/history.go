package store

import (
	"context"
	"slices"
	"time"

	"birthright/identity"
)

// What is replaced or deleted of memberships and users leaves a row with from when
// until when it was so. It is written by the statements that replace and delete, so
// that no caller can forget it.

// Stretch is a time during which somebody was in a group by the same causes.
type Stretch struct {
	UserN, GroupN, CausesN int64
	// From and Until bound it; a zero Until means that it goes on.
	From, Until time.Time
	// Since is when the membership itself began, and EndsAt when it was to end; zero
	// for never.
	Since, EndsAt time.Time
	PolicyN       int64 // the policy under which it was given so
}

// During reports whether the stretch covers an instant.
func (s *Stretch) During(at time.Time) bool {
	return !at.Before(s.From) && (s.Until.IsZero() || at.Before(s.Until))
}

// FormerUser is what somebody was for a time.
type FormerUser struct {
	UserN       int64
	From, Until time.Time
	UserName    string
	State       identity.State
	Attributes  identity.Attributes
}

// HistoryBegan returns since when memberships and users are kept: what was before is
// not known. Zero means from the first of them.
func (tx *Tx) HistoryBegan(ctx context.Context) (time.Time, error) {
	began, err := tx.number(ctx, "SELECT began FROM history")
	return instant(began), err
}

const (
	stretchFrom    = "CASE WHEN from_at = 0 THEN since ELSE from_at END"
	keepFormerRows = "INSERT INTO memberships_past (user_n, group_n, from_at, until_at, since, ends_at, causes_n, policy_n) " +
		"SELECT user_n, group_n, " + stretchFrom + ", ?, since, ends_at, causes_n, policy_n FROM memberships WHERE (user_n, group_n) IN {pairs} "
)

// keepFormer keeps memberships that are about to be deleted. What began in this very
// moment never was.
func (tx *Tx) keepFormer(ctx context.Context, list pairs) error {
	now := micros(tx.now)
	return tx.exec(ctx, keepFormerRows+"AND "+stretchFrom+" < ? ON CONFLICT DO NOTHING", now, list, now)
}

// keepReplaced keeps those of memberships that are about to be replaced by some with
// other causes, and returns from when on each of put has its causes. It counts what
// comes and goes.
func (tx *Tx) keepReplaced(ctx context.Context, put []MembershipRow, counts counting) ([]int64, error) {
	from := make([]int64, len(put))
	for start := 0; start < len(put); start += dropChunk {
		chunk := put[start:min(start+dropChunk, len(put))]
		list := make(pairs, len(chunk))
		for i, m := range chunk {
			list[i] = [2]int64{m.UserN, m.GroupN}
		}
		type before struct{ causes, from int64 }
		known := map[Pair]before{}
		err := tx.each(ctx, func(row scanner) error {
			var p Pair
			var b before
			err := row.Scan(&p.UserN, &p.GroupN, &b.causes, &b.from)
			known[p] = b
			return err
		}, "SELECT user_n, group_n, causes_n, "+stretchFrom+" FROM memberships WHERE (user_n, group_n) IN {pairs}", list)
		if err != nil {
			return nil, err
		}
		var replaced pairs
		for i, m := range chunk {
			switch b, there := known[Pair{m.UserN, m.GroupN}]; {
			case !there:
				from[start+i] = m.Since
				counts.add(m.GroupN, m.CausesN, 1)
			case b.causes == m.CausesN:
				from[start+i] = b.from
			default:
				from[start+i] = micros(tx.now)
				counts.add(m.GroupN, b.causes, -1)
				counts.add(m.GroupN, m.CausesN, 1)
				replaced = append(replaced, [2]int64{m.UserN, m.GroupN})
			}
		}
		if len(replaced) > 0 {
			if err := tx.keepFormer(ctx, replaced); err != nil {
				return nil, err
			}
		}
	}
	return from, nil
}

// keepFormerUsers keeps what users were who are about to be replaced.
func (tx *Tx) keepFormerUsers(ctx context.Context, users []*identity.User, created int) error {
	if created == len(users) {
		return nil
	}
	ns := make(numbers, len(users))
	for i, u := range users {
		ns[i] = u.N
	}
	now := micros(tx.now)
	return tx.exec(ctx, `INSERT INTO users_past (user_n, from_at, until_at, user_name, state, department, team, attributes)
		SELECT n, modified, ?, user_name, state, department, team, attributes FROM users WHERE n IN {numbers} AND modified < ? ON CONFLICT DO NOTHING`, now, ns, now)
}

func readStretch(row scanner) (s Stretch, err error) {
	var from, until, since, ends int64
	err = row.Scan(&s.UserN, &s.GroupN, &from, &until, &since, &ends, &s.CausesN, &s.PolicyN)
	s.From, s.Until, s.Since, s.EndsAt = instant(from), instant(until), instant(since), instant(ends)
	return s, err
}

const (
	selectStretches     = "SELECT user_n, group_n, " + stretchFrom + " AS begin_at, 0 AS until_at, since, ends_at, causes_n, policy_n FROM memberships "
	selectPastStretches = "SELECT user_n, group_n, from_at AS begin_at, until_at, since, ends_at, causes_n, policy_n FROM memberships_past "
	byStretch           = " ORDER BY user_n, group_n, begin_at"
)

// StretchesOfUsers returns all that these users were ever in, as far as it is known, by
// user, group and time.
func (tx *Tx) StretchesOfUsers(ctx context.Context, userNs []int64) ([]Stretch, error) {
	ns := numbers(userNs)
	return list(ctx, tx, readStretch, selectStretches+"WHERE user_n IN {numbers} UNION ALL "+selectPastStretches+"WHERE user_n IN {numbers}"+byStretch, ns, ns)
}

// StretchesOfGroup returns everybody who was ever in a group, as far as it is known, by
// user and time.
func (tx *Tx) StretchesOfGroup(ctx context.Context, groupN int64) ([]Stretch, error) {
	return list(ctx, tx, readStretch, selectStretches+"WHERE group_n = ? UNION ALL "+selectPastStretches+"WHERE group_n = ?"+byStretch, groupN, groupN)
}

// EachStretch hands all that was so at some moment of a time to fn, by user, group and
// time. fn must not use the transaction.
func (tx *Tx) EachStretch(ctx context.Context, from, until time.Time, fn func(Stretch) error) error {
	return tx.each(ctx, func(row scanner) error {
		s, err := readStretch(row)
		if err != nil {
			return err
		}
		return fn(s)
	}, selectStretches+"WHERE "+stretchFrom+" < ? UNION ALL "+selectPastStretches+"WHERE until_at > ? AND from_at < ?"+byStretch,
		micros(until), micros(from), micros(until))
}

func readFormerUser(row scanner) (f FormerUser, err error) {
	var from, until int64
	var state, attributes string
	if err = row.Scan(&f.UserN, &from, &until, &f.UserName, &state, &attributes); err != nil {
		return f, err
	}
	f.From, f.Until, f.State = instant(from), instant(until), knownState(state)
	f.Attributes, err = parseAttributes(attributes)
	return f, err
}

const selectFormerUsers = "SELECT user_n, from_at, until_at, user_name, state, attributes FROM users_past "

// FormerUsers returns what these users were before, by user and time.
func (tx *Tx) FormerUsers(ctx context.Context, userNs []int64) ([]FormerUser, error) {
	return list(ctx, tx, readFormerUser, selectFormerUsers+"WHERE user_n IN {numbers} ORDER BY user_n, from_at", numbers(slices.Clone(userNs)))
}

// EachFormerUser hands what anybody was during a time, and is no more, to fn, by user
// and time. fn must not use the transaction.
func (tx *Tx) EachFormerUser(ctx context.Context, from, until time.Time, fn func(FormerUser) error) error {
	return tx.each(ctx, func(row scanner) error {
		f, err := readFormerUser(row)
		if err != nil {
			return err
		}
		return fn(f)
	}, selectFormerUsers+"WHERE until_at > ? AND from_at < ? ORDER BY user_n, from_at", micros(from), micros(until))
}
