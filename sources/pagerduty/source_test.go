package pagerduty

import (
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
	sourcetest.RunContext(t, sourcetest.ContextHarness{Tickets: true, Open: func(t testing.TB, facts []identity.Fact) sourcetest.ContextPeer {
		f := &fake{facts: facts}
		return sourcetest.ContextPeer{
			Source: serve(t, f, nil),
			Change: func(_ testing.TB, facts []identity.Fact) { f.mu.Lock(); defer f.mu.Unlock(); f.facts = facts },
			Break: func(testing.TB) {
				f.spoil = func(n int, w http.ResponseWriter, _ *http.Request) bool {
					if n < 3 {
						return false
					}
					w.Header().Set("Content-Length", "1000")
					_, _ = io.WriteString(w, `{"oncalls": [`)
					return true
				}
			},
		}
	}})
}

func read(t testing.TB, s sources.Context) (facts []identity.Fact, err error) {
	t.Helper()
	end, err := s.Facts(t.Context(), func(f identity.Fact) error { facts = append(facts, f); return nil })
	if err == nil && !end.Complete {
		t.Error("a read without an error is not complete")
	}
	return facts, err
}

func on(schedule, person string, start, end int) identity.Fact {
	at := func(n int) time.Time { return sourcetest.ContextNow.Add(time.Duration(n) * time.Hour) }
	return identity.Fact{Kind: identity.FactShift, Name: schedule, Person: person, Start: at(start), End: at(end)}
}

func persons(facts []identity.Fact) []string {
	out := []string{}
	for _, f := range facts {
		out = append(out, f.Name+": "+f.Person)
	}
	slices.Sort(out)
	return out
}

func TestWhatIsReadAndWhatIsNot(t *testing.T) {
	t.Parallel()
	world := []identity.Fact{
		on("Primary", "ada@x.test", -1, 1), on("Primary", "bob@x.test", 30, 40), on("Primary", "eve@x.test", -9, -1),
		on("Secondary", "chen@x.test", -1, 1),
		{Kind: identity.FactTicket, Name: "mail", Person: "ada@x.test", Start: sourcetest.ContextNow.Add(-time.Hour)},
	}
	for name, c := range map[string]struct {
		change func(*Config)
		want   []string
	}{
		"until the horizon":         {nil, []string{"Primary: ada@x.test", "Secondary: chen@x.test", "mail: ada@x.test"}},
		"a wider horizon":           {func(c *Config) { c.Horizon = 72 * time.Hour; c.Tickets = false }, []string{"Primary: ada@x.test", "Primary: bob@x.test", "Secondary: chen@x.test"}},
		"a schedule by its name":    {func(c *Config) { c.Schedules = []string{"Secondary"}; c.Tickets = false }, []string{"Secondary: chen@x.test"}},
		"a schedule by its number":  {func(c *Config) { c.Schedules = []string{id("Primary")}; c.Tickets = false }, []string{"Primary: ada@x.test"}},
		"the same schedule by both": {func(c *Config) { c.Schedules = []string{id("Primary"), "Primary"}; c.Tickets = false }, []string{"Primary: ada@x.test"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts, err := read(t, serve(t, &fake{facts: world, permanent: true}, c.change))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, persons(facts)); diff != "" {
				t.Error(diff)
			}
		})
	}
	_, err := read(t, serve(t, &fake{facts: world}, func(c *Config) { c.Schedules = []string{"Primary", "Secundary"} }))
	if identity.KindOf(err) != identity.NotFound || !strings.Contains(err.Error(), `did you mean "Secondary"?`) {
		t.Error(err)
	}
}

func answer(status int, body string, headers ...string) func(int, http.ResponseWriter, *http.Request) bool {
	return func(_ int, w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		return true
	}
}

func TestTroubleIsAnErrorWithoutAFact(t *testing.T) {
	t.Parallel()
	crowd := make([]identity.Fact, 300)
	for i := range crowd {
		crowd[i] = on("Primary", strings.Repeat("x", i+1)+"@x.test", -1, 1)
	}
	for name, c := range map[string]struct {
		spoil func(int, http.ResponseWriter, *http.Request) bool
		kind  identity.Kind
		says  string
	}{
		"wrong key":      {answer(401, `{"error":{"message":"Unauthorized: `+key+`"}}`, "X-Request-Id", "req-1"), identity.Denied, "Unauthorized: [secret], request req-1 (the token is missing"},
		"no right":       {answer(403, `{"error":{"message":"Access Denied"}}`), identity.Denied, "Access Denied"},
		"too often":      {answer(429, `{"error":{"message":"Rate Limit Exceeded"}}`, "Retry-After", "20"), identity.Throttled, "Rate Limit Exceeded"},
		"down":           {answer(503, ``), identity.Unavailable, "503"},
		"no JSON":        {answer(200, `<html>`), identity.Incomplete, "GET /oncalls: the answer cannot be read"},
		"another JSON":   {answer(200, `{"users":[]}`), identity.Incomplete, `it has no list "oncalls"; check url`},
		"no end":         {answer(200, `{"oncalls":[]}`), identity.Incomplete, "whether there is more"},
		"no end to it":   {answer(200, `{"oncalls":[],"more":true}`), identity.Incomplete, "an empty page"},
		"the wrong page": {answer(200, `{"oncalls":[],"more":false,"offset":200}`), identity.Incomplete, "page 1 was asked for, and page 3 came"},
		"a broken date":  {answer(200, `{"oncalls":[{"schedule":{"id":"P"},"start":"soon"}],"more":false}`), identity.Incomplete, "cannot be read"},
		"a broken 3rd one": {func(n int, w http.ResponseWriter, r *http.Request) bool {
			return r.URL.Query().Get("offset") == "200" && answer(200, `{"oncalls":`)(n, w, r)
		}, identity.Incomplete, "cannot be read"},
		"a lost 2nd one": {func(n int, w http.ResponseWriter, r *http.Request) bool {
			return r.URL.Query().Get("offset") == "100" && answer(502, ``)(n, w, r)
		}, identity.Unavailable, "502"},
		"lost incidents": {func(n int, w http.ResponseWriter, r *http.Request) bool {
			return r.URL.Path == "/incidents" && answer(500, ``)(n, w, r)
		}, identity.Unavailable, "GET /incidents"},
		"no end in sight": {func(_ int, w http.ResponseWriter, r *http.Request) bool {
			return answer(200, `{"oncalls":[{"user":{"id":"P"}}],"more":true,"offset":`+r.URL.Query().Get("offset")+`}`)(0, w, r)
		}, identity.Incomplete, "more than 10000 oncalls"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fake{facts: crowd, spoil: c.spoil}
			source := serve(t, f, nil)
			facts, err := read(t, source)
			if len(facts) > 0 || identity.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%d facts were told, %q: %v", len(facts), identity.KindOf(err), err)
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("the key is shown: %v", err)
			}
			report, err := source.Probe(t.Context())
			if err != nil || !slices.ContainsFunc(report.Findings, func(f sources.Finding) bool { return !f.OK }) {
				t.Errorf("the probe says %+v, %v", report, err)
			}
		})
	}
}

// PagerDuty gives everybody in a company one budget of requests.
func TestItIsLeftAloneAsLongAsItAsks(t *testing.T) {
	t.Parallel()
	f := &fake{spoil: answer(429, ``, "Retry-After", "20")}
	source := serve(t, f, nil)
	_, err := read(t, source)
	f.spoil = nil
	_, again := read(t, source)
	if err == nil || identity.KindOf(again) != identity.Throttled || len(f.requests) != 1 {
		t.Errorf("%v, then %v, by %q", err, again, f.requests)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	token := secret.Value("x")
	for want, c := range map[string]Config{
		"token is missing":           {},
		"in the clear":               {Token: token, URL: "http://pager.example.com"},
		"horizon: 2400h0m0s is not":  {Token: token, Horizon: 100 * 24 * time.Hour},
		"timeout: -1s is negative":   {Token: token, Timeout: -time.Second},
		"schedules: one of them has": {Token: token, Schedules: []string{""}},
		"expire_after: -1s":          {Token: token, Terms: sources.Terms{ExpireAfter: -time.Second}},
	} {
		if _, err := c.Open(sources.Env{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	source, err := (&Config{Token: token}).Open(sources.Env{Name: "pager"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := source.Pull(t.Context(), "", nil); err == nil {
		t.Error("people were told")
	}
}
