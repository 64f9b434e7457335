package backing_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"birthright/scim/patch/patchtest"
)

// world is what the requests of a program are about, the plain way: one user and
// one group. Versions count what changed something.
type world struct {
	user         map[string]any // nil once it is deleted
	userVersion  int            // 0 once it is deleted
	name         string
	members      string // sorted ids
	groupVersion int    // 0 once it is deleted
}

// request is one request of a client, and what it was answered.
type request struct {
	method  string
	group   bool           // about the group, otherwise about the user
	asked   bool           // for the members in the answer of a PATCH
	body    map[string]any // nil for a GET or DELETE
	ifMatch string

	status int
	etag   string
	answer map[string]any
}

func (r request) String() string {
	body, _ := json.Marshal(r.body)
	answer, _ := json.Marshal(r.answer)
	what := "user"
	if r.group {
		what = "group"
	}
	return fmt.Sprintf("%s %s If-Match %q %s\n    → %d %s %s", r.method, what, r.ifMatch, body, r.status, r.etag, answer)
}

// next returns the world after the request, if the request and its answer are as
// they must be in w.
func (r request) next(w world) (world, bool) {
	version := &w.userVersion
	if r.group {
		version = &w.groupVersion
	}
	if *version == 0 {
		return w, r.status == 404
	}
	tag := fmt.Sprintf(`W/"%d"`, *version)
	if r.method != "GET" && r.ifMatch != "" && r.ifMatch != "*" && r.ifMatch != tag {
		return w, r.status == 412
	}
	before, refusal := w, ""
	switch {
	case r.method == "DELETE" && r.group:
		w.name, w.members, w.groupVersion = "", "", 0
		return w, r.status == 204
	case r.method == "DELETE":
		w.user, w.userVersion = nil, 0
		return w, r.status == 204
	case r.group:
		w, refusal = r.onGroup(w)
	case r.method == "PATCH":
		w.user, refusal = patchtest.PatchUser(w.user, r.body, false)
	case r.method == "PUT":
		w.user = without(r.body, "schemas")
	}
	if refusal != "" {
		return before, r.status == 400 && r.answer["scimType"] == refusal
	}
	if !equal(before, w) {
		*version++
	}
	return w, r.says(w)
}

// says reports whether an answer is that of a world.
func (r request) says(w world) bool {
	if !r.group {
		return r.status == 200 && r.etag == fmt.Sprintf(`W/"%d"`, w.userVersion) && same(without(r.answer, "schemas", "id", "meta", "groups"), w.user)
	}
	if r.etag != fmt.Sprintf(`W/"%d"`, w.groupVersion) {
		return false
	}
	if r.method == "PATCH" && !r.asked {
		return r.status == 204
	}
	return r.status == 200 && r.answer["displayName"] == w.name && memberIDs(r.answer) == w.members
}

// onGroup carries out a PUT or PATCH of the group.
func (r request) onGroup(w world) (world, string) {
	switch r.method {
	case "PUT":
		w.name, _ = r.body["displayName"].(string)
		w.members = memberIDs(r.body)
	case "PATCH":
		operations, _ := r.body["Operations"].([]any)
		for _, one := range operations {
			op, _ := one.(map[string]any)
			w = onePatch(w, op)
		}
	}
	return w, ""
}

// onePatch carries out one operation on the group.
func onePatch(w world, op map[string]any) world {
	if op["path"] == "displayName" {
		w.name, _ = op["value"].(string)
		return w
	}
	set := map[string]bool{}
	for _, id := range strings.Fields(w.members) {
		set[id] = true
	}
	told := strings.Fields(memberIDs(map[string]any{"members": op["value"]}))
	if path, _ := op["path"].(string); strings.Contains(path, `"`) {
		told = []string{strings.Split(path, `"`)[1]}
	}
	if op["op"] == "replace" {
		clear(set)
	}
	for _, id := range told {
		if set[id] = true; op["op"] == "remove" {
			delete(set, id)
		}
	}
	w.members = strings.Join(slices.Sorted(maps.Keys(set)), " ")
	return w
}

// explained reports whether the requests of two clients, each in its order, make
// final out of w in some serial order that gives every answer.
func explained(w, final world, a, b []request) bool {
	if len(a) == 0 && len(b) == 0 {
		return equal(w, final) && w.userVersion == final.userVersion && w.groupVersion == final.groupVersion
	}
	if len(a) > 0 {
		if next, ok := a[0].next(w); ok && explained(next, final, a[1:], b) {
			return true
		}
	}
	if len(b) > 0 {
		if next, ok := b[0].next(w); ok && explained(next, final, a, b[1:]) {
			return true
		}
	}
	return false
}

func equal(a, b world) bool {
	return same(a.user, b.user) && a.name == b.name && a.members == b.members
}

func same(a, b map[string]any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

func without(m map[string]any, names ...string) map[string]any {
	out := maps.Clone(m)
	for _, name := range names {
		delete(out, name)
	}
	return out
}

// memberIDs lists the members that a body or an answer names.
func memberIDs(body map[string]any) string {
	list, _ := body["members"].([]any)
	set := map[string]bool{}
	for _, one := range list {
		m, _ := one.(map[string]any)
		id, _ := m["value"].(string)
		set[id] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(set)), " ")
}
