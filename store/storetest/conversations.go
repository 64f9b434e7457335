package storetest

import (
	"fmt"
	"strings"
	"time"

	"birthright/audit"
	"birthright/identity"
	"birthright/store"
)

// conversationCases are what `source inspect` asks of the store.
var conversationCases = []Case{
	{
		Name: "the last conversations of a source are found, as they were said",
		Why:  "who looks for what went wrong reads them like a log, and not those of others",
		Run: func(h *Hub) {
			h.converse(said("okta", 1, "c"), said("okta", 2, "a"), said("okta", 2, "b"), said("entra", 3, "d"))
			h.same("all of okta", h.said(store.ConversationQuery{Source: "okta"}), "c a b")
			h.same("the last two", h.said(store.ConversationQuery{Source: "okta", Limit: 2}), "a b")
			h.same("from then on", h.said(store.ConversationQuery{Source: "okta", Since: epoch.Add(2 * time.Second)}), "a b")
			h.same("of nobody", h.said(store.ConversationQuery{Source: "nobody"}), "")
			h.same("of no text", h.said(store.ConversationQuery{Source: "ok\x00ta"}), "")
		},
	},
	{
		Name: "a conversation comes back as it was saved, and may be saved again",
		Why:  "a batch whose commit nobody heard of is sent a second time",
		Run: func(h *Hub) {
			want := store.ConversationRow{ID: "a", Source: "okta", At: epoch.Add(time.Microsecond), Failed: true, Data: `{"url":"/scim/v2/Users","read":["ä … \u0000"]}`}
			h.converse(want)
			h.converse(want)
			h.view(func(tx *store.Tx) error {
				rows, err := tx.Conversations(h.Context(), store.ConversationQuery{Source: "okta"})
				h.same("rows", rows, []store.ConversationRow{want})
				return err
			})
		},
	},
	{
		Name: "the newest conversations are kept",
		Why:  "bodies are people's data: no more of them than was asked for",
		Run: func(h *Hub) {
			var many []store.ConversationRow
			for i := range 130 {
				many = append(many, said("okta", i, fmt.Sprintf("c%03d", i)))
			}
			h.converse(append(many, said("entra", 0, "e"))...)
			h.trim("okta", 3)
			h.same("okta", h.said(store.ConversationQuery{Source: "okta"}), "c127 c128 c129")
			h.trim("okta", 4)
			h.same("trimmed to more than there are", h.said(store.ConversationQuery{Source: "okta"}), "c127 c128 c129")
			h.same("entra", h.said(store.ConversationQuery{Source: "entra"}), "e")
			h.trim("okta", 0)
			h.same("none", h.said(store.ConversationQuery{Source: "okta"}), "")
		},
	},
	{
		Name: "those that failed keep half of the places",
		Why:  "a provider that asks a thousand times a minute would push out the one request that somebody looks for",
		Run: func(h *Hub) {
			var many []store.ConversationRow
			for i := range 20 {
				c := said("okta", i, fmt.Sprintf("c%02d", i))
				c.Failed = i < 6 && i != 3
				many = append(many, c)
			}
			h.converse(many...)
			h.trim("okta", 6)
			h.same("all", h.said(store.ConversationQuery{Source: "okta"}), "c02 c04 c05 c17 c18 c19")
			h.same("failed", h.said(store.ConversationQuery{Source: "okta", Failed: true}), "c02 c04 c05")
			h.trim("okta", 1)
			h.same("the last of all", h.said(store.ConversationQuery{Source: "okta"}), "c19")
		},
	},
	{
		Name: "conversations of other sources are dropped",
		Why:  "a source that was taken out of the configuration is nobody's to trim",
		Run: func(h *Hub) {
			h.converse(said("okta", 1, "a"), said("entra", 1, "b"), said("gone", 1, "c"))
			h.update(func(tx *store.Tx) error { return tx.DropConversations(h.Context(), []string{"okta", "entra"}) })
			h.same("okta", h.said(store.ConversationQuery{Source: "okta"}), "a")
			h.same("entra", h.said(store.ConversationQuery{Source: "entra"}), "b")
			h.same("gone", h.said(store.ConversationQuery{Source: "gone"}), "")
			h.update(func(tx *store.Tx) error { return tx.DropConversations(h.Context(), nil) })
			h.same("none is named", h.said(store.ConversationQuery{Source: "okta"}), "")
		},
	},
	{
		Name: "conversations are written in updates only, and leave no audit event",
		Why:  "diagnostics in the log would bury what people must be able to prove",
		Run: func(h *Hub) {
			h.converse(said("okta", 1, "a"))
			h.trim("okta", 1)
			h.view(func(tx *store.Tx) error {
				head, err := tx.AuditHead(h.Context())
				h.same("head of the log", head, audit.Head{})
				return err
			})
			err := h.DB.View(h.Context(), func(tx *store.Tx) error {
				return tx.SaveConversations(h.Context(), []store.ConversationRow{said("okta", 2, "b")})
			})
			h.is(err, identity.Internal)
		},
	},
}

// said is a conversation of a source, so many seconds after the epoch.
func said(source string, second int, id string) store.ConversationRow {
	return store.ConversationRow{ID: id, Source: source, At: epoch.Add(time.Duration(second) * time.Second), Data: "{}"}
}

func (h *Hub) converse(rows ...store.ConversationRow) {
	h.Helper()
	h.update(func(tx *store.Tx) error { return tx.SaveConversations(h.Context(), rows) })
}

func (h *Hub) trim(source string, keep int) {
	h.Helper()
	h.update(func(tx *store.Tx) error { return tx.TrimConversations(h.Context(), source, keep) })
}

// said lists the ids of what q selects.
func (h *Hub) said(q store.ConversationQuery) string {
	h.Helper()
	var ids []string
	h.view(func(tx *store.Tx) error {
		rows, err := tx.Conversations(h.Context(), q)
		for _, row := range rows {
			ids = append(ids, row.ID)
		}
		return err
	})
	return strings.Join(ids, " ")
}
