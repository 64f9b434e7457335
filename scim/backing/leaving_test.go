package backing_test

import (
	"testing"
)

// A group that lost a member because the member is no more has another version:
// who reads with If-None-Match must learn of it.
func TestAMemberThatGoesChangesTheGroup(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		ada := h.user("ada")
		group := func(name, member string) string {
			id, _ := h.send("POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"`+name+`","members":[{"value":"`+member+`"}]}`, 201)["id"].(string)
			return id
		}
		inner := group("inner", ada)
		outer := group("outer", inner)
		for _, c := range []struct{ gone, of string }{{"/Users/" + ada, inner}, {"/Groups/" + inner, outer}} {
			before, _ := h.send("GET", "/Groups/"+c.of, "", 200)["meta"].(map[string]any)
			h.send("DELETE", c.gone, "", 204)
			after := h.send("GET", "/Groups/"+c.of, "", 200)
			meta, _ := after["meta"].(map[string]any)
			if before["version"] != `W/"1"` || meta["version"] != `W/"2"` || meta["lastModified"] == before["lastModified"] || after["members"] != nil && len(after["members"].([]any)) > 0 {
				t.Errorf("%s went: %v became %v", c.gone, before, after)
			}
		}
	})
}
