package scim_test

import (
	"testing"

	"birthright/scim"
)

// The conversations below have the shapes that the providers' documents show.

func TestOktaConversation(t *testing.T) {
	d := open(t, scim.Limits{})
	agent := []string{"User-Agent", "Okta SCIM Client 1.0.0"}
	d.send("GET", "/scim/v2/Users?startIndex=1&count=2", "", agent...).want(200)
	none := d.send("GET", "/scim/v2/Users?filter=userName%20eq%20%22a%40x.com%22&startIndex=1&count=100", "").want(200)
	if none.at("totalResults") != 0.0 {
		t.Errorf("nobody yet: %s", none.text)
	}
	ada := d.send("POST", "/scim/v2/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a@x.com",
		"name":{"givenName":"A","familyName":"B"},"emails":[{"primary":true,"value":"a@x.com","type":"work"}],"displayName":"A B",
		"locale":"en-US","externalId":"00u1","groups":[],"password":"P1","active":true}`).want(201)
	id := ada.id()
	d.send("POST", "/scim/v2/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"A@x.com"}`).wantError(409, "uniqueness")
	whole := d.send("GET", "/scim/v2/Users/"+id, "").want(200) // GET, then PUT of all of it
	if put := d.send("PUT", "/scim/v2/Users/"+id, whole.text).want(200); put.at("displayName") != "A B" || put.at("externalId") != "00u1" {
		t.Errorf("put back: %s", put.text)
	}
	off := d.send("PATCH", "/scim/v2/Users/"+id, patchBody(`{"op":"replace","value":{"active":false}}`)).want(200)
	if off.at("active") != false || d.memory.records[id].Attributes.First("active") != "false" {
		t.Errorf("deactivated: %s", off.text)
	}
	d.send("PATCH", "/scim/v2/Users/"+id, patchBody(`{"op":"replace","value":{"active":true,"password":"P2"}}`)).want(200)

	bob := d.user("bob@x.com")
	g := d.send("POST", "/scim/v2/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"G","members":[]}`).want(201).id()
	d.send("PATCH", "/scim/v2/Groups/"+g, patchBody(`{"op":"replace","path":"members","value":[{"value":"`+id+`","display":"a"},{"value":"`+bob+`","display":"b"}]}`)).want(204)
	d.send("PATCH", "/scim/v2/Groups/"+g, patchBody(`{"op":"remove","path":"members[value eq \"`+id+`\"]"},{"op":"add","path":"members","value":[{"value":"`+bob+`","display":"b"}]}`)).want(204)
	if got := d.memberIDs(g); got != bob {
		t.Errorf("members %q, want %q", got, bob)
	}
	d.send("PATCH", "/scim/v2/Groups/"+g, patchBody(`{"op":"replace","value":{"id":"`+g+`","displayName":"New"}}`)).want(204)
	if r := d.send("GET", "/scim/v2/Groups/"+g, "").want(200); r.at("displayName") != "New" {
		t.Errorf("renamed: %s", r.text)
	}
	d.send("PATCH", "/scim/v2/Groups/"+g, patchBody(`{"op":"replace","path":"members","value":[]}`)).want(204)
	if got := d.memberIDs(g); got != "" {
		t.Errorf("members after a push of nobody: %q", got)
	}
	d.send("DELETE", "/scim/v2/Groups/"+g, "").want(204)
	if r := d.send("GET", "/scim/v2/Users?startIndex=1&count=100", "").want(200); r.at("totalResults") != 2.0 {
		t.Errorf("import: %s", r.text)
	}
}

func TestEntraConversation(t *testing.T) {
	d := open(t, scim.Limits{})
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	if r := d.send("GET", "/scim/v2/Users?filter="+escape(`userName eq "6f1e2d3c-0000-4000-8000-000000000000"`), "").want(200); r.at("totalResults") != 0.0 {
		t.Errorf("random user: %s", r.text)
	}
	d.send("GET", "/scim/v2/Schemas", "").want(200)
	boss := d.user("boss")
	ada := d.send("POST", "/scim/v2/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","`+enterprise+`"],
		"externalId":"ada","userName":"ada@x.com","active":true,"emails":[{"primary":true,"type":"work","value":"ada@x.com"}],
		"meta":{"resourceType":"User"},"name":{"formatted":"Ada L","familyName":"L","givenName":"Ada"},"roles":[]}`).want(201).id()
	for _, filter := range []string{`externalId eq "ada"`, `emails[type eq "work"].value eq "ada@x.com"`, `userName eq "ada@x.com"`} {
		if r := d.send("GET", "/scim/v2/Users?filter="+escape(filter), "").want(200); r.at("Resources", 0, "id") != ada {
			t.Errorf("%s: %s", filter, r.text)
		}
	}
	patch := func(operations string) reply {
		t.Helper()
		return d.send("PATCH", "/scim/v2/Users/"+ada, patchBody(operations)).want(200)
	}
	patch(`{"op":"Replace","path":"emails[type eq \"home\"].value","value":"ada@home.org"},{"op":"Add","path":"phoneNumbers[type eq \"mobile\"].value","value":"1"},
		{"op":"Replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:title","value":"Dr"},{"op":"Add","path":"` + enterprise + `:manager","value":"` + boss + `"}`)
	r := patch(`{"op":"replace","value":{"displayName":"B","name.givenName":"K","` + enterprise + `:employeeNumber":"9"}}`)
	if r.at("emails", 1, "value") != "ada@home.org" || r.at("phoneNumbers", 0, "value") != "1" || r.at("title") != "Dr" || r.at("name", "givenName") != "K" ||
		r.at(enterprise, "manager", "value") != boss || r.at(enterprise, "employeeNumber") != "9" || r.at("name", "familyName") != "L" {
		t.Errorf("patched: %s", r.text)
	}
	check := `id eq "` + ada + `" and ` + enterprise + `:manager eq "` + boss + `"`
	if r := d.send("GET", "/scim/v2/Users?attributes=id&filter="+escape(check), "").want(200); r.at("totalResults") != 1.0 {
		t.Errorf("manager check: %s", r.text)
	}
	patch(`{"op":"Replace","path":"active","value":"False"}`)
	if r := d.send("GET", "/scim/v2/Users/"+ada, "").want(200); r.at("active") != false {
		t.Errorf("deactivated: %s", r.text)
	}

	g := d.send("POST", "/scim/v2/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
		"externalId":"8aa1","displayName":"G","meta":{"resourceType":"Group"}}`).want(201).id()
	if r := d.send("GET", "/scim/v2/Groups?excludedAttributes=members&filter="+escape(`displayName eq "G"`), "").want(200); r.at("Resources", 0, "id") != g || r.at("Resources", 0, "members") != nil {
		t.Errorf("by name: %s", r.text)
	}
	d.send("PATCH", "/scim/v2/Groups/"+g, patchBody(`{"op":"Add","path":"members","value":[{"$ref":null,"value":"`+ada+`"}]}`)).want(204)
	d.send("PATCH", "/scim/v2/Groups/"+g, patchBody(`{"op":"Add","path":"members","value":[{"$ref":null,"value":"`+boss+`"}]}`)).want(204)
	member := `id eq "` + g + `" and members eq "` + ada + `"`
	if r := d.send("GET", "/scim/v2/Groups?attributes=id&filter="+escape(member), "").want(200); r.at("totalResults") != 1.0 {
		t.Errorf("member check: %s", r.text)
	}
	d.send("PATCH", "/scim/v2/Groups/"+g, patchBody(`{"op":"Remove","path":"members","value":[{"$ref":null,"value":"`+ada+`"}]}`)).want(204)
	if got := d.memberIDs(g); got != boss {
		t.Errorf("members %q, want only %q: a removal with a value removes that value", got, boss)
	}
	d.send("PATCH", "/scim/v2/Groups/"+g, patchBody(`{"op":"Replace","path":"displayName","value":"H"},{"op":"Remove","path":"members","value":[{"value":"nobody"}]}`)).want(204)
	d.send("DELETE", "/scim/v2/Users/"+ada, "").want(204)
	d.send("GET", "/scim/v2/Users/"+ada, "").want(404)
}

func TestOtherDialects(t *testing.T) {
	d := open(t, scim.Limits{})
	onelogin := d.send("POST", "/scim/v2/Users", userHead+`,"userName":"a@x.com","emails":{"value":"a@x.com"},"title":null,
		"name":{"givenName":"A","familyName":null},"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":null,"manager":null}}`).want(201)
	if onelogin.at("emails", 0, "value") != "a@x.com" || onelogin.at("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User") != nil {
		t.Errorf("onelogin: %s", onelogin.text)
	}
	ada, bob := onelogin.id(), d.user("bob")
	g := d.group("g")
	for _, operations := range []string{
		`{"op":"add","path":"members[value eq \"` + ada + `\"]","value":{"value":"` + ada + `"}}`,                                                      // OneLogin
		`{"op":"add","path":"members","value":[{"value":"` + bob + `"}]},{"op":"add","path":"members","value":[{"value":"` + ada + `"}]}`,              // authentik
		`{"op":"replace","value":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"` + g + `","externalId":"7","displayName":"group"}}`, // authentik
	} {
		d.send("PATCH", "/scim/v2/Groups/"+g, patchBody(operations)).want(204)
	}
	if got := d.memberIDs(g); got != ada+" "+bob {
		t.Errorf("members %q", got)
	}
	d.send("PATCH", "/scim/v2/Groups/"+g, patchBody(`{"op":"remove","path":"members","value":[{"value":"`+ada+`"}]}`)).want(204) // JumpCloud
	r := d.send("PATCH", "/scim/v2/Groups/"+g+"?attributes=displayName,members", patchBody(`{"op":"replace","path":"externalId","value":"8"}`)).want(200)
	if r.at("displayName") != "group" || r.at("members", 0, "value") != bob || r.at("externalId") != nil {
		t.Errorf("patch with attributes: %s", r.text)
	}
}
