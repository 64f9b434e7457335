package scimsim

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// serve starts an application for one test.
func serve(t *testing.T, opt Options) *Server {
	t.Helper()
	s, err := Start(New(opt), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Down)
	return s
}

// call sends one request and returns status, scimType and body.
func call(t *testing.T, s *Server, method, path, body string) (int, string, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/scim+json")
	req.Header.Set("Authorization", "Bearer t0ken")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", nil
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &out); err != nil {
			t.Fatalf("%s %s answered %q", method, path, raw)
		}
	}
	scimType, _ := out["scimType"].(string)
	return resp.StatusCode, scimType, out
}

const core = `"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]`

func addUser(t *testing.T, s *Server, name string) string {
	t.Helper()
	status, _, body := call(t, s, "POST", "/Users", `{`+core+`,"userName":"`+name+`"}`)
	if status != http.StatusCreated {
		t.Fatalf("create %s: %d %v", name, status, body)
	}
	return body["id"].(string)
}

func addGroup(t *testing.T, s *Server, name string) string {
	t.Helper()
	status, _, body := call(t, s, "POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"`+name+`"}`)
	if status != http.StatusCreated {
		t.Fatalf("create %s: %d %v", name, status, body)
	}
	return body["id"].(string)
}

func patchBody(ops string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + ops + `]}`
}

func TestRefusals(t *testing.T) {
	s := serve(t, Options{MaxMembers: 2})
	user, group := addUser(t, s, "ada"), addGroup(t, s, "eng")
	users, groups := "/Users/"+user, "/Groups/"+group
	for _, c := range []struct{ name, method, path, body, want string }{
		{"not JSON", "POST", "/Users", `{`, "400 invalidSyntax"},
		{"name given twice", "POST", "/Users", `{` + core + `,"userName":"x","username":"y"}`, "400 invalidSyntax"},
		{"trailing text", "POST", "/Users", `{` + core + `,"userName":"x"} x`, "400 invalidSyntax"},
		{"nested too deep", "POST", "/Users", strings.Repeat(`{"a":`, 40) + `1` + strings.Repeat(`}`, 40), "400 invalidSyntax"},
		{"no schemas", "POST", "/Users", `{"userName":"x"}`, "400 invalidSyntax"},
		{"extension not listed", "POST", "/Users", `{` + core + `,"userName":"x","` + schemaEnterprise + `":{"department":"d"}}`, "400 invalidSyntax"},
		{"unknown attribute", "POST", "/Users", `{` + core + `,"userName":"x","shoeSize":"9"}`, "400 invalidSyntax"},
		{"boolean as text", "POST", "/Users", `{` + core + `,"userName":"x","active":"True"}`, "400 invalidValue"},
		{"object for array", "POST", "/Users", `{` + core + `,"userName":"x","emails":{"value":"x"}}`, "400 invalidValue"},
		{"two primaries", "POST", "/Users", `{` + core + `,"userName":"x","emails":[{"value":"a","primary":true},{"value":"b","primary":true}]}`, "400 invalidValue"},
		{"no userName", "POST", "/Users", `{` + core + `}`, "400 invalidValue"},
		{"userName taken", "POST", "/Users", `{` + core + `,"userName":"ADA"}`, "409 uniqueness"},
		{"group taken", "POST", "/Groups", `{"schemas":["` + schemaGroup + `"],"displayName":"Eng"}`, "409 uniqueness"},
		{"unknown member", "POST", "/Groups", `{"schemas":["` + schemaGroup + `"],"displayName":"x","members":[{"value":"u-9"}]}`, "400 invalidValue"},
		{"unknown user", "GET", "/Users/u-9", ``, "404 "},
		{"unknown type", "GET", "/Devices", ``, "404 "},
		{"wrong method", "POST", users, `{}`, "405 "},
		{"filter operator", "GET", "/Users?filter=" + url.QueryEscape(`userName co "a"`), ``, "400 invalidFilter"},
		{"filter or", "GET", "/Users?filter=" + url.QueryEscape(`userName eq "a" or userName eq "b"`), ``, "400 invalidFilter"},
		{"filter attribute", "GET", "/Users?filter=" + url.QueryEscape(`title eq "a"`), ``, "400 invalidFilter"},
		{"filter quoting", "GET", "/Users?filter=" + url.QueryEscape(`userName eq "a`), ``, "400 invalidFilter"},
		{"startIndex", "GET", "/Users?startIndex=x", ``, "400 invalidValue"},
		{"patch envelope", "PATCH", users, `{"Operations":[]}`, "400 invalidSyntax"},
		{"capital op", "PATCH", users, patchBody(`{"op":"Replace","path":"title","value":"x"}`), "400 invalidSyntax"},
		{"unknown path", "PATCH", users, patchBody(`{"op":"replace","path":"shoeSize","value":"x"}`), "400 invalidPath"},
		{"broken path", "PATCH", users, patchBody(`{"op":"replace","path":"emails[type eq \"work\"","value":"x"}`), "400 invalidPath"},
		{"no match", "PATCH", users, patchBody(`{"op":"replace","path":"emails[type eq \"work\"].value","value":"x"}`), "400 noTarget"},
		{"read-only", "PATCH", users, patchBody(`{"op":"replace","path":"id","value":"x"}`), "400 mutability"},
		{"remove required", "PATCH", users, patchBody(`{"op":"remove","path":"userName"}`), "400 mutability"},
		{"remove without path", "PATCH", users, patchBody(`{"op":"remove"}`), "400 noTarget"},
		{"wrong type", "PATCH", users, patchBody(`{"op":"replace","path":"active","value":"False"}`), "400 invalidValue"},
		{"member as object", "PATCH", groups, patchBody(`{"op":"add","path":"members","value":{"value":"` + user + `"}}`), "400 invalidValue"},
		{"unknown added member", "PATCH", groups, patchBody(`{"op":"add","path":"members","value":[{"value":"u-9"}]}`), "400 invalidValue"},
		{"too many members", "PATCH", groups, patchBody(`{"op":"remove","path":"members","value":[{"value":"1"},{"value":"2"},{"value":"3"}]}`), "413 tooMany"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, scimType, body := call(t, s, c.method, c.path, c.body)
			if got := fmt.Sprintf("%d %s", status, scimType); got != c.want {
				t.Errorf("got %s, want %s: %v", got, c.want, body)
			}
		})
	}
	if users, groups, _ := s.Size(); users != 1 || groups != 1 {
		t.Errorf("refused requests left something: %d users, %d groups", users, groups)
	}
}

func TestPatchUser(t *testing.T) {
	s := serve(t, Options{})
	path := "/Users/" + addUser(t, s, "ada")
	for _, c := range []struct {
		op   string
		want map[string]any
	}{
		{`{"op":"replace","path":"name.givenName","value":"Ada"}`, map[string]any{"name": map[string]any{"givenName": "Ada"}}},
		{`{"op":"add","path":"emails","value":[{"value":"a@x","type":"work","primary":true}]}`,
			map[string]any{"emails": []any{map[string]any{"value": "a@x", "type": "work", "primary": true}}}},
		{`{"op":"replace","path":"emails[type eq \"work\"].value","value":"b@x"}`,
			map[string]any{"emails": []any{map[string]any{"value": "b@x", "type": "work", "primary": true}}}},
		{`{"op":"remove","path":"emails[type eq \"work\"]"}`, map[string]any{"emails": nil}},
		{`{"op":"add","path":"` + schemaEnterprise + `:department","value":"R&D"}`, map[string]any{schemaEnterprise: map[string]any{"department": "R&D"}}},
		{`{"op":"replace","path":"` + schemaEnterprise + `:manager.value","value":"u-1"}`,
			map[string]any{schemaEnterprise: map[string]any{"department": "R&D", "manager": map[string]any{"value": "u-1"}}}},
		{`{"op":"remove","path":"` + schemaEnterprise + `"}`, map[string]any{schemaEnterprise: nil}},
		{`{"op":"replace","value":{"active":false,"title":"Dr"}}`, map[string]any{"active": false, "title": "Dr"}},
		{`{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:title","value":"Prof"}`, map[string]any{"title": "Prof"}},
		{`{"op":"remove","path":"title"}`, map[string]any{"title": nil}},
	} {
		status, _, body := call(t, s, "PATCH", path, patchBody(c.op))
		if status != http.StatusOK {
			t.Fatalf("%s: %d %v", c.op, status, body)
		}
		for name, want := range c.want {
			if diff := cmp.Diff(want, body[name]); diff != "" {
				t.Errorf("%s: %s (-want +got)\n%s", c.op, name, diff)
			}
		}
	}
	call(t, s, "PATCH", path, patchBody(`{"op":"replace","path":"title","value":"no"},{"op":"replace","path":"nope","value":"x"}`))
	if _, _, body := call(t, s, "GET", path, ""); body["title"] != nil {
		t.Error("half of a refused PATCH was stored")
	}
}

func TestMembers(t *testing.T) {
	s := serve(t, Options{})
	ada, bob, group := addUser(t, s, "ada"), addUser(t, s, "bob"), addGroup(t, s, "eng")
	path := "/Groups/" + group
	for _, c := range []struct {
		op   string
		want []string
	}{
		{`{"op":"add","path":"members","value":[{"value":"` + ada + `"},{"value":"` + bob + `"}]}`, []string{"ada", "bob"}},
		{`{"op":"add","path":"members","value":[{"value":"` + ada + `"}]}`, []string{"ada", "bob"}},
		{`{"op":"remove","path":"members[value eq \"` + ada + `\"]"}`, []string{"bob"}},
		{`{"op":"remove","path":"members[value eq \"` + ada + `\"]"}`, []string{"bob"}},
		{`{"op":"replace","path":"members","value":[{"value":"` + ada + `"}]}`, []string{"ada"}},
		{`{"op":"remove","path":"members","value":[{"value":"` + ada + `"}]}`, []string{}},
		{`{"op":"add","value":{"members":[{"value":"` + bob + `"}],"displayName":"eng"}}`, []string{"bob"}},
		{`{"op":"remove","path":"members"}`, []string{}},
	} {
		if status, _, body := call(t, s, "PATCH", path, patchBody(c.op)); status != http.StatusNoContent {
			t.Fatalf("%s: %d %v", c.op, status, body)
		}
		if diff := cmp.Diff(c.want, s.Members("eng")); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.op, diff)
		}
	}
}

func TestListing(t *testing.T) {
	s := serve(t, Options{PageSize: 2})
	var ids []string
	for _, name := range []string{"a", "b", "c"} {
		ids = append(ids, addUser(t, s, name))
	}
	group := addGroup(t, s, "eng")
	call(t, s, "PATCH", "/Groups/"+group, patchBody(`{"op":"add","path":"members","value":[{"value":"`+ids[2]+`"}]}`))
	for _, c := range []struct {
		query string
		want  string // total, start, ids
	}{
		{"/Users", "3 1 [" + ids[0] + " " + ids[1] + "]"},
		{"/Users?startIndex=3&count=50", "3 3 [" + ids[2] + "]"},
		{"/Users?startIndex=9", "3 9 []"},
		{"/Users?count=0", "3 1 []"},
		{"/Users?filter=" + url.QueryEscape(`userName eq "B"`), "1 1 [" + ids[1] + "]"},
		{"/Users?filter=" + url.QueryEscape(`id eq "`+ids[0]+`" and active eq true`), "1 1 [" + ids[0] + "]"},
		{"/Users?filter=" + url.QueryEscape(`userName eq "quote\"and eq"`), "0 1 []"},
		{"/Groups?filter=" + url.QueryEscape(`displayName eq "ENG" and members.value eq "`+ids[2]+`"`), "1 1 [" + group + "]"},
		{"/Groups?filter=" + url.QueryEscape(`members[value eq "`+ids[1]+`"]`), "0 1 []"},
	} {
		_, _, body := call(t, s, "GET", c.query, "")
		var got []any
		for _, r := range body["Resources"].([]any) {
			got = append(got, r.(map[string]any)["id"])
		}
		if text := fmt.Sprint(body["totalResults"], " ", body["startIndex"], " ", got); text != c.want {
			t.Errorf("%s: got %s, want %s", c.query, text, c.want)
		}
	}
	_, _, bare := call(t, s, "GET", "/Groups?excludedAttributes=members", "")
	if members := bare["Resources"].([]any)[0].(map[string]any)["members"]; members != nil {
		t.Errorf("excludedAttributes=members still shows %v", members)
	}
}

func TestDeletionTakesMembershipsAlong(t *testing.T) {
	s := serve(t, Options{})
	ada, group := addUser(t, s, "ada"), addGroup(t, s, "eng")
	call(t, s, "PATCH", "/Groups/"+group, patchBody(`{"op":"add","path":"members","value":[{"value":"`+ada+`"}]}`))
	if status, _, _ := call(t, s, "DELETE", "/Users/"+ada, ""); status != http.StatusNoContent {
		t.Fatal(status)
	}
	if status, _, _ := call(t, s, "DELETE", "/Users/"+ada, ""); status != http.StatusNotFound {
		t.Error("a second DELETE must answer 404")
	}
	if diff := cmp.Diff([]string{}, s.Members("eng")); diff != "" {
		t.Error(diff)
	}
	addUser(t, s, "ada") // the name is free again
}

func TestFaults(t *testing.T) {
	s := serve(t, Options{Token: "t0ken"})
	for _, c := range []struct {
		fault  Fault
		status int
		users  int
	}{
		{Fault{Status: 429, RetryAfter: "7"}, 429, 0},
		{Fault{Status: 500, Method: "POST", Path: "/Users"}, 500, 0},
		{Fault{Cut: true}, 0, 0},
		{Fault{LoseReply: true}, 0, 1},
		{Fault{Method: "GET", Status: 500}, 409, 1},
	} {
		s.Heal()
		s.Plant(c.fault)
		status, _, _ := call(t, s, "POST", "/Users", `{`+core+`,"userName":"ada"}`)
		if users, _, _ := s.Size(); status != c.status || users != c.users {
			t.Errorf("%+v: status %d with %d users, want %d with %d", c.fault, status, users, c.status, c.users)
		}
	}
	s.Heal()
	s.Plant(Fault{After: 1, Times: 1, Status: 503})
	var got []int
	for range 3 {
		status, _, _ := call(t, s, "GET", "/Users", "")
		got = append(got, status)
	}
	if diff := cmp.Diff([]int{200, 503, 200}, got); diff != "" {
		t.Errorf("After and Times (-want +got)\n%s", diff)
	}
	if want := map[string]int{"POST Users": 5, "GET Users": 3}; !cmp.Equal(want, s.Requests()) {
		t.Errorf("requests: %v", s.Requests())
	}
}

func TestDelayEndsWithTheClient(t *testing.T) {
	s := serve(t, Options{})
	s.Plant(Fault{Delay: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", s.URL()+"/Users", nil)
	if _, err := http.DefaultClient.Do(req); err == nil {
		t.Error("the delay did not hold the request up")
	}
}

func TestOutage(t *testing.T) {
	s := serve(t, Options{})
	addUser(t, s, "ada")
	s.Down()
	if status, _, _ := call(t, s, "GET", "/Users", ""); status != 0 {
		t.Errorf("answered %d while down", status)
	}
	if err := s.Up(); err != nil {
		t.Fatal(err)
	}
	if status, _, body := call(t, s, "GET", "/Users", ""); status != 200 || body["totalResults"] != 1.0 {
		t.Errorf("after the outage: %d %v", status, body)
	}
}

func TestToken(t *testing.T) {
	s := serve(t, Options{Token: "another"})
	if status, _, _ := call(t, s, "GET", "/Users", ""); status != http.StatusUnauthorized {
		t.Errorf("got %d", status)
	}
}
