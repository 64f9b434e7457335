package backing

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"birthright/scim/inspect"
	"birthright/store"
)

// Conversations keeps what the front door's sources said in the store. It
// implements inspect.Store.
type Conversations struct{ DB *store.DB }

// SaveConversations adds conversations and keeps so many of each source.
func (s Conversations) SaveConversations(ctx context.Context, list []inspect.Conversation, keep map[string]int) error {
	rows := make([]store.ConversationRow, len(list))
	spoke := map[string]bool{}
	for i, c := range list {
		data, err := json.Marshal(c)
		if err != nil {
			return fmt.Errorf("write down a conversation: %w", err)
		}
		rows[i] = store.ConversationRow{ID: c.ID, Source: c.Source, At: c.At, Failed: c.Failed(), Data: string(data)}
		spoke[c.Source] = true
	}
	return s.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.SaveConversations(ctx, rows); err != nil {
			return err
		}
		for _, source := range slices.Sorted(maps.Keys(spoke)) {
			if err := tx.TrimConversations(ctx, source, keep[source]); err != nil {
				return err
			}
		}
		return nil
	})
}

// TrimConversations keeps so many of each source, and none of any other.
func (s Conversations) TrimConversations(ctx context.Context, keep map[string]int) error {
	return s.DB.Update(ctx, func(tx *store.Tx) error {
		sources := slices.Sorted(maps.Keys(keep))
		if err := tx.DropConversations(ctx, sources); err != nil {
			return err
		}
		for _, source := range sources {
			if err := tx.TrimConversations(ctx, source, keep[source]); err != nil {
				return err
			}
		}
		return nil
	})
}

// Conversations returns what q selects, oldest first.
func (s Conversations) Conversations(ctx context.Context, q store.ConversationQuery) ([]inspect.Conversation, error) {
	var rows []store.ConversationRow
	err := s.DB.View(ctx, func(tx *store.Tx) (err error) {
		rows, err = tx.Conversations(ctx, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	list := make([]inspect.Conversation, len(rows))
	for i, row := range rows {
		if err := json.Unmarshal([]byte(row.Data), &list[i]); err != nil {
			return nil, fmt.Errorf("read conversation %s as it was written down: %w", row.ID, err)
		}
	}
	return list, nil
}
