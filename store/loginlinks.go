package store

import (
	"context"
	"time"

	"birthright/audit"
)

// LoginLink is a link that logs somebody in once; its code is never stored.
type LoginLink struct {
	Hash                     [32]byte
	UserN                    int64  // 0: a local administrator
	Name                     string // of who has no user
	Created, Expires, UsedAt time.Time
}

// AddLoginLink keeps a link.
func (tx *Tx) AddLoginLink(ctx context.Context, l LoginLink, events ...audit.Event) error {
	err := tx.exec(ctx, "INSERT INTO login_links (hash, user_n, name, created, expires, used_at) VALUES (?, ?, ?, ?, ?, 0)",
		l.Hash[:], l.UserN, l.Name, micros(orNow(l.Created, tx.now)), micros(l.Expires))
	return tx.note(err, events)
}

// UseLoginLink uses a link up and returns it as it was before; kind NotFound where there
// is none with this hash.
func (tx *Tx) UseLoginLink(ctx context.Context, hash [32]byte) (LoginLink, error) {
	found, err := list(ctx, tx, func(row scanner) (l LoginLink, err error) {
		var created, expires, used int64
		err = row.Scan(&l.UserN, &l.Name, &created, &expires, &used)
		l.Hash, l.Created, l.Expires, l.UsedAt = hash, instant(created), instant(expires), instant(used)
		return l, err
	}, "SELECT user_n, name, created, expires, used_at FROM login_links WHERE hash = ?", hash[:])
	if err == nil && len(found) == 0 {
		err = notFound("login link", "")
	}
	if err != nil {
		return LoginLink{}, err
	}
	return found[0], tx.note(tx.exec(ctx, "UPDATE login_links SET used_at = ? WHERE hash = ? AND used_at = 0", micros(tx.now), hash[:]), nil)
}

// ForgetLoginLinks deletes links that were over before a time, at most so many; the last
// of all stays, since it shows that somebody was let in.
func (tx *Tx) ForgetLoginLinks(ctx context.Context, before time.Time, most int) error {
	return tx.exec(ctx, `DELETE FROM login_links WHERE hash IN (
		SELECT hash FROM login_links WHERE expires < ? AND expires < (SELECT max(expires) FROM login_links) ORDER BY expires LIMIT ?)`, micros(before), most)
}

// NobodyCameIn reports whether there was never a session or a login link: the last link
// is kept for ever.
func (tx *Tx) NobodyCameIn(ctx context.Context) (bool, error) {
	n, err := tx.number(ctx, "SELECT (SELECT count(*) FROM (SELECT 1 FROM sessions LIMIT 1) s) + (SELECT count(*) FROM (SELECT 1 FROM login_links LIMIT 1) l)")
	return n == 0, err
}
