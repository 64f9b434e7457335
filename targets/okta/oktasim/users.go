package oktasim

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/mail"
	"slices"
	"strings"
)

func (s *Sim) users(w http.ResponseWriter, r *http.Request, parts []string) {
	switch {
	case len(parts) == 0 && r.Method == http.MethodGet:
		s.listUsers(w, r)
		return
	case len(parts) == 0 && r.Method == http.MethodPost:
		s.createUser(w, r)
		return
	case len(parts) == 0:
		fail(w, http.StatusMethodNotAllowed, "E0000022", "The endpoint does not support the provided HTTP method")
		return
	}
	u := s.find(parts[0])
	if u == nil {
		notFound(w, parts[0], "User")
		return
	}
	s.settle(u)
	switch rest := r.Method + " " + strings.Join(parts[1:], "/"); {
	case rest == "GET ":
		send(w, http.StatusOK, s.show(u))
	case rest == "POST ":
		s.updateUser(w, r, u)
	case rest == "DELETE ":
		s.deleteUser(w, u)
	case rest == "GET groups":
		s.groupsOf(w, r, u)
	case strings.HasPrefix(rest, "POST lifecycle/"):
		s.lifecycle(w, u, parts[len(parts)-1])
	default:
		fail(w, http.StatusMethodNotAllowed, "E0000022", "The endpoint does not support the provided HTTP method")
	}
}

// find takes an id, a login, and what is before a login's @ where that is one user's.
// Who is deprovisioned is found by id alone.
func (s *Sim) find(text string) *User {
	if u := s.memory.Users[text]; u != nil {
		return u
	}
	var short []*User
	for _, u := range s.sortedUsers() {
		login, _ := u.Profile["login"].(string)
		if u.Status == "DEPROVISIONED" {
			continue
		}
		if strings.EqualFold(login, text) {
			return u
		}
		if name, _, ok := strings.Cut(login, "@"); ok && strings.EqualFold(name, text) {
			short = append(short, u)
		}
	}
	if len(short) == 1 {
		return short[0]
	}
	return nil
}

func (s *Sim) sortedUsers() []*User {
	var out []*User
	for _, id := range slices.Sorted(maps.Keys(s.memory.Users)) {
		out = append(out, s.memory.Users[id])
	}
	return out
}

func (s *Sim) listUsers(w http.ResponseWriter, r *http.Request) {
	keep := func(u *User) bool { return u.Status != "DEPROVISIONED" }
	if text := r.URL.Query().Get("filter"); text != "" {
		clauses, err := parseFilter(text)
		if err != nil {
			fail(w, http.StatusBadRequest, "E0000031", err.Error())
			return
		}
		keep = func(u *User) bool {
			return slices.ContainsFunc(clauses, func(c clause) bool { return property(u, c.property) == c.value })
		}
	}
	list := slices.DeleteFunc(s.sortedUsers(), func(u *User) bool { return !keep(u) })
	page(s, w, r, list, func(u *User) string { return u.ID }, func(u *User) any { return s.show(u) })
}

func property(u *User, name string) string {
	switch name {
	case "id":
		return u.ID
	case "status":
		return u.Status
	}
	text, _ := u.Profile[strings.TrimPrefix(name, "profile.")].(string)
	return text
}

// bodyOf is what a user is made or changed with.
type bodyOf struct {
	Profile map[string]any `json:"profile"`
}

func (s *Sim) createUser(w http.ResponseWriter, r *http.Request) {
	var in bodyOf
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.Profile == nil {
		fail(w, http.StatusBadRequest, "E0000003", "The request body was not well-formed.")
		return
	}
	if field, why := s.wrong("", in.Profile); field != "" {
		invalid(w, field, why)
		return
	}
	now := s.opt.Now().UTC()
	u := &User{ID: s.id("00u"), Status: "STAGED", Profile: in.Profile, Created: now, Updated: now}
	if r.URL.Query().Get("activate") != "false" {
		u.Status = "ACTIVE"
	}
	s.memory.Users[u.ID] = u
	send(w, http.StatusOK, s.show(u))
}

func (s *Sim) updateUser(w http.ResponseWriter, r *http.Request, u *User) {
	var in bodyOf
	if json.NewDecoder(r.Body).Decode(&in) != nil {
		fail(w, http.StatusBadRequest, "E0000003", "The request body was not well-formed.")
		return
	}
	if u.Status == "DEPROVISIONED" && !s.opt.EditGone {
		fail(w, http.StatusForbidden, "E0000038", "This operation is not allowed in the user's current status.")
		return
	}
	merged := maps.Clone(u.Profile)
	for name, value := range in.Profile {
		if merged[name] = value; value == nil {
			delete(merged, name)
		}
	}
	if field, why := s.wrong(u.ID, merged); field != "" {
		invalid(w, field, why)
		return
	}
	u.Profile, u.Updated = merged, s.opt.Now().UTC()
	send(w, http.StatusOK, s.show(u))
}

// wrong tells the first fault of a profile.
func (s *Sim) wrong(id string, profile map[string]any) (field, why string) {
	login, _ := profile["login"].(string)
	email, _ := profile["email"].(string)
	switch {
	case login == "":
		return "login", "The field cannot be left blank"
	case len([]rune(login)) < 5 || len([]rune(login)) > 100:
		return "login", "login must be between 5 and 100 characters"
	case !s.opt.AnyLogin && !isAddress(login):
		return "login", "Username must be in the form of an email address"
	case email == "" && !s.opt.AnyLogin:
		return "email", "The field cannot be left blank"
	case email != "" && !isAddress(email) && !s.opt.AnyLogin:
		return "email", "Does not match required pattern"
	}
	for _, name := range []string{"firstName", "lastName"} {
		if text, _ := profile[name].(string); text == "" && !s.opt.NamesOptional {
			return name, "The field cannot be left blank"
		}
	}
	for _, other := range s.memory.Users {
		if text, _ := other.Profile["login"].(string); other.ID != id && strings.EqualFold(text, login) {
			return "login", "An object with this field already exists in the current organization"
		}
	}
	return "", ""
}

func isAddress(text string) bool {
	parsed, err := mail.ParseAddress(text)
	return err == nil && parsed.Address == text
}

// show is a user as Okta writes it.
func (s *Sim) show(u *User) map[string]any {
	out := map[string]any{
		"id": u.ID, "status": u.Status, "created": u.Created, "lastUpdated": u.Updated, "activated": nil, "statusChanged": nil,
		"lastLogin": u.LastLogin, "passwordChanged": nil, "type": map[string]any{"id": "oty00000000000000001"}, "profile": u.Profile,
		"credentials": map[string]any{"provider": map[string]any{"type": "OKTA", "name": "OKTA"}},
		"_links":      map[string]any{"self": map[string]any{"href": "https://simulated.invalid/api/v1/users/" + u.ID}},
	}
	if u.Becoming != "" {
		out["transitioningToStatus"] = u.Becoming
	}
	return out
}
