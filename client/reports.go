package client

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/identity"
	"birthright/internal/duration"
	"birthright/reviews/creep"
	"birthright/reviews/document"
	"birthright/reviews/jit"
)

// Report makes a report, or tells one again that was made a moment ago.
func (c Hub) Report(ctx context.Context, _ approval.Actor, q hub.ReportQuery) (*hub.Report, error) {
	path, query := "/reports/"+segment(q.Kind), reporting(q)
	switch q.Kind {
	case hub.ReportJIT:
		r := &jit.Report{}
		return &hub.Report{JIT: r}, c.get(ctx, path, query, r)
	case hub.ReportSuggestions:
		r := &hub.Suggestions{}
		return &hub.Report{Suggestions: r}, c.get(ctx, path, query, r)
	}
	r := &creep.Report{}
	return &hub.Report{Creep: r}, c.get(ctx, path, query, r)
}

// reporting is a question for a report as the API takes it.
func reporting(q hub.ReportQuery) url.Values {
	v := values("since", span(q.Since), "dormant", span(q.Looking.Dormant), "stale", span(q.Looking.Stale))
	f := q.Filter
	for name, list := range map[string][]string{"user": f.Users, "target": f.Targets, "entitlement": f.Entitlements} {
		if len(list) > 0 {
			v.Set(name, strings.Join(list, ","))
		}
	}
	count := func(name string, n int) {
		if n > 0 {
			v.Set(name, strconv.Itoa(n))
		}
	}
	count("min_score", f.MinScore)
	count("min_user_score", f.MinUserScore)
	if q.Kind != hub.ReportSuggestions {
		return v
	}
	share := func(name string, x float64) {
		if x > 0 {
			v.Set(name, strconv.FormatFloat(x, 'g', -1, 64))
		}
	}
	l := q.Learning
	count("min_askers", l.Askers)
	count("min_requests", l.Requests)
	count("min_holders", l.FromHeld.Holders)
	share("min_precision", l.Precision)
	share("min_coverage", l.Coverage)
	share("min_approval", l.Approval)
	v.Set("held", strconv.FormatBool(l.Held))
	if l.Since > 0 {
		v.Set("since", span(l.Since))
	}
	if l.Draft {
		v.Set("draft", "true")
	}
	return v
}

// span writes a length of time, "" for none.
func span(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return duration.Format(d)
}

// Paper writes a report as a document.
func (c Hub) Paper(ctx context.Context, _ approval.Actor, q hub.PaperQuery, w io.Writer) error {
	query := reporting(q.ReportQuery)
	query.Set("format", string(q.Form))
	if q.Form == document.FormCSV && q.Table != "" {
		query.Set("table", q.Table)
	}
	_, err := c.fetch(ctx, http.MethodGet, "/reports/"+segment(q.Kind)+"?"+query.Encode(), nil, w)
	return err
}

// fetch sends a request whose answer is a file, and writes it to w.
func (c *Client) fetch(ctx context.Context, method, path string, body any, w io.Writer) (http.Header, error) {
	r, err := c.request(ctx, method, path, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "*/*")
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, c.unreachable(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return nil, c.refusal(answer)
	}
	n, err := io.Copy(w, answer.Body)
	if err == nil && answer.ContentLength >= 0 && n != answer.ContentLength {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, &identity.Error{Kind: identity.Incomplete, Op: "read the answer of " + c.base, Err: err, Hint: "try again"}
	}
	return answer.Header, nil
}

// WriteReports writes the reports of the configuration into its folder, on the hub's
// machine.
func (c Hub) WriteReports(ctx context.Context, _ approval.Actor) ([]string, error) {
	var out struct{ Files []string }
	err := c.post(ctx, "/reports", nil, &out)
	return out.Files, err
}

// surplus chooses a part of the surplus, and says what was looked at and why it goes.
type surplus struct {
	Users        []string `json:"users,omitempty"`
	Targets      []string `json:"targets,omitempty"`
	Entitlements []string `json:"entitlements,omitempty"`
	MinScore     int      `json:"min_score,omitempty"`
	MinUserScore int      `json:"min_user_score,omitempty"`
	Orphans      bool     `json:"orphans,omitempty"`
	Mark         string   `json:"mark,omitempty"`
	Reason       string   `json:"reason,omitempty"`
}

func surplusOf(f creep.Filter, mark, reason string) surplus {
	return surplus{f.Users, f.Targets, f.Entitlements, f.MinScore, f.MinUserScore, f.Orphans, mark, reason}
}

// PlanRemoval lists what would remove a surplus.
func (c Hub) PlanRemoval(ctx context.Context, _ approval.Actor, q hub.ReportQuery) (out hub.Removal, err error) {
	return out, c.post(ctx, "/reports/creep/plan", surplusOf(q.Filter, "", ""), &out)
}

// Remove orders a surplus removed.
func (c Hub) Remove(ctx context.Context, _ approval.Actor, q hub.ReportQuery, mark, reason string) ([]hub.Order, error) {
	var out struct{ Items []hub.Order }
	err := c.post(ctx, "/reports/creep/apply", surplusOf(q.Filter, mark, reason), &out)
	return out.Items, err
}

// Evidence writes the archive of a period to w.
func (c Hub) Evidence(ctx context.Context, _ approval.Actor, from, until time.Time, name string, w io.Writer) (*hub.Evidence, error) {
	body := map[string]any{"from": from.UTC(), "name": name}
	if !until.IsZero() {
		body["until"] = until.UTC()
	}
	header, err := c.fetch(ctx, http.MethodPost, "/evidence", body, w)
	if err != nil {
		return nil, err
	}
	out := &hub.Evidence{}
	if err := json.Unmarshal([]byte(header.Get("Birthright-Evidence")), out); err != nil {
		return nil, &identity.Error{Kind: identity.Incomplete, Op: "read the answer of " + c.base, Err: err, Hint: "is it a Birthright of this version?"}
	}
	return out, nil
}
