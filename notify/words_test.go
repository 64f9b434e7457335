package notify

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/grants"
	"birthright/grants/desk"
	"birthright/reviews"
)

// With -update the golden file is written anew.
var update = flag.Bool("update", false, "write testdata/words.txt anew")

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func at(d time.Duration) *time.Time {
	t := noon.Add(d)
	return &t
}

// example is a story of a kind as the hub would tell it.
func example(kind string) Story {
	s := Story{Kind: kind, At: noon, Actor: "user:olga"}
	if kind == grants.NoticeDelegation {
		s.Delegation = &Delegation{ID: "d1", From: "olga", To: "otto", Start: noon, End: noon.Add(48 * time.Hour), Reason: "on holiday"}
		return s
	}
	if kind == Test {
		s.Actor = "operator:root"
		return s
	}
	if aboutReview(kind) {
		s.Data = Data{
			"campaign": "c3", "name": "Production, Q4", "due": noon.AddDate(0, 0, 14).Format(time.RFC3339Nano), "close_at": noon.AddDate(0, 0, 21).Format(time.RFC3339Nano), "end": reviews.EndRevoke,
			"items": float64(12), "from": "user:olga", "reason": "I do not know these people", "by": "user:olga", "rule": "engineers", "group": "engineering", "users": []any{"ada", "bob"},
			"kept": float64(9), "revoked": float64(2), "frozen": float64(0), "void": float64(1), "undecided": float64(2),
		}
		if kind == reviews.NoticeReport {
			s.Data = Data{"report": "creep-20261201-060000-a1b2c3", "folder": "reports/20261201-060000", "owner": "group:eng-leads", "people": float64(1), "surplus": float64(3), "score": float64(120)}
		}
		return s
	}
	r := desk.Request{
		ID: "r12", Kind: grants.KindRequest, User: "ada", Group: "prod-db-read", State: grants.Pending, By: "user:ada", Reason: "look at the slow query",
		Ticket: "OPS-7", Seconds: 3600, Created: noon.Add(-time.Hour), ExpiresAt: noon.Add(23 * time.Hour), Revision: 1,
		Stage: &desk.Stage{Number: 1, Of: 1, Have: 1, Need: 2, Approvers: []string{"olga", "otto"}},
	}
	switch kind {
	case grants.NoticeApproved, grants.NoticeDenied, grants.NoticeCancelled, grants.NoticeExpired:
		r.State, r.Stage, r.DecidedAt, r.DecidedBy = strings.TrimPrefix(kind, "request."), nil, at(0), "user:olga"
	}
	if kind == grants.NoticeDenied {
		r.Note = "use the replica"
	}
	if strings.HasPrefix(kind, "glass.") {
		r.Kind, r.State, r.Stage = grants.KindBreakGlass, grants.Approved, nil
		r.Review = &desk.Review{At: at(0), By: "user:olga", Verdict: grants.Justified, Note: "the site was down"}
	}
	s.Request = &r
	if strings.HasPrefix(kind, "grant.") {
		r.Stage = nil
		s.Grant = &desk.Grant{
			ID: "g3", Request: "r12", User: "ada", Group: "prod-db-read", Seconds: 3600, StartsAt: noon, EndsAt: noon.Add(time.Hour), OverdueSeconds: 90, Ended: grants.OverByTime,
		}
		if kind == grants.NoticeFailed || kind == grants.NoticeRevoked {
			s.Grant.Reason, s.Grant.Ended = "it did not reach every target in time", grants.OverFailed
		}
	}
	return s
}

func (w Words) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s\n", w.Subject)
	for _, line := range w.Lines {
		fmt.Fprintf(&b, "    %s\n", line)
	}
	for _, f := range w.Facts {
		fmt.Fprintf(&b, "    - %s: %s\n", f.Name, f.Value)
	}
	fmt.Fprintf(&b, "    %s\n", w.Link)
	return b.String()
}

// Every kind of notice, for the one whom it is about and for somebody else elsewhere.
func TestWordsOfEveryKind(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, kind := range slices.Concat(grants.Notices(), reviews.Notices(), []string{Test}) {
		for _, to := range []Recipient{{Name: "ada", Zone: time.UTC}, {Name: "otto", Zone: berlin}} {
			fmt.Fprintf(&b, "%s to %s\n%s\n", kind, to.Name, Tell(example(kind), to, "https://hub.example.com/").text())
		}
	}
	const golden = "testdata/words.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("-golden +words; with -update it is written anew:\n%s", diff)
	}
}

// What somebody wrote cannot begin a line, turn the text around or go on for ever.
func TestWordsArePlain(t *testing.T) {
	s := example(grants.NoticeWaiting)
	s.Request.Reason = "a\r\nBcc: eve@example.com\u2028b\u202ec\x00\x1b[31m" + strings.Repeat("x", 10_000)
	s.Request.User, s.Request.Group, s.Request.Ticket = "ad\na", "pr\rod", "T\t1\n- Reason: all is well"
	w := Tell(s, Recipient{Name: "olga"}, "https://hub.example.com")
	for _, text := range append([]string{w.Subject, w.Link}, append(w.Lines, values(w.Facts)...)...) {
		if strings.ContainsAny(text, "\r\n\x00\x1b\u2028\u202e") || len(text) > 700 {
			t.Errorf("%.200q", text)
		}
	}
	if got := w.Facts[2].Value; !strings.HasPrefix(got, "a Bcc: eve@example.com bc [31mxxx") || !strings.HasSuffix(got, "…") {
		t.Errorf("%.80q", got)
	}
}

func values(facts []Fact) (out []string) {
	for _, f := range facts {
		out = append(out, f.Value)
	}
	return out
}

func TestOutcome(t *testing.T) {
	for state, want := range map[string]string{
		grants.Pending: "", grants.Approved: "Approved by olga on Mon 23 Nov 2026 12:00 UTC.",
		grants.Expired:   "Nobody decided in time: it expired on Tue 24 Nov 2026 11:00 UTC.",
		grants.Cancelled: "Cancelled by olga on Mon 23 Nov 2026 12:00 UTC.",
	} {
		r := *example("request." + state).Request
		r.State, r.DecidedAt, r.DecidedBy = state, at(0), "user:olga"
		if got := Outcome(r, Recipient{}); got != want {
			t.Errorf("%s: %q, want %q", state, got, want)
		}
	}
	denied := *example(grants.NoticeDenied).Request
	if got := Outcome(denied, Recipient{}); got != "Denied by olga on Mon 23 Nov 2026 12:00 UTC. They wrote: use the replica" {
		t.Error(got)
	}
}
