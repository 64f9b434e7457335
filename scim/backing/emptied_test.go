package backing_test

import (
	"fmt"
	"strings"
	"testing"

	"birthright/store"
)

// A request that takes most of a large group away waits for a person, whichever
// way it is written; a small group, or a few members, it may take.
func TestEmptyingALargeGroupIsHeld(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		var list []string
		for i := range 30 {
			id := h.user(fmt.Sprintf("u%d", i))
			list = append(list, `{"value":"`+id+`"}`)
		}
		groups := 0
		group := func(members ...string) string {
			groups++
			r := h.send("POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"eng","externalId":"`+fmt.Sprint(groups)+`","members":[`+strings.Join(members, ",")+`]}`, 201)
			return r["id"].(string)
		}
		large, small := group(list...), group(list[:19]...)
		everybody := `{"op":"replace","path":"members","value":[]}`
		h.patch("/Groups/"+small, everybody, 204)
		h.patch("/Groups/"+large, `{"op":"remove","path":"members","value":[`+strings.Join(list[:10], ",")+`]}`, 204) // few
		h.patch("/Groups/"+large, `{"op":"add","path":"members","value":[`+strings.Join(list[:10], ",")+`]}`, 204)
		before := h.send("GET", "/Groups/"+large, "", 200)
		for _, body := range []string{
			everybody, `{"op":"remove","path":"members"}`, `{"op":"remove","path":"members","value":[` + strings.Join(list[:20], ",") + `]}`,
			`{"op":"replace","value":{"members":[` + list[0] + `]}},{"op":"replace","path":"displayName","value":"lost"}`,
		} {
			r := h.patch("/Groups/"+large, body, 409)
			if detail, _ := r["detail"].(string); !strings.Contains(detail, "members-"+large) || !strings.Contains(detail, "of the 30 members out of group eng") {
				t.Errorf("%s: the client is told %q", body, detail)
			}
		}
		h.send("PUT", "/Groups/"+large, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"eng"}`, 409)
		if after := h.send("GET", "/Groups/"+large, "", 200); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Fatalf("a held request changed the group")
		}
		held := func() (rows []store.HeldRow) {
			t.Helper()
			err := h.db.View(t.Context(), func(tx *store.Tx) (err error) {
				rows, err = tx.Held(t.Context(), store.HeldFilter{Source: "okta"})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return rows
		}
		rows := held()
		if len(rows) != 1 || rows[0].Kind != store.HeldEmptied || rows[0].ID != "members-"+large {
			t.Fatalf("held: %+v", rows)
		}
		rows[0].ReleasedAt, rows[0].ReleasedBy, rows[0].ReleaseReason = rows[0].Created, "operator:test", "they moved"
		if err := h.db.Update(t.Context(), func(tx *store.Tx) error { return tx.SaveHeld(t.Context(), rows) }); err != nil {
			t.Fatal(err)
		}
		h.patch("/Groups/"+large, everybody, 204)
		if got := h.members(large); len(got) != 0 || len(held()) != 0 {
			t.Errorf("after the release %d members and %d held rows are left", len(got), len(held()))
		}
		h.patch("/Groups/"+large, `{"op":"add","path":"members","value":[`+strings.Join(list, ",")+`]}`, 204)
		h.patch("/Groups/"+large, everybody, 409) // the release was for once
		h.send("DELETE", "/Groups/"+large, "", 204)
		if len(held()) != 0 {
			t.Error("something is held of a group that is no more")
		}
	})
}
