package store

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"birthright/audit"
)

// The history only grows: what is found by a person, a group, a time, a ticket or who
// decided must not cost more the more of it there is, and neither must the log by who did
// what.
func TestHistoryIsFoundByIndex(t *testing.T) {
	ctx := t.Context()
	db, err := Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "hub.db"), Options{Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	day := db.now()
	log := func(q AuditQuery) func(ctx context.Context, tx *Tx) error {
		q.Limit = 50
		return func(ctx context.Context, tx *Tx) error {
			return tx.EachAudit(ctx, q, func(audit.Record) error { return nil })
		}
	}
	asked := func(f RequestFilter) func(ctx context.Context, tx *Tx) error {
		f.Limit = 50
		return func(ctx context.Context, tx *Tx) error { _, err := tx.Requests(ctx, f); return err }
	}
	given := func(f GrantFilter) func(ctx context.Context, tx *Tx) error {
		f.Limit = 50
		return func(ctx context.Context, tx *Tx) error { _, err := tx.Grants(ctx, f); return err }
	}
	for name, c := range map[string]struct {
		indexes []string
		ask     func(ctx context.Context, tx *Tx) error
	}{
		"requests of one":         {[]string{"requests_user"}, asked(RequestFilter{UserN: 1})},
		"requests of or by one":   {[]string{"requests_user", "requests_by"}, asked(RequestFilter{UserN: 1, ByN: 1})},
		"requests for a group":    {[]string{"requests_group"}, asked(RequestFilter{Group: "g"})},
		"requests since":          {[]string{"requests_created"}, asked(RequestFilter{From: day})},
		"requests before":         {[]string{"requests_created"}, asked(RequestFilter{From: day, To: day})},
		"requests that wait":      {[]string{"requests_open"}, asked(RequestFilter{Outcomes: []string{""}})},
		"requests of one, lately": {[]string{"requests_user"}, asked(RequestFilter{UserN: 1, From: day})},
		"requests of a ticket":    {[]string{"requests_ticket"}, asked(RequestFilter{Ticket: "OPS-1"})},
		"requests decided by one": {[]string{"votes_by"}, asked(RequestFilter{Decider: Decider{UserN: 1}})},
		"grants of one":           {[]string{"grants_user"}, given(GrantFilter{UserN: 1})},
		"grants for a group":      {[]string{"grants_group"}, given(GrantFilter{Group: "g"})},
		"grants since":            {[]string{"grants_starts"}, given(GrantFilter{From: day})},
		"grants decided by one":   {[]string{"votes_by", "grants_request"}, given(GrantFilter{Decider: Decider{UserN: 1}})},
		"grants of a ticket":      {[]string{"requests_ticket", "grants_request"}, given(GrantFilter{Ticket: "OPS-1"})},
		"open grants":             {[]string{"grants_open"}, given(GrantFilter{Open: true})},
		"log by actor":            {[]string{"audit_actor"}, log(AuditQuery{Actor: "user:ada", Desc: true})},
		"log by action":           {[]string{"audit_action"}, log(AuditQuery{Action: "grant.revoked", Desc: true})},
		"log by subject":          {[]string{"audit_subject"}, log(AuditQuery{Subject: "user:ada", Desc: true})},
	} {
		db.texts.Clear()
		if err := db.View(ctx, func(tx *Tx) error { return c.ask(ctx, tx) }); err != nil {
			t.Fatal(name, err)
		}
		db.texts.Range(func(_, text any) bool {
			steps := strings.Join(planOf(t, db, text.(string)), "\n")
			if strings.Contains(steps, "SCAN requests\n") || strings.Contains(steps, "SCAN grants\n") || strings.HasSuffix(steps, "SCAN audit") {
				t.Errorf("%s walks:\n%s", name, steps)
			}
			for _, index := range c.indexes {
				if !strings.Contains(steps, index) {
					t.Errorf("%s: %s is not used:\n%s\n\tin %s", name, index, steps, text)
				}
			}
			return true
		})
	}
}
