package storetest

import (
	"fmt"
	"iter"
	"time"

	"birthright/audit"
	"birthright/identity"
	"birthright/store"
)

// records reads the whole log.
func (h *Hub) records(tx *store.Tx) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		err := tx.EachAudit(h.Context(), store.AuditQuery{}, func(r audit.Record) error {
			if !yield(r, nil) {
				return errPlanned
			}
			return nil
		})
		if err != nil && err != errPlanned {
			yield(audit.Record{}, err)
		}
	}
}

// verify sees that the log is whole and has n records.
func (h *Hub) verify(n int) {
	h.Helper()
	h.view(func(tx *store.Tx) error {
		head, err := tx.AuditHead(h.Context())
		h.must(err)
		v, err := audit.Verify(h.records(tx), audit.Head{}, head)
		h.same("verdict", v, audit.Verdict{OK: true, Records: int64(n)})
		return err
	})
}

var auditCases = []Case{
	{
		Name: "an event is written with its deed, in order, at one time",
		Why:  "every change has a cause and a trace, or did not happen",
		Run: func(h *Hub) {
			h.pass(1500 * time.Nanosecond)
			h.update(func(tx *store.Tx) error {
				h.must(tx.SaveUsers(h.Context(), []*identity.User{{UserName: "ada"}}, event("user.created"), event("user.staged")))
				h.must(tx.Audit(h.Context(), audit.Event{Action: "x.y", Actor: "a\x00\xff", Detail: map[string]any{"big": int64(1) << 60, "t": "<ü>"}}))
				return tx.SaveRun(h.Context(), store.RunRow{ID: "r"}, event("run.started"))
			})
			h.verify(4)
			var actions []string
			h.view(func(tx *store.Tx) error {
				return tx.EachAudit(h.Context(), store.AuditQuery{}, func(r audit.Record) error {
					actions = append(actions, r.Action)
					h.same("time", r.At, epoch.Add(time.Microsecond))
					return nil
				})
			})
			h.same("actions", actions, []string{"user.created", "user.staged", "x.y", "run.started"})
		},
	},
	{
		Name: "an event that cannot be written undoes its deed",
		Why:  "a deed without a trace must not be possible",
		Run: func(h *Hub) {
			err := h.DB.Update(h.Context(), func(tx *store.Tx) error {
				bad := event("user.created")
				bad.Detail = map[string]any{"f": func() {}}
				return tx.SaveUsers(h.Context(), []*identity.User{{UserName: "ada"}}, bad)
			})
			h.is(err, identity.Invalid)
			h.view(func(tx *store.Tx) error {
				n, err := tx.CountUsers(h.Context())
				h.same("users", n, 0)
				return err
			})
			h.verify(0)
		},
	},
	{
		Name: "the log is one chain across many transactions and pages",
		Why:  "an auditor checks all of it",
		Run: func(h *Hub) {
			for range 3 {
				events := make([]audit.Event, 1500)
				for i := range events {
					events[i] = event(fmt.Sprintf("x.y%d", i))
				}
				h.update(func(tx *store.Tx) error { return tx.Audit(h.Context(), events...) })
			}
			h.verify(4500)
		},
	},
	{
		Name: "the log is searched",
		Why:  "people ask who did what to whom, and when",
		Run: func(h *Hub) {
			for i, e := range []audit.Event{{Actor: "a", Action: "x.y", Subject: "s", Run: "r"}, {Actor: "b", Action: "x.y"}, {Actor: "a", Action: "x.z", Subject: "s"}} {
				if i > 0 {
					h.pass(time.Hour)
				}
				h.update(func(tx *store.Tx) error { return tx.Audit(h.Context(), e) })
			}
			cases := []struct {
				q    store.AuditQuery
				want string
			}{
				{store.AuditQuery{}, "[1 2 3]"}, {store.AuditQuery{Desc: true}, "[3 2 1]"}, {store.AuditQuery{Limit: 2}, "[1 2]"},
				{store.AuditQuery{AfterSeq: 1}, "[2 3]"}, {store.AuditQuery{AfterSeq: 3, Desc: true, Limit: 1}, "[2]"},
				{store.AuditQuery{Actor: "a"}, "[1 3]"}, {store.AuditQuery{Action: "x.y"}, "[1 2]"}, {store.AuditQuery{Subject: "s", Actor: "a"}, "[1 3]"},
				{store.AuditQuery{Run: "r"}, "[1]"}, {store.AuditQuery{Since: epoch.Add(time.Hour)}, "[2 3]"},
				{store.AuditQuery{Since: epoch, Until: epoch.Add(time.Hour)}, "[1]"}, {store.AuditQuery{Actor: "' OR 1=1 --"}, "[]"},
			}
			h.view(func(tx *store.Tx) error {
				for _, c := range cases {
					seqs := []int64{}
					h.must(tx.EachAudit(h.Context(), c.q, func(r audit.Record) error { seqs = append(seqs, r.Seq); return nil }))
					h.same(fmt.Sprintf("%+v", c.q), fmt.Sprint(seqs), c.want)
				}
				return nil
			})
		},
	},
}
