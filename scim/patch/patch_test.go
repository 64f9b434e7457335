package patch_test

import (
	"errors"
	"strings"
	"testing"

	"birthright/scim/fault"
	"birthright/scim/patch"
	"birthright/scim/resource"

	"github.com/google/go-cmp/cmp"
)

const before = `{
  "userName": "ada", "title": "Countess", "active": true,
  "name": {"givenName": "Ada", "familyName": "Byron"},
  "emails": [{"value": "ada@x.com", "type": "work", "primary": true}, {"value": "ada@home.org", "type": "home"}],
  "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Engines", "manager": {"value": "1", "$ref": "../Users/1"}},
  "urn:example:custom:2.0:User": {"shoe": 39, "hats": ["top"]}
}`

func object(t testing.TB, text string) map[string]any {
	t.Helper()
	o, err := resource.ReadObject([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return o
}

// run applies operations, written as JSON, to the resource above.
func run(t testing.TB, operations string) (resource.Document, error) {
	t.Helper()
	body := object(t, `{"schemas":["`+patch.URN+`"],"Operations":`+operations+`}`)
	steps, err := patch.Parse(body, 100, nil)
	if err != nil {
		return nil, err
	}
	doc := resource.Document(object(t, before))
	return doc, patch.Apply(resource.Users(), doc, steps, nil)
}

// TestApply states each case as the attributes that differ afterwards; null is
// an attribute that is gone.
func TestApply(t *testing.T) {
	const enterprise = resource.EnterpriseURN
	const work, home = `{"value":"ada@x.com","type":"work","primary":true}`, `{"value":"ada@home.org","type":"home"}`
	cases := []struct{ name, operations, want string }{
		{"okta deactivates", `[{"op":"replace","value":{"active":false}}]`, `{"active":false}`},
		{"okta sends whole resources", `[{"op":"replace","value":{"id":"x","schemas":[],"meta":{},"groups":[],"nonsense":1,"title":"Dr"}}]`, `{"title":"Dr"}`},
		{"names that are none are passed over", `[{"op":"replace","value":{"":1,"shoe size":39,"title":"Dr"}}]`, `{"title":"Dr"}`},
		{"entra, capitals and texts", `[{"op":"Replace","path":"active","value":"False"},{"op":"Add","path":"nickName","value":"A"}]`, `{"active":false,"nickName":"A"}`},
		{"entra, dotted and qualified keys", `[{"op":"replace","value":{"displayName":"B","name.givenName":"K","` + enterprise + `:employeeNumber":"9"}}]`,
			`{"displayName":"B","name":{"givenName":"K","familyName":"Byron"},"` + enterprise + `":{"department":"Engines","employeeNumber":"9","manager":{"value":"1","$ref":"../Users/1"}}}`},
		{"core path with its schema", `[{"op":"Add","path":"urn:ietf:params:scim:schemas:core:2.0:User:title","value":"Dr"}]`, `{"title":"Dr"}`},
		{"core schema as a whole", `[{"op":"replace","value":{"` + resource.UserURN + `":{"title":"Dr"}}}]`, `{"title":"Dr"}`},
		{"names in any case", `[{"op":"REPLACE","path":"NAME.GIVENNAME","value":"K"}]`, `{"name":{"givenName":"K","familyName":"Byron"}}`},
		{"remove", `[{"op":"remove","path":"title"}]`, `{"title":null}`},
		{"remove what is not there", `[{"op":"remove","path":"nickName"},{"op":"remove","path":"emails[type eq \"other\"]"},{"op":"remove","path":"urn:example:none:1.0:User:x"}]`, `{}`},
		{"null and empty clear", `[{"op":"replace","path":"title","value":null},{"op":"replace","path":"name.givenName","value":""}]`, `{"title":null,"name":{"familyName":"Byron"}}`},
		{"add of null does nothing", `[{"op":"add","path":"title","value":null}]`, `{}`},
		{"replace of a complex value merges", `[{"op":"replace","path":"name","value":{"familyName":"King","givenName":null}}]`, `{"name":{"familyName":"King"}}`},
		{"replace of a part with null leaves the rest", `[{"op":"replace","path":"name","value":{"givenName":null}}]`, `{"name":{"familyName":"Byron"}}`},
		{"add to a complex value", `[{"op":"add","path":"name","value":{"middleName":"K"}}]`, `{"name":{"givenName":"Ada","familyName":"Byron","middleName":"K"}}`},
		{"remove a part", `[{"op":"remove","path":"name.givenName"},{"op":"remove","path":"name.familyName"}]`, `{"name":null}`},

		{"add an address", `[{"op":"add","path":"emails","value":[{"value":"c@x.com","type":"other"}]}]`, `{"emails":[` + work + `,` + home + `,{"value":"c@x.com","type":"other"}]}`},
		{"add an address twice", `[{"op":"add","path":"emails","value":{"value":"ADA@x.com","type":"work"}}]`,
			`{"emails":[{"value":"ADA@x.com","type":"work","primary":true},` + home + `]}`},
		{"a new primary demotes the old", `[{"op":"add","path":"emails","value":[{"value":"c@x.com","primary":true}]}]`,
			`{"emails":[{"value":"ada@x.com","type":"work","primary":false},` + home + `,{"value":"c@x.com","primary":true}]}`},
		{"primary moves", `[{"op":"replace","path":"emails[type eq \"home\"].primary","value":true}]`,
			`{"emails":[{"value":"ada@x.com","type":"work","primary":false},{"value":"ada@home.org","type":"home","primary":true}]}`},
		{"replace all addresses", `[{"op":"replace","path":"emails","value":[{"value":"c@x.com"}]}]`, `{"emails":[{"value":"c@x.com"}]}`},
		{"replace with none", `[{"op":"replace","path":"emails","value":[]}]`, `{"emails":null}`},
		{"change one address", `[{"op":"replace","path":"emails[type eq \"work\"].value","value":"n@x.com"}]`, `{"emails":[{"value":"n@x.com","type":"work","primary":true},` + home + `]}`},
		{"replace one address", `[{"op":"replace","path":"emails[type eq \"home\"]","value":{"value":"n@x.com"}}]`, `{"emails":[` + work + `,{"value":"n@x.com","type":"home"}]}`},
		{"clear one address", `[{"op":"replace","path":"emails[type eq \"home\"].value","value":""}]`, `{"emails":[` + work + `]}`},
		{"remove one address", `[{"op":"remove","path":"emails[type eq \"home\" and value co \"org\"]"}]`, `{"emails":[` + work + `]}`},
		{"remove an address by value", `[{"op":"Remove","path":"emails","value":[{"value":"ada@home.org"}]}]`, `{"emails":[` + work + `]}`},
		{"removal with an empty list removes nothing", `[{"op":"Remove","path":"emails","value":[]}]`, `{}`},
		{"remove all addresses", `[{"op":"remove","path":"emails"}]`, `{"emails":null}`},
		{"remove a part of all", `[{"op":"remove","path":"emails.type"}]`, `{"emails":[{"value":"ada@x.com","primary":true},{"value":"ada@home.org"}]}`},
		{"entra, first phone number", `[{"op":"Add","path":"phoneNumbers[type eq \"mobile\"].value","value":"1"}]`, `{"phoneNumbers":[{"type":"mobile","value":"1"}]}`},
		{"entra, replace where there is none", `[{"op":"Replace","path":"addresses[type eq \"work\"].locality","value":"Rome"}]`, `{"addresses":[{"type":"work","locality":"Rome"}]}`},
		{"entra, primary role", `[{"op":"Replace","path":"roles[primary eq \"True\"].value","value":"Admin"}]`, `{"roles":[{"primary":true,"value":"Admin"}]}`},
		{"entra clears what is not there", `[{"op":"Replace","path":"phoneNumbers[type eq \"fax\"].value","value":""}]`, `{}`},
		{"add by value filter", `[{"op":"add","path":"emails[value eq \"n@x.com\"]","value":{"type":"other"}}]`, `{"emails":[` + work + `,` + home + `,{"value":"n@x.com","type":"other"}]}`},
		{"part of a list that is not there", `[{"op":"add","path":"ims.value","value":"a"}]`, `{"ims":[{"value":"a"}]}`},

		{"manager as a text", `[{"op":"Add","path":"` + enterprise + `:manager","value":"2"}]`, `{"` + enterprise + `":{"department":"Engines","manager":{"value":"2"}}}`},
		{"manager in a list", `[{"op":"Add","path":"` + enterprise + `:manager","value":[{"$ref":"Users/2","value":"2"}]}]`, `{"` + enterprise + `":{"department":"Engines","manager":{"value":"2","$ref":"Users/2"}}}`},
		{"manager cleared", `[{"op":"Replace","path":"` + enterprise + `:manager","value":""}]`, `{"` + enterprise + `":{"department":"Engines"}}`},
		{"extension as a whole", `[{"op":"replace","path":"` + enterprise + `","value":{"division":"D","manager":null}}]`, `{"` + enterprise + `":{"department":"Engines","division":"D"}}`},
		{"extension in a map", `[{"op":"add","value":{"` + resource.BirthrightURN + `":{"team":"Analysts"}}}]`, `{"` + resource.BirthrightURN + `":{"team":"Analysts"}}`},
		{"extension removed", `[{"op":"remove","path":"` + enterprise + `"}]`, `{"` + enterprise + `":null}`},
		{"extension emptied", `[{"op":"remove","path":"` + enterprise + `:department"},{"op":"remove","path":"` + enterprise + `:manager"}]`, `{"` + enterprise + `":null}`},

		{"unknown extension", `[{"op":"add","path":"urn:example:new:2.0:User:a","value":1},{"op":"add","value":{"urn:example:map:2.0:User":{"b":[1],"c":null}}}]`,
			`{"urn:example:new:2.0:User":{"a":1},"urn:example:map:2.0:User":{"b":[1]}}`},
		{"values of an unknown extension", `[{"op":"add","path":"urn:example:custom:2.0:User:hats","value":["bowler","top"]},{"op":"replace","path":"urn:example:custom:2.0:user:Shoe","value":40}]`,
			`{"urn:example:custom:2.0:User":{"shoe":40,"hats":["top","bowler"]}}`},
		{"part of an unknown value that has none", `[{"op":"remove","path":"urn:example:custom:2.0:User:shoe.size"}]`, `{}`},
		{"password is not kept", `[{"op":"replace","value":{"password":"x"}},{"op":"replace","path":"password","value":"x"}]`, `{}`},
		{"a complex value inside a text merges too", `[{"op":"replace","path":"name","value":"{\"familyName\":\"King\"}"}]`, `{"name":{"givenName":"Ada","familyName":"King"}}`},
		{"so does one in a list", `[{"op":"add","path":"name","value":[{"familyName":"King"}]}]`, `{"name":{"givenName":"Ada","familyName":"King"}}`},
		{"a manager as a text that is the same keeps its address", `[{"op":"replace","path":"` + enterprise + `:manager","value":"1"}]`, `{}`},
		{"a part that holds nothing is unassigned", `[{"op":"replace","path":"name","value":{"FamilyName":[null]}}]`, `{"name":{"givenName":"Ada"}}`},
		{"an empty text unassigns as null does", `[{"op":"replace","path":"emails[type eq \"home\"]","value":""},{"op":"replace","path":"` + enterprise + `","value":""}]`,
			`{"emails":[` + work + `],"` + enterprise + `":null}`},
		{"add of nothing to an extension", `[{"op":"add","path":"` + enterprise + `","value":null},{"op":"add","path":"` + resource.UserURN + `","value":""}]`, `{}`},
		{"removal by a value in other letters", `[{"op":"remove","path":"emails","value":[{"VALUE":"ADA@home.org"}]}]`, `{"emails":[` + work + `]}`},
		{"the old primary is named beside the new", `[{"op":"add","path":"emails","value":[{"value":"ada@x.com"},{"value":"c@x.com","primary":true}]}]`,
			`{"emails":[{"value":"ada@x.com","type":"work","primary":false},` + home + `,{"value":"c@x.com","primary":true}]}`},
		{"letter case counts in certificates and addresses of pictures", `[{"op":"add","path":"x509Certificates","value":[{"value":"QUJD"},{"value":"qUJD"}]},{"op":"add","path":"photos","value":[{"value":"http://x/A"},{"value":"http://x/a"}]}]`,
			`{"x509Certificates":[{"value":"QUJD"},{"value":"qUJD"}],"photos":[{"value":"http://x/A"},{"value":"http://x/a"}]}`},
		{"equalities in parentheses describe a value", `[{"op":"add","path":"emails[type eq \"other\" and (display eq \"O\" and value eq \"o@x.com\")].primary","value":false}]`,
			`{"emails":[` + work + `,` + home + `,{"value":"o@x.com","type":"other","display":"O","primary":false}]}`},
		{"operations follow each other", `[{"op":"add","path":"nickName","value":"a"},{"op":"replace","path":"nickName","value":"b"},{"op":"remove","path":"title"}]`, `{"nickName":"b","title":null}`},
	}
	for _, c := range cases {
		got, err := run(t, c.operations)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		want := object(t, before)
		for name, value := range object(t, c.want) {
			if want[name] = value; value == nil {
				delete(want, name)
			}
		}
		if diff := cmp.Diff(want, map[string]any(got)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, diff)
		}
	}
}

// TestUndeclared goes on from {"one": 1, "list": ["a", {"value": "b"}], "box": {"a": 1, "value": [1]}}
// in an extension that nobody declares.
func TestUndeclared(t *testing.T) {
	const list, box = `"list":["a",{"value":"b"}]`, `"box":{"a":1,"value":[1]}`
	for operation, want := range map[string]string{
		`{"op":"replace","path":"urn:x:y:box","value":{"a":null}}`:                          `{"one":1,` + list + `,"box":{"value":[1]}}`,
		`{"op":"replace","path":"urn:x:y:box","value":{"value":[1],"b":2}}`:                 `{"one":1,` + list + `,"box":{"a":1,"b":2,"value":[1]}}`,
		`{"op":"add","path":"urn:x:y:box","value":{"A":2}}`:                                 `{"one":1,` + list + `,"box":{"a":2,"value":[1]}}`,
		`{"op":"remove","path":"urn:x:y:list.value"}`:                                       `{"one":1,"list":["a"],` + box + `}`,
		`{"op":"add","path":"urn:x:y:list","value":[null,"a"]}`:                             `{"one":1,` + list + `,` + box + `}`,
		`{"op":"add","path":"urn:x:y:list[value eq \"c\" and VALUE eq \"d\"].n","value":1}`: `{"one":1,"list":["a",{"value":"b"},{"value":"d","n":1}],` + box + `}`,
		`{"op":"add","path":"urn:x:y:one[value eq \"c\"]","value":{"n":1}}`:                 `{"one":[1,{"value":"c","n":1}],` + list + `,` + box + `}`,
		`{"op":"remove","path":"urn:x:y:one[value eq 1]"}`:                                  `{` + list + `,` + box + `}`,
		`{"op":"add","path":"urn:x:y:box[a eq 1].a","value":2}`:                             `{"one":1,` + list + `,"box":{"a":2,"value":[1]}}`,
		`{"op":"add","path":"urn:x:y:one.part","value":null}`:                               `{"one":1,` + list + `,` + box + `}`,
		`{"op":"add","path":"urn:x:y:box.a","value":""}`:                                    `{"one":1,` + list + `,` + box + `}`,
		`{"op":"replace","path":"urn:x:y:box.a","value":""}`:                                `{"one":1,` + list + `,"box":{"value":[1]}}`,
	} {
		steps, err := patch.Parse(object(t, `{"schemas":["`+patch.URN+`"],"Operations":[`+operation+`]}`), 100, nil)
		if err != nil {
			t.Fatalf("%s: %v", operation, err)
		}
		doc := resource.Document(object(t, `{"userName":"ada","urn:x:y":{"one":1,`+list+`,`+box+`}}`))
		if err := patch.Apply(users, doc, steps, nil); err != nil {
			t.Errorf("%s: %v", operation, err)
		}
		if diff := cmp.Diff(any(object(t, want)), doc["urn:x:y"]); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", operation, diff)
		}
	}
	for _, operation := range []string{
		`{"op":"add","path":"urn:x:y:list[value eq \"a\"]","value":null}`, `{"op":"add","path":"urn:x:y:list[value eq \"a\"]","value":""}`,
	} {
		steps, err := patch.Parse(object(t, `{"schemas":["`+patch.URN+`"],"Operations":[`+operation+`]}`), 100, nil)
		if err != nil {
			t.Fatalf("%s: %v", operation, err)
		}
		if err := patch.Apply(users, resource.Document(object(t, `{"userName":"ada","urn:x:y":{`+list+`}}`)), steps, nil); err == nil || scimType(err) != "invalidValue" {
			t.Errorf("%s: %v, want invalidValue", operation, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	cases := []struct{ operations, scimType, detail string }{
		{`[]`, "invalidSyntax", "one or more"},
		{`{}`, "invalidSyntax", "one or more"},
		{`[1]`, "invalidSyntax", "Operation 1 must be an object"},
		{`[{"path":"title"}]`, "invalidSyntax", "op must be"},
		{`[{"op":"move","path":"title"}]`, "invalidSyntax", `not "move"`},
		{`[{"op":7}]`, "invalidSyntax", "op must be"},
		{`[{"op":"remove"}]`, "noTarget", "needs a path"},
		{`[{"op":"add","path":"title"}]`, "invalidValue", "has no value"},
		{`[{"op":"add","value":"x"}]`, "invalidValue", "needs an object"},
		{`[{"op":"add","path":7,"value":"x"}]`, "invalidPath", "must be a text"},
		{`[{"op":"add","path":"emails[","value":"x"}]`, "invalidPath", "cannot be read"},
		{`[{"op":"add","path":"emails[type eq \"work\"","value":"x"}]`, "invalidPath", "cannot be read"},
		{`[{"op":"add","path":"` + strings.Repeat("(", 50_000) + `","value":"x"}]`, "invalidPath", "cannot be read"},
		{`[{"op":"add","path":"a[` + strings.Repeat("(", 5_000) + `","value":"x"}]`, "invalidPath", "nested"},
		{`[{"op":"add","value":{"emails[type eq":1}}]`, "invalidPath", "cannot be read"},
		{`[{"op":"add","path":"nonsense","value":"x"}]`, "invalidPath", "no attribute"},
		{`[{"op":"add","path":"name:givenName","value":"x"}]`, "invalidPath", "not the URI"},
		{`[{"op":"add","path":"nonsense:title","value":"x"}]`, "invalidPath", "not the URI"},
		{`[{"op":"add","path":"name.nonsense","value":"x"}]`, "invalidPath", "no sub-attribute"},
		{`[{"op":"add","path":"title[value eq \"x\"]","value":"x"}]`, "invalidPath", "has one value"},
		{`[{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User:nonsense","value":"x"}]`, "invalidPath", "no attribute"},
		{`[{"op":"remove","path":"emails[nonsense eq 1]"}]`, "invalidFilter", "no sub-attribute"},
		{`[{"op":"replace","path":"id","value":"x"}]`, "mutability", "cannot be changed"},
		{`[{"op":"replace","path":"meta.created","value":"x"}]`, "mutability", "cannot be changed"},
		{`[{"op":"replace","path":"schemas","value":[]}]`, "mutability", "cannot be changed"},
		{`[{"op":"add","path":"groups","value":[{"value":"g"}]}]`, "mutability", "cannot be changed"},
		{`[{"op":"remove","path":"userName"}]`, "mutability", "required"},
		{`[{"op":"replace","path":"userName","value":""}]`, "mutability", "required"},
		{`[{"op":"replace","path":"userName","value":7}]`, "invalidValue", "must be a text"},
		{`[{"op":"replace","path":"active","value":"maybe"}]`, "invalidValue", "true or false"},
		{`[{"op":"replace","path":"emails[type eq \"other\"]","value":{"value":"x"}}]`, "noTarget", "selects nothing"},
		{`[{"op":"replace","path":"emails[type eq \"nonsense\"].value","value":"x"}]`, "noTarget", "selects nothing"},
		{`[{"op":"replace","path":"emails[value eq \"none\"].display","value":"x"}]`, "noTarget", "selects nothing"},
		{`[{"op":"add","path":"emails[value co \"none\"].display","value":"x"}]`, "noTarget", "selects nothing"},
		{`[{"op":"replace","path":"emails[primary eq false].value","value":"x"}]`, "noTarget", "selects nothing"},
		{`[{"op":"remove","path":"emails","value":[7]}]`, "invalidValue", "must be an object"},
		{`[{"op":"replace","path":"` + resource.UserURN + `","value":""}]`, "mutability", "as a whole"},
		{`[{"op":"add","path":"emails","value":[{"value":"a","primary":true},{"value":"b","primary":true}]}]`, "invalidValue", "more than one primary"},
		{`[{"op":"replace","path":"` + resource.EnterpriseURN + `","value":"x"}]`, "invalidValue", "takes an object"},
		{`[{"op":"remove","path":"` + resource.UserURN + `"}]`, "mutability", "as a whole"},
		{`[{"op":"replace","path":"` + resource.UserURN + `:title","value":7}]`, "invalidValue", "must be a text"},
		{`[` + strings.TrimSuffix(strings.Repeat(`{"op":"remove","path":"title"},`, 101), ",") + `]`, "", "at most 100"},
	}
	for _, c := range cases {
		_, err := run(t, c.operations)
		var told fault.Error
		if !errors.As(err, &told) || string(told.ScimType) != c.scimType || !strings.Contains(told.Detail, c.detail) {
			t.Errorf("%.100s: %v; want %s with %q", c.operations, err, c.scimType, c.detail)
		}
	}
	for _, body := range []string{`{}`, `{"schemas":"x","Operations":[]}`, `{"schemas":["x"],"Operations":[{"op":"remove","path":"a"}]}`} {
		if _, err := patch.Parse(object(t, body), 100, nil); err == nil {
			t.Errorf("%s: no error", body)
		}
	}
}

func TestSplitMembers(t *testing.T) {
	cases := []struct {
		name, operations string
		want             patch.Members
		rest             int
	}{
		{"okta", `[{"op":"remove","path":"members[value eq \"1\"]"},{"op":"add","path":"members","value":[{"value":"2","display":"x"}]},{"op":"replace","value":{"id":"g","displayName":"New"}}]`,
			patch.Members{Add: []string{"2"}, Remove: []string{"1"}}, 2},
		{"entra adds", `[{"op":"Add","path":"members","value":[{"$ref":null,"value":"1"}]}]`, patch.Members{Add: []string{"1"}}, 0},
		{"entra removes", `[{"op":"Remove","path":"members","value":[{"$ref":null,"value":"1"}]}]`, patch.Members{Remove: []string{"1"}}, 0},
		{"onelogin", `[{"op":"add","path":"members[value eq \"1\"]","value":{"value":"1"}}]`, patch.Members{Add: []string{"1"}}, 0},
		{"several selected", `[{"op":"remove","path":"members[value eq \"1\" or value eq \"2\"]"}]`, patch.Members{Remove: []string{"1", "2"}}, 0},
		{"pathless", `[{"op":"add","value":{"members":[{"value":"1"}],"displayName":"x"}}]`, patch.Members{Add: []string{"1"}}, 1},
		{"qualified", `[{"op":"add","path":"` + resource.GroupURN + `:members","value":{"value":"1"}}]`, patch.Members{Add: []string{"1"}}, 0},
		{"below the schema", `[{"op":"add","value":{"` + resource.GroupURN + `":{"Members":[{"value":"1"}],"displayName":"x"}}}]`, patch.Members{Add: []string{"1"}}, 1},
		{"the schema as the path", `[{"op":"replace","path":"` + resource.GroupURN + `","value":{"members":[{"value":"1"}]}}]`, patch.Members{Replace: true, Add: []string{"1"}}, 1},
		{"full push", `[{"op":"replace","path":"members","value":[{"value":"1"},{"value":"2"},{"value":"1"}]}]`, patch.Members{Replace: true, Add: []string{"1", "2"}}, 0},
		{"push of nobody", `[{"op":"replace","path":"members","value":[]}]`, patch.Members{Replace: true}, 0},
		{"remove all", `[{"op":"add","path":"members","value":["1"]},{"op":"remove","path":"members"}]`, patch.Members{Replace: true}, 0},
		{"an empty text is nobody", `[{"op":"replace","path":"members","value":""}]`, patch.Members{Replace: true}, 0},
		{"removal of an empty text is of nobody", `[{"op":"remove","path":"members","value":""}]`, patch.Members{}, 0},
		{"removal of nobody", `[{"op":"remove","path":"members","value":[]}]`, patch.Members{}, 0},
		{"the last word counts", `[{"op":"add","path":"members","value":["1","2"]},{"op":"remove","path":"members","value":["1"]}]`, patch.Members{Add: []string{"2"}, Remove: []string{"1"}}, 0},
		{"after a full push", `[{"op":"replace","path":"members","value":["1","2"]},{"op":"remove","path":"members","value":["1"]},{"op":"add","path":"members","value":["3"]}]`,
			patch.Members{Replace: true, Add: []string{"2", "3"}}, 0},
	}
	for _, c := range cases {
		steps, err := patch.Parse(object(t, `{"schemas":["`+patch.URN+`"],"Operations":`+c.operations+`}`), 100, nil)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		rest, got, err := patch.SplitMembers(steps, nil)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" || len(rest) != c.rest {
			t.Errorf("%s: %d other steps, want %d; (-want +got)\n%s", c.name, len(rest), c.rest, diff)
		}
	}
	for operations, scimType := range map[string]string{
		`[{"op":"add","path":"members","value":[{"display":"x"}]}]`:                 "invalidValue",
		`[{"op":"add","path":"members","value":[7]}]`:                               "invalidValue",
		`[{"op":"add","path":"members","value":[{"value":""}]}]`:                    "invalidValue",
		`[{"op":"remove","path":"members[display eq \"x\"]"}]`:                      "invalidFilter",
		`[{"op":"remove","path":"members[value eq \"x\" and type eq \"User\"]"}]`:   "invalidFilter",
		`[{"op":"replace","path":"members[value eq \"x\"]","value":{"value":"y"}}]`: "mutability",
		`[{"op":"replace","path":"members[value eq \"x\"].display","value":"y"}]`:   "mutability",
		`[{"op":"remove","path":"members.value"}]`:                                  "mutability",
	} {
		steps, err := patch.Parse(object(t, `{"schemas":["`+patch.URN+`"],"Operations":`+operations+`}`), 100, nil)
		if err != nil {
			t.Fatalf("%s: %v", operations, err)
		}
		_, _, err = patch.SplitMembers(steps, nil)
		var told fault.Error
		if !errors.As(err, &told) || string(told.ScimType) != scimType {
			t.Errorf("%s: %v, want %s", operations, err, scimType)
		}
	}
}
