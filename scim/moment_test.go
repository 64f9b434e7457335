package scim_test

import (
	"testing"

	"birthright/identity"
	"birthright/scim"
)

// A version and the members in one answer belong together, whatever another client
// does in the middle of it.
func TestVersionAndMembersAreOfOneMoment(t *testing.T) {
	const head = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g",`
	d := open(t, scim.Limits{})
	ada, bob := d.user("ada"), d.user("bob")
	g := d.group("g", ada)
	d.memory.between = func() { // bob comes in, once
		d.memory.between = nil
		if _, err := d.memory.EditGroup(t.Context(), "okta", g, func(old identity.SourceGroup) (scim.GroupEdit, error) {
			return scim.GroupEdit{Group: old, Add: []identity.MemberRef{{Key: bob}}}, nil
		}); err != nil {
			t.Error(err)
		}
	}
	another := d.memory.between
	members := func(r reply) string {
		t.Helper()
		list, _ := r.want(200).body["members"].([]any)
		out := r.header.Get("ETag")
		for _, one := range list {
			id, _ := one.(map[string]any)["value"].(string)
			out += " " + id
		}
		return out
	}
	if got, want := members(d.send("GET", "/scim/v2/Groups/"+g, "")), `W/"2" `+ada+" "+bob; got != want {
		t.Errorf("read: %s, want %s", got, want)
	}
	if got, want := members(d.send("PUT", "/scim/v2/Groups/"+g, head+`"members":[{"value":"`+ada+`"}]}`)), `W/"3" `+ada; got != want {
		t.Errorf("put: %s, want %s", got, want)
	}
	d.memory.between = another
	if got, want := members(d.send("PUT", "/scim/v2/Groups/"+g, head+`"externalId":"1","members":[{"value":"`+ada+`"}]}`)), `W/"4" `+ada; got != want {
		t.Errorf("put beside another: %s, want %s", got, want)
	}
	patch := patchBody(`{"op":"replace","path":"displayName","value":"h"}`)
	if got, want := members(d.send("PATCH", "/scim/v2/Groups/"+g+"?attributes=members", patch)), `W/"5" `+ada; got != want {
		t.Errorf("patch beside another: %s, want %s", got, want)
	}
}

// A group that goes in the middle of a list does not make the list fail, nor an edit
// that was carried out.
func TestAGroupGoesMeanwhile(t *testing.T) {
	d := open(t, scim.Limits{})
	var g string
	d.memory.between = func() {
		if err := d.memory.RemoveGroup(t.Context(), "okta", g, func(identity.SourceGroup) error { return nil }); err != nil {
			t.Error(err)
		}
		d.memory.between = nil
	}
	goes := d.memory.between
	again := func() {
		d.memory.between = nil
		g = d.group("g")
		d.memory.between = goes
	}
	again()
	if r := d.send("GET", "/scim/v2/Groups", "").want(200); r.at("totalResults") != 1.0 {
		t.Errorf("list: %s", r.text)
	}
	again()
	d.send("GET", "/scim/v2/Groups/"+g, "").want(404)
	again()
	d.send("PUT", "/scim/v2/Groups/"+g, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"h"}`).want(200)
}
