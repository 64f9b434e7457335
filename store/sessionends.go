package store

import (
	"context"
	"slices"
	"time"

	"birthright/audit"
)

// SessionEnd is what an account may have open although the access that it rests on
// is gone. It is kept until somebody has ended it.
type SessionEnd struct {
	TargetN, UserN int64
	EntN           int64 // 0: the account itself is gone
	NativeID, Name string
	Since          time.Time
}

var sessionEndColumns = concat(ints("target_n", "user_n", "ent_n"), words("native_id", "name"), ints("since"))

func readSessionEnd(row scanner) (s SessionEnd, err error) {
	var since int64
	err = row.Scan(&s.TargetN, &s.UserN, &s.EntN, &s.NativeID, &s.Name, &since)
	s.Since = instant(since)
	return s, err
}

const selectSessionEnds = "SELECT target_n, user_n, ent_n, native_id, name, since FROM session_ends "

// SessionEnds returns what is to be ended on a target, of everybody where userNs is
// nil, by user and entitlement.
func (tx *Tx) SessionEnds(ctx context.Context, targetN int64, userNs []int64) ([]SessionEnd, error) {
	if userNs == nil {
		return list(ctx, tx, readSessionEnd, selectSessionEnds+"WHERE target_n = ? ORDER BY user_n, ent_n", targetN)
	}
	return list(ctx, tx, readSessionEnd, selectSessionEnds+"WHERE target_n = ? AND user_n IN {numbers} ORDER BY user_n, ent_n", targetN, numbers(userNs))
}

// SaveSessionEnds notes what is to be ended.
func (tx *Tx) SaveSessionEnds(ctx context.Context, rows []SessionEnd, events ...audit.Event) error {
	rows = lastOf(rows, func(s SessionEnd) [3]int64 { return [3]int64{s.TargetN, s.UserN, s.EntN} })
	into := bulk{"session_ends", sessionEndColumns, replacing("target_n, user_n, ent_n", sessionEndColumns)}
	err := into.write(ctx, tx, len(rows), func(i int, v []any) {
		s := rows[i]
		v[0], v[1], v[2], v[3], v[4], v[5] = s.TargetN, s.UserN, s.EntN, s.NativeID, s.Name, micros(s.Since)
	})
	return tx.note(err, events)
}

// DropSessionEnds forgets what was ended, or needs no end any more.
func (tx *Tx) DropSessionEnds(ctx context.Context, rows []SessionEnd, events ...audit.Event) error {
	byTarget := map[int64]pairs{}
	for _, s := range rows {
		byTarget[s.TargetN] = append(byTarget[s.TargetN], [2]int64{s.UserN, s.EntN})
	}
	for target, list := range byTarget {
		for chunk := range slices.Chunk(list, dropChunk) {
			if err := tx.exec(ctx, "DELETE FROM session_ends WHERE target_n = ? AND (user_n, ent_n) IN {pairs}", target, chunk); err != nil {
				return err
			}
		}
	}
	return tx.note(nil, events)
}
