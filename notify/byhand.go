package notify

import (
	"context"
	"fmt"

	"birthright/identity"
	"birthright/store"
)

// Try sends a test message by one way at once: to a user, or with "" to whoever listens
// to the channel.
func (s *Service) Try(ctx context.Context, channel, user, actor string) error {
	w, err := s.Way(channel)
	if err != nil {
		return err
	}
	m := Message{Story: Story{Kind: Test, Actor: actor}}
	people, topic := w.Takes(Test)
	switch {
	case user == "" && !topic:
		return &identity.Error{Kind: identity.Invalid, Err: fmt.Errorf("%s brings messages to people only", channel), Hint: "say to whom: --to USER"}
	case user != "" && !people:
		return &identity.Error{Kind: identity.Invalid, Err: fmt.Errorf("%s brings messages to nobody in person", channel), Hint: "leave --to out"}
	}
	err = s.Store.View(ctx, func(tx *store.Tx) error {
		m.At = tx.Now()
		if user == "" {
			return nil
		}
		u, err := tx.UserByName(ctx, user)
		m.To, _ = recipient(u)
		return err
	})
	if err != nil {
		return err
	}
	m.ID = s.NewID()
	m.Words = Tell(m.Story, m.To, s.PublicURL)
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	_, sent := w.Send(ctx, m)
	err = s.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		if sent != nil {
			return s.fared(ctx, tx, w, &Fault{Err: sent}, "")
		}
		return s.fared(ctx, tx, w, nil, "")
	})
	if sent != nil {
		return sent
	}
	return err
}
