package console_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"birthright/hub"
	"birthright/identity"
	"birthright/reviews/creep"
	"birthright/reviews/desk"
	"birthright/reviews/document"
	"birthright/rules"
	"birthright/rules/population"
	"birthright/store"
)

// reviews is the desk of access reviews of the office.
func (s *site) reviews() *desk.Desk {
	return desk.New(desk.Options{
		Store: s.DB, Grants: s.Desk, Engine: s.Desk.Engine, Admins: []string{"user:root"},
		Everybody: func(ctx context.Context, tx *store.Tx, each func(*identity.User) error, engines ...*rules.Engine) (*population.Population, rules.World, error) {
			crowd, err := s.Run.Crowd(ctx, tx, each, engines...)
			return crowd.Population, crowd.World, err
		},
	})
}

// reporter finds one thing in surplus.
type reporter struct {
	hub.Reporter
	now func() time.Time
}

func (r *reporter) Usual() hub.Looking { return hub.Looking{Dormant: time.Hour, Stale: time.Hour} }

func (r *reporter) Creep(context.Context, hub.Looking) (*creep.Report, error) {
	e := creep.Entry{Target: "app", Entitlement: "app:role/odd<b>", Score: 40, Cause: "by-hand", FirstSeen: r.now()}
	return &creep.Report{
		At: r.now(), Summary: creep.Summary{Score: 40, Surplus: 1, Users: 1, People: 7}, Users: []creep.User{{User: "cid", Score: 40, Surplus: []creep.Entry{e}}},
		Incomplete: []creep.Incomplete{{Target: "crm", Reason: "unread", Detail: "it was never read whole"}},
	}, nil
}

func (r *reporter) Paper(kind string, _ *hub.Report, _ hub.Looking) (hub.Made, error) {
	return hub.Made{Manifest: document.Manifest{Kind: kind}}, nil
}

func (r *reporter) PrintPaper(_ context.Context, m *hub.Made, w io.Writer, form document.Form, _, by string) error {
	_, err := io.WriteString(w, m.Manifest.Kind+" "+string(form)+" for "+by)
	return err
}

func (r *reporter) Evidence(_ context.Context, from, until time.Time, _, name string, w io.Writer) (*hub.Evidence, error) {
	_, err := io.WriteString(w, from.Format(time.RFC3339)+" to "+until.Format(time.RFC3339))
	return &hub.Evidence{}, err
}

// A campaign from its start to its close, on pages.
func TestACampaignOnPages(t *testing.T) {
	s := openShop(t)
	root := s.user("root").visit("/reviews")
	root.is(200, "There is no campaign for you to see", "Start a campaign")
	root.visit("/reviews/new").send("/reviews/new", "name", "Q4", "groups", "base", "stages", "user:olga", "fallback", "user:otto", "due", "soon", "grace", "1w", "undecided", "revoke", "do", "preview").is(422, "write how long")
	root.send("/reviews/new", "name", "Q4", "groups", "base", "stages", "user:olga", "fallback", "user:otto", "due", "2w", "grace", "1w", "undecided", "revoke", "do", "preview").is(200, "What it would look at", "7 items of 7 people", "If nobody decides, base goes from 7 people")
	root.send("/reviews/new", "name", "Q4", "groups", "base", "stages", "user:olga", "fallback", "user:otto", "due", "2w", "grace", "1w", "undecided", "revoke", "do", "start").is(200, "7 items wait for decisions", "0 %", "has not decided", "olga")
	s.user("eve").visit("/reviews/c1").is(403)

	olga := s.user("olga").visit("/review-items")
	olga.is(200, "ada has base", "because of who you are: rule everybody", "!olga has base", "Facts speak for")
	olga.send("/review-items", "one", "revoke c1:i1:0", "reason", "").is(422, "to revoke needs a reason")
	olga.send("/review-items", "one", "keep c1:i1:0").is(200, "1 item kept.", "!ada has base")
	old := olga.text
	root.visit("/reviews/c1").is(200, "14 %", "1 of 7", "keep")
	olga.send("/review-items", "one", "revoke c1:i2:0", "reason", "no need").is(200, "1 item revoked")
	olga.text = old
	olga.send("/review-items", "one", "keep c1:i2:0").is(409, "decided on since you looked at it")
	olga.visit("/review-items?user=cid").is(200, "cid has base", "!eve has base")
	olga.visit("/review-items").send("/review-items", "one", "reassign c1:i3:0", "reason", "x").is(422, "say who is to decide instead")

	root.visit("/reviews/c1").send("/reviews/c1", "reason", "").is(422, "needs a reason")
	root.send("/reviews/c1", "reason", "enough").is(200, "Closed: nobody decides any more", "enough")
	root.visit("/reviews?state=open").is(200, "There is no campaign")
}

// A report is shown with what it does not know on top, and as of when it is.
func TestReportsOnPages(t *testing.T) {
	s := openShop(t)
	s.user("eve").visit("/reports").is(403)
	root := s.user("root").visit("/reports")
	root.is(200, "Privilege creep", "No report was written yet", "Evidence")
	root.visit("/reports/creep").is(200, "As of", "<strong>crm</strong> is not known well enough", "cid: score 40", "app:role/odd&lt;b&gt;", "!Score over the written reports")
	root.visit("/reports/creep?user=ada").is(200, "Nothing is held that nothing explains")
	root.visit("/reports/nothing").is(404, "no such report")
	root.visit("/reports/creep").send("/reports/creep").is(200, "This is how it is now")
	root.visit("/reports/creep/file?format=html").is(200, "creep html for user:root")
	root.visit("/reports/creep/file?format=pdf").is(422)
	s.Must(s.DB.Update(s.Context(), func(tx *store.Tx) error {
		for i, score := range []int{120, 40} {
			r := store.ReportRow{Kind: "creep", At: s.Now().Add(time.Duration(i-9) * time.Hour), Summary: []byte(fmt.Sprintf(`{"at":"2026-11-2%dT00:00:00Z","score":%d}`, i+1, score)), Lines: []byte("[]")}
			if err := tx.AddReport(s.Context(), &r); err != nil {
				return err
			}
		}
		return nil
	}))
	root.visit("/reports/creep").is(200, "The score went from 120 on 21 November 2026 to 40 on 22 November 2026", `role="img"`, "<polyline")
	if strings.Contains(root.text, "style=") {
		t.Error("a page has styles of its own, which the policy of the pages forbids")
	}
	root.visit("/evidence").is(200, "Make the archive")
	root.send("/evidence", "from", "2026-11-01", "until", "2026-11-23") // today: what was until its midnight
	root.is(200, "2026-11-01T00:00:00Z to 2026-11-23T00:00:00Z")
	if name := root.header.Get("Content-Disposition"); !strings.Contains(name, "evidence-20261101-20261123.zip") {
		t.Errorf("the archive until today is called %q", name)
	}
	s.user("eve").visit("/evidence").is(403)
}
