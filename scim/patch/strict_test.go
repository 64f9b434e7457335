package patch_test

import (
	"errors"
	"testing"

	"birthright/scim/fault"
	"birthright/scim/patch"
	"birthright/scim/resource"
)

var users = resource.Users()

// outcome is what the hub makes of a body: a document, or why not.
func outcome(of *resource.Type, doc resource.Document, body map[string]any, strict bool) (resource.Document, error) {
	r := &resource.Reading{Strict: strict}
	steps, err := patch.Parse(body, 100, r)
	if err == nil {
		err = patch.Apply(of, doc, steps, r)
	}
	return doc, err
}

// scimType is how a refusal is told.
func scimType(err error) string {
	told, ok := err.(fault.Error)
	if !ok || told.Status != 400 {
		return err.Error()
	}
	return string(told.ScimType)
}

// TestHeldToTheRFC states what a source with the profile rfc is refused, and that
// the same is taken from everybody else.
func TestHeldToTheRFC(t *testing.T) {
	const enterprise = resource.EnterpriseURN
	cases := []struct{ operations, scimType string }{
		{`[{"op":"replace","value":{"name.givenName":"x"}}]`, "invalidValue"},
		{`[{"op":"replace","value":{"emails[type eq \"work\"].value":"x"}}]`, "invalidValue"},
		{`[{"op":"replace","value":{"` + enterprise + `:department":"x"}}]`, "invalidValue"},
		{`[{"op":"replace","value":{"` + enterprise + `:manager":{"value":"x"}}}]`, "invalidValue"},
		{`[{"op":"replace","value":{"` + resource.UserURN + `":{"title":"x"}}}]`, "invalidValue"},
		{`[{"op":"replace","value":{"` + resource.UserURN + `:title":"x"}}]`, "invalidValue"},
		{`[{"op":"replace","value":{"department":"x"}}]`, "invalidPath"},
		{`[{"op":"replace","path":"department","value":"x"}]`, "invalidPath"},
		{`[{"op":"replace","value":{"shoe size":39}}]`, "invalidPath"},
		{`[{"op":"replace","value":{"` + enterprise + `":{"":39}}}]`, "invalidPath"},
		{`[{"op":"replace","path":"emails[type eq \"other\"].value","value":null}]`, "noTarget"},
		{`[{"op":"replace","path":"emails[type eq \"other\"]","value":""}]`, "noTarget"},
		{`[{"op":"remove","path":"emails","value":{"value":"ada@x.com"}}]`, "invalidValue"},
		{`[{"op":"add","path":"` + resource.UserURN + `","value":{"department":"x"}}]`, "invalidPath"},
	}
	for _, c := range cases {
		for _, strict := range []bool{true, false} {
			_, err := outcome(users, object(t, before), object(t, `{"schemas":["`+patch.URN+`"],"Operations":`+c.operations+`}`), strict)
			var told fault.Error
			if strict && (!errors.As(err, &told) || string(told.ScimType) != c.scimType) || !strict && err != nil {
				t.Errorf("strict %v, %s: %v, want %s", strict, c.operations, err, c.scimType)
			}
		}
	}
	for _, operations := range []string{
		`[{"op":"replace","value":{"title":"x","` + enterprise + `":{"department":"x","odd":1},"urn:x:y":{"a":1}}}]`,
		`[{"op":"add","path":"urn:x:y:z","value":1}]`,
		`[{"op":"replace","path":"emails","value":""},{"op":"replace","path":"name","value":""},{"op":"replace","path":"title","value":null},{"op":"add","path":"roles","value":""}]`,
	} {
		if _, err := outcome(users, object(t, before), object(t, `{"schemas":["`+patch.URN+`"],"Operations":`+operations+`}`), true); err != nil {
			t.Errorf("%s: %v", operations, err)
		}
	}
}

// TestATextIsAText: a role's value that looks like a role is read as one where
// providers may speak as they do, and is the text that it is to the letter.
func TestATextIsAText(t *testing.T) {
	body := `{"schemas":["` + patch.URN + `"],"Operations":[{"op":"add","path":"roles.value","value":"{\"value\":\"Admin\"}"}]}`
	for strict, want := range map[bool]string{true: `{"value":"Admin"}`, false: "Admin"} {
		doc, err := outcome(users, object(t, `{"userName":"ada"}`), object(t, body), strict)
		if err != nil {
			t.Fatal(err)
		}
		roles, _ := doc["roles"].([]any)
		if len(roles) != 1 || roles[0].(map[string]any)["value"] != want {
			t.Errorf("strict %v: %v, want the role %s", strict, doc["roles"], want)
		}
	}
}
