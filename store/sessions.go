package store

import (
	"context"
	"strings"
	"time"

	"birthright/audit"
)

// SessionRow is somebody who logged in to the console; what their cookie holds is never
// stored.
type SessionRow struct {
	ID, Name, Way, Token string // Name: of who has no user
	UserN                int64  // 0: a local administrator
	Hash                 [32]byte
	Roles, Claimed       []string // given by the hub's groups at the login, and by claims
	Subject, SID, Hint   string   // what the provider calls the person and its own session; its ID token
	// EndedAt is zero while the session is open; that it has expired is for others to say.
	Created, LastSeen, Expires, EndedAt time.Time
	EndedWhy                            string
}

const sessionColumns = "id, hash, user_n, name, way, token, roles, claimed, subject, sid, hint, created, last_seen, expires, ended_at, ended_why"

const selectSessions = "SELECT " + sessionColumns + " FROM sessions "

func readSession(row scanner) (s SessionRow, err error) {
	var hash []byte
	var roles, claimed string
	var created, seen, expires, ended int64
	err = row.Scan(&s.ID, &hash, &s.UserN, &s.Name, &s.Way, &s.Token, &roles, &claimed, &s.Subject, &s.SID, &s.Hint, &created, &seen, &expires, &ended, &s.EndedWhy)
	copy(s.Hash[:], hash)
	s.Roles, s.Claimed = strings.Fields(roles), strings.Fields(claimed)
	s.Created, s.LastSeen, s.Expires, s.EndedAt = instant(created), instant(seen), instant(expires), instant(ended)
	return s, err
}

// AddSession keeps a session that begins.
func (tx *Tx) AddSession(ctx context.Context, s SessionRow, events ...audit.Event) error {
	err := tx.exec(ctx, "INSERT INTO sessions ("+sessionColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '')",
		s.ID, s.Hash[:], s.UserN, s.Name, s.Way, s.Token, strings.Join(s.Roles, " "), strings.Join(s.Claimed, " "), s.Subject, s.SID, s.Hint,
		micros(orNow(s.Created, tx.now)), micros(orNow(s.LastSeen, tx.now)), micros(s.Expires))
	return tx.note(err, events)
}

// Session returns the session whose cookie has this hash, an ended one too; kind NotFound
// where there is none. It reads in a snapshot of its own: every page begins with it.
func (db *DB) Session(ctx context.Context, hash [32]byte) (SessionRow, error) {
	var found []SessionRow
	err := db.alone(ctx, "use the database", func(row scanner) error {
		s, err := readSession(row)
		found = append(found, s)
		return err
	}, selectSessions+"WHERE hash = ?", hash[:])
	if err == nil && len(found) == 0 {
		err = notFound("session", "")
	}
	if err != nil {
		return SessionRow{}, err
	}
	return found[0], nil
}

// OpenSessions returns sessions that nobody has ended, oldest first: those of some users,
// of everybody where userNs is nil. A limit of 0 is no bound.
func (tx *Tx) OpenSessions(ctx context.Context, userNs []int64, limit int) ([]SessionRow, error) {
	if userNs == nil {
		return list(ctx, tx, readSession, selectSessions+"WHERE ended_at = 0 ORDER BY created, id LIMIT ?", bound(limit))
	}
	return list(ctx, tx, readSession, selectSessions+"WHERE ended_at = 0 AND user_n IN {numbers} ORDER BY created, id LIMIT ?", numbers(userNs), bound(limit))
}

// OpenSessionsByID returns those of some sessions that nobody has ended.
func (tx *Tx) OpenSessionsByID(ctx context.Context, ids []string) ([]SessionRow, error) {
	return list(ctx, tx, readSession, selectSessions+"WHERE ended_at = 0 AND id IN {texts} ORDER BY id", texts(ids))
}

// OpenSessionsAt returns the open sessions that belong to one of the provider's own, by
// its sid, or to a person there, by their sub.
func (tx *Tx) OpenSessionsAt(ctx context.Context, subject, sid string) ([]SessionRow, error) {
	if sid != "" {
		return list(ctx, tx, readSession, selectSessions+"WHERE ended_at = 0 AND sid <> '' AND sid IN {texts} ORDER BY id", texts{sid})
	}
	return list(ctx, tx, readSession, selectSessions+"WHERE ended_at = 0 AND subject <> '' AND subject IN {texts} ORDER BY id", texts{subject})
}

// TouchSession notes when a session was used last.
func (tx *Tx) TouchSession(ctx context.Context, id string, at time.Time) error {
	return tx.note(tx.exec(ctx, "UPDATE sessions SET last_seen = ? WHERE id = ? AND last_seen < ?", micros(at), id, micros(at)), nil)
}

// EndSessions ends sessions, each for its EndedWhy. The ID tokens go: they were kept for
// this.
func (tx *Tx) EndSessions(ctx context.Context, rows []SessionRow, events ...audit.Event) error {
	for _, s := range rows {
		err := tx.exec(ctx, "UPDATE sessions SET ended_at = ?, ended_why = ?, hint = '' WHERE id = ? AND ended_at = 0", micros(tx.now), s.EndedWhy, s.ID)
		if err != nil {
			return err
		}
	}
	return tx.note(nil, events)
}

// ForgetSessions deletes sessions that ended before a time, at most so many.
func (tx *Tx) ForgetSessions(ctx context.Context, before time.Time, most int) error {
	return tx.note(tx.exec(ctx, `DELETE FROM sessions WHERE id IN (
		SELECT id FROM sessions WHERE ended_at <> 0 AND ended_at < ? ORDER BY ended_at LIMIT ?)`, micros(before), most), nil)
}
