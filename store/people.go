package store

import (
	"context"
	"fmt"

	"birthright/identity"
)

// EachPerson hands every user to fn, by N, with what decisions are made of: name,
// state, attributes, groups, and the times of employment and of the last change;
// everything else is left out. The map of attributes and its lists are valid until
// fn returns. It reads the next page while fn looks at one: fn must not use the
// transaction.
func (tx *Tx) EachPerson(ctx context.Context, fn func(identity.User) error) error {
	pages, stop := make(chan peoplePage, 2), make(chan struct{})
	go func() {
		defer close(pages)
		tx.readPeople(ctx, pages, stop)
	}()
	err := takePeople(pages, fn)
	close(stop)
	for range pages { // the reader is done before the transaction goes on
	}
	return err
}

// peoplePage is some people as they are stored, or why there are no more.
type peoplePage struct {
	users      []identity.User
	attributes []string
	err        error
}

// readPeople sends every page, and last of all an error if there is one, unless
// it is told to stop.
func (tx *Tx) readPeople(ctx context.Context, to chan<- peoplePage, stop <-chan struct{}) {
	nesting, err := tx.loadNesting(ctx)
	from, more := int64(0), true
	for more {
		var p peoplePage
		if err == nil {
			p, err = tx.peopleAfter(ctx, from, nesting)
		}
		if more = err == nil && len(p.users) == page; more {
			from = p.users[page-1].N
		}
		p.err = err
		select {
		case to <- p:
		case <-stop:
			return
		}
	}
}

// peopleAfter reads one page.
func (tx *Tx) peopleAfter(ctx context.Context, n int64, nesting *nesting) (peoplePage, error) {
	p := peoplePage{users: make([]identity.User, 0, page), attributes: make([]string, 0, page)}
	err := tx.each(ctx, func(row scanner) error {
		var u identity.User
		var starts, ends, modified int64
		var state, attributes string
		err := row.Scan(&u.N, &u.UserName, &state, &starts, &ends, &modified, &attributes)
		u.State = knownState(state)
		u.StartsAt, u.EndsAt, u.Modified = instant(starts), instant(ends), instant(modified)
		p.users, p.attributes = append(p.users, u), append(p.attributes, attributes)
		return err
	}, "SELECT n, user_name, state, starts_at, ends_at, modified, attributes FROM users WHERE n > ? ORDER BY n LIMIT ?", n, page)
	if err != nil || len(p.users) == 0 || len(nesting.names) == 0 {
		return p, err
	}
	return p, tx.fillGroupsByNesting(ctx, p.users, nesting)
}

// takePeople hands the people of every page to fn. All of them have the same map,
// one after the other: a million maps would be most of the work.
func takePeople(pages <-chan peoplePage, fn func(identity.User) error) error {
	attributes, shared := identity.Attributes{}, []string(nil)
	for p := range pages {
		if p.err != nil {
			return p.err
		}
		for i, u := range p.users {
			clear(attributes)
			var ok bool
			var err error
			if shared, ok = parseInto(attributes, shared[:0], p.attributes[i]); ok {
				u.Attributes = attributes
			} else if u.Attributes, err = parseAttributes(p.attributes[i]); err != nil {
				return fmt.Errorf("attributes of user %d: %w", u.N, err)
			}
			if err := fn(u); err != nil {
				return err
			}
		}
	}
	return nil
}
