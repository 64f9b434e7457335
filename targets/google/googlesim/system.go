package googlesim

import (
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options make a System.
type Options struct {
	// Now tells the time; nil means time.Now.
	Now func() time.Time
	// Page bounds every page; 0 leaves it at what is asked for.
	Page int
	// PerMinute is how many requests a minute are allowed; 0 means any number.
	PerMinute int
	// Lag is for how long a new group is unknown to all but who asks for it.
	Lag time.Duration
	// Key checks assertions; nil lets everybody in.
	Key *rsa.PublicKey
	// Scopes are those that may be asked for; nil means all.
	Scopes []string
	// Rights are what the subject lacks: paths that answer 403.
	Forbidden []string
	// GroupDomain is where the groups for shared drives are; "" means example.com.
	GroupDomain string
}

// System is a Google Workspace.
type System struct {
	opt Options
	mux *http.ServeMux

	mu     sync.Mutex
	mem    memory
	tokens map[string][]string // scopes by token
	window time.Time
	used   int
}

// memory is all that it holds.
type memory struct {
	Next        int                               `json:"next"`
	Users       map[string]map[string]any         `json:"users"`
	Groups      map[string]*group                 `json:"groups"`
	Drives      map[string]string                 `json:"drives"` // names by id
	Permissions map[string]map[string]*permission `json:"permissions"`
}

type group struct {
	ID      string             `json:"id"`
	Email   string             `json:"email"`
	Name    string             `json:"name"`
	Aliases []string           `json:"aliases,omitempty"`
	Members map[string]*member `json:"members"`
	Made    time.Time          `json:"made,omitzero"`
}

type member struct {
	ID    string `json:"id"`
	Email string `json:"email,omitempty"`
	Role  string `json:"role"`
	Type  string `json:"type"`
}

type permission struct {
	ID         string    `json:"id"`
	Type       string    `json:"type"`
	Role       string    `json:"role"`
	Email      string    `json:"emailAddress,omitempty"`
	Expiration time.Time `json:"expirationTime,omitzero"`
	Inherited  bool      `json:"inherited,omitempty"`
}

// customer is the id of the customer, as members of type CUSTOMER have it.
const customer = "C0simulated"

// New makes an empty Workspace.
func New(opt Options) *System {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.GroupDomain == "" {
		opt.GroupDomain = "example.com"
	}
	s := &System{opt: opt, mux: http.NewServeMux(), tokens: map[string][]string{}}
	s.mem = memory{Users: map[string]map[string]any{}, Groups: map[string]*group{}, Drives: map[string]string{}, Permissions: map[string]map[string]*permission{}}
	s.routes()
	return s
}

// Memory is all that it holds.
func (s *System) Memory() any { return &s.mem }

func (s *System) routes() {
	const d, v = "/admin/directory/v1", "/drive/v3"
	for pattern, h := range map[string]http.HandlerFunc{
		"GET " + d + "/users":                                    s.listUsers,
		"POST " + d + "/users":                                   s.insertUser,
		"GET " + d + "/users/{user}":                             s.getUser,
		"PUT " + d + "/users/{user}":                             s.updateUser,
		"DELETE " + d + "/users/{user}":                          s.deleteUser,
		"GET " + d + "/groups":                                   s.listGroups,
		"POST " + d + "/groups":                                  s.insertGroup,
		"GET " + d + "/groups/{group}":                           s.getGroup,
		"GET " + d + "/groups/{group}/members":                   s.listMembers,
		"POST " + d + "/groups/{group}/members":                  s.insertMember,
		"DELETE " + d + "/groups/{group}/members/{member}":       s.deleteMember,
		"GET " + v + "/drives":                                   s.listDrives,
		"GET " + v + "/files/{file}/permissions":                 s.listPermissions,
		"POST " + v + "/files/{file}/permissions":                s.createPermission,
		"PATCH " + v + "/files/{file}/permissions/{permission}":  s.updatePermission,
		"DELETE " + v + "/files/{file}/permissions/{permission}": s.deletePermission,
	} {
		s.mux.HandleFunc(pattern, h)
	}
}

// ServeHTTP answers a request.
func (s *System) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Path == "/token" {
		s.token(w, r)
		return
	}
	if !s.allowed(w, r) {
		return
	}
	s.lapse()
	s.mux.ServeHTTP(w, r)
}

// allowed checks the token, the budget and the subject's rights.
func (s *System) allowed(w http.ResponseWriter, r *http.Request) bool {
	if s.opt.Key != nil && !s.authorised(w, r) {
		return false
	}
	if s.opt.PerMinute > 0 {
		now := s.opt.Now()
		if now.Sub(s.window) >= time.Minute {
			s.window, s.used = now, 0
		}
		if s.used++; s.used > s.opt.PerMinute {
			fail(w, http.StatusForbidden, "userRateLimitExceeded", "User Rate Limit Exceeded. Rate of requests for user exceed configured project quota.")
			return false
		}
	}
	for _, part := range s.opt.Forbidden {
		if strings.Contains(r.URL.Path, part) {
			fail(w, http.StatusForbidden, "forbidden", "Not Authorized to access this resource/api")
			return false
		}
	}
	return true
}

// id makes a new id.
func (s *System) id() string {
	s.mem.Next++
	return fmt.Sprintf("1%020d", s.mem.Next)
}

// fail answers as Google refuses.
func fail(w http.ResponseWriter, status int, reason, message string) {
	reply(w, status, map[string]any{"error": map[string]any{
		"code": status, "message": message,
		"errors": []any{map[string]any{"domain": "global", "reason": reason, "message": message}},
	}})
}

func missing(w http.ResponseWriter, what string) {
	fail(w, http.StatusNotFound, "notFound", "Resource Not Found: "+what)
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // into memory
}

func read(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		fail(w, http.StatusBadRequest, "parseError", "Parse Error")
		return false
	}
	return true
}

// page answers with a part of a list: size names the parameter that bounds it.
func page[V any](s *System, w http.ResponseWriter, r *http.Request, kind, name, size string, most int, all []V) {
	n := most
	if asked := r.URL.Query().Get(size); asked != "" {
		if _, err := fmt.Sscan(asked, &n); err != nil || n < 1 || n > most {
			fail(w, http.StatusBadRequest, "invalid", "Invalid value '"+asked+"'. Values must be within the range: [1, "+fmt.Sprint(most)+"]")
			return
		}
	}
	if s.opt.Page > 0 {
		n = min(n, s.opt.Page)
	}
	start := 0
	if token := r.URL.Query().Get("pageToken"); token != "" {
		if _, err := fmt.Sscanf(token, "from-%d", &start); err != nil || start > len(all) {
			fail(w, http.StatusBadRequest, "invalid", "Invalid Input: pageToken")
			return
		}
	}
	body := map[string]any{"kind": kind}
	end := min(start+n, len(all))
	if part := all[start:end]; len(part) > 0 {
		body[name] = part // Google leaves empty lists out
	}
	if end < len(all) {
		body["nextPageToken"] = fmt.Sprintf("from-%d", end)
	}
	reply(w, http.StatusOK, body)
}

// sorted returns the values of a map by key order.
func sorted[V any](m map[string]V) []V {
	out := make([]V, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[k])
	}
	return out
}
