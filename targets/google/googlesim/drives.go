package googlesim

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// lapse ends the permissions whose time has come.
func (s *System) lapse() {
	now := s.opt.Now()
	for _, list := range s.mem.Permissions {
		maps.DeleteFunc(list, func(_ string, p *permission) bool { return !p.Expiration.IsZero() && !p.Expiration.After(now) })
	}
}

func (s *System) listDrives(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("useDomainAdminAccess") != "true" {
		page(s, w, r, "drive#driveList", "drives", "pageSize", 100, []any(nil)) // those that the subject is on: none
		return
	}
	var all []map[string]any
	for _, id := range slices.Sorted(maps.Keys(s.mem.Drives)) {
		all = append(all, map[string]any{"kind": "drive#drive", "id": id, "name": s.mem.Drives[id]})
	}
	page(s, w, r, "drive#driveList", "drives", "pageSize", 100, all)
}

// file finds the permissions of a file or, as an administrator, of a shared drive.
func (s *System) file(w http.ResponseWriter, r *http.Request) map[string]*permission {
	id := r.PathValue("file")
	_, isDrive := s.mem.Drives[id]
	list, known := s.mem.Permissions[id]
	q := r.URL.Query()
	if !known || isDrive && (q.Get("useDomainAdminAccess") != "true" || q.Get("supportsAllDrives") != "true") {
		fail(w, http.StatusNotFound, "notFound", "File not found: "+id+".")
		return nil
	}
	return list
}

// shown is a permission as it is answered: Drive tells little unless asked for more.
func (p *permission) shown(r *http.Request) map[string]any {
	out := map[string]any{"id": p.ID, "type": p.Type, "role": p.Role, "kind": "drive#permission"}
	if r.URL.Query().Get("fields") == "" {
		return out
	}
	if p.Email != "" {
		out["emailAddress"] = p.Email
	}
	if !p.Expiration.IsZero() {
		out["expirationTime"] = p.Expiration.Format("2006-01-02T15:04:05.000Z")
	}
	if p.Inherited {
		out["permissionDetails"] = []any{map[string]any{"inherited": true}}
	}
	return out
}

func (s *System) listPermissions(w http.ResponseWriter, r *http.Request) {
	list := s.file(w, r)
	if list == nil {
		return
	}
	var all []map[string]any
	for _, p := range sorted(list) {
		all = append(all, p.shown(r))
	}
	page(s, w, r, "drive#permissionList", "permissions", "pageSize", 100, all)
}

type permissionInput struct {
	Type, Role     string
	EmailAddress   string
	ExpirationTime time.Time
}

// expiry checks an end: in the future, and at most a year away.
func (s *System) expiry(w http.ResponseWriter, in permissionInput) bool {
	ahead := in.ExpirationTime.Sub(s.opt.Now())
	if !in.ExpirationTime.IsZero() && (ahead <= 0 || ahead > 365*24*time.Hour) {
		fail(w, http.StatusBadRequest, "invalid", "The expiration time is invalid.")
		return false
	}
	return true
}

// createPermission gives a user or group a role. One that has another already has the
// new one then, and keeps the permission's id.
func (s *System) createPermission(w http.ResponseWriter, r *http.Request) {
	list := s.file(w, r)
	var in permissionInput
	if list == nil || !read(w, r, &in) || !s.expiry(w, in) {
		return
	}
	p := &permission{Type: in.Type, Role: in.Role, Expiration: in.ExpirationTime.UTC()}
	switch in.Type {
	case "user":
		u := s.user(in.EmailAddress)
		if u == nil {
			fail(w, http.StatusBadRequest, "invalidSharingRequest", "Bad Request. User message: \"You are trying to invite "+in.EmailAddress+".\"")
			return
		}
		p.ID, p.Email = "p"+str(u, "id"), str(u, "primaryEmail")
	case "group":
		g := s.group(in.EmailAddress)
		if g == nil || s.lags(g) {
			fail(w, http.StatusNotFound, "notFound", "Group not found: "+in.EmailAddress+".")
			return
		}
		p.ID, p.Email = "p"+g.ID, g.Email
	default:
		fail(w, http.StatusBadRequest, "invalid", "The specified type is invalid or not supported.")
		return
	}
	list[p.ID] = p
	reply(w, http.StatusOK, p.shown(r))
}

func (s *System) updatePermission(w http.ResponseWriter, r *http.Request) {
	list := s.file(w, r)
	var in permissionInput
	if list == nil {
		return
	}
	p := list[r.PathValue("permission")]
	switch {
	case p == nil:
		fail(w, http.StatusNotFound, "notFound", "Permission not found: "+r.PathValue("permission")+".")
		return
	case !read(w, r, &in) || !s.expiry(w, in):
		return
	case in.Role == "":
		fail(w, http.StatusForbidden, "fieldNotWritable", "The resource body includes fields which are not directly writable.")
		return
	}
	p.Role = in.Role
	if !in.ExpirationTime.IsZero() {
		p.Expiration = in.ExpirationTime.UTC()
	}
	if r.URL.Query().Get("removeExpiration") == "true" {
		p.Expiration = time.Time{}
	}
	reply(w, http.StatusOK, p.shown(r))
}

func (s *System) deletePermission(w http.ResponseWriter, r *http.Request) {
	list := s.file(w, r)
	if list == nil {
		return
	}
	id := r.PathValue("permission")
	switch p := list[id]; {
	case p == nil:
		fail(w, http.StatusNotFound, "notFound", "Permission not found: "+id+".")
	case p.Inherited:
		fail(w, http.StatusForbidden, "cannotDeleteInheritedPermission", "The permission is inherited, and cannot be deleted here.")
	default:
		delete(list, id)
		w.WriteHeader(http.StatusNoContent)
	}
}

// roleOf splits NAME@ROLE.
func roleOf(id string) (of, role string) {
	at := strings.LastIndexByte(id, '@')
	if at < 0 {
		return id, "reader"
	}
	return id[:at], id[at+1:]
}
