package store

import (
	"context"
	"time"

	"birthright/audit"
)

// AuditQuery selects records of the log, by number. Empty fields do not filter.
type AuditQuery struct {
	Since, Until                time.Time // Since ≤ at < Until
	Actor, Action, Subject, Run string
	AfterSeq                    int64 // with Desc: those before it
	Limit                       int   // 0 for no bound
	Desc                        bool
}

var auditColumns = concat(ints("seq", "at"), words("actor", "action", "subject", "run", "detail"), blobs("prev", "hash"))

// readAudit reads a record as it stands. Detail that was tampered with so that
// it is no longer what the log writes is handed on as text, which does not give
// the hash.
func readAudit(row scanner) (audit.Record, error) {
	var r audit.Record
	var at int64
	var detail string
	var prev, hash []byte
	if err := row.Scan(&r.Seq, &at, &r.Actor, &r.Action, &r.Subject, &r.Run, &detail, &prev, &hash); err != nil {
		return r, err
	}
	r.At = time.UnixMicro(at).UTC()
	copy(r.Prev[:], prev)
	copy(r.Hash[:], hash)
	var err error
	if r.Detail, err = audit.ParseDetail(detail); err != nil {
		r.Detail = map[string]any{"unreadable": detail}
	}
	return r, nil
}

// Audit notes events that have no deed of their own in this transaction.
func (tx *Tx) Audit(ctx context.Context, events ...audit.Event) error { return tx.note(nil, events) }

// appendEvents chains the events of the transaction to the log, in the order of
// the deeds, all at the time of the transaction.
func (tx *Tx) appendEvents(ctx context.Context) error {
	if len(tx.events) == 0 {
		return nil
	}
	head, err := tx.AuditHead(ctx)
	if err != nil {
		return err
	}
	records := make([]audit.Record, len(tx.events))
	details := make([]string, len(tx.events))
	for i, event := range tx.events {
		event.At = tx.now
		if records[i], details[i], err = audit.Seal(head, event); err != nil {
			return invalid("write the audit log", event.Action, err)
		}
		head = records[i].Head()
	}
	into := bulk{table: "audit", columns: auditColumns}
	err = into.write(ctx, tx, len(records), func(i int, v []any) {
		r := &records[i]
		v[0], v[1], v[2], v[3], v[4] = r.Seq, r.At.UnixMicro(), r.Actor, r.Action, r.Subject
		v[5], v[6], v[7], v[8] = r.Run, details[i], r.Prev[:], r.Hash[:]
	})
	if err != nil {
		return err
	}
	return tx.exec(ctx, "UPDATE audit_head SET seq = ?, hash = ? WHERE one = 1", head.Seq, head.Hash[:])
}

// AuditHead returns the end of the log, as it is kept apart from the records.
func (tx *Tx) AuditHead(ctx context.Context) (audit.Head, error) {
	var head audit.Head
	err := tx.each(ctx, func(row scanner) error {
		var hash []byte
		err := row.Scan(&head.Seq, &hash)
		copy(head.Hash[:], hash)
		return err
	}, "SELECT seq, hash FROM audit_head WHERE one = 1")
	return head, err
}

// EachAudit hands the records that q selects to fn, by number. It reads them in
// pages: fn may use the transaction.
func (tx *Tx) EachAudit(ctx context.Context, q AuditQuery, fn func(audit.Record) error) error {
	left := bound(q.Limit)
	return stream(func(after *audit.Record) ([]audit.Record, error) {
		if after != nil {
			q.AfterSeq = after.Seq
		}
		records, err := tx.auditPage(ctx, q, int(min(left, page)))
		left -= int64(len(records))
		return records, err
	}, fn)
}

func (tx *Tx) auditPage(ctx context.Context, q AuditQuery, size int) ([]audit.Record, error) {
	if size == 0 {
		return nil, nil
	}
	s := tx.bun.NewSelect().Table("audit").Column(names(auditColumns)...).Limit(int64(size))
	switch {
	case !q.Desc:
		s = s.Where("seq > ?", q.AfterSeq).Order("seq")
	case q.AfterSeq > 0:
		s = s.Where("seq < ?", q.AfterSeq).Order("seq DESC")
	default:
		s = s.Order("seq DESC")
	}
	for column, value := range map[string]string{"actor": q.Actor, "action": q.Action, "subject": q.Subject, "run": q.Run} {
		if !isText(value) {
			return nil, nil
		}
		if value != "" {
			s = s.Where(column+" = ?", value)
		}
	}
	if !q.Since.IsZero() {
		s = s.Where("at >= ?", micros(q.Since))
	}
	if !q.Until.IsZero() {
		s = s.Where("at < ?", micros(q.Until))
	}
	return selected(ctx, s, readAudit)
}

// AuditOf returns the records of one action about some subjects, by number.
func (tx *Tx) AuditOf(ctx context.Context, action string, subjects []string) ([]audit.Record, error) {
	if len(subjects) == 0 {
		return nil, nil
	}
	return list(ctx, tx, readAudit, "SELECT "+namesOf(auditColumns)+" FROM audit WHERE subject IN {texts} AND action = ? ORDER BY seq", texts(subjects), action)
}
