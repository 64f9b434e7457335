package scim_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"birthright/scim"
)

// FuzzDoor sends anything to everything: no answer is a fault of ours, and
// every answer is SCIM.
func FuzzDoor(f *testing.F) {
	f.Add("POST", "/Users", "", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"x","emails":[{"value":"a"}]}`)
	f.Add("PATCH", "/Users/u1", "attributes=emails.value", patchBody(`{"op":"replace","value":{"active":"False","emails":[]}}`))
	f.Add("PATCH", "/Groups/g2", "", patchBody(`{"op":"add","path":"members","value":[{"value":"u1"}]}`))
	f.Add("PUT", "/Groups/g2", "", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"x","members":null}`)
	f.Add("GET", "/Users", `filter=emails[type eq "work"].value eq "x" or not (active eq true)&count=2`, "")
	f.Add("GET", "/Groups", `filter=id eq "g2" and members eq "u1"&excludedAttributes=members`, "")
	f.Add("POST", "/Users/.search", "", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"userName pr","attributes":["groups"]}`)
	f.Add("DELETE", "/Users/u1", "", "")
	f.Add("GET", "/Schemas/x", "", "")
	f.Fuzz(func(t *testing.T, method, path, query, body string) {
		d := open(t, scim.Limits{})
		d.user("ada")
		d.group("eng", "u1")
		r, err := http.NewRequest(method, "http://hub"+scim.Prefix, strings.NewReader(body))
		if err != nil {
			return
		}
		r.URL.Path, r.URL.RawPath = scim.Prefix+path, ""
		if r.URL.RawQuery = query; strings.HasPrefix(query, "filter=") {
			r.URL.RawQuery = "filter=" + url.QueryEscape(strings.TrimPrefix(query, "filter="))
		}
		r.Header.Set("Authorization", "Bearer "+d.token)
		w := httptest.NewRecorder()
		d.server.Config.Handler.ServeHTTP(w, r)
		if w.Code >= 500 && w.Code != http.StatusNotImplemented {
			t.Fatalf("%s %q ? %q: %d %s\n%s", method, path, query, w.Code, w.Body, d.log.String())
		}
		var object map[string]any
		if w.Body.Len() > 0 && json.Unmarshal(w.Body.Bytes(), &object) != nil || w.Body.Len() == 0 && w.Code != http.StatusNoContent {
			t.Fatalf("%s %q: %d with the body %q", method, path, w.Code, w.Body)
		}
		if w.Code >= 400 && object["detail"] == nil {
			t.Fatalf("%s %q: not a SCIM error: %s", method, path, w.Body)
		}
	})
}
