package oktasim

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options are what an organisation is like.
type Options struct {
	// Now tells the time; nil means time.Now.
	Now func() time.Time
	// Token is the API token that is asked for; "" asks for none.
	Token string
	// ClientID is the service app that may get a token, which is then asked for.
	ClientID string
	// Page is the most that one page has; 0 means 200.
	Page int
	// AnyLogin takes logins that are no addresses, and users without one.
	AnyLogin bool
	// NamesOptional makes users without first and last name.
	NamesOptional bool
	// EditGone lets profiles of deprovisioned users be changed, an option of Okta's.
	EditGone bool
	// Slow is how many looks at a user a deactivation takes.
	Slow int
	// Budgets are requests a minute by class: users, user, groups, group, rules. What
	// is not there has none; nil has Okta's usual ones.
	Budgets map[string]int
	// Denied are classes of requests that the credential may not send, such as
	// "GET rules" and "POST users".
	Denied []string
}

// Sim is one organisation.
type Sim struct {
	opt Options

	mu      sync.Mutex
	memory  Memory
	windows map[string]*window
	refused int
}

// Memory is what an organisation holds.
type Memory struct {
	Users  map[string]*User
	Groups map[string]*Group
	Rules  []*Rule
	Last   int // number of the last id
	Issued string
}

// User is one user.
type User struct {
	ID, Status string
	// Becoming is the status that Okta is working on, for so many Looks more.
	Becoming         string
	Looks            int
	Profile          map[string]any
	Created, Updated time.Time
	LastLogin        *time.Time // nil for never
}

// Group is one group.
type Group struct {
	ID, Type, Name, Description string
	Members                     map[string]bool
	Created, Updated, Changed   time.Time
}

// Rule is a group rule that is active.
type Rule struct {
	ID, Name string
	Groups   []string
}

// New makes an organisation with nobody in it.
func New(opt Options) *Sim {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Page == 0 {
		opt.Page = 200
	}
	if opt.Budgets == nil {
		opt.Budgets = map[string]int{"users": 600, "user": 600, "groups": 500, "group": 1000, "rules": 100}
	}
	s := &Sim{opt: opt, windows: map[string]*window{}}
	s.memory = Memory{Users: map[string]*User{}, Groups: map[string]*Group{}}
	s.addGroup("BUILT_IN", "Everyone", "All users in your organization")
	return s
}

// SetNow has the organisation live by another clock.
func (s *Sim) SetNow(now func() time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.Now = now
}

// Refused tells how many requests were beyond a budget.
func (s *Sim) Refused() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused
}

// Memory is all that the organisation holds.
func (s *Sim) Memory() any { return &s.memory }

// ServeHTTP answers a request.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Path == "/oauth2/v1/token" {
		s.issue(w, r)
		return
	}
	class := classOf(r.URL.Path)
	switch {
	case !s.known(r):
		fail(w, http.StatusUnauthorized, "E0000011", "Invalid token provided")
	case !s.within(w, class):
		fail(w, http.StatusTooManyRequests, "E0000047", "API call exceeded rate limit due to too many requests.")
	case s.denied(r.Method, class):
		fail(w, http.StatusForbidden, "E0000006", "You do not have permission to perform the requested action")
	default:
		s.route(w, r)
	}
}

// route finds what is asked for.
func (s *Sim) route(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/api/v1/"), "/")
	switch {
	case !strings.HasPrefix(r.URL.Path, "/api/v1/"):
	case parts[0] == "users":
		s.users(w, r, parts[1:])
		return
	case parts[0] == "groups" && len(parts) == 2 && parts[1] == "rules" && r.Method == http.MethodGet:
		s.rules(w, r)
		return
	case parts[0] == "groups":
		s.groups(w, r, parts[1:])
		return
	}
	fail(w, http.StatusMethodNotAllowed, "E0000022", "The endpoint does not support the provided HTTP method")
}

// classOf is the class of endpoints that has a budget.
func classOf(path string) string {
	rest := strings.TrimPrefix(path, "/api/v1/")
	switch {
	case rest == "users", rest == "groups":
		return rest
	case strings.HasPrefix(rest, "users/"):
		return "user"
	case rest == "groups/rules":
		return "rules"
	}
	return "group"
}
