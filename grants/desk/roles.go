package desk

import (
	"context"
	"strings"

	"birthright/directory"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/store"
)

// Today returns an actor as the directory and the policy have them at this moment: their
// state, and the roles that hub groups give besides those that they came with. Kind Denied
// for whoever has left, is suspended or unknown, with the reason in words for them.
func (d *Desk) Today(ctx context.Context, a approval.Actor) (now approval.Actor, err error) {
	err = d.view(ctx, a, func(s *session) error {
		now = s.actor
		return nil
	})
	return now, err
}

// ByMail returns the users with an e-mail address, at most two: more than one is nobody
// that can be told apart. The address is looked up as a key by which records are
// correlated, which takes the same time however many users there are; only where it is
// none are the users looked through.
func (d *Desk) ByMail(ctx context.Context, mail string) (found []approval.Actor, err error) {
	if mail == "" {
		return nil, nil
	}
	err = d.Store.View(ctx, func(tx *store.Tx) error {
		users, err := usersByMail(ctx, tx, mail)
		for _, u := range users {
			if u.State != identity.Left && strings.EqualFold(u.Attributes.First(identity.AttrEmail), mail) && len(found) < 2 {
				found = append(found, approval.Actor{UserN: u.N, Name: "user:" + u.UserName, State: u.State})
			}
		}
		return err
	})
	return found, err
}

// mostNamesakes bounds how many users with similar addresses are looked at.
const mostNamesakes = 100

func usersByMail(ctx context.Context, tx *store.Tx, mail string) ([]identity.User, error) {
	key := directory.Key(identity.AttrEmail, mail)
	matches, err := tx.MatchKeys(ctx, []string{key})
	if err != nil {
		return nil, err
	}
	var ns []int64
	for _, m := range matches[key] {
		if m.Live && m.UserN != 0 {
			ns = append(ns, m.UserN)
		}
	}
	if len(ns) > 0 {
		return tx.BareUsers(ctx, ns)
	}
	// Names, display names and addresses are searched as lines.
	return tx.Users(ctx, store.UserFilter{Search: "\n" + mail, Limit: mostNamesakes})
}

// among reports whether a user is one of those whom some terms name.
func (p *people) among(terms []string, u *identity.User) bool {
	for _, term := range terms {
		kind, name, _ := strings.Cut(term, ":")
		if kind == "user" && strings.EqualFold(name, u.UserName) || kind == "group" && p.Belongs(u.N, name).In {
			return true
		}
	}
	return false
}
