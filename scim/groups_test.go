package scim_test

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"birthright/scim"
)

const groupHead = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]`

func escape(filter string) string { return url.QueryEscape(filter) }

// memberIDs lists the members of a group as the server says them.
func (d *door) memberIDs(group string) string {
	d.t.Helper()
	r := d.send("GET", "/scim/v2/Groups/"+group, "").want(200)
	var out []string
	list, _ := r.at("members").([]any)
	for _, m := range list {
		out = append(out, m.(map[string]any)["value"].(string))
	}
	return strings.Join(out, " ")
}

func TestGroupLife(t *testing.T) {
	d := open(t, scim.Limits{})
	ada, bob := d.user("ada"), d.user("bob")
	inner := d.group("inner", bob)
	created := d.send("POST", "/scim/v2/Groups", groupHead+`,"displayName":"eng","externalId":"e1",
		"members":[{"value":"`+ada+`","display":"x"},{"value":"`+inner+`"},{"value":"`+ada+`"}]}`).want(201)
	id := created.id()
	if created.header.Get("Location") != d.server.URL+"/scim/v2/Groups/"+id || created.at("externalId") != "e1" ||
		created.at("meta", "resourceType") != "Group" || d.memberIDs(id) != inner+" "+ada {
		t.Errorf("created: %s", created.text)
	}
	if created.at("members", 0, "type") != "Group" || created.at("members", 1, "type") != "User" || created.at("members", 0, "display") != nil {
		t.Errorf("members: %s", created.text)
	}
	if named := d.send("GET", "/scim/v2/Groups/"+id+"?attributes=members.display,members.value", "").want(200); named.at("members", 0, "display") != "inner" || named.at("members", 0, "type") != nil {
		t.Errorf("members by name: %s", named.text)
	}
	replaced := d.send("PUT", "/scim/v2/Groups/"+id, groupHead+`,"displayName":"engineers","members":[{"value":"`+bob+`"}]}`).want(200)
	if replaced.at("displayName") != "engineers" || replaced.at("externalId") != nil || d.memberIDs(id) != bob {
		t.Errorf("replaced: %s", replaced.text)
	}
	d.send("PUT", "/scim/v2/Groups/"+id, groupHead+`,"displayName":"engineers"}`).want(200)
	if got := d.memberIDs(id); got != "" {
		t.Errorf("members after a PUT without any: %s", got)
	}
	d.send("DELETE", "/scim/v2/Groups/"+id, "").want(204)
	d.send("GET", "/scim/v2/Groups/"+id, "").want(404)
	d.send("DELETE", "/scim/v2/Groups/"+id, "").want(404)
	d.send("PUT", "/scim/v2/Groups/"+id, groupHead+`,"displayName":"x"}`).want(404)
	d.send("PATCH", "/scim/v2/Groups/"+id, patchBody(`{"op":"remove","path":"members"}`)).want(404)
}

func TestGroupRefusals(t *testing.T) {
	d := open(t, scim.Limits{})
	ada := d.user("ada")
	g := d.group("eng", ada)
	for _, c := range []struct{ method, path, body, scimType string }{
		{"POST", "/Groups", groupHead + `}`, "invalidValue"},
		{"POST", "/Groups", groupHead + `,"displayName":""}`, "invalidValue"},
		{"POST", "/Groups", groupHead + `,"displayName":["a","b"]}`, "invalidValue"},
		{"POST", "/Groups", groupHead + `,"displayName":"x","members":[{"value":"nobody"}]}`, "invalidValue"},
		{"POST", "/Groups", groupHead + `,"displayName":"x","members":[{"display":"nobody"}]}`, "invalidValue"},
		{"POST", "/Groups", groupHead + `,"displayName":"x","members":[7]}`, "invalidValue"},
		{"PUT", "/Groups/" + g, groupHead + `,"displayName":"x","members":[{"value":"nobody"}]}`, "invalidValue"},
		{"PATCH", "/Groups/" + g, patchBody(`{"op":"add","path":"members","value":[{"value":"nobody"}]}`), "invalidValue"},
		{"PATCH", "/Groups/" + g, patchBody(`{"op":"remove","path":"displayName"}`), "mutability"},
		{"PATCH", "/Groups/" + g, patchBody(`{"op":"add","path":"nonsense","value":1}`), "invalidPath"},
		{"PATCH", "/Groups/" + g, patchBody(`{"op":"remove","path":"members[display eq \"x\"]"}`), "invalidFilter"},
		{"PATCH", "/Groups/" + g, patchBody(`{"op":"remove","path":"members"},{"op":"remove","path":"displayName"}`), "mutability"},
	} {
		d.send(c.method, "/scim/v2"+c.path, c.body).wantError(400, c.scimType)
	}
	if r := d.send("GET", "/scim/v2/Groups", "").want(200); r.names("displayName") != "eng" || d.memberIDs(g) != ada {
		t.Errorf("a refused request left something: %s", r.text)
	}
}

func TestGroupFilters(t *testing.T) {
	d := open(t, scim.Limits{})
	ada, bob := d.user("ada"), d.user("bob")
	inner := d.group("inner", bob)
	eng := d.group("eng", ada, bob, inner)
	d.group("empty")
	for filter, want := range map[string]string{
		`displayName eq "ENG"`:                                     "eng",
		`displayName eq "none"`:                                    "",
		`displayName sw "e"`:                                       "eng empty",
		`id eq "` + eng + `"`:                                      "eng",
		`id eq "` + eng + `" and members eq "` + ada + `"`:         "eng",
		`id eq "` + eng + `" and members eq "nobody"`:              "",
		`id eq "` + inner + `" and members eq "` + ada + `"`:       "",
		`id eq "` + inner + `" and not (members eq "` + ada + `")`: "inner",
		`members eq "` + bob + `"`:                                 "inner eng",
		`members.value eq "` + inner + `"`:                         "eng",
		`members[value eq "` + ada + `"]`:                          "eng",
		`members eq "` + ada + `" and members eq "` + bob + `"`:    "eng",
		`members eq "` + ada + `" or displayName eq "empty"`:       "eng empty",
		`members pr`:                                                "inner eng",
		`not (members pr)`:                                          "empty",
		`members co "u"`:                                            "inner eng",
		`members.type eq "group"`:                                   "eng",
		`members[type eq "user" and display pr]`:                    "inner eng",
		`members[type eq "Group" and display sw "IN"]`:              "eng",
		`members.$ref ew "/Users/` + ada + `"`:                      "eng",
		`not (members eq "` + ada + `") and displayName ne "empty"`: "inner",
	} {
		r := d.send("GET", "/scim/v2/Groups?excludedAttributes=members&filter="+escape(filter), "").want(200)
		if got := r.names("displayName"); got != want || strings.Contains(r.text, `"members"`) {
			t.Errorf("%s: %q, want %q: %s", filter, got, want, r.text)
		}
	}
}

// Many clients change one group at once: nobody's change is lost.
func TestConcurrentMembers(t *testing.T) {
	d := open(t, scim.Limits{})
	g := d.group("all")
	var users []string
	for i := range 50 {
		users = append(users, d.user(fmt.Sprintf("u%d", i)))
	}
	var wait sync.WaitGroup
	for i, id := range users {
		wait.Go(func() {
			d.send("PATCH", "/scim/v2/Groups/"+g, patchBody(`{"op":"add","path":"members","value":[{"value":"`+id+`"}]}`)).want(204)
			if i%2 == 1 {
				d.send("PATCH", "/scim/v2/Groups/"+g, patchBody(`{"op":"remove","path":"members[value eq \"`+id+`\"]"}`)).want(204)
			}
		})
	}
	wait.Wait()
	if got := len(strings.Fields(d.memberIDs(g))); got != 25 {
		t.Errorf("%d members, want 25", got)
	}
}
