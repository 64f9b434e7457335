package githubsim

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options say what sort of organisation it is.
type Options struct {
	Org string
	// Token is asked for where it is not "".
	Token string
	// Login is the attribute of seeded accounts that holds their login; "" and
	// "userName" are their names.
	Login string
	// Managed is true where the accounts are an enterprise's: nobody is invited.
	Managed bool
	// SAML is true where members have identities at a provider: their addresses.
	SAML bool
	// Silent is true where the members of a team do not tell who is inherited, as on
	// older servers.
	Silent bool
	// Scopes is what a classic token may, as GitHub writes it; "" is a token without.
	Scopes string
	// Plain is true where the token's person is no owner.
	Plain bool
	// Invitations is how many may be sent; 0 is any number.
	Invitations int
	// Points is what a minute's requests may cost; 0 is what GitHub grants.
	Points int
	// Remaining is what is left of the hour's budget; 0 is nearly all.
	Remaining int
	Now       func() time.Time
}

// System is the organisation. It is safe for concurrent use.
type System struct {
	opt Options
	mux *http.ServeMux

	mu      sync.Mutex
	mem     memory
	window  time.Time // the minute that points are counted in
	points  int
	invited int
}

// New makes an empty organisation.
func New(opt Options) *System {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	opt.Org = cmp.Or(opt.Org, "acme")
	s := &System{opt: opt, mux: http.NewServeMux(), mem: memory{
		Users: map[int64]*User{}, Members: map[int64]string{}, Base: "none", Next: 1000,
	}}
	s.routes()
	return s
}

// Memory is all that it holds.
func (s *System) Memory() any { return &s.mem }

// points a minute that GitHub grants, and what reading and changing cost.
const (
	granted   = 900
	readCost  = 1
	writeCost = 5
)

// ServeHTTP answers a request.
func (s *System) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := httptest.NewRecorder()
	switch {
	case strings.HasPrefix(r.URL.Path, "/app/installations/"):
		s.install(answer, r)
	case s.opt.Token != "" && r.Header.Get("Authorization") != "Bearer "+s.opt.Token:
		fail(answer, http.StatusUnauthorized, "Bad credentials")
	case !s.charge(r, answer):
	default:
		s.lapse()
		s.mux.ServeHTTP(answer, r)
	}
	s.finish(w, r, answer)
}

// install gives an app that shows a signed assertion the token, for an hour.
func (s *System) install(w http.ResponseWriter, r *http.Request) {
	if assertion, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); !ok || strings.Count(assertion, ".") != 2 {
		fail(w, http.StatusUnauthorized, "A JSON web token could not be decoded")
		return
	}
	reply(w, http.StatusCreated, object{"token": s.opt.Token, "expires_at": stamp(s.opt.Now().Add(time.Hour))})
}

// charge counts a request's points; false where there are none left.
func (s *System) charge(r *http.Request, w http.ResponseWriter) bool {
	now := s.opt.Now()
	if now.Sub(s.window) >= time.Minute {
		s.window, s.points = now, 0
	}
	cost := writeCost
	if r.Method == http.MethodGet || r.URL.Path == "/graphql" {
		cost = readCost
	}
	if s.points+cost > cmp.Or(s.opt.Points, granted) {
		wait := s.window.Add(time.Minute).Sub(now)/time.Second + 1
		w.Header().Set("Retry-After", strconv.Itoa(int(wait)))
		fail(w, http.StatusForbidden, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.")
		return false
	}
	s.points += cost
	return true
}

// finish adds what every answer has, and leaves out what the client has already.
func (s *System) finish(w http.ResponseWriter, r *http.Request, answer *httptest.ResponseRecorder) {
	maps.Copy(w.Header(), answer.Header())
	h := w.Header()
	h.Set("X-GitHub-Request-Id", "SIM:1:2:3")
	h.Set("X-RateLimit-Limit", "5000")
	h.Set("X-RateLimit-Remaining", strconv.Itoa(cmp.Or(s.opt.Remaining, 4999)))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(s.opt.Now().Add(time.Hour).Unix(), 10))
	if s.opt.Scopes != "" {
		h.Set("X-OAuth-Scopes", s.opt.Scopes)
	}
	if r.Method == http.MethodGet && answer.Code == http.StatusOK {
		sum := sha256.Sum256(append(answer.Body.Bytes(), h.Get("Link")...))
		tag := `W/"` + hex.EncodeToString(sum[:16]) + `"`
		h.Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			h.Del("Content-Type")
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	w.WriteHeader(answer.Code)
	_, _ = bytes.NewReader(answer.Body.Bytes()).WriteTo(w)
}

// login makes of a name what GitHub would take.
func login(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, name)
}
