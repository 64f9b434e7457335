package jira

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"birthright/identity"
	"birthright/internal/secret"
	"birthright/internal/sim/vendorspec"
	"birthright/sources"
	"birthright/sources/sourcetest"
)

const (
	account = "hub@x.test"
	canary  = "ATATT-canary-3388"
	// most is what the site gives at once, whatever it is asked for.
	most = 40
)

// site stands in for a site of Jira Cloud. What a request and an answer may look like is
// held against Atlassian's description; that a stranger is shown nothing, and that pages
// are shorter than asked for, is from Atlassian's pages and what people report.
type site struct {
	*httptest.Server
	mu     sync.Mutex
	facts  []identity.Fact // whose Name is the name of a queue
	issues func(i int, o object)
	hide   bool // the addresses of accounts
	tokens string
	// spoil may answer the n-th search, counted from 1, in the site's place.
	spoil    func(n int, w http.ResponseWriter) bool
	searches int
}

type object = map[string]any

func serve(t testing.TB, facts []identity.Fact) *site {
	s := &site{facts: facts, tokens: canary}
	var checked http.Handler
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.strange() { // what is not as described cannot be held against it
			s.ServeHTTP(w, r)
			return
		}
		checked.ServeHTTP(w, r)
	}))
	checked = vendorspec.Load(t, "jira-search.json", strings.Replace(s.URL, "http:", "https:", 1), func(doc *openapi3.T) {
		// Any field of an issue may be null, which the description forgets.
		doc.Components.Schemas["IssueBean"].Value.Properties["fields"].Value.AdditionalProperties.Schema.Value.Nullable = true
	}).Wrap(t, s)
	t.Cleanup(s.Close)
	return s
}

func (s *site) strange() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.spoil != nil }

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stranger := r.Header.Get("Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte(account+":"+s.tokens))
	switch {
	case r.Method != http.MethodGet:
		fail(w, http.StatusMethodNotAllowed, "no")
	case r.URL.Path == "/rest/api/3/myself" && stranger:
		fail(w, http.StatusUnauthorized, "Client must be authenticated to access this resource.")
	case r.URL.Path == "/rest/api/3/myself":
		reply(w, object{"accountId": "712020:hub", "accountType": "atlassian", "active": true})
	case r.URL.Path == "/rest/api/3/search/jql":
		s.searches++
		if s.spoil == nil || !s.spoil(s.searches, w) {
			s.search(w, r, stranger)
		}
	default:
		fail(w, http.StatusNotFound, "null for uri")
	}
}

// search understands the hub's queries alone: "(queue = NAME) AND … ORDER BY …".
func (s *site) search(w http.ResponseWriter, r *http.Request, stranger bool) {
	q := r.URL.Query()
	queue, ok := strings.CutPrefix(q.Get("jql"), `(queue = "`)
	queue, tail, _ := strings.Cut(queue, `"`)
	if !ok || tail != ") AND statusCategory != Done AND assignee IS NOT EMPTY ORDER BY created ASC, key ASC" {
		fail(w, http.StatusBadRequest, "Error in the JQL Query: "+q.Get("jql"))
		return
	}
	size, _ := strconv.Atoi(q.Get("maxResults"))
	start, _ := strconv.Atoi(strings.TrimPrefix(q.Get("nextPageToken"), "after-"))
	all := []object{}
	for i, f := range s.facts {
		if f.Name == queue && !stranger {
			all = append(all, s.body(i, f, q["fields"]))
		}
	}
	end := min(start+min(size, most), len(all))
	page := object{"issues": all[start:end], "isLast": end == len(all)}
	if end < len(all) {
		page["nextPageToken"] = fmt.Sprint("after-", end)
	}
	reply(w, page)
}

func (s *site) body(i int, f identity.Fact, fields []string) object {
	who := object{"accountId": "712020:" + f.Person, "emailAddress": f.Person, "displayName": "x", "active": true, "accountType": "atlassian"}
	if s.hide {
		delete(who, "emailAddress")
	}
	known := object{
		"assignee": who, "created": f.Start.In(time.FixedZone("", 3600)).Format("2006-01-02T15:04:05.000-0700"),
		"status": object{"name": "Doing", "statusCategory": object{"id": 4, "key": "indeterminate", "name": "In Progress"}},
	}
	if s.issues != nil {
		s.issues(i, known)
	}
	asked := object{}
	for _, name := range fields {
		asked[name] = known[name]
	}
	return object{"id": fmt.Sprint(10000 + i), "key": fmt.Sprintf("INC-%d", i+1), "fields": asked}
}

func reply(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

func fail(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(object{"errorMessages": []string{message}, "errors": object{}})
}

// queues names a queue for each name in a world.
func queues(world []identity.Fact) (out []Queue) {
	seen := map[string]bool{}
	for _, f := range append([]identity.Fact{{Name: "mail"}}, world...) {
		if !seen[f.Name] {
			out = append(out, Queue{Name: f.Name, JQL: `queue = "` + f.Name + `"`})
		}
		seen[f.Name] = true
	}
	return out
}

// open makes the source as the program does.
func open(t testing.TB, s *site, change func(*Config)) sources.Context {
	t.Helper()
	ref, err := secret.New(canary)
	if err != nil {
		t.Fatal(err)
	}
	c := Config{URL: s.URL, Email: account, Token: ref, Queues: queues(s.facts)}
	if change != nil {
		change(&c)
	}
	source, err := c.Open(sources.Env{Name: "desk", Now: func() time.Time { return sourcetest.ContextNow }})
	if err != nil {
		t.Fatal(err)
	}
	return source.(sources.Context)
}
