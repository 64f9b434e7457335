package scim_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/scim"
	"birthright/sources"

	"github.com/google/go-cmp/cmp"
)

const userHead = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]`

func TestUserLife(t *testing.T) {
	d := open(t, scim.Limits{})
	created := d.send("POST", "/scim/v2/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User",
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
		"userName":"ada","externalId":"00u1","active":true,"password":"P1",
		"name":{"givenName":"Ada","familyName":"Lovelace"},"emails":[{"value":"ada@x.com","type":"work","primary":true}],
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Engines","division":"Analysis"},
		"urn:example:custom:1.0:User":{"shoe":39.50}}`).want(201)
	id := created.id()
	at := d.server.URL + "/scim/v2/Users/" + id
	if created.header.Get("Location") != at || created.at("meta", "location") != at || created.at("meta", "resourceType") != "User" ||
		created.at("meta", "created") != "2026-05-01T12:00:00Z" || strings.Contains(created.text, "P1") {
		t.Errorf("created: %v %s", created.header, created.text)
	}
	wantSchemas := []any{"urn:ietf:params:scim:schemas:core:2.0:User", "urn:example:custom:1.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"}
	if diff := cmp.Diff(wantSchemas, created.at("schemas")); diff != "" {
		t.Errorf("schemas: %s", diff)
	}
	read := d.send("GET", "/scim/v2/Users/"+id, "").want(200)
	if read.text != created.text || !strings.Contains(read.text, "39.50") {
		t.Errorf("read differs from created:\n%s\n%s", read.text, created.text)
	}

	d.now = d.now.Add(time.Hour)
	replaced := d.send("PUT", "/scim/v2/Users/"+id, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"other","userName":"Ada","title":"Dr"}`).want(200)
	if replaced.id() != id || replaced.at("title") != "Dr" || replaced.at("externalId") != nil || replaced.at("name") != nil ||
		replaced.at("meta", "lastModified") != "2026-05-01T13:00:00Z" || replaced.at("meta", "created") != "2026-05-01T12:00:00Z" {
		t.Errorf("replaced: %s", replaced.text)
	}
	d.send("DELETE", "/scim/v2/Users/"+id, "").want(204)
	for _, method := range []string{"GET", "DELETE"} {
		d.send(method, "/scim/v2/Users/"+id, "").want(404)
	}
	d.send("PUT", "/scim/v2/Users/"+id, userHead+`,"userName":"ada"}`).want(404)
	d.send("PATCH", "/scim/v2/Users/"+id, patchBody(`{"op":"replace","value":{"active":false}}`)).want(404)
	if again := d.user("ada"); again == id {
		t.Error("an id was used twice")
	}
}

func TestSourcesSeeTheirOwn(t *testing.T) {
	d := open(t, scim.Limits{})
	ada := d.user("ada")
	mine := d.token
	d.token = d.other
	d.send("GET", "/scim/v2/Users/"+ada, "").want(404)
	d.send("PUT", "/scim/v2/Users/"+ada, userHead+`,"userName":"x"}`).want(404)
	d.send("DELETE", "/scim/v2/Users/"+ada, "").want(404)
	if r := d.send("GET", "/scim/v2/Users", "").want(200); r.at("totalResults") != 0.0 {
		t.Errorf("another source's users: %s", r.text)
	}
	d.send("POST", "/scim/v2/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[{"value":"`+ada+`"}]}`).wantError(400, "invalidValue")
	d.user("ADA") // the name is free here
	d.token = mine
	d.send("GET", "/scim/v2/Users/"+ada, "").want(200)
}

func TestUserNamesAreUnique(t *testing.T) {
	d := open(t, scim.Limits{})
	d.user("ada")
	bob := d.user("bob")
	d.send("POST", "/scim/v2/Users", userHead+`,"userName":"ADA"}`).wantError(409, "uniqueness")
	d.send("PUT", "/scim/v2/Users/"+bob, userHead+`,"userName":"Ada"}`).wantError(409, "uniqueness")
	d.send("PATCH", "/scim/v2/Users/"+bob, patchBody(`{"op":"replace","path":"userName","value":"ada"}`)).wantError(409, "uniqueness")
	d.send("PATCH", "/scim/v2/Users/"+bob, patchBody(`{"op":"replace","path":"userName","value":"BOB"}`)).want(200)
}

func TestUserRefusals(t *testing.T) {
	d := open(t, scim.Limits{UserOperations: 3})
	id := d.user("ada")
	for _, c := range []struct {
		method, path, body string
		status             int
		scimType           string
	}{
		{"POST", "/Users", ``, 400, "invalidSyntax"},
		{"POST", "/Users", `{`, 400, "invalidSyntax"},
		{"POST", "/Users", `[]`, 400, "invalidSyntax"},
		{"POST", "/Users", `{"userName":"x"}`, 400, "invalidSyntax"},
		{"POST", "/Users", userHead + `}`, 400, "invalidValue"},
		{"POST", "/Users", userHead + `,"userName":""}`, 400, "invalidValue"},
		{"POST", "/Users", userHead + `,"userName":"x","username":"y"}`, 400, "invalidSyntax"},
		{"POST", "/Users", userHead + `,"userName":"x","active":"maybe"}`, 400, "invalidValue"},
		{"POST", "/Users", userHead + `,"userName":"x\u0000"}`, 400, "invalidValue"},
		{"POST", "/Users?attributes=a&excludedAttributes=b", userHead + `,"userName":"x"}`, 400, "invalidValue"},
		{"POST", "/Users?attributes=a[", userHead + `,"userName":"x"}`, 400, "invalidValue"},
		{"POST", "/Users", userHead + `,"userName":"x","urn:birthright:params:scim:schemas:extension:1.0:User":{"endDate":"soon"}}`, 400, "invalidValue"},
		{"PUT", "/Users/" + id, userHead + `}`, 400, "invalidValue"},
		{"PATCH", "/Users/" + id, `{}`, 400, "invalidSyntax"},
		{"PATCH", "/Users/" + id, patchBody(``), 400, "invalidSyntax"},
		{"PATCH", "/Users/" + id, patchBody(`{"op":"remove"}`), 400, "noTarget"},
		{"PATCH", "/Users/" + id, patchBody(`{"op":"remove","path":"userName"}`), 400, "mutability"},
		{"PATCH", "/Users/" + id, patchBody(`{"op":"replace","path":"id","value":"x"}`), 400, "mutability"},
		{"PATCH", "/Users/" + id, patchBody(`{"op":"add","path":"nonsense","value":"x"}`), 400, "invalidPath"},
		{"PATCH", "/Users/" + id, patchBody(`{"op":"add","path":"emails[` + strings.Repeat("(", 5000) + `","value":"x"}`), 400, "invalidPath"},
		{"PATCH", "/Users/" + id, patchBody(`{"op":"replace","path":"emails[type eq \"home\"]","value":{"value":"x"}}`), 400, "noTarget"},
		{"PATCH", "/Users/" + id, patchBody(`{"op":"add","path":"emails[nonsense eq 1]","value":{"value":"x"}}`), 400, "invalidFilter"},
		{"PATCH", "/Users/" + id, patchBody(`{"op":"add","path":"title","value":7}`), 400, "invalidValue"},
		{"PATCH", "/Users/" + id, patchBody(strings.TrimSuffix(strings.Repeat(`{"op":"remove","path":"title"},`, 4), ",")), 413, ""},
		{"GET", "/Users?startIndex=x", "", 400, "invalidValue"},
		{"GET", "/Users?count=1.5", "", 400, "invalidValue"},
		{"GET", "/Users?filter=%zz", "", 400, "invalidValue"},
		{"GET", "/Users?filter=nonsense", "", 400, "invalidFilter"},
		{"GET", "/Users?filter=nonsense+eq+1", "", 400, "invalidFilter"},
		{"GET", "/Users?sortBy=nonsense", "", 400, "invalidPath"},
		{"GET", "/Users?sortBy=name", "", 400, "invalidPath"},
		{"GET", "/Users?sortBy=userName&sortOrder=up", "", 400, "invalidValue"},
		{"GET", "/Users?cursor=x", "", 400, "invalidCursor"},
		{"GET", "/Users?cursor=&startIndex=1", "", 400, "invalidValue"},
		{"GET", "/Users?filter=password+pr", "", 400, "invalidFilter"},
		{"GET", "/Users?filter=" + strings.Repeat("(", 7000), "", 400, "invalidFilter"},
		{"POST", "/Users/.search", `{}`, 400, "invalidSyntax"},
		{"POST", "/Users/.search", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"count":"x"}`, 400, "invalidValue"},
		{"POST", "/Users/.search", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":7}`, 400, "invalidFilter"},
	} {
		r := d.send(c.method, "/scim/v2"+c.path, c.body)
		if r.status != c.status {
			t.Errorf("%s %.60s %.80s: status %d, want %d: %s", c.method, c.path, c.body, r.status, c.status, r.text)
			continue
		}
		r.wantError(c.status, c.scimType)
	}
	if r := d.send("GET", "/scim/v2/Users", "").want(200); r.names("userName") != "ada" {
		t.Errorf("a refused request left something: %s", r.text)
	}
}

// A PATCH of which one operation fails changes nothing.
func TestPatchIsAtomic(t *testing.T) {
	d := open(t, scim.Limits{})
	id := d.user("ada")
	before := d.send("GET", "/scim/v2/Users/"+id, "").text
	d.send("PATCH", "/scim/v2/Users/"+id, patchBody(`{"op":"add","path":"title","value":"Dr"},{"op":"remove","path":"userName"}`)).wantError(400, "mutability")
	if after := d.send("GET", "/scim/v2/Users/"+id, "").text; after != before {
		t.Errorf("changed to %s", after)
	}
}

func TestUserFilters(t *testing.T) {
	d := open(t, scim.Limits{})
	for i, name := range []string{"ada", "bob", "cyd", "dan"} {
		d.send("POST", "/scim/v2/Users", fmt.Sprintf(`%s,"userName":"%s","externalId":"X%d","active":%v,"displayName":"%s %s",
			"emails":[{"value":"%s@x.com","type":"work","primary":true},{"value":"%s@home.org","type":"home"}],
			"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"u1"}}}`,
			userHead, name, i, i%2 == 0, strings.ToUpper(name), "Smith", name, name)).want(201)
	}
	for filter, want := range map[string]string{
		`userName eq "ADA"`:                                            "ada",
		`userName eq "nobody"`:                                         "",
		`externalId eq "X1"`:                                           "bob",
		`externalId eq "x1"`:                                           "",
		`id eq "u3"`:                                                   "cyd",
		`emails eq "bob@x.com"`:                                        "bob",
		`emails.value eq "BOB@x.com"`:                                  "bob",
		`emails[type eq "work"].value eq "dan@x.com"`:                  "dan",
		`emails[type eq "home"].value eq "dan@x.com"`:                  "",
		`emails[type eq "home"].value eq "dan@home.org"`:               "dan", // not the primary one
		`emails[value eq "ada@x.com" and type eq "work"]`:              "ada",
		`displayName eq "bob smith"`:                                   "bob",
		`active eq true`:                                               "ada cyd",
		`active eq false and displayName co "smith"`:                   "bob dan",
		`not (active eq true) and userName sw "d"`:                     "dan",
		`userName eq "ada" or userName eq "cyd" or id eq "u1"`:         "ada cyd",
		`id eq "u1" and manager eq "u1"`:                               "ada",
		`userName ew "n" or externalId pr and active eq false`:         "bob dan",
		`meta.lastModified ge "0001-01-03T00:00:00.0000000Z"`:          "ada bob cyd dan",
		`userName eq "a\"b"`:                                           "",
		`userName eq "'; DROP TABLE records; --"`:                      "",
		`urn:ietf:params:scim:schemas:core:2.0:User:userName eq "bob"`: "bob",
		`id eq "u1" and urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "u1"`: "ada",
	} {
		r := d.send("GET", "/scim/v2/Users?filter="+escape(filter), "")
		if r.want(200); r.names("userName") != want {
			t.Errorf("%s: %q, want %q", filter, r.names("userName"), want)
		}
		body, _ := json.Marshal(map[string]any{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}, "filter": filter})
		if s := d.send("POST", "/scim/v2/Users/.search", string(body)).want(200); s.text != r.text {
			t.Errorf("%s: .search differs:\n%s\n%s", filter, s.text, r.text)
		}
	}
}

func TestPaging(t *testing.T) {
	d := open(t, scim.Limits{Page: 3})
	for i := range 7 {
		d.user(fmt.Sprintf("u%d", i))
	}
	for query, want := range map[string][3]any{ // names, startIndex, itemsPerPage
		"":                                   {"u0 u1 u2", 1.0, 3.0},
		"?startIndex=1&count=2":              {"u0 u1", 1.0, 2.0},
		"?startIndex=6&count=2":              {"u5 u6", 6.0, 2.0},
		"?startIndex=7&count=100":            {"u6", 7.0, 1.0},
		"?startIndex=8":                      {"", 8.0, 0.0},
		"?startIndex=-5&count=1":             {"u0", 1.0, 1.0},
		"?count=0":                           {"", 1.0, 0.0},
		"?count=-1":                          {"", 1.0, 0.0},
		"?startIndex=2&count=2&filter=id+pr": {"u1 u2", 2.0, 2.0},
		"?startIndex=9&filter=userName+sw+%22u%22": {"", 9.0, 0.0},
	} {
		r := d.send("GET", "/scim/v2/Users"+query, "").want(200)
		got := [3]any{r.names("userName"), r.at("startIndex"), r.at("itemsPerPage")}
		if got != want || r.at("totalResults") != 7.0 || r.at("Resources") == nil {
			t.Errorf("%s: %v, want %v: %s", query, got, want, r.text)
		}
	}
}

func TestProjections(t *testing.T) {
	d := open(t, scim.Limits{})
	id := d.user("ada")
	g := d.group("eng", id)
	if got := d.send("GET", "/scim/v2/Users/"+id+"?attributes=userName", "").want(200); got.at("meta") != nil || got.at("userName") != "ada" || got.at("groups") != nil {
		t.Errorf("attributes: %s", got.text)
	}
	if got := d.send("GET", "/scim/v2/Users?attributes=groups.display", "").want(200); got.at("Resources", 0, "groups", 0, "display") != "eng" || got.at("Resources", 0, "userName") != nil {
		t.Errorf("attributes of a list: %s", got.text)
	}
	if got := d.send("GET", "/scim/v2/Users/"+id+"?excludedAttributes=meta,groups", "").want(200); got.at("meta") != nil || got.at("groups") != nil || got.at("userName") != "ada" {
		t.Errorf("excluded: %s", got.text)
	}
	full := d.send("GET", "/scim/v2/Users/"+id, "").want(200)
	want := map[string]any{"value": g, "display": "eng", "type": "direct", "$ref": d.server.URL + "/scim/v2/Groups/" + g}
	if diff := cmp.Diff(want, full.at("groups", 0)); diff != "" {
		t.Errorf("groups: %s", diff)
	}
}

func TestMapping(t *testing.T) {
	body := userHead + `,"userName":"ada","externalId":"7","active":"False","userType":"Contractor","locale":"en","timezone":"Europe/London",
		"name":{"givenName":"Ada","familyName":"Lovelace"},"title":"Countess",
		"emails":[{"value":"second@x.com"},{"value":"first@x.com","primary":true}],"phoneNumbers":[{"value":"+44"}],
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Engines","division":"Analysis","organization":"O","costCenter":"C","employeeNumber":"9","manager":"boss"},
		"urn:birthright:params:scim:schemas:extension:1.0:User":{"location":"London","startDate":"2026-06-01","onLeave":true},
		"urn:example:custom:1.0:User":{"squad":["S1","S2"],"shoe":39}}`
	base := identity.Attributes{
		"userName": {"ada"}, "externalId": {"7"}, "active": {"false"}, "userType": {"Contractor"}, "employeeType": {"Contractor"},
		"locale": {"en"}, "timezone": {"Europe/London"}, "givenName": {"Ada"}, "familyName": {"Lovelace"}, "displayName": {"Ada Lovelace"},
		"title": {"Countess"}, "email": {"first@x.com", "second@x.com"}, "phone": {"+44"}, "department": {"Engines"}, "division": {"Analysis"},
		"organization": {"O"}, "costCenter": {"C"}, "employeeNumber": {"9"}, "manager": {"boss"}, "team": {"Analysis"}, "location": {"London"},
		"startDate": {"2026-06-01"}, "onLeave": {"true"}, "squad": {"S1", "S2"}, "shoe": {"39"},
		"urn:example:custom:1.0:User:squad": {"S1", "S2"}, "urn:example:custom:1.0:User:shoe": {"39"},
	}
	cases := []struct {
		name    string
		mapping []sources.Mapping
		change  identity.Attributes
	}{
		{"defaults", nil, nil},
		{"team from anywhere", []sources.Mapping{{To: "team", From: "urn:example:custom:1.0:User:squad"}}, identity.Attributes{"team": {"S1", "S2"}}},
		{"instead of the default, not besides", []sources.Mapping{{To: "team", From: "nickName"}}, identity.Attributes{"team": nil}},
		{"the first that finds something", []sources.Mapping{{To: "team", From: "nickName"}, {To: "team", From: "title"}}, identity.Attributes{"team": {"Countess"}}},
		{"a value filter, a number and a new name", []sources.Mapping{{To: "mail2", From: `emails[primary eq true].value`}, {To: "shoe", From: "urn:example:custom:1.0:User:shoe"}},
			identity.Attributes{"mail2": {"first@x.com"}, "shoe": {"39"}}},
	}
	for _, c := range cases {
		d := open(t, scim.Limits{}, c.mapping...)
		id := d.send("POST", "/scim/v2/Users", body).want(201).id()
		want := base.Clone()
		for name, values := range c.change {
			want.Set(name, values...)
		}
		if diff := cmp.Diff(want, d.memory.records[id].Attributes); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, diff)
		}
	}
	_, faults := scim.NewSource("x", "", []sources.Mapping{{To: "team", From: "nonsense"}, {To: "team", From: "a["}, {To: "team"}, {To: "team", From: `emails[nonsense eq 1].value`}})
	if len(faults) != 4 {
		t.Errorf("faults: %v", faults)
	}
}
