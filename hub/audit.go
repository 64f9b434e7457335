package hub

import (
	"context"
	"errors"
	"io"
	"iter"
	"strconv"
	"time"

	"birthright/audit"
	"birthright/grants/approval"
	"birthright/rights"
	"birthright/store"
)

// AuditQuery selects records of the log, newest first. Empty fields do not filter.
type AuditQuery struct {
	Since, Until                time.Time // Since ≤ at < Until
	Actor, Action, Subject, Run string
	After                       string // Next of the page before
	Limit                       int    // 0 for all
}

// AuditRecords lists what was done.
func (h *Hub) AuditRecords(ctx context.Context, a approval.Actor, q AuditQuery) (out Page[audit.Record], err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadAudit, rights.Relation{}); err != nil {
			return err
		}
		before, err := number(q.After)
		if err != nil {
			return err
		}
		ask := store.AuditQuery{
			Since: q.Since, Until: q.Until, Actor: q.Actor, Action: q.Action, Subject: q.Subject, Run: q.Run,
			AfterSeq: before, Limit: more(q.Limit), Desc: true,
		}
		var found []audit.Record
		err = s.tx.EachAudit(s.ctx, ask, func(r audit.Record) error {
			found = append(found, r)
			return nil
		})
		out = pageOf(found, q.Limit, func(r audit.Record) string { return strconv.FormatInt(r.Seq, 10) })
		return err
	})
	return out, err
}

// VerifyAudit checks that nobody changed the log. It reads all of it.
func (h *Hub) VerifyAudit(ctx context.Context, a approval.Actor) (verdict audit.Verdict, err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadAudit, rights.Relation{}); err != nil {
			return err
		}
		head, err := s.tx.AuditHead(s.ctx)
		if err != nil {
			return err
		}
		verdict, err = audit.Verify(wholeLog(s.ctx, s.tx), audit.Head{}, head)
		return err
	})
	return verdict, err
}

// ExportAudit writes the whole log in a form that can be checked offline. It reads one
// moment of the database until w has taken everything: w must not be somebody far away.
func (h *Hub) ExportAudit(ctx context.Context, a approval.Actor, w io.Writer) error {
	return h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadAudit, rights.Relation{}); err != nil {
			return err
		}
		head, err := s.tx.AuditHead(s.ctx)
		if err != nil {
			return err
		}
		return audit.Export(w, wholeLog(s.ctx, s.tx), audit.Head{}, head)
	})
}

var errEnough = errors.New("enough")

// wholeLog yields the log from its beginning.
func wholeLog(ctx context.Context, tx *store.Tx) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		err := tx.EachAudit(ctx, store.AuditQuery{}, func(r audit.Record) error {
			if !yield(r, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(audit.Record{}, err)
		}
	}
}
