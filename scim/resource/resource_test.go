package resource_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"birthright/scim/fault"
	"birthright/scim/filter"
	"birthright/scim/resource"

	"github.com/google/go-cmp/cmp"
)

// full uses every kind of attribute there is.
const full = `{
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
  "id": "client says so", "meta": {"resourceType": "User"}, "groups": [], "password": "secret",
  "USERNAME": "Ada", "externalId": "00u1", "active": "True", "nonsense": 1, "title": "", "nickName": null,
  "name": {"givenName": "Ada", "FamilyName": "Lovelace", "nonsense": 1},
  "emails": [{"value": "ada@x.com", "type": "work", "primary": true}, {"value": "ada@home.org", "type": "home"}, {"type": "other", "value": ""}],
  "phoneNumbers": {"value": "+44 1"},
  "roles": "{\"value\":\"Admin\"}",
  "addresses": [{"locality": "London", "type": "work"}],
  "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user": {"Department": "Engines", "manager": "boss", "costCentre": 7, "x": null},
  "urn:example:custom:2.0:User": {"shoe": 39, "hats": ["top", "bowler"], "none": []}
}`

func read(t *testing.T, body string) resource.Document {
	t.Helper()
	object, err := resource.ReadObject([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := resource.Users().Read(object, nil)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestReadMakesRegular(t *testing.T) {
	want := resource.Document{
		"userName": "Ada", "externalId": "00u1", "active": true,
		"name": map[string]any{"givenName": "Ada", "familyName": "Lovelace"},
		"emails": []any{
			map[string]any{"value": "ada@x.com", "type": "work", "primary": true},
			map[string]any{"value": "ada@home.org", "type": "home"},
		},
		"phoneNumbers": []any{map[string]any{"value": "+44 1"}},
		"roles":        []any{map[string]any{"value": "Admin"}},
		"addresses":    []any{map[string]any{"locality": "London", "type": "work"}},
		resource.EnterpriseURN: map[string]any{
			"department": "Engines", "manager": map[string]any{"value": "boss"}, "costCentre": json.Number("7"),
		},
		"urn:example:custom:2.0:User": map[string]any{"shoe": json.Number("39"), "hats": []any{"top", "bowler"}},
	}
	got := read(t, full)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	urns := []string{resource.UserURN, "urn:example:custom:2.0:User", resource.EnterpriseURN}
	if diff := cmp.Diff(urns, resource.Users().URNs(got)); diff != "" {
		t.Errorf("schemas: (-want +got)\n%s", diff)
	}
}

func TestReadRefuses(t *testing.T) {
	const head = `{"schemas":["` + resource.UserURN + `"],"userName":"a"`
	cases := []struct{ body, scimType, detail string }{
		{``, "invalidSyntax", "ends before"},
		{`{`, "invalidSyntax", "ends before"},
		{`[]`, "invalidSyntax", "one JSON object"},
		{`null`, "invalidSyntax", "one JSON object"},
		{`{"a":1} {}`, "invalidSyntax", "something after"},
		{`{"a":1}x`, "invalidSyntax", "something after"},
		{`{"a":}`, "invalidSyntax", "not JSON"},
		{`{a:1}`, "invalidSyntax", "not JSON"},
		{`{"a":1,"A":2}`, "invalidSyntax", `"A" is given twice`},
		{`{"a":"\u0000"}`, "invalidValue", "U+0000"},
		{`{"a\u0000":1}`, "invalidValue", "U+0000"},
		{strings.Repeat(`{"a":`, 100), "invalidSyntax", "nested more than 32"},
		{strings.Repeat(`[`, 100_000), "invalidSyntax", "nested more than 32"},
		{`{"userName":"a"}`, "invalidSyntax", "schemas must contain"},
		{`{"schemas":"x","userName":"a"}`, "invalidSyntax", "array of URIs"},
		{`{"schemas":["x"],"userName":"a"}`, "invalidSyntax", "schemas must contain"},
		{`{"schemas":["` + resource.UserURN + `"]}`, "invalidValue", "userName is required"},
		{`{"schemas":["` + resource.UserURN + `"],"userName":""}`, "invalidValue", "userName is required"},
		{`{"schemas":["` + resource.UserURN + `"],"userName":7}`, "invalidValue", "userName must be a text"},
		{head + `,"active":"maybe"}`, "invalidValue", "active must be true or false"},
		{head + `,"active":1}`, "invalidValue", "active must be true or false"},
		{head + `,"name":7}`, "invalidValue", "name must be an object"},
		{head + `,"name":{"givenName":[1,2]}}`, "invalidValue", "givenName takes one value"},
		{head + `,"emails":[7]}`, "invalidValue", "emails must be an object"},
		{head + `,"emails":[{"value":"a","primary":true},{"value":"b","primary":true}]}`, "invalidValue", "more than one primary"},
		{head + `,"x509Certificates":[{"value":"%"}]}`, "invalidValue", "base64"},
		{head + `,"` + resource.EnterpriseURN + `":"x"}`, "invalidValue", "must be an object"},
		{head + `,"emails":[` + strings.TrimSuffix(strings.Repeat(`{"value":"a"},`, 251), ",") + `]}`, "invalidValue", "at most 250"},
	}
	for _, c := range cases {
		object, err := resource.ReadObject([]byte(c.body))
		if err == nil {
			_, err = resource.Users().Read(object, nil)
		}
		var told fault.Error
		if !errors.As(err, &told) || string(told.ScimType) != c.scimType || !strings.Contains(told.Detail, c.detail) {
			t.Errorf("%.80s: %v; want %s with %q", c.body, err, c.scimType, c.detail)
		}
	}
}

func TestMatch(t *testing.T) {
	doc := read(t, full)
	doc["id"] = "Abc"
	doc["meta"] = map[string]any{"resourceType": "User", "lastModified": "2026-05-01T12:00:00Z"}
	cases := map[string]bool{
		`userName eq "ada"`:        true,
		`USERNAME eq "ADA"`:        true,
		`userName ne "ada"`:        false,
		`userName eq "ad"`:         false,
		`externalId eq "00U1"`:     false, // caseExact
		`externalId eq "00u1"`:     true,
		`id eq "Abc"`:              true,
		`id eq "abc"`:              false,
		`displayName eq "x"`:       false,
		`displayName ne "x"`:       true, // absent differs
		`displayName eq null`:      true,
		`userName ne null`:         true,
		`displayName pr`:           false,
		`not (displayName pr)`:     true,
		`active eq true`:           true,
		`active eq "True"`:         true,
		`active eq false`:          false,
		`name.familyName co "VEL"`: true,
		`name.familyName sw "love" and name.givenName ew "A"`:                                      true,
		`name.familyName gt "Love" and name.familyName lt "M"`:                                     true,
		`emails eq "ada@home.org"`:                                                                 true,
		`emails.value eq "ADA@x.com"`:                                                              true,
		`emails[type eq "work"].value eq "ada@x.com"`:                                              true,
		`emails[type eq "home"].value eq "ada@x.com"`:                                              false,
		`emails[type eq "home" and value co "org"]`:                                                true,
		`emails[type eq "home" and not (primary eq true)]`:                                         true,
		`emails[primary eq "True"].type eq "work"`:                                                 true,
		`emails.type ne "work"`:                                                                    true,
		`emails[type eq "fax"]`:                                                                    false,
		resource.EnterpriseURN + `:department eq "engines"`:                                        true,
		`urn:ietf:params:scim:schemas:extension:ENTERPRISE:2.0:User:manager eq "boss"`:             true,
		resource.EnterpriseURN + `:manager.value eq "boss"`:                                        true,
		resource.EnterpriseURN + ` pr`:                                                             true,
		resource.BirthrightURN + ` pr`:                                                             false,
		resource.UserURN + `:userName sw "A"`:                                                      true,
		`urn:example:custom:2.0:User:shoe eq 39`:                                                   true,
		`urn:example:custom:2.0:User:shoe gt 39`:                                                   false,
		`urn:example:custom:2.0:User:SHOE le 39.5`:                                                 true,
		`urn:example:custom:2.0:User:hats eq "bowler"`:                                             true,
		`urn:example:custom:2.0:User:hats[value eq "top"]`:                                         true,
		`urn:example:other:shoe eq 39`:                                                             false,
		`meta.lastModified ge "2026-05-01T14:00:00+02:00"`:                                         true,
		`meta.lastModified gt "0001-01-03T00:00:00.0000000Z"`:                                      true,
		`meta.lastModified lt "2026-05-01T12:00:00"`:                                               false,
		`meta.resourceType eq "User" or userName eq "x"`:                                           true,
		`(userName eq "x" or active eq true) and not (title pr)`:                                   true,
		`userName eq "x" and active eq true or externalId eq "00u1" and emails co "@x"`:            true,
		resource.UserURN + ` pr`:                                                                   true,
		`manager eq "boss" and department sw "eng"`:                                                true,
		`addresses.locality eq "london" and phoneNumbers.value co "44" and roles.value eq "admin"`: true,
	}
	for text, want := range cases {
		x, err := filter.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		f, err := resource.Users().Compile(x)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := f.Match(doc); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`shoe eq 1`:                              "no attribute",
		`name eq "x"`:                            "several parts",
		`name.shoe eq "x"`:                       "no sub-attribute",
		`userName.x eq "x"`:                      "no sub-attribute",
		`userName[value eq "x"] pr`:              "value filter cannot select",
		`emails[shoe eq 1]`:                      "no sub-attribute",
		`emails[value.x eq 1]`:                   "plain names",
		`active gt true`:                         "does not fit",
		`active co "t"`:                          "does not fit",
		`active eq "maybe"`:                      "not a boolean",
		`meta.created co "2026"`:                 "does not fit",
		`meta.created gt "yesterday"`:            "not a dateTime",
		`userName gt null`:                       "only eq and ne",
		`password eq "x"`:                        "cannot be filtered on",
		`urn:x:y:z co 1`:                         "does not fit",
		`name:givenName eq "x"`:                  "not the URI",
		resource.EnterpriseURN + `:manager.x pr`: "no sub-attribute",
	} {
		x, err := filter.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		_, err = resource.Users().Compile(x)
		var told fault.Error
		if !errors.As(err, &told) || told.ScimType != "invalidFilter" || !strings.Contains(told.Detail, want) {
			t.Errorf("%s: %v, want invalidFilter with %q", text, err, want)
		}
	}
}

func TestProjection(t *testing.T) {
	list := func(names string) []string {
		if names == "" {
			return nil
		}
		return strings.Split(names, ",")
	}
	cases := []struct{ attributes, excluded, want string }{
		{"userName", "", `{"id":"1","schemas":["s"],"userName":"Ada"}`},
		{"USERNAME,nonsense", "", `{"id":"1","schemas":["s"],"userName":"Ada"}`},
		{"name.givenName,name.familyName", "", `{"id":"1","schemas":["s"],"name":{"familyName":"Lovelace","givenName":"Ada"}}`},
		{"emails.value", "", `{"id":"1","schemas":["s"],"emails":[{"value":"ada@x.com"},{"value":"ada@home.org"}]}`},
		{"urn:example:custom:2.0:User", "", `{"id":"1","schemas":["s"],"urn:example:custom:2.0:User":{"hats":["top","bowler"],"shoe":39}}`},
		{"urn:example:custom:2.0:User:shoe", "", `{"id":"1","schemas":["s"],"urn:example:custom:2.0:User":{"shoe":39}}`},
		{"nonsense", "", `{"id":"1","schemas":["s"]}`},
		{"", "id,schemas,emails.type,emails.primary,emails.display,name,roles,phoneNumbers,addresses,externalId,active,urn:example:custom:2.0:User,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
			`{"emails":[{"value":"ada@x.com"},{"value":"ada@home.org"}],"id":"1","schemas":["s"],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"costCentre":7},"userName":"Ada"}`},
	}
	for _, c := range cases {
		doc := read(t, full)
		doc["id"], doc["schemas"] = "1", []string{"s"}
		p, err := resource.Users().Projection(list(c.attributes), list(c.excluded))
		if err != nil {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		var got, want any
		text, _ := json.Marshal(p.Apply(doc))
		_ = json.Unmarshal(text, &got)
		_ = json.Unmarshal([]byte(c.want), &want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s | %s: (-want +got)\n%s", c.attributes, c.excluded, diff)
		}
	}
	for _, bad := range [][2]string{{"a", "b"}, {"a b", ""}, {"", `m[value eq "x"]`}} {
		if _, err := resource.Users().Projection(list(bad[0]), list(bad[1])); err == nil {
			t.Errorf("%v: no error", bad)
		}
	}
}
