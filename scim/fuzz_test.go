package scim_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"birthright/scim"
)

const (
	userURN  = `"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]`
	groupURN = `"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]`
)

// inside is a front door without a socket, with two users and two groups behind it.
type inside struct {
	*door
	handler http.Handler
	first   *memory // as it begins
}

func within(t testing.TB) inside {
	t.Helper()
	d, h := handler(t, scim.Limits{BulkOperations: 50})
	in := inside{door: d, handler: h, first: &memory{}}
	for _, body := range []string{`"userName":"ada","emails":[{"value":"a@x","type":"work"}]`, `"userName":"bob","urn:x:y":{"shoe":39}`} {
		in.must(t, http.StatusCreated, "POST", "/Users", "", "{"+userURN+","+body+"}")
	}
	in.must(t, http.StatusCreated, "POST", "/Groups", "", "{"+groupURN+`,"displayName":"eng","members":[{"value":"u1"}]}`)
	in.must(t, http.StatusCreated, "POST", "/Groups", "", "{"+groupURN+`,"displayName":"all","members":[{"value":"u1"},{"value":"g3"}]}`)
	in.first.n, in.first.records, in.first.groups, in.first.members = d.memory.n, d.memory.records, d.memory.groups, d.memory.members
	return in
}

// again begins as in the beginning: a new door for each input would cost more than
// the input.
func (in inside) again() {
	m := in.memory
	m.n, m.records, m.groups, m.members, m.learned = in.first.n, maps.Clone(in.first.records), maps.Clone(in.first.groups), map[string]map[string]bool{}, map[string][]scim.Learned{}
	for group, members := range in.first.members {
		m.members[group] = maps.Clone(members)
	}
	in.log.Reset()
}

// ask sends one request; headers are name, value, name, value …
func (in inside) ask(r *http.Request, headers ...string) *httptest.ResponseRecorder {
	r.Header.Set("Authorization", "Bearer "+in.token)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	in.handler.ServeHTTP(w, r)
	return w
}

// must sends a request that cannot fail, and returns the body of the answer.
func (in inside) must(t testing.TB, status int, method, path, query, body string) map[string]any {
	t.Helper()
	r, err := http.NewRequest(method, "http://hub"+scim.Prefix+path+query, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	w := in.ask(r)
	if w.Code != status {
		t.Fatalf("%s %s%s: %d, want %d: %s\n%s", method, path, query, w.Code, status, w.Body, in.log.String())
	}
	return object(t, w)
}

func object(t testing.TB, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var out map[string]any
	if w.Body.Len() > 0 && json.Unmarshal(w.Body.Bytes(), &out) != nil {
		t.Fatalf("%d with the body %q", w.Code, w.Body)
	}
	return out
}

// state is all that is kept, to see whether something changed.
func (in inside) state() string {
	return fmt.Sprint(in.memory.records, in.memory.groups, in.memory.members)
}

// sound requires that everything that is kept can be said, found and sorted.
func (in inside) sound(t testing.TB, after string) {
	t.Helper()
	for path, all := range map[string]int{"/Users": len(in.memory.records), "/Groups": len(in.memory.groups)} {
		for _, query := range []string{"", "?sortBy=meta.version", "?filter=" + url.QueryEscape(`id pr and not (schemas co "nobody")`)} {
			list := in.must(t, http.StatusOK, "GET", path, query, "")
			if list["totalResults"] != float64(all) {
				t.Fatalf("after %s: %s%s lists %v of %d", after, path, query, list["totalResults"], all)
			}
		}
	}
	for id := range maps.Keys(in.memory.groups) {
		in.must(t, http.StatusOK, "GET", "/Groups/"+id, "", "")
	}
}

// FuzzDoor sends anything to everything: no answer is a fault of ours, every
// answer is SCIM, and what is refused changed nothing. NEXT in a query stands for
// the cursor of a second page.
func FuzzDoor(f *testing.F) {
	f.Add("POST", "/Users", "", "", `{`+userURN+`,"userName":"x","emails":[{"value":"a"}]}`)
	f.Add("PATCH", "/Users/u1", "attributes=emails.value", `W/"1"`, patchBody(`{"op":"replace","value":{"active":"False","emails":[]}}`))
	f.Add("PATCH", "/Groups/g3", "", `"2", *`, patchBody(`{"op":"add","path":"members","value":[{"value":"u1"}]}`))
	f.Add("PUT", "/Groups/g3", "", "W/\"7\",\"1", `{`+groupURN+`,"displayName":"x","members":null}`)
	f.Add("GET", "/Users", `filter=emails[type eq "work"].value eq "x" or not (active eq true)&count=2`, "", "")
	f.Add("GET", "/Groups", `filter=id eq "g3" and members eq "u1"&excludedAttributes=members`, "", "")
	f.Add("GET", "/Users", "sortBy=emails&sortOrder=Descending&count=1&cursor=", "", "")
	f.Add("GET", "/Users", "cursor=NEXT&count=1", "", "")
	f.Add("GET", "/", "startIndex=9223372036854775807&sortBy=userName&count=200", "", "")
	f.Add("GET", "/", "startIndex=-1&sortBy=displayName&cursor=&count=3&filter=userName pr or displayName pr", "", "")
	f.Add("POST", "/Users/.search", "", "", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"userName pr","attributes":["groups"]}`)
	f.Add("POST", "/.search", "", "", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"sortBy":"urn:x:y:shoe","startIndex":2,"count":1,"excludedAttributes":"members"}`)
	f.Add("POST", "/Bulk", "", "", bulkBody(`{"method":"POST","path":"/Users","bulkId":"a","data":{`+userURN+`,"userName":"c"}},{"method":"PATCH","path":"/Groups/g3","version":"W/\"1\"","data":`+
		patchBody(`{"op":"add","path":"members","value":[{"value":"bulkId:a"}]}`)+`}`))
	f.Add("DELETE", "/Users/u1", "", `W/"1"`, "")
	f.Add("GET", "/Schemas/x", "", "", "")
	f.Add("GET", "/ServiceProviderConfig", "filter=x", "", "")
	in := within(f)
	f.Fuzz(func(t *testing.T, method, path, query, match, body string) {
		in.again()
		r, err := http.NewRequest(method, "http://hub"+scim.Prefix, strings.NewReader(body))
		if err != nil {
			return
		}
		next, _ := in.must(t, http.StatusOK, "GET", "/Users", "?cursor=&count=1", "")["nextCursor"].(string)
		r.URL.Path, r.URL.RawQuery = scim.Prefix+path, escaped(strings.ReplaceAll(query, "NEXT", next))
		before := in.state()
		w := in.ask(r, "If-Match", match, "If-None-Match", match)
		about := fmt.Sprintf("%s %q ? %q If-Match %q", method, path, query, match)
		if w.Code >= 500 && w.Code != http.StatusNotImplemented {
			t.Fatalf("%s: %d %s\n%s", about, w.Code, w.Body, in.log.String())
		}
		answer := object(t, w)
		if w.Body.Len() == 0 && w.Code != http.StatusNoContent && w.Code != http.StatusNotModified {
			t.Fatalf("%s: %d without a body", about, w.Code)
		}
		if w.Code >= 400 && (answer["detail"] == nil || in.state() != before) {
			t.Fatalf("%s: not a SCIM error, or something changed: %s", about, w.Body)
		}
		in.sound(t, about)
	})
}

// escaped writes a query that was typed as people read it.
func escaped(query string) string {
	var out []string
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		out = append(out, url.QueryEscape(name)+"="+url.QueryEscape(value))
	}
	return strings.Join(out, "&")
}
