package oktasim

import "net/http"

// lifecycle takes a user from one status to another, by the ways that Okta has.
func (s *Sim) lifecycle(w http.ResponseWriter, u *User, step string) {
	switch {
	case step == "suspend" && u.Status == "ACTIVE":
		s.become(u, "SUSPENDED")
	case step == "suspend":
		fail(w, http.StatusBadRequest, "E0000001", "Api validation failed: suspendUser", "Cannot suspend a user that is not active")
		return
	case step == "unsuspend" && u.Status == "SUSPENDED":
		s.become(u, "ACTIVE")
	case step == "unsuspend":
		fail(w, http.StatusBadRequest, "E0000001", "Api validation failed: unsuspendUser", "Cannot unsuspend a user that is not suspended")
		return
	case step == "activate" && (u.Status == "STAGED" || u.Status == "DEPROVISIONED"):
		s.become(u, "ACTIVE")
	case step == "activate":
		fail(w, http.StatusForbidden, "E0000016", "Activation failed because the user is already active")
		return
	case step == "deactivate" && u.Status != "DEPROVISIONED":
		s.deactivate(u)
	case step == "deactivate":
		notFound(w, u.ID, "User")
		return
	default:
		fail(w, http.StatusMethodNotAllowed, "E0000022", "The endpoint does not support the provided HTTP method")
		return
	}
	send(w, http.StatusOK, map[string]any{})
}

func (s *Sim) become(u *User, status string) { u.Status, u.Updated = status, s.opt.Now().UTC() }

// deactivate takes a while where the organisation is slow.
func (s *Sim) deactivate(u *User) {
	if s.opt.Slow > 0 {
		if u.Becoming == "" {
			u.Becoming, u.Looks = "DEPROVISIONED", s.opt.Slow
		}
		return
	}
	s.become(u, "DEPROVISIONED")
}

// settle ends what takes a while, a look at a time.
func (s *Sim) settle(u *User) {
	if u.Becoming == "" {
		return
	}
	if u.Looks--; u.Looks < 0 {
		s.become(u, u.Becoming)
		u.Becoming = ""
	}
}

// deleteUser deactivates a user, and deletes one who is.
func (s *Sim) deleteUser(w http.ResponseWriter, u *User) {
	if u.Status != "DEPROVISIONED" {
		s.deactivate(u)
	} else {
		delete(s.memory.Users, u.ID)
		for _, g := range s.memory.Groups {
			if g.Members[u.ID] {
				delete(g.Members, u.ID)
				g.Changed = s.opt.Now().UTC()
			}
		}
	}
	w.WriteHeader(http.StatusNoContent)
}
