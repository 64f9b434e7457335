package notify

import (
	"context"
	"fmt"
	"strings"
	"time"

	"birthright/identity"
	"birthright/store"
)

// Register is what a channel that people talk back through asks of the store.
type Register struct{ Store *store.DB }

// mostNamesakes bounds how many users with similar addresses are looked at.
const mostNamesakes = 100

// ByEmail returns the name of the one user with an e-mail address. An address of nobody
// or of two is of kind NotFound: nobody acts for somebody else by chance.
func (r Register) ByEmail(ctx context.Context, email string) (userName string, err error) {
	found := 0
	err = r.Store.View(ctx, func(tx *store.Tx) error {
		// Names, display names and addresses are searched as lines.
		users, err := tx.Users(ctx, store.UserFilter{Search: "\n" + email, Limit: mostNamesakes})
		for _, u := range users {
			if u.State != identity.Left && strings.EqualFold(u.Attributes.First(identity.AttrEmail), email) {
				found, userName = found+1, u.UserName
			}
		}
		return err
	})
	switch {
	case err != nil:
		return "", err
	case email == "" || found == 0:
		return "", &identity.Error{Kind: identity.NotFound, Err: fmt.Errorf("no user has the e-mail address %q", email)}
	case found > 1:
		return "", &identity.Error{Kind: identity.NotFound, Err: fmt.Errorf("%d users have the e-mail address %q", found, email)}
	}
	return userName, nil
}

// Seen reports whether a mark was seen before, within a time, and remembers it. It asks
// the store, so that what one replica saw every other knows.
func (r Register) Seen(ctx context.Context, mark string, within time.Duration) (before bool, err error) {
	err = r.Store.Update(ctx, func(tx *store.Tx) (err error) {
		before, err = tx.MarkSeen(ctx, mark, within)
		return err
	})
	return before, err
}
