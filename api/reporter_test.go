package api_test

import (
	"context"
	"io"
	"time"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/reviews/creep"
	reviewdesk "birthright/reviews/desk"
	"birthright/reviews/document"
	"birthright/reviews/jit"
	"birthright/store"
)

// reporter finds one thing in surplus, and counts how often it looked.
type reporter struct {
	looked int
	now    func() time.Time
}

func (r *reporter) Usual() hub.Looking {
	return hub.Looking{Dormant: 90 * 24 * time.Hour, Stale: 48 * time.Hour}
}

func (r *reporter) Creep(context.Context, hub.Looking) (*creep.Report, error) {
	r.looked++
	e := creep.Entry{Target: "app", Entitlement: "app:role/odd", Score: 40, Removable: true}
	return &creep.Report{At: r.now(), Users: []creep.User{{User: "sven", Score: 40, Surplus: []creep.Entry{e}}}, Orphans: []creep.Orphan{}, Incomplete: []creep.Incomplete{}}, nil
}

func (r *reporter) JIT(context.Context, time.Duration) (*jit.Report, error) {
	return &jit.Report{At: r.now()}, nil
}

func (r *reporter) Suggest(context.Context, hub.Learning) (*hub.Suggestions, error) {
	return &hub.Suggestions{}, nil
}

func (r *reporter) Paper(kind string, _ *hub.Report, _ hub.Looking) (hub.Made, error) {
	return hub.Made{Manifest: document.Manifest{Kind: kind}, Document: &document.Document{Title: kind}}, nil
}

func (r *reporter) PrintPaper(_ context.Context, m *hub.Made, w io.Writer, form document.Form, table, by string) error {
	_, err := io.WriteString(w, m.Manifest.Kind+" "+string(form)+" "+table+" for "+by)
	return err
}

func (r *reporter) ReviewPaper(context.Context, approval.Actor, string) (hub.Made, reviewdesk.Report, error) {
	return hub.Made{Manifest: document.Manifest{Kind: "review"}}, reviewdesk.Report{}, nil
}

func (r *reporter) WriteReports(context.Context, string) ([]string, error) {
	return []string{"creep.html"}, nil
}

func (r *reporter) OrderRemovals(_ context.Context, p creep.Plan, by, reason string) ([]*store.OrderRow, error) {
	return []*store.OrderRow{{ID: "o1", Account: p.Orders[0].Account, By: by, Reason: reason}}, nil
}

func (r *reporter) Evidence(_ context.Context, from, until time.Time, _, name string, w io.Writer) (*hub.Evidence, error) {
	_, err := io.WriteString(w, "PK")
	return &hub.Evidence{File: name, From: from, Until: until, NotRead: []string{}}, err
}
