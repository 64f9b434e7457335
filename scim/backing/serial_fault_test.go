package backing_test

import "testing"

// What is no serial order is noticed: these are answers of hubs that lose updates,
// answer with what never was, or overlook a condition.
func TestNoOrderExplains(t *testing.T) {
	title := func(value string) map[string]any {
		return patchOf(map[string]any{"op": "replace", "path": "title", "value": value})
	}
	add := func(id string) map[string]any {
		return patchOf(map[string]any{"op": "add", "path": "members", "value": []any{map[string]any{"value": id}}})
	}
	begin := world{user: map[string]any{"userName": "p", "title": "x"}, userVersion: 1, name: "g", members: "a", groupVersion: 1}
	user := func(title string, version int) world {
		w := begin
		w.user, w.userVersion = map[string]any{"userName": "p", "title": title}, version
		return w
	}
	group := func(members string, version int) world {
		w := begin
		w.members, w.groupVersion = members, version
		return w
	}
	patched := func(body map[string]any, ifMatch, title, etag string) request {
		return request{method: "PATCH", body: body, ifMatch: ifMatch, status: 200, etag: etag, answer: map[string]any{"userName": "p", "title": title}}
	}
	added := func(id, etag string) request {
		return request{method: "PATCH", group: true, body: add(id), status: 204, etag: etag}
	}
	members := func(ids ...string) map[string]any {
		list := []any{}
		for _, id := range ids {
			list = append(list, map[string]any{"value": id})
		}
		return map[string]any{"displayName": "g", "members": list}
	}
	for name, c := range map[string]struct {
		end  world
		a, b []request
		fine bool
	}{
		"one after the other":         {user("z", 3), []request{patched(title("y"), "", "y", `W/"2"`)}, []request{patched(title("z"), "", "z", `W/"3"`)}, true},
		"an update is lost":           {user("z", 2), []request{patched(title("y"), "", "y", `W/"2"`)}, []request{patched(title("z"), "", "z", `W/"2"`)}, false},
		"a condition is overlooked":   {user("z", 3), []request{patched(title("y"), "", "y", `W/"2"`)}, []request{patched(title("z"), `W/"1"`, "z", `W/"3"`)}, false},
		"a change without a version":  {user("y", 1), []request{patched(title("y"), "", "y", `W/"1"`)}, nil, false},
		"a version without a change":  {user("x", 2), []request{patched(title("x"), "", "x", `W/"2"`)}, nil, false},
		"members one after the other": {group("a b c", 3), []request{added("b", `W/"2"`)}, []request{added("c", `W/"3"`)}, true},
		"a member is lost":            {group("a c", 3), []request{added("b", `W/"2"`)}, []request{added("c", `W/"3"`)}, false},
		"a version and the members of another": {group("a b c", 3), []request{{method: "PUT", group: true, body: members("a", "b"), status: 200, etag: `W/"2"`, answer: members("a", "b", "c")}},
			[]request{added("c", `W/"3"`)}, false},
		"a client's own order": {user("z", 3), []request{patched(title("z"), "", "z", `W/"3"`), patched(title("y"), "", "y", `W/"2"`)}, nil, false},
		"read before it was written": {user("y", 2), []request{patched(title("y"), "", "y", `W/"2"`)},
			[]request{{method: "GET", status: 200, etag: `W/"2"`, answer: user("y", 2).user}, {method: "GET", status: 200, etag: `W/"1"`, answer: begin.user}}, false},
	} {
		if got := explained(begin, c.end, c.a, c.b); got != c.fine {
			t.Errorf("%s: explained is %v", name, got)
		}
	}
}
