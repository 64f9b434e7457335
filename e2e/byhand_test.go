package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"testing"

	"github.com/go-ldap/ldap/v3"

	"birthright/targets/scim/scimsim"
)

// stranger is somebody whom the hub did not make and does not know.
var stranger = account{DisplayName: "A Stranger", FamilyName: "Stranger", Active: true}

// targetsAreChangedByHand has somebody meddle with both targets in four ways: a
// member taken out, one put in, a stranger added, an attribute changed.
func targetsAreChangedByHand(t *testing.T, w *world) {
	meddleWithDirectory(t, w)
	meddleWithApp(t, w)
	// What the hub made is put back; what it did not make is told and left alone.
	var got runs
	w.mustJSON(t, exitDone, "sync --full", &got)
	for _, target := range []string{"directory", "app"} {
		want := []string{
			"unmanaged mreuter " + target + ":group/dept-payroll",
			"unmanaged stranger " + target + ":group/dept-payroll",
			"vanished kvaughan " + target + ":group/dept-human-resources",
		}
		if drift := got.drifted(target); !slices.Equal(drift, want) {
			t.Errorf("drift on %s:\n got %q\nwant %q", target, drift, want)
		}
	}
	withStranger := func(h holdings) holdings {
		return h.with("dept-payroll", "stranger", stranger).withMember("dept-payroll", "mreuter")
	}
	same(t, "the directory", withStranger(w.company.inDirectory()), readDirectory(t, w.directory, w.base))
	same(t, "the application", withStranger(w.company.inApp()), readApp(w.app))
	w.settled(t)
	tidyUp(t, w)
	w.right(t)
}

func meddleWithDirectory(t *testing.T, w *world) {
	t.Helper()
	conn := dial(t, w.directory)
	add := ldap.NewAddRequest(w.account("stranger"), nil)
	add.Attribute("objectClass", []string{"inetOrgPerson"})
	add.Attribute("cn", []string{stranger.DisplayName})
	add.Attribute("sn", []string{stranger.FamilyName})
	if err := conn.Add(add); err != nil {
		t.Fatal(err)
	}
	modify(t, w.directory, w.group("dept-payroll"), func(m *ldap.ModifyRequest) {
		m.Add("member", []string{w.account("stranger"), w.account("mreuter")})
	})
	modify(t, w.directory, w.group("dept-human-resources"), func(m *ldap.ModifyRequest) {
		m.Delete("member", []string{w.account("kvaughan")})
	})
	modify(t, w.directory, w.account("kvaughan"), func(m *ldap.ModifyRequest) { m.Replace("mail", []string{"wrong@example.com"}) })
}

func meddleWithApp(t *testing.T, w *world) {
	t.Helper()
	id := w.call(t, "POST", "/Users", object{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": "stranger",
		"displayName": stranger.DisplayName, "name": object{"familyName": stranger.FamilyName}, "active": true,
	})
	payroll, hr := idOf(t, w.app, "dept-payroll"), idOf(t, w.app, "dept-human-resources")
	mreuter, kvaughan := idOf(t, w.app, "mreuter"), idOf(t, w.app, "kvaughan")
	w.patch(t, "/Groups/"+payroll, object{"op": "add", "path": "members", "value": []object{{"value": id}, {"value": mreuter}}})
	w.patch(t, "/Groups/"+hr, object{"op": "remove", "path": `members[value eq "` + kvaughan + `"]`})
	w.patch(t, "/Users/"+kvaughan, object{"op": "replace", "path": `emails[type eq "work"].value`, "value": "wrong@example.com"})
}

// tidyUp takes out again what was put in by hand.
func tidyUp(t *testing.T, w *world) {
	t.Helper()
	modify(t, w.directory, w.group("dept-payroll"), func(m *ldap.ModifyRequest) {
		m.Delete("member", []string{w.account("stranger"), w.account("mreuter")})
	})
	if err := dial(t, w.directory).Del(ldap.NewDelRequest(w.account("stranger"), nil)); err != nil {
		t.Fatal(err)
	}
	payroll, mreuter := idOf(t, w.app, "dept-payroll"), idOf(t, w.app, "mreuter")
	w.patch(t, "/Groups/"+payroll, object{"op": "remove", "path": `members[value eq "` + mreuter + `"]`})
	w.call(t, "DELETE", "/Users/"+idOf(t, w.app, "stranger"), nil)
}

// object is a JSON object.
type object = map[string]any

// idOf returns the application's id of a user or group.
func idOf(t *testing.T, app *scimsim.Server, name string) string {
	t.Helper()
	snapshot := app.Snapshot()
	for _, u := range snapshot.Users {
		if u.UserName == name {
			return u.ID
		}
	}
	for _, g := range snapshot.Groups {
		if g.DisplayName == name {
			return g.ID
		}
	}
	t.Fatalf("the application has no %s", name)
	return ""
}

func (w *world) patch(t *testing.T, path string, operation object) {
	t.Helper()
	w.call(t, "PATCH", path, object{
		"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": []object{operation},
	})
}

// call asks the application for something as its administrator, and returns the
// id of what was made.
func (w *world) call(t *testing.T, method, path string, body object) string {
	t.Helper()
	status, answer := send(t, method, w.app.URL()+path, appToken, body)
	if status/100 != 2 {
		t.Fatalf("%s %s: %d %v", method, path, status, answer)
	}
	id, _ := answer["id"].(string)
	return id
}

// send makes one SCIM request; status 0 means that no answer came.
func send(t *testing.T, method, url, token string, body object) (status int, answer object) {
	t.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/scim+json")
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, nil
	}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &answer); err != nil {
			t.Fatalf("%s %s answered %q", method, url, raw)
		}
	}
	return response.StatusCode, answer
}
