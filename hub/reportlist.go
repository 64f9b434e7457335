package hub

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"birthright/grants/approval"
	"birthright/reviews/creep"
	"birthright/reviews/document"
	"birthright/rights"
)

// KeptReport is a report that was written, on schedule or for somebody.
type KeptReport struct {
	ID     string            `json:"id"`
	Kind   string            `json:"kind"`
	At     time.Time         `json:"made_at"`
	By     string            `json:"written_by"`
	Policy string            `json:"policy"` // hash of the policy in force
	Files  []document.Sealed `json:"files"`
	n      int64
}

// KeptQuery selects reports that were written, newest first.
type KeptQuery struct {
	Kind  string // "" for all
	After string
	Limit int
}

// Reports lists the reports that were written, with the sums of their files as the audit
// log has them.
func (h *Hub) Reports(ctx context.Context, a approval.Actor, q KeptQuery) (out Page[KeptReport], err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadReports, rights.Relation{}); err != nil {
			return err
		}
		before, err := number(q.After)
		if err != nil {
			return err
		}
		rows, err := s.tx.ReportPage(ctx, q.Kind, before, more(q.Limit))
		if err != nil {
			return err
		}
		views, subjects := make([]KeptReport, len(rows)), make([]string, len(rows))
		at := map[string]*KeptReport{}
		for i, r := range rows {
			views[i] = KeptReport{ID: r.ID, Kind: r.Kind, At: r.At, By: r.By, Policy: r.Policy, Files: []document.Sealed{}, n: r.N}
			subjects[i], at["report:"+r.ID] = "report:"+r.ID, &views[i]
		}
		said, err := s.tx.AuditOf(ctx, document.Action, subjects)
		for _, record := range said {
			if m, is := document.ReadManifest(record.Detail); is && at[record.Subject] != nil {
				at[record.Subject].Files = m.Files
			}
		}
		out = pageOf(views, q.Limit, func(r KeptReport) string { return strconv.FormatInt(r.n, 10) })
		return err
	})
	return out, err
}

// mostPoints is how many reports a trend goes back.
const mostPoints = 104

// Trend returns the figures of the reports of creep that were written, by time.
func (h *Hub) Trend(ctx context.Context, a approval.Actor) (out []creep.Summary, err error) {
	out = []creep.Summary{}
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadReports, rights.Relation{}); err != nil {
			return err
		}
		rows, err := s.tx.Reports(ctx, ReportCreep, mostPoints)
		if err != nil {
			return err
		}
		for i := len(rows) - 1; i >= 0; i-- {
			if i+1 < len(rows) && rows[i].At.Equal(rows[i+1].At) {
				continue // the same, in another form
			}
			var one creep.Summary
			if err := json.Unmarshal(rows[i].Summary, &one); err != nil {
				return err
			}
			out = append(out, one)
		}
		return nil
	})
	return out, err
}
