package slacksim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options make a System.
type Options struct {
	// Now tells the time; nil means time.Now.
	Now func() time.Time
	// Token is the one that is taken; "" takes any, and none.
	Token string
	// Scopes are the token's; nil means all that there are.
	Scopes []string
	// Page bounds every page; 0 leaves it at what is asked for.
	Page int
	// PerMinute is how often each method may be called in a minute; 0 means any number.
	PerMinute int
	// HideDisabled has a disabled user group's list refused until it is enabled.
	HideDisabled bool
	// HideEmail leaves addresses out.
	HideEmail bool
}

// System is a workspace.
type System struct {
	opt Options

	mu     sync.Mutex
	mem    memory
	window time.Time
	used   map[string]int
}

// memory is all that it holds.
type memory struct {
	Next     int        `json:"next"`
	Users    []*user    `json:"users"`
	Groups   []*group   `json:"groups"`
	Channels []*channel `json:"channels"`
}

type user struct {
	ID, Name, Email string
	Deleted, Bot    bool
}

type group struct {
	ID, Handle, Name  string
	Users             []string
	Updated, Disabled int64
	External          bool
}

type channel struct {
	ID, Name                           string
	Members                            []string
	Archived, General, Private, Hidden bool
}

// app is the app's own user.
const app = "UAPP0001"

// New makes an empty workspace. The app itself is its only user.
func New(opt Options) *System {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Scopes == nil {
		opt.Scopes = []string{"users:read", "users:read.email", "usergroups:read", "usergroups:write", "channels:read", "groups:read", "channels:manage", "groups:write"}
	}
	return &System{opt: opt, used: map[string]int{}, mem: memory{Users: []*user{{ID: app, Name: "hub", Bot: true}}}}
}

// Memory is all that it holds.
func (s *System) Memory() any { return &s.mem }

// method is one method of the API, with the scope that it needs: any of several.
type method struct {
	verb, scope string
	run         func(*System, url.Values) map[string]any
}

var methods = map[string]method{
	"auth.test":               {"GET", "", (*System).authTest},
	"users.list":              {"GET", "users:read", (*System).usersList},
	"users.info":              {"GET", "users:read", (*System).usersInfo},
	"users.lookupByEmail":     {"GET", "users:read.email", (*System).usersLookup},
	"usergroups.list":         {"GET", "usergroups:read", (*System).groupsList},
	"usergroups.create":       {"POST", "usergroups:write", (*System).groupsCreate},
	"usergroups.enable":       {"POST", "usergroups:write", (*System).groupsEnable},
	"usergroups.disable":      {"POST", "usergroups:write", (*System).groupsDisable},
	"usergroups.users.update": {"POST", "usergroups:write", (*System).groupsUpdate},
	"conversations.list":      {"GET", "channels:read", (*System).channelsList},
	"conversations.members":   {"GET", "channels:read", (*System).channelsMembers},
	"conversations.invite":    {"POST", "channels:manage", (*System).channelsInvite},
	"conversations.kick":      {"POST", "channels:manage", (*System).channelsKick},
}

// ServeHTTP answers a call.
func (s *System) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := strings.TrimPrefix(r.URL.Path, "/api/")
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-OAuth-Scopes", strings.Join(s.opt.Scopes, ","))
	if wait := s.limited(name); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(wait))
		w.WriteHeader(http.StatusTooManyRequests)
		_ = json.NewEncoder(w).Encode(no("ratelimited"))
		return
	}
	_ = json.NewEncoder(w).Encode(s.answer(name, r)) // into memory
}

func (s *System) answer(name string, r *http.Request) map[string]any {
	m, known := methods[name]
	if !known || m.verb != r.Method {
		return no("unknown_method")
	}
	if s.opt.Token != "" && r.Header.Get("Authorization") != "Bearer "+s.opt.Token {
		return no("invalid_auth")
	}
	if m.scope != "" && !s.may(m.scope) {
		answer := no("missing_scope")
		answer["needed"], answer["provided"] = m.scope, strings.Join(s.opt.Scopes, ",")
		return answer
	}
	if err := r.ParseForm(); err != nil {
		return no("invalid_form_data")
	}
	return m.run(s, r.Form)
}

func (s *System) may(scope string) bool {
	for _, have := range s.opt.Scopes {
		if have == scope {
			return true
		}
	}
	return false
}

// limited returns how many seconds to wait; 0 where the method may be called.
func (s *System) limited(name string) int {
	if s.opt.PerMinute == 0 {
		return 0
	}
	now := s.opt.Now()
	if now.Sub(s.window) >= time.Minute {
		s.window = now
		clear(s.used)
	}
	if s.used[name]++; s.used[name] <= s.opt.PerMinute {
		return 0
	}
	return int(time.Minute.Seconds()-now.Sub(s.window).Seconds()) + 1
}

func yes(pairs ...any) map[string]any {
	out := map[string]any{"ok": true}
	for i := 0; i+1 < len(pairs); i += 2 {
		out[pairs[i].(string)] = pairs[i+1]
	}
	return out
}

func no(word string) map[string]any { return map[string]any{"ok": false, "error": word} }

func (s *System) id(letter string) string {
	s.mem.Next++
	return fmt.Sprintf("%s%09d", letter, s.mem.Next)
}

func (s *System) authTest(url.Values) map[string]any {
	return yes("url", "https://acme.slack.com/", "team", "Acme", "user", "hub", "team_id", "T00000001", "user_id", app)
}

// page cuts a list by limit and cursor. A list that is left out is empty.
func page[V any](s *System, q url.Values, name string, all []V, also ...any) map[string]any {
	n, start := len(all), 0
	if limit, err := strconv.Atoi(q.Get("limit")); err == nil && limit > 0 {
		n = limit
	}
	if s.opt.Page > 0 {
		n = min(n, s.opt.Page)
	}
	if cursor := q.Get("cursor"); cursor != "" {
		if _, err := fmt.Sscanf(cursor, "from%d", &start); err != nil || start > len(all) {
			return no("invalid_cursor")
		}
	}
	end, next := min(start+n, len(all)), ""
	if end < len(all) {
		next = fmt.Sprintf("from%d", end)
	}
	out := yes(append([]any{name, append([]V{}, all[start:end]...)}, also...)...)
	out["response_metadata"] = map[string]any{"next_cursor": next}
	return out
}
