// Package backing is what stands behind sign-in: sessions and one-time links are in the
// store. It decides nothing.
//
//	signin.Book, signin.Links, signin.Provided → store.DB
package backing

import (
	"context"
	"crypto/sha256"
	"time"

	"birthright/audit"
	"birthright/signin"
	"birthright/store"
)

const (
	// kept is how long an ended session can still be looked at.
	kept = 30 * 24 * time.Hour
	// most is how many sessions one transaction ends or forgets.
	most = 500
)

// Backing implements signin.Book, signin.Links and signin.Provided.
type Backing struct{ db *store.DB }

// New returns the backing made of a store.
func New(db *store.DB) *Backing { return &Backing{db: db} }

// Session returns a session by the hash of its cookie.
func (b *Backing) Session(ctx context.Context, hash [sha256.Size]byte) (signin.Session, error) {
	row, err := b.db.Session(ctx, hash)
	return session(row), err
}

// Begin keeps a new session.
func (b *Backing) Begin(ctx context.Context, s signin.Session, e audit.Event) error {
	return b.db.Update(ctx, func(tx *store.Tx) error { return tx.AddSession(ctx, row(s), e) })
}

// Touch notes when a session was used.
func (b *Backing) Touch(ctx context.Context, id string, at time.Time) error {
	return b.db.Update(ctx, func(tx *store.Tx) error { return tx.TouchSession(ctx, id, at) })
}

// End ends a session, unless somebody was faster.
func (b *Backing) End(ctx context.Context, s signin.Session, e audit.Event) error {
	return b.db.Update(ctx, func(tx *store.Tx) error {
		open, err := tx.OpenSessionsByID(ctx, []string{s.ID})
		if err != nil || len(open) == 0 {
			return err
		}
		return tx.EndSessions(ctx, []store.SessionRow{row(s)}, e)
	})
}

// overs are the reasons why sessions are over, in the words of the audit log.
var overs = map[string]string{
	store.OverLife: signin.EndLife, store.OverIdle: signin.EndIdle, store.OverPerson: signin.EndPerson, store.OverToken: signin.EndToken,
}

// Over ends the sessions that are over, and forgets those that ended long ago, and links
// that have been useless for as long.
func (b *Backing) Over(ctx context.Context, at, idle time.Time, end func(signin.Session) audit.Event) error {
	var waiting []store.SessionRow
	err := b.db.View(ctx, func(tx *store.Tx) (err error) {
		waiting, err = tx.SessionsOver(ctx, at, idle, 1)
		return err
	})
	if err != nil || len(waiting) == 0 {
		return err
	}
	return b.db.Update(ctx, func(tx *store.Tx) error {
		rows, err := tx.SessionsOver(ctx, at, idle, most)
		if err != nil {
			return err
		}
		for i := range rows {
			rows[i].EndedWhy = overs[rows[i].EndedWhy]
		}
		if err := endAll(ctx, tx, rows, end); err != nil {
			return err
		}
		if err := tx.ForgetSessions(ctx, at.Add(-kept), most); err != nil {
			return err
		}
		return tx.ForgetLoginLinks(ctx, at.Add(-kept), most)
	})
}

// endAll ends sessions for the reasons that they have.
func endAll(ctx context.Context, tx *store.Tx, rows []store.SessionRow, end func(signin.Session) audit.Event) error {
	events := make([]audit.Event, len(rows))
	for i, r := range rows {
		events[i] = end(session(r))
	}
	return tx.EndSessions(ctx, rows, events...)
}

// EndAt ends the sessions of who logged out at the provider.
func (b *Backing) EndAt(ctx context.Context, out signin.LoggedOut, end func(signin.Session) audit.Event) (n int, err error) {
	err = b.db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.ForgetAssertions(ctx, tx.Now(), most); err != nil {
			return err
		}
		fresh, err := tx.NoteAssertion(ctx, "oidc-logout", out.ID, out.Expires)
		if err != nil || !fresh {
			return err
		}
		rows, err := tx.OpenSessionsAt(ctx, out.Subject, out.SID)
		if err != nil {
			return err
		}
		for i := range rows {
			rows[i].EndedWhy = signin.EndProvider
		}
		n = len(rows)
		return endAll(ctx, tx, rows, end)
	})
	return n, err
}

// AddLink keeps a link.
func (b *Backing) AddLink(ctx context.Context, l signin.Link, e audit.Event) error {
	return b.db.Update(ctx, func(tx *store.Tx) error { return tx.AddLoginLink(ctx, store.LoginLink(l), e) })
}

// UseLink uses a link up.
func (b *Backing) UseLink(ctx context.Context, hash [sha256.Size]byte) (l signin.Link, err error) {
	err = b.db.Update(ctx, func(tx *store.Tx) error {
		found, err := tx.UseLoginLink(ctx, hash)
		l = signin.Link(found)
		return err
	})
	return l, err
}

// Refused notes that somebody was not let in.
func (b *Backing) Refused(ctx context.Context, e audit.Event) error {
	return b.db.Update(ctx, func(tx *store.Tx) error { return tx.Audit(ctx, e) })
}

func session(r store.SessionRow) signin.Session { return signin.Session(r) }

func row(s signin.Session) store.SessionRow { return store.SessionRow(s) }
