package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"birthright/bench/hub"
	"birthright/identity"
	"birthright/internal/company"
	"birthright/internal/ids"
	"birthright/store"
)

// acme is an extension that nobody declares.
const acme = "urn:example:params:scim:schemas:extension:acme:2.0:User"

// badge is an attribute of it, of which everybody has another value.
func badge(i int) string { return fmt.Sprintf("B-%07d", i) }

// perFill is how many people one transaction takes: the more, the better is the
// order in which the index of values grows.
const perFill = 250_000

// fill writes people into the hub as if they had been pushed, with their users.
// It goes past the front door and the directory: only what is read later counts.
// What comes back are their identifiers.
func fill(ctx context.Context, h *hub.Hub, people int) ([]string, []company.Person, error) {
	crowd := company.Generate(3, people, time.Now())
	all := make([]string, 0, people)
	for from := 0; from < people; from += perFill {
		some := crowd.People[from:min(from+perFill, people)]
		err := h.Store.Update(ctx, func(tx *store.Tx) error {
			users, records := make([]*identity.User, len(some)), make([]*identity.Record, len(some))
			for i, p := range some {
				users[i], records[i] = filled(p, crowd.Now, from+i)
				all = append(all, records[i].ID)
			}
			if err := tx.SaveUsers(ctx, users); err != nil {
				return err
			}
			for i, u := range users {
				records[i].UserN = u.N
			}
			return tx.SaveRecords(ctx, records)
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return all, crowd.People, nil
}

// filled makes the rows of one person.
func filled(p company.Person, now time.Time, i int) (*identity.User, *identity.Record) {
	r := hub.RecordOf(p, now)
	r.ID = ids.New()
	r.Key = r.ID
	extension := fmt.Sprintf(`,%q:{"badge":%q,"squad":%q}}`, acme, badge(i), p.Team)
	r.Payload = append(bytes.TrimSuffix(r.Payload, []byte("}")), extension...)
	u := &identity.User{UserName: p.UserName, State: identity.Active, Attributes: r.Attributes, Origins: map[string]string{identity.AttrUserName: hub.Source}}
	return u, &r
}
