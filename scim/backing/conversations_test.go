package backing_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/scim/backing"
	"birthright/scim/inspect"
	"birthright/store"
)

func TestConversationsAreKept(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		noon := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
		c := backing.Conversations{DB: h.db}
		want := inspect.Conversation{
			ID: "a", Source: "okta", At: noon, Took: time.Millisecond, Method: "PATCH", URL: "/scim/v2/Users/1", Agent: "Okta", Token: "0123", Remote: "127.0.0.1:1",
			Headers: map[string]string{"If-Match": `W/"1"`}, AnswerHeaders: map[string]string{"Etag": `W/"2"`},
			Request: `{"password":"***","a":"\u0000"}`, RequestBytes: 20, Status: 409, Answer: `{}`, AnswerBytes: 2, Cut: true,
			Dialect: "okta", Read: []string{`"Replace" was read as replace`},
		}
		list := []inspect.Conversation{want}
		for i := range 5 {
			list = append(list, inspect.Conversation{ID: fmt.Sprint(i), Source: "okta", At: noon.Add(time.Hour), Status: 200},
				inspect.Conversation{ID: fmt.Sprint("e", i), Source: "entra", At: noon, Status: 200})
		}
		if err := c.SaveConversations(t.Context(), list, map[string]int{"okta": 3, "entra": 4, "other": 5}); err != nil {
			t.Fatal(err)
		}
		ids := func(source string) (out []string) {
			list, err := c.Conversations(t.Context(), store.ConversationQuery{Source: source})
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range list {
				out = append(out, one.ID)
			}
			return out
		}
		same := func(source string, want ...string) {
			t.Helper()
			if diff := cmp.Diff(want, ids(source)); diff != "" {
				t.Errorf("%s: %s", source, diff)
			}
		}
		same("okta", "a", "3", "4")
		same("entra", "e1", "e2", "e3", "e4")
		failed, err := c.Conversations(t.Context(), store.ConversationQuery{Source: "okta", Failed: true})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]inspect.Conversation{want}, failed); diff != "" {
			t.Error(diff)
		}
		if err := c.TrimConversations(t.Context(), map[string]int{"okta": 1}); err != nil {
			t.Fatal(err)
		}
		same("okta", "4")
		same("entra")
	})
}
