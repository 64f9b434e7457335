package storetest

import (
	"time"

	"birthright/identity"
	"birthright/store"
)

// sessionOf is an open session of a user, of the local administrator for 0.
func sessionOf(id string, userN int64) store.SessionRow {
	s := store.SessionRow{ID: id, UserN: userN, Way: "oidc", Hash: [32]byte{0, 255, id[1]}, Created: epoch, LastSeen: epoch, Expires: epoch.Add(8 * time.Hour)}
	if userN == 0 {
		s.Name = "operator:root"
	}
	return s
}

func idsOf(rows []store.SessionRow) []string {
	out := []string{}
	for _, s := range rows {
		out = append(out, s.ID+s.EndedWhy)
	}
	return out
}

var sessionCases = []Case{
	{
		Name: "a session is found by the hash of its cookie, used, and ended once",
		Why:  "a stolen database must open no session, and an ended one must stay ended",
		Run: func(h *Hub) {
			s := sessionOf("s1", 7)
			s.Roles, s.Claimed, s.Token, s.Subject, s.SID, s.Hint = []string{"admin", "auditor"}, []string{"auditor"}, "t1", "sub-ü", "sid", "x.y.z"
			h.update(func(tx *store.Tx) error {
				h.must(tx.AddSession(h.Context(), s, event("session.opened")))
				h.must(tx.TouchSession(h.Context(), "s1", epoch.Add(time.Minute)))
				return tx.TouchSession(h.Context(), "s1", epoch.Add(time.Second)) // late news
			})
			s.LastSeen = epoch.Add(time.Minute)
			found, err := h.DB.Session(h.Context(), s.Hash)
			h.must(err)
			h.same("session", found, s)
			_, err = h.DB.Session(h.Context(), [32]byte{1})
			h.is(err, identity.NotFound)
			s.EndedWhy = "logged out"
			h.update(func(tx *store.Tx) error {
				return tx.EndSessions(h.Context(), []store.SessionRow{s}, event("session.ended"))
			})
			h.pass(time.Minute)
			s.EndedWhy = "again"
			h.update(func(tx *store.Tx) error { return tx.EndSessions(h.Context(), []store.SessionRow{s}) })
			s.EndedWhy, s.EndedAt, s.Hint = "logged out", epoch, ""
			found, err = h.DB.Session(h.Context(), s.Hash)
			h.must(err)
			h.same("ended session", found, s)
		},
	},
	{
		Name: "open sessions are found by user, by ID, and by what the provider calls them",
		Why:  "whoever ends the sessions of one person must get all of them and nobody else's",
		Run: func(h *Hub) {
			h.update(func(tx *store.Tx) error {
				for i, userN := range []int64{7, 8, 7, 0, 7} {
					s := sessionOf("s"+string(rune('1'+i)), userN)
					s.Created = epoch.Add(time.Duration(i) * time.Minute)
					if userN != 0 {
						s.Subject, s.SID = "sub", "sid"+s.ID
					}
					h.must(tx.AddSession(h.Context(), s))
				}
				return tx.EndSessions(h.Context(), []store.SessionRow{{ID: "s5", EndedWhy: "over"}})
			})
			h.view(func(tx *store.Tx) error {
				check := func(what string, rows []store.SessionRow, err error, want ...string) {
					h.Helper()
					h.must(err)
					h.same(what, idsOf(rows), want)
				}
				rows, err := tx.OpenSessions(h.Context(), []int64{7}, 0)
				check("of one", rows, err, "s1", "s3")
				rows, err = tx.OpenSessions(h.Context(), nil, 3)
				check("the first three", rows, err, "s1", "s2", "s3")
				rows, err = tx.OpenSessionsByID(h.Context(), []string{"s4", "s5", "s9", "s\x00"})
				check("by ID", rows, err, "s4")
				rows, err = tx.OpenSessionsAt(h.Context(), "sub", "sids2")
				check("by sid", rows, err, "s2")
				rows, err = tx.OpenSessionsAt(h.Context(), "sub", "")
				check("by sub", rows, err, "s1", "s2", "s3")
				rows, err = tx.OpenSessionsAt(h.Context(), "", "")
				check("by nothing", rows, err)
				return nil
			})
		},
	},
	{
		Name: "sessions that are over are found with the reason, and forgotten later",
		Why:  "a session that outlives its person, its token or its time is a way in that nobody sees",
		Run: func(h *Hub) {
			ada := &identity.User{UserName: "ada", State: identity.Active}
			eve := &identity.User{UserName: "eve", State: identity.Suspended}
			h.update(func(tx *store.Tx) error {
				h.must(tx.SaveUsers(h.Context(), []*identity.User{ada, eve}))
				h.must(tx.SaveToken(h.Context(), store.TokenRow{ID: "live", UserN: ada.N}))
				h.must(tx.SaveToken(h.Context(), store.TokenRow{ID: "dead", UserN: ada.N, RevokedAt: epoch}))
				h.must(tx.SaveToken(h.Context(), store.TokenRow{ID: "old", UserN: ada.N, ExpiresAt: epoch.Add(time.Minute)}))
				for i, token := range []string{"", "live", "dead", "old", "none"} {
					s := sessionOf("s"+string(rune('1'+i)), ada.N)
					s.Token = token
					h.must(tx.AddSession(h.Context(), s))
				}
				h.must(tx.AddSession(h.Context(), sessionOf("s6", eve.N)))
				h.must(tx.AddSession(h.Context(), sessionOf("s7", 99)))
				short := sessionOf("s8", 0)
				short.Expires = epoch.Add(time.Minute)
				h.must(tx.AddSession(h.Context(), short))
				h.must(tx.AddSession(h.Context(), sessionOf("s9", 0)))
				return tx.TouchSession(h.Context(), "s1", epoch.Add(time.Second))
			})
			over := func(at, idle time.Time, most int, want ...string) {
				h.Helper()
				h.view(func(tx *store.Tx) error {
					rows, err := tx.SessionsOver(h.Context(), at, idle, most)
					h.same("over", idsOf(rows), want)
					return err
				})
			}
			never := epoch.Add(-time.Hour)
			over(epoch, never, 10, "s3token", "s5token", "s6person", "s7person")
			over(epoch.Add(time.Minute), never, 10, "s3token", "s4token", "s5token", "s6person", "s7person", "s8life")
			over(epoch, epoch, 4, "s2idle", "s3idle", "s4idle", "s5idle")
			h.update(func(tx *store.Tx) error {
				rows, err := tx.SessionsOver(h.Context(), epoch, never, 10)
				h.must(err)
				h.must(tx.EndSessions(h.Context(), rows))
				h.must(tx.ForgetSessions(h.Context(), epoch, 10)) // they ended no earlier
				return tx.ForgetSessions(h.Context(), epoch.Add(1000), 3)
			})
			found, err := h.DB.Session(h.Context(), sessionOf("s7", 99).Hash)
			h.must(err)
			h.same("one of four is left", found.EndedWhy, store.OverPerson)
			_, err = h.DB.Session(h.Context(), sessionOf("s3", 0).Hash)
			h.is(err, identity.NotFound)
		},
	},
	{
		Name: "login links that are long over are forgotten, but for the last",
		Why:  "a table that only grows, and a hub that would take itself for new",
		Run: func(h *Hub) {
			link := func(n byte) [32]byte { return [32]byte{n} }
			nobody := func() (none bool) {
				h.view(func(tx *store.Tx) (err error) { none, err = tx.NobodyCameIn(h.Context()); return err })
				return none
			}
			h.same("at first", nobody(), true)
			for n := range byte(4) {
				l := store.LoginLink{Hash: link(n), Name: "operator:root", Created: epoch, Expires: epoch.Add(time.Duration(n) * time.Minute)}
				h.update(func(tx *store.Tx) error { return tx.AddLoginLink(h.Context(), l, event("link.made")) })
			}
			left := func() (ns []byte) {
				for n := range byte(4) {
					h.update(func(tx *store.Tx) error {
						if _, err := tx.UseLoginLink(h.Context(), link(n)); err == nil {
							ns = append(ns, n)
						}
						return nil
					})
				}
				return ns
			}
			forget := func(before time.Time, most int) {
				h.update(func(tx *store.Tx) error { return tx.ForgetLoginLinks(h.Context(), before, most) })
			}
			forget(epoch, 10)
			h.same("none was over", left(), []byte{0, 1, 2, 3})
			forget(epoch.Add(2*time.Minute), 1)
			h.same("one at most", left(), []byte{1, 2, 3})
			forget(epoch.Add(2*time.Minute), 10)
			h.same("those before", left(), []byte{2, 3})
			forget(epoch.Add(time.Hour), 10)
			h.same("but the last", left(), []byte{3})
			h.same("somebody was let in", nobody(), false)
		},
	},
	{
		Name: "a login link is used up once",
		Why:  "whoever finds the link later must not get in by it",
		Run: func(h *Hub) {
			h.view(func(tx *store.Tx) error {
				none, err := tx.NobodyCameIn(h.Context())
				h.same("nobody came in", none, true)
				return err
			})
			l := store.LoginLink{Hash: [32]byte{0, 1, 255}, Name: "operator:root", Created: epoch, Expires: epoch.Add(time.Minute)}
			h.update(func(tx *store.Tx) error { return tx.AddLoginLink(h.Context(), l, event("link.made")) })
			for _, used := range []time.Time{{}, epoch, epoch} {
				h.update(func(tx *store.Tx) error {
					found, err := tx.UseLoginLink(h.Context(), l.Hash)
					l.UsedAt = used
					h.same("link", found, l)
					return err
				})
				h.pass(time.Second)
			}
			h.view(func(tx *store.Tx) error {
				none, err := tx.NobodyCameIn(h.Context())
				h.same("nobody came in", none, false)
				return err
			})
			h.is(h.DB.Update(h.Context(), func(tx *store.Tx) error {
				_, err := tx.UseLoginLink(h.Context(), [32]byte{9})
				return err
			}), identity.NotFound)
		},
	},
}
