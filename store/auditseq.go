package store

import (
	"context"
	"errors"
	"iter"

	"birthright/audit"
)

// AuditRecords yields what EachAudit hands out, for those who walk the log.
func (tx *Tx) AuditRecords(ctx context.Context, q AuditQuery) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		enough := errors.New("enough")
		err := tx.EachAudit(ctx, q, func(r audit.Record) error {
			if !yield(r, nil) {
				return enough
			}
			return nil
		})
		if err != nil && !errors.Is(err, enough) {
			yield(audit.Record{}, err)
		}
	}
}
