package store

import (
	"context"
	"encoding/json"
	"time"

	"birthright/audit"
)

// ReportRow is a report that was made: its figures, and what it found.
type ReportRow struct {
	N        int64
	ID, Kind string
	At       time.Time
	By       string
	Policy   string          // hash of the policy in force
	Summary  json.RawMessage // the figures
	Lines    json.RawMessage // what it found; nil where it was not asked for
}

var reportColumns = concat(ints("n"), words("id", "kind"), ints("at"), words("by_actor", "policy", "summary"), blobs("lines"))

// AddReport keeps a report. Its number and, unless it has one, its ID are filled in.
func (tx *Tx) AddReport(ctx context.Context, r *ReportRow, events ...audit.Event) error {
	n, err := tx.take(ctx, "reports", 1)
	if err != nil {
		return err
	}
	packed, err := pack(r.Lines)
	if err != nil {
		return err
	}
	if r.N = n; r.ID == "" {
		r.ID = publicID("p", n)
	}
	into := bulk{table: "reports", columns: reportColumns}
	err = into.write(ctx, tx, 1, func(_ int, v []any) {
		v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7] = r.N, r.ID, r.Kind, micros(r.At), r.By, r.Policy, string(r.Summary), packed
	})
	return tx.note(err, events)
}

// Reports returns the last reports of a kind, newest first and without their lines. A
// limit of 0 is no bound.
func (tx *Tx) Reports(ctx context.Context, kind string, limit int) ([]ReportRow, error) {
	return list(ctx, tx, func(row scanner) (r ReportRow, err error) {
		var at int64
		var summary string
		err = row.Scan(&r.N, &r.ID, &r.Kind, &at, &r.By, &r.Policy, &summary)
		r.At, r.Summary = instant(at), json.RawMessage(summary)
		return r, err
	}, "SELECT n, id, kind, at, by_actor, policy, summary FROM reports WHERE kind = ? ORDER BY n DESC LIMIT ?", kind, bound(limit))
}

// ReportLines returns what a report found.
func (tx *Tx) ReportLines(ctx context.Context, n int64) (json.RawMessage, error) {
	found, err := list(ctx, tx, func(row scanner) (packed []byte, err error) { return packed, row.Scan(&packed) }, "SELECT lines FROM reports WHERE n = ?", n)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return unpack[json.RawMessage](found[0])
}

// ReportPage returns some reports of a kind, of all where that is "", newest first and
// without what they found. BeforeN is the number of the last one of the page before.
func (tx *Tx) ReportPage(ctx context.Context, kind string, beforeN int64, limit int) ([]ReportRow, error) {
	where, args := "WHERE kind = ?", []any{kind}
	if kind == "" {
		where, args = "WHERE kind <> ?", []any{""}
	}
	if beforeN > 0 {
		where, args = where+" AND n < ?", append(args, beforeN)
	}
	return list(ctx, tx, func(row scanner) (r ReportRow, err error) {
		var at int64
		err = row.Scan(&r.N, &r.ID, &r.Kind, &at, &r.By, &r.Policy)
		r.At = instant(at)
		return r, err
	}, "SELECT n, id, kind, at, by_actor, policy FROM reports "+where+" ORDER BY n DESC LIMIT ?", append(args, bound(limit))...)
}
