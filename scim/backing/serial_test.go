package backing_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// stage is what the programs of one database are played on.
type stage struct {
	*hub
	people []string // who can be members
	user   string   // the ids that a program is about
	group  string
}

// Whatever two clients do to one user and one group at once, with or without
// If-Match, every answer and the outcome are those of the same requests one after
// the other, in some order that is each client's own order.
func TestTwoClientsAreOneAfterTheOther(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		s := &stage{hub: h, people: []string{h.user("a"), h.user("b"), h.user("c")}}
		programs := 0
		rapid.Check(t, func(t *rapid.T) {
			programs++
			begin := s.begin(t, programs)
			var clients [2][]request
			for i := range clients {
				for range rapid.IntRange(1, 3).Draw(t, "requests") {
					clients[i] = append(clients[i], s.draw(t))
				}
			}
			s.play(t, clients)
			end := s.look(t)
			if !explained(begin, end, clients[0], clients[1]) {
				t.Fatalf("no order explains\n%s\n\n%s\nfrom %+v to %+v", lines(clients[0]), lines(clients[1]), begin, end)
			}
		})
	})
}

func lines(requests []request) string {
	var out []string
	for _, r := range requests {
		out = append(out, r.String())
	}
	return strings.Join(out, "\n")
}

// begin makes a new user and a new group.
func (s *stage) begin(t *rapid.T, n int) world {
	made := func(path, body string) string {
		r := s.send("POST", path, body, 201)
		id, _ := r["id"].(string)
		return id
	}
	user := map[string]any{"userName": fmt.Sprintf("p%d", n), "title": "x", "emails": []any{map[string]any{"value": fmt.Sprintf("p%d@x.com", n), "type": "work"}}}
	text, err := json.Marshal(user)
	if err != nil {
		t.Fatal(err)
	}
	s.user = made("/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],`+string(text[1:]))
	// The group of the program before has the name that this one's needs.
	if s.group != "" {
		s.do(t, &request{method: "DELETE", group: true})
	}
	s.group = made("/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[{"value":"`+s.people[0]+`"}]}`)
	return world{user: user, userVersion: 1, name: "g", members: s.people[0], groupVersion: 1}
}

// look reads what there is.
func (s *stage) look(t *rapid.T) world {
	user, group := request{method: "GET"}, request{method: "GET", group: true}
	s.do(t, &user)
	s.do(t, &group)
	w := world{}
	if user.status == 200 {
		w.user, w.userVersion = without(user.answer, "schemas", "id", "meta", "groups"), versionOf(user.etag)
	}
	if group.status == 200 {
		w.members, w.groupVersion = memberIDs(group.answer), versionOf(group.etag)
		w.name, _ = group.answer["displayName"].(string)
	}
	return w
}

// versionOf reads an entity tag, 0 for none.
func versionOf(etag string) int {
	n, _ := strconv.Atoi(strings.Trim(strings.TrimPrefix(etag, "W/"), `"`))
	return n
}

// play carries out both clients' requests at once.
func (s *stage) play(t *rapid.T, clients [2][]request) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for _, requests := range clients {
		all.Go(func() {
			<-start
			seen := map[bool]string{}
			for i := range requests {
				r := &requests[i]
				if r.ifMatch == "seen" {
					r.ifMatch = seen[r.group]
				}
				s.do(t, r)
				if r.etag != "" {
					seen[r.group] = r.etag
				}
			}
		})
	}
	close(start)
	all.Wait()
}

// do sends a request and notes what it was answered.
func (s *stage) do(t failer, r *request) {
	path := "/scim/v2/Users/" + s.user
	if r.group {
		path = "/scim/v2/Groups/" + s.group
	}
	path = strings.TrimSuffix(path, "/")
	if r.asked {
		path += "?attributes=displayName,members"
	}
	var body io.Reader
	if r.body != nil {
		text, _ := json.Marshal(r.body)
		body = strings.NewReader(string(text))
	}
	req, err := http.NewRequest(r.method, s.server.URL+path, body)
	if err != nil {
		t.Errorf("%v", err)
		return
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	if r.ifMatch != "" {
		req.Header.Set("If-Match", r.ifMatch)
	}
	response, err := s.server.Client().Do(req)
	if err != nil {
		t.Errorf("%s: %v", r, err)
		return
	}
	defer response.Body.Close()
	r.status, r.etag = response.StatusCode, response.Header.Get("ETag")
	if err := json.NewDecoder(response.Body).Decode(&r.answer); err != nil && r.status != 204 {
		t.Errorf("%s: %v", r, err)
	}
}

// draw makes a request.
func (s *stage) draw(t *rapid.T) request {
	r := request{group: rapid.Bool().Draw(t, "group"), method: pick(t, "PATCH", "PATCH", "PATCH", "PATCH", "PUT", "PUT", "PUT", "GET", "GET", "DELETE")}
	if r.method != "GET" {
		r.ifMatch = pick(t, "", "", "", "seen", "seen", `W/"1"`, `W/"2"`, "*")
	}
	switch {
	case r.method == "GET", r.method == "DELETE":
	case r.method == "PATCH" && r.group:
		r.asked = rapid.Bool().Draw(t, "asked")
		r.body = patchOf(s.groupOperation(t), s.groupOperation(t))
	case r.method == "PATCH":
		r.body = patchOf(userOperation(t), userOperation(t))
	case r.group:
		r.body = map[string]any{"schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": pick(t, "g", "h"), "members": s.someone(t)}
	default:
		r.body = map[string]any{"schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": "u-" + s.user, "title": pick(t, "x", "y")}
		if rapid.Bool().Draw(t, "emails") {
			r.body["emails"] = []any{map[string]any{"value": pick(t, "p@x.com", "q@x.com"), "type": "work"}}
		}
	}
	return r
}

func pick(t *rapid.T, from ...string) string { return rapid.SampledFrom(from).Draw(t, "pick") }

func patchOf(operations ...map[string]any) map[string]any {
	list := []any{}
	for _, op := range operations {
		if op != nil {
			list = append(list, op)
		}
	}
	if len(list) == 0 {
		list = append(list, map[string]any{"op": "replace", "path": "displayName", "value": "g"})
	}
	return map[string]any{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": list}
}

func (s *stage) someone(t *rapid.T) []any {
	list := []any{}
	for _, id := range s.people {
		if rapid.Bool().Draw(t, "member") {
			list = append(list, map[string]any{"value": id})
		}
	}
	return list
}

func (s *stage) groupOperation(t *rapid.T) map[string]any {
	switch rapid.IntRange(0, 5).Draw(t, "operation") {
	case 0:
		return nil
	case 1:
		return map[string]any{"op": "replace", "path": "displayName", "value": pick(t, "g", "h", "i")}
	case 2:
		return map[string]any{"op": "replace", "path": "members", "value": s.someone(t)}
	case 3:
		return map[string]any{"op": "remove", "path": "members", "value": s.someone(t)}
	case 4:
		who := rapid.SampledFrom(s.people).Draw(t, "who")
		return map[string]any{"op": pick(t, "add", "remove"), "path": `members[value eq "` + who + `"]`, "value": map[string]any{"value": who}}
	}
	return map[string]any{"op": "add", "path": "members", "value": s.someone(t)}
}

func userOperation(t *rapid.T) map[string]any {
	switch rapid.IntRange(0, 6).Draw(t, "operation") {
	case 0:
		return nil
	case 1:
		return map[string]any{"op": "add", "path": "emails", "value": []any{map[string]any{"value": pick(t, "q@x.com", "r@x.com"), "type": pick(t, "work", "home"), "primary": true}}}
	case 2:
		return map[string]any{"op": "remove", "path": `emails[type eq "` + pick(t, "work", "home") + `"]`}
	case 3:
		return map[string]any{"op": "replace", "path": `emails[type eq "home"].value`, "value": pick(t, "q@x.com", "s@x.com")}
	case 4:
		return map[string]any{"op": "replace", "path": "active", "value": rapid.SampledFrom([]any{true, "False", "maybe"}).Draw(t, "active")}
	case 5:
		return map[string]any{"op": "remove", "path": "title"}
	}
	return map[string]any{"op": "replace", "value": map[string]any{"title": pick(t, "x", "y"), "nickName": pick(t, "n", "")}}
}

// failer is a testing.T or a rapid.T.
type failer interface {
	Errorf(format string, args ...any)
}
