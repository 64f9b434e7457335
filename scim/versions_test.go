package scim_test

import (
	"testing"

	"birthright/scim"
)

func TestVersions(t *testing.T) {
	d := open(t, scim.Limits{})
	made := d.send("POST", "/scim/v2/Users", userHead+`,"userName":"ada"}`).want(201)
	at := "/scim/v2/Users/" + made.id()
	if made.header.Get("ETag") != `W/"1"` || made.at("meta", "version") != `W/"1"` {
		t.Fatalf("made: %v %s", made.header, made.text)
	}
	same := patchBody(`{"op":"replace","path":"userName","value":"ada"}`)
	if r := d.send("PATCH", at, same).want(200); r.header.Get("ETag") != `W/"1"` {
		t.Errorf("a request that changes nothing makes version %s", r.header.Get("ETag"))
	}
	title := func(title string) string { return patchBody(`{"op":"add","path":"title","value":"` + title + `"}`) }
	if r := d.send("PATCH", at, title("a")).want(200); r.header.Get("ETag") != `W/"2"` || r.at("meta", "version") != `W/"2"` {
		t.Errorf("changed: %v %s", r.header, r.text)
	}
	for _, c := range []struct {
		method, body, header, value string
		status                      int
	}{
		{"PATCH", title("b"), "If-Match", `W/"1"`, 412},
		{"PATCH", title("b"), "If-Match", `"1"`, 412},
		{"PATCH", title("b"), "If-Match", `W/"7", W/"8"`, 412},
		{"PUT", userHead + `,"userName":"ada"}`, "If-Match", `W/"1"`, 412},
		{"DELETE", "", "If-Match", `W/"1"`, 412},
		{"PATCH", title("b"), "If-None-Match", `*`, 412},
		{"PUT", userHead + `,"userName":"ada"}`, "If-None-Match", `W/"2"`, 412},
		{"GET", "", "If-None-Match", `W/"2"`, 304},
		{"GET", "", "If-None-Match", `W/"1", "2"`, 304},
		{"GET", "", "If-None-Match", `*`, 304},
		{"GET", "", "If-None-Match", `W/"1"`, 200},
		{"GET", "", "If-Match", `W/"1"`, 200},
		{"PATCH", title("b"), "If-Match", `W/"1", W/"2"`, 200}, // now 3
		{"PATCH", title("c"), "If-Match", `"3"`, 200},          // now 4
		{"PATCH", title("d"), "If-Match", `4`, 200},            // now 5
		{"PATCH", title("e"), "If-Match", `*`, 200},            // now 6
		{"PATCH", title("f"), "If-None-Match", `W/"1"`, 200},   // now 7
		{"PUT", userHead + `,"userName":"ada"}`, "If-Match", `W/"7"`, 200},
		{"DELETE", "", "If-Match", `W/"8"`, 204},
	} {
		r := d.send(c.method, at, c.body, c.header, c.value)
		if r.status != c.status {
			t.Errorf("%s with %s %s: %d, want %d: %s", c.method, c.header, c.value, r.status, c.status, r.text)
		}
		if c.status == 304 && (r.text != "" || r.header.Get("ETag") != `W/"2"`) {
			t.Errorf("304 with ETag %q and the body %q", r.header.Get("ETag"), r.text)
		}
	}
	d.send("DELETE", at, "", "If-Match", `*`).want(404)
}

func TestVersionsOfGroups(t *testing.T) {
	d := open(t, scim.Limits{})
	ada := d.user("ada")
	at := "/scim/v2/Groups/" + d.group("eng")
	add := patchBody(`{"op":"add","path":"members","value":[{"value":"` + ada + `"}]}`)
	if r := d.send("PATCH", at, add, "If-Match", `W/"1"`).want(204); r.header.Get("ETag") != `W/"2"` {
		t.Errorf("a member more: %v", r.header)
	}
	if r := d.send("PATCH", at, add).want(204); r.header.Get("ETag") != `W/"2"` {
		t.Errorf("the same again: %v", r.header)
	}
	d.send("PATCH", at, add, "If-Match", `W/"1"`).want(412)
	d.send("PUT", at, groupHead+`,"displayName":"x"}`, "If-Match", `W/"1"`).want(412)
	d.send("DELETE", at, "", "If-Match", `W/"1"`).want(412)
	d.send("GET", at+"?excludedAttributes=members", "", "If-None-Match", `W/"2"`).want(304)
	d.send("DELETE", at, "", "If-Match", `W/"2"`).want(204)
}
