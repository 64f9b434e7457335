package jit_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"birthright/grants"
	"birthright/reviews/jit"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// history makes requests, each answered as it says.
type history struct {
	requests []grants.Request
	votes    []grants.Vote
	grants   []grants.Grant
	n        int64
}

func (h *history) ask(user, group string, at time.Duration, more func(*grants.Request)) *grants.Request {
	h.n++
	r := grants.Request{N: h.n, ID: fmt.Sprint("r", h.n), Kind: grants.KindRequest, User: user, Group: group, Created: noon.Add(at), ExpiresAt: noon.Add(at + 72*time.Hour)}
	if more != nil {
		more(&r)
	}
	h.requests = append(h.requests, r)
	return &h.requests[len(h.requests)-1]
}

func (h *history) answer(r *grants.Request, by string, approve bool, after time.Duration, note string) {
	h.votes = append(h.votes, grants.Vote{RequestN: r.N, By: "user:" + by, Approve: approve, At: r.Created.Add(after), Note: note})
	r.Outcome, r.DecidedAt = grants.Denied, r.Created.Add(after)
	if approve {
		r.Outcome = grants.Approved
		h.grants = append(h.grants, grants.Grant{N: r.N, RequestN: r.N, Kind: r.Kind, User: r.User, Group: r.Group, ActivatedAt: r.DecidedAt, EndsAt: r.DecidedAt.Add(time.Hour), Duration: time.Hour})
	}
}

func (h *history) report() *jit.Report {
	t := jit.NewTally(noon.AddDate(0, 0, -90), noon.Add(100*time.Hour))
	t.Take(h.requests, h.votes, h.grants)
	return t.Report()
}

func TestReport(t *testing.T) {
	var h history
	for i := range 12 {
		h.answer(h.ask(fmt.Sprint("p", i), "db", time.Duration(i)*time.Hour, nil), "stamp", true, 20*time.Second, "")
	}
	for i := range 5 {
		h.answer(h.ask("ada", "logs", 20*time.Hour, nil), "slow", true, time.Hour+time.Duration(i)*time.Second, "looked at it")
	}
	h.answer(h.ask("ada", "db", 30*time.Hour, nil), "slow", false, time.Minute, "why?")
	h.answer(h.ask("ada", "db", 31*time.Hour, nil), "slow", true, time.Minute, "ah")
	for i := range 3 {
		h.answer(h.ask("eve", "vault", time.Duration(40+i)*time.Hour, nil), "max", true, time.Hour, "ok")
		h.answer(h.ask("max", "vault", time.Duration(40+i)*time.Hour, nil), "eve", true, time.Hour, "ok")
	}
	h.ask("zoe", "db", 50*time.Hour, nil)
	h.ask("zoe", "logs", 0, nil) // it has expired
	h.ask("zoe", "chat", 60*time.Hour, func(r *grants.Request) { r.Auto, r.Outcome = "true", grants.Approved })
	h.ask("zoe", "prod", 61*time.Hour, func(r *grants.Request) { r.Kind, r.Outcome, r.Reason = grants.KindBreakGlass, grants.Approved, "down" })
	h.ask("zoe", "old", 62*time.Hour, func(r *grants.Request) { r.Kind, r.Outcome = grants.KindOverlap, grants.Approved })
	r := h.report()
	same(t, "summary", []int{r.Summary.Requests, r.Summary.Approved, r.Summary.Denied, r.Summary.Auto, r.Summary.Waiting, r.Summary.Expired, r.Summary.Glass, r.Summary.Overlaps}, []int{28, 24, 1, 1, 1, 1, 1, 1})
	same(t, "findings", r.Findings, []jit.Finding{
		{Kind: jit.AtOnce, Users: []string{"stamp"}, Because: "12 of 12 answers are approvals, 12 of them without a word, and half of the answers came within 20 seconds"},
		{Kind: jit.InBursts, Users: []string{"slow"}, Because: "5 approvals within 10 seconds"},
		{Kind: jit.EachOther, Users: []string{"eve", "max"}, Because: "eve approved max 3 times, and max approved eve 3 times"},
	})
	same(t, "first group", r.Groups[0], jit.Group{Group: "db", Requests: 15, People: 14, Approved: 13, Denied: 1, Times: jit.Times{Decisions: 14, Median: 20, P90: 60}})
	same(t, "repeated", []string{r.Repeated[0].User, r.Repeated[0].Group, fmt.Sprint(r.Repeated[0].Grants, r.Repeated[0].Seconds)}, []string{"ada", "logs", "5 18000"})
	same(t, "waiting", r.Waiting, []jit.Waiting{{ID: h.requests[25].ID, User: "zoe", Group: "db", Seconds: 50 * 3600}})
	same(t, "again", []string{r.Again[0].User, r.Again[0].Group}, []string{"ada", "db"})
	same(t, "glass", []string{r.Glass[0].User, r.Glass[0].Group, r.Glass[0].Verdict}, []string{"zoe", "prod", ""})
}

// However the pages are cut, the report is the same, and its figures add up.
func TestPagesDoNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var h history
		for range rapid.IntRange(0, 40).Draw(rt, "requests") {
			r := h.ask(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "user"), rapid.SampledFrom([]string{"x", "y"}).Draw(rt, "group"), time.Duration(rapid.IntRange(0, 90).Draw(rt, "at"))*time.Hour, nil)
			if rapid.Bool().Draw(rt, "answered") {
				h.answer(r, rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "by"), rapid.Bool().Draw(rt, "approve"), time.Duration(rapid.IntRange(0, 600).Draw(rt, "after"))*time.Second, "")
			}
		}
		whole := h.report()
		cut := jit.NewTally(noon.AddDate(0, 0, -90), noon.Add(100*time.Hour))
		for _, i := range rapid.Permutation(indexes(len(h.requests))).Draw(rt, "order") {
			var votes []grants.Vote
			var given []grants.Grant
			for _, v := range h.votes {
				if v.RequestN == h.requests[i].N {
					votes = append(votes, v)
				}
			}
			for _, g := range h.grants {
				if g.RequestN == h.requests[i].N {
					given = append(given, g)
				}
			}
			cut.Take(h.requests[i:i+1], votes, given)
		}
		same(rt, "cut in pages", cut.Report(), whole)
		s := whole.Summary
		if s.Requests != s.Approved+s.Denied+s.Expired+s.Cancelled+s.Waiting+s.Auto {
			rt.Errorf("it does not add up: %+v", s)
		}
		sum := 0
		for _, g := range whole.Groups {
			sum += g.Requests
		}
		if sum != s.Requests {
			rt.Errorf("groups have %d requests of %d", sum, s.Requests)
		}
	})
}

func same(t interface {
	Helper()
	Errorf(string, ...any)
}, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
