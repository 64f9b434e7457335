package scimsim

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func FuzzFilter(f *testing.F) {
	for _, s := range []string{`userName eq "a"`, `id eq "x" and members.value eq "y"`, `members[value eq "a]"]`, `active eq true and`, `a eq "\u00e9"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if terms, fault := parseFilter(in); fault == nil && (len(terms) == 0 || len(terms) > maxTerms) {
			t.Errorf("%q: %d terms", in, len(terms))
		}
	})
}

// FuzzPatch sends operations to a user and a group: whatever comes, the answer
// is a status of ours, and a refused PATCH changes nothing.
func FuzzPatch(f *testing.F) {
	for _, s := range []string{
		`{"op":"replace","path":"emails[type eq \"work\"].value","value":"x"}`, `{"op":"add","value":{"emails":[{"value":"a"}]}}`,
		`{"op":"remove","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value"}`,
		`{"op":"add","path":"members","value":[{"value":"u-0000001"},null]}`, `{"op":"remove","path":"members[value eq \"u-0000001\"]"}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, op string) {
		app := New(Options{})
		send := func(method, path, body string) (int, string) {
			r := httptest.NewRequest(method, Base+path, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/scim+json")
			w := httptest.NewRecorder()
			app.ServeHTTP(w, r)
			return w.Code, w.Body.String()
		}
		send("POST", "/Users", `{`+core+`,"userName":"ada","emails":[{"value":"a","type":"work"}]}`)
		send("POST", "/Groups", `{"schemas":["`+schemaGroup+`"],"displayName":"eng","members":[{"value":"u-0000001"}]}`)
		for _, path := range []string{"/Users/u-0000001", "/Groups/g-0000002"} {
			_, before := send("GET", path, "")
			status, _ := send("PATCH", path, patchBody(op))
			_, after := send("GET", path, "")
			switch {
			case status >= http.StatusInternalServerError:
				t.Errorf("%s: status %d", op, status)
			case status >= http.StatusBadRequest && before != after:
				t.Errorf("%s: refused with %d, and yet\n%s\n%s", op, status, before, after)
			}
		}
	})
}
