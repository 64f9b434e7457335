package ldaptarget

import (
	"errors"

	goldap "github.com/go-ldap/ldap/v3"
)

// TakeAlong replaces a member value in every group that has it, for directories
// whose groups do not follow a rename by themselves.
func (a *Application) TakeAlong(from, to string) error {
	if from == to {
		return nil
	}
	groups, err := a.Holding(from)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if err := a.swap(g, from, to); err != nil {
			return err
		}
	}
	return nil
}

// swap replaces one member by another. The old one goes first: the server may
// take both for the same, and then the group must end up with it.
func (a *Application) swap(g *Team, from, to string) error {
	request := goldap.NewModifyRequest(g.Ref, nil)
	request.Delete(a.t.Layout.Member, []string{from})
	request.Add(a.t.Layout.Member, []string{to})
	err := a.Write(func(c *goldap.Conn) error { return c.Modify(request) })
	if err == nil || !disputed(err) {
		return err
	}
	departed, arrived := &member{value: from}, &member{value: to, add: true}
	a.settle(g, []*member{departed})
	a.settle(g, []*member{arrived})
	return errors.Join(departed.err, arrived.err)
}

// Forget removes a member value from every group: that of an entry about to go,
// or one that was left by an entry long gone.
func (a *Application) Forget(value string) error {
	groups, err := a.Holding(value)
	if err != nil {
		return NotSent(err)
	}
	for _, g := range groups {
		departed := &member{value: value}
		a.settle(g, []*member{departed})
		if departed.err != nil {
			return departed.err
		}
	}
	return nil
}
