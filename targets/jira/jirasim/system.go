package jirasim

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"birthright/identity"
	"birthright/targets"
)

// Options say what sort of site it is.
type Options struct {
	// Email and Token are asked for where Token is not "": a basic login, or a bearer
	// token where Email is "".
	Email, Token string
	// Hide has no address shown.
	Hide bool
	// Plain is true where the account administers nothing.
	Plain bool
}

// System is the site. It is safe for concurrent use.
type System struct {
	opt Options
	mux *http.ServeMux

	mu  sync.Mutex
	mem memory
}

// memory is all that the site holds.
type memory struct {
	Users    []*User
	Groups   []*Group
	Projects []*Project
	Roles    []*Role // every project has all of them
	Next     int
}

// User is an account of the organisation that may use the site.
type User struct {
	AccountID, Email, DisplayName, Type string
	Active                              bool
}

// Group is a group; its members are accountIds.
type Group struct {
	ID, Name string
	Members  []string
}

// Project has the actors of each role, by the role's number.
type Project struct {
	Key    string
	Actors map[int]*Actors
}

// Actors are the people and the groups in a role.
type Actors struct{ Users, Groups []string }

// Role is a role that projects have.
type Role struct {
	ID   int
	Name string
}

// New makes an empty site.
func New(opt Options) *System {
	s := &System{opt: opt, mux: http.NewServeMux(), mem: memory{Next: 10000}}
	s.routes()
	return s
}

// Memory is all that it holds.
func (s *System) Memory() any { return &s.mem }

// ServeHTTP answers a request.
func (s *System) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opt.Token != "" && r.Header.Get("Authorization") != s.wanted() {
		fail(w, http.StatusUnauthorized, "Client must be authenticated to access this resource.")
		return
	}
	s.mux.ServeHTTP(w, r)
}

func (s *System) wanted() string {
	if s.opt.Email == "" {
		return "Bearer " + s.opt.Token
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(s.opt.Email+":"+s.opt.Token))
}

func (s *System) next() int {
	s.mem.Next++
	return s.mem.Next
}

// Edit changes what is held, as somebody would by hand.
func (s *System) Edit(change func(site *Site)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&Site{s})
}

// Site is the site under somebody's hands.
type Site struct{ s *System }

// User returns the user with an address, who is made where there is none.
func (t *Site) User(email string) *User { return t.s.makeUser(email) }

// Group returns a group, which is made where there is none.
func (t *Site) Group(name string) *Group { return t.s.makeGroup(name) }

// Actors returns who is in a role of a project; both are made where there are none.
func (t *Site) Actors(key, role string) *Actors { return t.s.makeRole(key, role) }

// Drop takes a user or a group away.
func (t *Site) Drop(name string) {
	t.s.mem.Users = slices.DeleteFunc(t.s.mem.Users, func(u *User) bool { return u.Email == name })
	t.s.mem.Groups = slices.DeleteFunc(t.s.mem.Groups, func(g *Group) bool { return g.Name == name })
}

func (s *System) user(accountID string) *User {
	for _, u := range s.mem.Users {
		if u.AccountID == accountID {
			return u
		}
	}
	return nil
}

func (s *System) makeUser(email string) *User {
	for _, u := range s.mem.Users {
		if strings.EqualFold(u.Email, email) {
			return u
		}
	}
	u := &User{AccountID: fmt.Sprintf("712020:%08d-0000", s.next()), Email: email, DisplayName: email, Type: "atlassian", Active: true}
	s.mem.Users = append(s.mem.Users, u)
	return u
}

func (s *System) group(id string) *Group {
	for _, g := range s.mem.Groups {
		if g.ID == id {
			return g
		}
	}
	return nil
}

func (s *System) makeGroup(name string) *Group {
	for _, g := range s.mem.Groups {
		if g.Name == name {
			return g
		}
	}
	g := &Group{ID: fmt.Sprintf("%08d-aaaa", s.next()), Name: name}
	s.mem.Groups = append(s.mem.Groups, g)
	return g
}

func (s *System) project(key string) *Project {
	for _, p := range s.mem.Projects {
		if p.Key == key {
			return p
		}
	}
	return nil
}

func (s *System) makeRole(key, name string) *Actors {
	p := s.project(key)
	if p == nil {
		p = &Project{Key: key, Actors: map[int]*Actors{}}
		s.mem.Projects = append(s.mem.Projects, p)
	}
	i := slices.IndexFunc(s.mem.Roles, func(r *Role) bool { return r.Name == name })
	if i < 0 {
		i = len(s.mem.Roles)
		s.mem.Roles = append(s.mem.Roles, &Role{ID: s.next(), Name: name})
	}
	return p.of(s.mem.Roles[i].ID)
}

func (p *Project) of(role int) *Actors {
	if p.Actors[role] == nil {
		p.Actors[role] = &Actors{}
	}
	return p.Actors[role]
}

// Seed puts st in as an administrator would.
func (s *System) Seed(st targets.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range st.Accounts {
		email := a.Attributes.First(identity.AttrEmail)
		if email == "" {
			email = a.Name
		}
		u := s.makeUser(email)
		u.Active = a.Active
		if name := a.Attributes.First(identity.AttrDisplayName); name != "" {
			u.DisplayName = name
		}
	}
	for _, e := range st.Entitlements {
		s.provide(e.Address)
	}
	for _, a := range st.Assignments {
		u := s.user(a.AccountID)
		if u == nil {
			u = s.makeUser(a.AccountID)
		}
		s.give(u, a)
	}
}

func (s *System) provide(e identity.Entitlement) {
	if key, role, ok := strings.Cut(e.ID, "/"); e.Kind == "project-role" && ok {
		s.makeRole(key, role)
	} else if e.Kind == "group" {
		s.makeGroup(e.ID)
	}
}

// give puts an assignment in; one that is indirect goes through a group in the role.
func (s *System) give(u *User, a targets.Assignment) {
	if a.Entitlement.Kind == "group" {
		add(&s.makeGroup(a.Entitlement.ID).Members, u.AccountID)
		return
	}
	key, role, _ := strings.Cut(a.Entitlement.ID, "/")
	in := s.makeRole(key, role)
	if !a.Indirect {
		add(&in.Users, u.AccountID)
		return
	}
	g := s.makeGroup(role + "-group")
	add(&g.Members, u.AccountID)
	add(&in.Groups, g.ID)
}

// add puts a value in; false where it is there.
func add(to *[]string, value string) bool {
	if slices.Contains(*to, value) {
		return false
	}
	*to = append(*to, value)
	return true
}

// drop takes a value out; false where it is not there.
func drop(from *[]string, value string) bool {
	i := slices.Index(*from, value)
	if i >= 0 {
		*from = slices.Delete(*from, i, i+1)
	}
	return i >= 0
}

type object = map[string]any

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func fail(w http.ResponseWriter, status int, message string) {
	reply(w, status, object{"errorMessages": []string{message}, "errors": object{}})
}

// window is the part of a list that a request asks for.
func window(r *http.Request, all []object) (start int, part []object) {
	size := 50
	if n, err := strconv.Atoi(r.URL.Query().Get("maxResults")); err == nil && n > 0 && n <= 50 {
		size = n
	}
	start, _ = strconv.Atoi(r.URL.Query().Get("startAt"))
	first := min(max(start, 0), len(all))
	return start, append([]object{}, all[first:min(first+size, len(all))]...)
}

func page(w http.ResponseWriter, r *http.Request, all []object) {
	start, part := window(r, all)
	reply(w, http.StatusOK, object{
		"self": "https://" + r.Host + r.URL.RequestURI(), "maxResults": len(part), "startAt": start, "total": len(all),
		"isLast": start+len(part) >= len(all), "values": part,
	})
}
