package store

import (
	"context"
	"time"
)

// Why SessionsOver says that a session must end.
const (
	OverLife   = "life"   // it has lasted as long as it may
	OverIdle   = "idle"   // nobody used it for too long
	OverPerson = "person" // who it is of is not active any more
	OverToken  = "token"  // the token that it was opened with was revoked or has expired
)

// SessionsOver returns open sessions that must not stay open at a time, at most so many,
// with the reason as their EndedWhy. Those last used before idle are idle.
func (tx *Tx) SessionsOver(ctx context.Context, at, idle time.Time, most int) ([]SessionRow, error) {
	return list(ctx, tx, readSession, `SELECT * FROM (
		SELECT s.id, s.hash, s.user_n, s.name, s.way, s.token, s.roles, s.claimed, s.subject, s.sid, s.hint, s.created, s.last_seen, s.expires, s.ended_at,
			CASE WHEN s.expires <= ? THEN 'life'
				WHEN s.last_seen <= ? THEN 'idle'
				WHEN s.user_n <> 0 AND (u.state IS NULL OR u.state <> 'active') THEN 'person'
				WHEN s.token <> '' AND (t.id IS NULL OR t.revoked_at <> 0 OR t.expires_at <> 0 AND t.expires_at <= ?) THEN 'token'
				ELSE '' END AS why
		FROM sessions s LEFT JOIN users u ON u.n = s.user_n LEFT JOIN tokens t ON t.id = s.token
		WHERE s.ended_at = 0) o
		WHERE o.why <> '' ORDER BY o.created, o.id LIMIT ?`, micros(at), micros(idle), micros(at), most)
}
