package app

import (
	"context"

	"birthright/scim/backing"
	"birthright/scim/inspect"
	"birthright/sources/push"
	"birthright/store"
)

// Inspects is how many conversations with a source are kept; always 0 for one
// that the hub reads.
func (s Source) Inspects() int {
	if p, ok := s.Adapter.(*push.Source); ok {
		return p.Inspect
	}
	return 0
}

// recorder listens in on the sources that push.
func (a *App) recorder() *inspect.Recorder {
	keep := map[string]int{}
	for _, s := range a.sources {
		if s.Pushes() {
			keep[s.Name] = s.Inspects()
		}
	}
	return inspect.NewRecorder(inspect.Options{
		Keep: keep, Store: backing.Conversations{DB: a.Store}, Now: a.Now, NewID: a.NewID, Log: a.Log,
	})
}

// Conversations returns the last conversations that q selects, oldest first.
func (a *App) Conversations(ctx context.Context, q store.ConversationQuery) ([]inspect.Conversation, error) {
	return backing.Conversations{DB: a.Store}.Conversations(ctx, q)
}
