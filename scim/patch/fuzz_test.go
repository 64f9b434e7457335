package patch_test

import (
	"errors"
	"strings"
	"testing"

	"birthright/scim/fault"
	"birthright/scim/patch"
	"birthright/scim/resource"
)

// The longest body that is compared: beyond it limits count, which the book has
// none of.
const comparable = 4096

// Whatever the body of a PATCH is, nothing panics, what is refused is refused in
// SCIM's words, and the outcome is that of the book.
func FuzzBody(f *testing.F) {
	for _, operations := range []string{
		`[{"op":"replace","value":{"active":false,"name.givenName":"x","urn:a:b:c":{"d":1}}}]`,
		`[{"op":"add","path":"emails[type eq \"work\" and primary eq true].value","value":"x"}]`,
		`[{"op":"Replace","path":"emails[type eq \"home\"]","value":{"value":"x","primary":"True"}}]`,
		`[{"op":"add","path":"emails","value":[{"value":"ada@x.com"},{"value":"x","type":"work","primary":true}]}]`,
		`[{"op":"remove","path":"emails","value":[{"value":"ada@x.com"}]},{"op":"remove","path":"emails[value co \"org\"].type"}]`,
		`[{"op":"remove","path":"urn:example:custom:2.0:User:hats[value eq \"top\"]"}]`,
		`[{"op":"add","path":"urn:example:custom:2.0:User:hats","value":{"value":"top"}}]`,
		`[{"op":"replace","path":"urn:example:custom:2.0:User:hats[a eq 1].b","value":[{}]}]`,
		`[{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"{\"value\":\"2\"}"}]`,
		`[{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User","value":{"title":null,"x509Certificates":[{"value":"QUJD"}]}}]`,
		`[{"op":"replace","value":{"id":"x","displayName":"y","schemas":[],"urn:ietf:params:scim:schemas:core:2.0:Group":{"externalId":"2"}}},{"op":"remove","path":"urn:x:y:a"}]`,
		`[{"op":"replace","path":"urn:birthright:params:scim:schemas:extension:1.0:User:startDate","value":"2026-01-02"},{"op":"remove","path":"name"}]`,
	} {
		f.Add([]byte(`{"schemas":["` + patch.URN + `"],"Operations":` + operations + `}`))
	}
	groups := resource.Groups()
	f.Fuzz(func(t *testing.T, data []byte) {
		body, err := resource.ReadObject(data)
		if err != nil {
			return
		}
		steps, err := patch.Parse(body, 100, nil)
		told(t, err)
		if err == nil {
			rest, _, err := patch.SplitMembers(steps, nil)
			told(t, err)
			told(t, patch.Apply(groups, resource.Document{"displayName": "x"}, rest, nil))
		}
		if len(data) > comparable {
			return
		}
		if !strings.Contains(strings.ToLower(string(written(body))), "members") {
			compare(t, groups, map[string]any{"displayName": "x", "externalId": "1", "urn:x:y": map[string]any{"a": "b"}}, body, false)
			compare(t, groups, map[string]any{"displayName": "x"}, body, true)
		}
		for _, doc := range []string{before, `{"userName":"a"}`} {
			compare(t, users, object(t, doc), body, false)
			compare(t, users, object(t, doc), body, true)
		}
	})
}

// told requires that an error is one that a client can be told.
func told(t *testing.T, err error) {
	t.Helper()
	var told fault.Error
	if err != nil && !errors.As(err, &told) {
		t.Fatalf("not a SCIM error: %v", err)
	}
}
