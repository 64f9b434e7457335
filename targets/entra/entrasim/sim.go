package entrasim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Root is the path that everything is below.
const Root = "/v1.0"

// Options are what a tenant is like.
type Options struct {
	// Now tells the time; nil means time.Now.
	Now func() time.Time
	// ClientID and Secret are asked for; "" asks for none.
	ClientID, Secret string
	// Page is the most that one page has; 0 means 999.
	Page int
	// AnyName takes user principal names of any format.
	AnyName bool
	// Lag is for how many requests what is new is not there.
	Lag int
	// Writes is how many changes 150 seconds take; 0 means 3000.
	Writes int
	// Denied are requests that the app may not send, such as "PATCH users".
	Denied []string
}

// Sim is one tenant.
type Sim struct {
	opt Options
	// Inner answers the requests of a batch; nil does so itself.
	Inner http.Handler

	mu      sync.Mutex
	memory  Memory
	ends    time.Time
	used    int
	refused int
}

// Memory is what a tenant holds.
type Memory struct {
	Users  map[string]*User
	Groups map[string]*Group
	Last   int // number of the last id
	Issued string
	// Log is what changed, and Lapsed how many of it are no longer told.
	Log    []Change
	Lapsed int
}

// Change says that something of a list changed.
type Change struct{ List, ID string }

// User is one user.
type User struct {
	ID         string
	Properties map[string]any
	// SignedOut is how often.
	SignedOut int
	// Lag is how many requests do not see it yet.
	Lag int
}

// Group is one group.
type Group struct {
	ID         string
	Properties map[string]any
	Users      map[string]bool
	Groups     map[string]bool
	Lag        int
}

// New makes a tenant with nobody in it.
func New(opt Options) *Sim {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Page == 0 {
		opt.Page = 999
	}
	if opt.Writes == 0 {
		opt.Writes = 3000
	}
	return &Sim{opt: opt, memory: Memory{Users: map[string]*User{}, Groups: map[string]*Group{}}}
}

// SetNow has the tenant live by another clock.
func (s *Sim) SetNow(now func() time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.Now = now
}

// Memory is all that the tenant holds.
func (s *Sim) Memory() any { return &s.memory }

// Refused tells how many requests were beyond the budget.
func (s *Sim) Refused() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused
}

// Lapse has the lists of changes forget what was.
func (s *Sim) Lapse() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.memory.Lapsed = len(s.memory.Log) + 1
	s.memory.Log = append(s.memory.Log, Change{})
}

// ServeHTTP answers a request.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == Root+"/$batch" {
		s.batch(w, r)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	path, below := strings.CutPrefix(r.URL.Path, Root+"/")
	parts := strings.Split(path, "/")
	switch {
	case strings.HasSuffix(r.URL.Path, "/oauth2/v2.0/token"):
		s.issue(w, r)
	case !s.known(r):
		fail(w, http.StatusUnauthorized, "InvalidAuthenticationToken", "Access token is empty or not valid.")
	case !below:
		fail(w, http.StatusBadRequest, "BadRequest", "Resource not found for the segment.")
	case !s.within(r.Method):
		w.Header().Set("Retry-After", fmt.Sprint(int(s.ends.Sub(s.opt.Now()).Seconds())+1))
		fail(w, http.StatusTooManyRequests, "TooManyRequests", "Too many requests.")
	case slices.Contains(s.opt.Denied, r.Method+" "+parts[len(parts)-1]), slices.Contains(s.opt.Denied, r.Method+" "+parts[0]):
		fail(w, http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	case parts[0] == "users":
		s.users(w, r, parts[1:])
	case parts[0] == "groups":
		s.groups(w, r, parts[1:])
	default:
		fail(w, http.StatusBadRequest, "BadRequest", "Resource not found for the segment '"+parts[0]+"'.")
	}
}

// within counts a change.
func (s *Sim) within(method string) bool {
	if method == http.MethodGet {
		return true
	}
	now := s.opt.Now()
	if !now.Before(s.ends) {
		s.ends, s.used = now.Add(150*time.Second), 0
	}
	if s.used++; s.used > s.opt.Writes {
		s.refused++
		return false
	}
	return true
}

// changed writes into the log.
func (s *Sim) changed(list, id string) { s.memory.Log = append(s.memory.Log, Change{list, id}) }

// id makes one.
func (s *Sim) id() string {
	s.memory.Last++
	return fmt.Sprintf("5f0c0000-0000-4000-8000-%012d", s.memory.Last)
}

// here reports whether something is there already, which takes some requests.
func here(lag *int) bool {
	if *lag <= 0 {
		return true
	}
	*lag--
	return false
}
