package client

import (
	"context"
	"io"
	"time"

	"birthright/audit"
	"birthright/grants/approval"
	"birthright/hub"
)

// AuditRecords lists what was done.
func (c Hub) AuditRecords(ctx context.Context, _ approval.Actor, q hub.AuditQuery) (hub.Page[audit.Record], error) {
	query := values("since", moment(q.Since), "until", moment(q.Until), "actor", q.Actor, "action", q.Action, "subject", q.Subject, "run", q.Run)
	return pages[audit.Record](ctx, c.Client, "/audit", query, q.After, q.Limit)
}

// VerifyAudit checks that nobody changed the log.
func (c Hub) VerifyAudit(ctx context.Context, _ approval.Actor) (out audit.Verdict, err error) {
	return out, c.get(ctx, "/audit/verify", nil, &out)
}

// ExportAudit writes the whole log.
func (c Hub) ExportAudit(ctx context.Context, _ approval.Actor, w io.Writer) error {
	return c.download(ctx, "/audit/export", nil, w)
}

// moment writes an instant as a parameter, "" for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
