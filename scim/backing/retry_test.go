package backing_test

import (
	"fmt"
	"testing"
)

// A client whose answer got lost sends the same request again: that changes
// nothing, version and time of change included, and says so.
func TestARetryChangesNothing(t *testing.T) {
	const user, group = `"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]`, `"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]`
	onEach(t, func(t *testing.T, h *hub) {
		ada, bob := h.user("ada"), h.user("bob")
		eng, _ := h.send("POST", "/Groups", `{`+group+`,"displayName":"eng","members":[{"value":"`+bob+`"}]}`, 201)["id"].(string)
		patch := func(operations string) string {
			return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + operations + `]}`
		}
		for _, c := range []struct {
			method, path, body string
			first, again       int
		}{
			{"PUT", "/Users/" + ada, `{` + user + `,"userName":"ada","emails":[{"value":"a@x.com","primary":true}],"urn:x:y":{"n":[1.50,null,{"a":"<"}]},"active":"True"}`, 200, 200},
			{"PATCH", "/Users/" + ada, patch(`{"op":"add","path":"emails","value":[{"value":"b@x.com","type":"work","primary":true}]}`), 200, 200},
			{"PATCH", "/Users/" + ada, patch(`{"op":"replace","path":"emails[type eq \"home\"].value","value":"h@x.com"},{"op":"remove","path":"title"}`), 200, 200},
			{"PATCH", "/Users/" + ada, patch(`{"op":"replace","value":{"active":false,"name":{"givenName":"Ada"},"urn:x:y":{"n":2}}}`), 200, 200},
			{"PATCH", "/Users/" + ada, patch(`{"op":"remove","path":"emails","value":[{"value":"a@x.com"}]},{"op":"remove","path":"urn:x:y"}`), 200, 200},
			{"POST", "/Users", `{` + user + `,"userName":"ada","active":true}`, 201, 409}, // revived
			{"PUT", "/Groups/" + eng, `{` + group + `,"displayName":"engineers","externalId":"e","members":[{"value":"` + bob + `"},{"value":"` + ada + `"},{"value":"` + bob + `"}]}`, 200, 200},
			{"PATCH", "/Groups/" + eng, patch(`{"op":"remove","path":"members[value eq \"` + bob + `\"]"},{"op":"replace","path":"displayName","value":"eng"}`), 204, 204},
			{"PATCH", "/Groups/" + eng, patch(`{"op":"add","path":"members","value":[{"value":"` + bob + `"}]}`), 204, 204},
			{"PATCH", "/Groups/" + eng + "?attributes=members", patch(`{"op":"replace","path":"members","value":[{"value":"` + ada + `"}]}`), 200, 200},
			{"PATCH", "/Groups/" + eng, patch(`{"op":"remove","path":"members"}`), 204, 204},
			{"POST", "/Bulk", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"PATCH","path":"/Groups/` + eng + `","data":` +
				patch(`{"op":"add","path":"members","value":[{"value":"`+bob+`"}]}`) + `},{"method":"POST","path":"/Users","bulkId":"1","data":{` + user + `,"userName":"carl"}}]}`, 200, 200},
			{"DELETE", "/Users/" + bob, "", 204, 404},
			{"DELETE", "/Groups/" + eng, "", 204, 404},
			{"POST", "/Users", `{` + user + `,"userName":"bob"}`, 201, 409}, // another bob
		} {
			before := h.everything()
			h.send(c.method, c.path, c.body, c.first)
			first := h.everything()
			if first == before {
				t.Errorf("%s %s %s changed nothing the first time", c.method, c.path, c.body)
			}
			h.send(c.method, c.path, c.body, c.again)
			if again := h.everything(); again != first {
				t.Errorf("%s %s %s again:\n%s\nbecame\n%s", c.method, c.path, c.body, first, again)
			}
		}
	})
}

// everything lists all users and groups, members, versions and times included.
func (h *hub) everything() string {
	h.t.Helper()
	return fmt.Sprint(h.send("GET", "/Users", "", 200)["Resources"], h.send("GET", "/Groups", "", 200)["Resources"])
}
