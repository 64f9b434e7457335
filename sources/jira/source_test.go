package jira

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/internal/secret"
	"birthright/sources"
	"birthright/sources/sourcetest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	sourcetest.RunContext(t, sourcetest.ContextHarness{OnlyTickets: true, Open: func(t testing.TB, facts []identity.Fact) sourcetest.ContextPeer {
		s := serve(t, facts)
		return sourcetest.ContextPeer{
			Source: open(t, s, nil),
			Change: func(_ testing.TB, facts []identity.Fact) { s.mu.Lock(); defer s.mu.Unlock(); s.facts = facts },
			Break: func(testing.TB) {
				s.spoil = func(n int, w http.ResponseWriter) bool {
					if n < 3 {
						return false
					}
					w.Header().Set("Content-Length", "1000")
					_, _ = io.WriteString(w, `{"issues": [`)
					return true
				}
			},
		}
	}})
}

func ticket(queue, person string) identity.Fact {
	return identity.Fact{Kind: identity.FactTicket, Name: queue, Person: person, Start: sourcetest.ContextNow.Add(-time.Hour)}
}

func read(t testing.TB, s sources.Context) (facts []identity.Fact, err error) {
	t.Helper()
	end, err := s.Facts(t.Context(), func(f identity.Fact) error { facts = append(facts, f); return nil })
	if err == nil && !end.Complete {
		t.Error("a read without an error is not complete")
	}
	return facts, err
}

func lines(facts []identity.Fact) (out []string) {
	for _, f := range facts {
		out = append(out, f.Key+" of "+f.Person)
	}
	slices.Sort(out)
	return out
}

// What is closed or nobody's by now is not told, although the index still finds it; a
// number names the ticket in whichever queue.
func TestWhatCounts(t *testing.T) {
	t.Parallel()
	s := serve(t, []identity.Fact{ticket("mail", "ada@x.test"), ticket("mail", "bob@x.test"), ticket("mail", "mei@x.test"), ticket("web", "mei@x.test")})
	s.issues = func(i int, fields object) {
		switch i {
		case 0:
			fields["status"] = object{"name": "Erledigt", "statusCategory": object{"key": "done"}}
		case 1:
			fields["assignee"] = nil
		}
	}
	facts, err := read(t, open(t, s, nil))
	if diff := cmp.Diff([]string{"INC-3/mail of mei@x.test", "INC-4/web of mei@x.test"}, lines(facts)); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if !facts[0].Called("inc-3") || facts[0].Called("INC-4") || facts[0].Called("") {
		t.Error("a ticket is not called by its number")
	}
}

// Where Jira hides addresses, accounts are named by their ids, and a check says so.
func TestHiddenAddresses(t *testing.T) {
	t.Parallel()
	s := serve(t, []identity.Fact{ticket("mail", "ada@x.test")})
	s.hide = true
	source := open(t, s, nil)
	facts, err := read(t, source)
	if diff := cmp.Diff([]string{"INC-1/mail of 712020:ada@x.test"}, lines(facts)); diff != "" || err != nil {
		t.Error(diff, err)
	}
	report, err := source.Probe(t.Context())
	if err != nil || report.Findings[1].OK || !strings.Contains(report.Findings[1].Detail, "1 open and assigned issues, of 1 of which Jira hides") {
		t.Errorf("%+v, %v", report, err)
	}
}

func saying(body string) func(int, http.ResponseWriter) bool {
	return func(_ int, w http.ResponseWriter) bool {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
		return true
	}
}

// Whatever is not the whole truth is an error without a ticket.
func TestTrouble(t *testing.T) {
	t.Parallel()
	good := `{"key":"INC-1","fields":{"created":"2026-11-23T10:00:00.000+0000","assignee":{"accountId":"1"},"status":{"statusCategory":{"key":"new"}}}}`
	for name, c := range map[string]struct {
		spoil  func(int, http.ResponseWriter) bool
		change func(*site)
		kind   identity.Kind
		says   string
	}{
		"the token expired": {nil, func(s *site) { s.tokens = "another" }, identity.Denied, "Client must be authenticated"},
		"a query that Jira does not understand": {func(_ int, w http.ResponseWriter) bool {
			fail(w, 400, "The value 'INC' does not exist for the field 'project'.")
			return true
		}, nil, "", "does not exist for the field"},
		"too many requests": {func(_ int, w http.ResponseWriter) bool {
			w.Header().Set("Retry-After", "3600")
			fail(w, 429, "Rate limit exceeded "+canary)
			return true
		}, nil, identity.Throttled, "held back until 13:00:00"},
		"down":              {func(_ int, w http.ResponseWriter) bool { fail(w, 503, "down"); return true }, nil, identity.Unavailable, "503"},
		"no list":           {saying(`{}`), nil, identity.Incomplete, "no list of issues"},
		"another program":   {saying(`"hello"`), nil, "", ""},
		"more without way":  {saying(`{"issues":[` + good + `],"isLast":false}`), nil, identity.Incomplete, "no way to it"},
		"the same again":    {saying(`{"issues":[` + good + `],"isLast":false,"nextPageToken":"x"}`), nil, identity.Incomplete, "came twice"},
		"a circle":          {saying(`{"issues":[],"isLast":false,"nextPageToken":"x"}`), nil, identity.Incomplete, "no way to it"},
		"no key":            {saying(strings.Replace(`{"issues":[`+good+`],"isLast":true}`, "INC-1", "", 1)), nil, identity.Incomplete, "without its key"},
		"no account":        {saying(strings.Replace(`{"issues":[`+good+`],"isLast":true}`, `"1"`, `""`, 1)), nil, identity.Incomplete, "without its key"},
		"no status":         {saying(strings.Replace(`{"issues":[`+good+`],"isLast":true}`, `"new"`, `""`, 1)), nil, identity.Incomplete, "without its key"},
		"a time like never": {saying(strings.Replace(`{"issues":[`+good+`],"isLast":true}`, "2026-11-23T10", "yesterday", 1)), nil, identity.Incomplete, "not what was expected"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, []identity.Fact{ticket("mail", "ada@x.test")})
			s.spoil = c.spoil
			if c.change != nil {
				c.change(s)
			}
			facts, err := read(t, open(t, s, nil))
			if err == nil || len(facts) > 0 || c.kind != "" && identity.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), canary) {
				t.Errorf("%d facts, kind %s: %v", len(facts), identity.KindOf(err), err)
			}
		})
	}
	// One page that does not say whether it is the last, as Jira's once did not.
	s := serve(t, nil)
	s.spoil = saying(`{"issues":[` + good + `]}`)
	if facts, err := read(t, open(t, s, nil)); len(facts) != 1 || err != nil {
		t.Error(facts, err)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	token, err := secret.New("env:JIRA")
	if err != nil {
		t.Fatal(err)
	}
	good := Queue{"incidents", `project = INC AND summary ~ "order by (hand"`}
	if faults := (&Config{URL: "https://acme.atlassian.net", Email: account, Token: token, Queues: []Queue{good}}).Validate(); len(faults) > 0 {
		t.Error(faults)
	}
	for want, c := range map[string]Config{
		"url is missing":                    {},
		"token is missing":                  {},
		"queues is missing":                 {},
		"email: \"hub\"":                    {Email: "hub"},
		"timeout: -1s":                      {Timeout: -time.Second},
		"url: http":                         {URL: "http://acme.atlassian.net"},
		"queues[0].name: the queue needs":   {Queues: []Queue{{"", "x = y"}}},
		"queues[0].name: \"a/b\"":           {Queues: []Queue{{"a/b", "x = y"}}},
		"queues[1].name: \"a\" is there":    {Queues: []Queue{{"a", "x = y"}, {"a", "x = y"}}},
		"queues[0].jql: which issues":       {Queues: []Queue{{"a", " "}}},
		"queues[0].jql: ORDER BY":           {Queues: []Queue{{"a", "x = y order  by z"}}},
		"queues[0].jql: a quote":            {Queues: []Queue{{"a", `x = "y`}}},
		"queues[0].jql: a parenthesis is n": {Queues: []Queue{{"a", "x = y) OR (a = b) OR (1"}, {"b", "(x"}}[1:]},
	} {
		if got := errors.Join(c.Validate()...); got == nil || !strings.Contains(got.Error(), want) {
			t.Errorf("want %q, got %v", want, got)
		}
	}
}
