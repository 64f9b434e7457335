package console

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"birthright/audit"
	"birthright/grants/approval"
	"birthright/hub"
	"birthright/identity"
)

type auditHub interface {
	AuditRecords(ctx context.Context, a approval.Actor, q hub.AuditQuery) (hub.Page[audit.Record], error)
	VerifyAudit(ctx context.Context, a approval.Actor) (audit.Verdict, error)
	ExportAudit(ctx context.Context, a approval.Actor, w io.Writer) error
}

// auditPage is a page of the log.
type auditPage struct {
	Records []shownRecord
	Asked   map[string]string
	Pager   pager
	// Verdict is what came of checking the chain; nil where nobody asked.
	Verdict *audit.Verdict
}

// shownRecord is a record with its detail as lines.
type shownRecord struct {
	audit.Record
	// About is the page of what it was done to, "" where there is none.
	About string
	Lines []detailLine
}

type detailLine struct{ Name, Value string }

func (c *Console) mountAudit(d door) {
	d.page("GET /audit", c.auditLog)
	d.form("POST /audit", c.verifyAudit)
	d.raw("GET /audit/export", c.exportAudit)
}

func (c *Console) auditLog(r *http.Request, v visitor) (view, error) {
	body := auditPage{Asked: map[string]string{}}
	for _, name := range []string{"since", "until", "actor", "action", "subject", "run"} {
		body.Asked[name] = strings.TrimSpace(r.FormValue(name))
	}
	out := view{Page: "audit.html", Section: "Audit", Title: "Audit log", Body: &body}
	q := hub.AuditQuery{
		Actor: body.Asked["actor"], Action: body.Asked["action"], Subject: body.Asked["subject"], Run: body.Asked["run"], After: r.URL.Query().Get("after"), Limit: pageSize,
	}
	var err error
	if q.Since, err = day(body.Asked["since"], "since"); err == nil {
		q.Until, err = day(body.Asked["until"], "until")
	}
	if err != nil {
		return c.refused(out, err), nil
	}
	found, err := c.Hub.AuditRecords(r.Context(), v.Actor, q)
	if err != nil {
		return view{}, err
	}
	for _, one := range found.Items {
		body.Records = append(body.Records, shownRecord{Record: one, About: aboutPath(one.Subject), Lines: detailLines(one.Detail)})
	}
	body.Pager = pagerOf(r.URL, found.Next)
	return out, nil
}

// verifyAudit checks the whole chain. It is a click, since it reads all of the log.
func (c *Console) verifyAudit(r *http.Request, v visitor) (view, error) {
	verdict, err := c.Hub.VerifyAudit(r.Context(), v.Actor)
	if err != nil {
		return view{}, err
	}
	out, err := c.auditLog(r, v)
	if body, ok := out.Body.(*auditPage); ok {
		body.Verdict = &verdict
	}
	return out, err
}

func (c *Console) exportAudit(w http.ResponseWriter, r *http.Request, v visitor) {
	c.send(w, r, v, "audit.jsonl", "application/jsonl", func(to io.Writer) error { return c.Hub.ExportAudit(r.Context(), v.Actor, to) })
}

// day reads a date, or a date with a time, in UTC; zero for "".
func day(text, field string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := midnight(text); err == nil {
		return t, nil
	}
	return time.Time{}, &identity.Error{Kind: identity.Invalid, Field: field, Err: errNoDay(text)}
}

type errNoDay string

// Error implements error.
func (e errNoDay) Error() string { return `"` + string(e) + `" is no date: write it as 2026-03-05` }

// aboutPath is the page of what a record is about, "" where there is none.
func aboutPath(subject string) string {
	kind, name, _ := strings.Cut(subject, ":")
	section := map[string]string{"user": "/people/", "group": "/groups/", "target": "/targets/", "source": "/sources/"}[kind]
	if section == "" || name == "" {
		return ""
	}
	return section + segmentOf(name)
}

// detailLines are what a record tells besides, by name.
func detailLines(detail map[string]any) []detailLine {
	lines := make([]detailLine, 0, len(detail))
	for _, name := range sortedKeys(detail) {
		text, ok := detail[name].(string)
		if !ok {
			encoded, _ := json.Marshal(detail[name])
			text = string(encoded)
		}
		lines = append(lines, detailLine{name, text})
	}
	return lines
}
