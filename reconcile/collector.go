package reconcile

import (
	"fmt"

	"birthright/identity"
	"birthright/targets"
)

// collector receives a read into a picture.
type collector struct {
	w        *wants
	p        *picture
	index    map[string]int // by account id
	progress func(target, step string, done, total int)
}

// Account implements targets.Sink.
func (c *collector) Account(a targets.Account) error {
	if _, twice := c.index[a.ID]; twice {
		return &identity.Error{Kind: identity.Incomplete, Err: fmt.Errorf("account %q (id %q) was told twice: the listing changed while it was read", a.Name, a.ID)}
	}
	c.index[a.ID] = len(c.p.accounts)
	c.p.accounts = append(c.p.accounts, a)
	if len(c.p.accounts)%1000 == 0 {
		c.progress(c.w.dest.Name(), "reading accounts", len(c.p.accounts), 0)
	}
	return nil
}

// Entitlement implements targets.Sink. What nobody has and nothing gives yet is kept in
// mind where people may ask for it by itself.
func (c *collector) Entitlement(e targets.Entitlement) error {
	n, known := c.w.ents.numbers[e.Address]
	if !known && !c.w.offered(e.Address) {
		return nil
	}
	if !known {
		n = c.w.ents.number(e.Address)
	}
	c.p.exists[n] = true
	if e.Title == e.Address.ID {
		e.Title = "" // it says nothing more
	}
	if e.Title != c.p.titled[n] {
		c.p.titles[n] = e.Title
	}
	return nil
}

// Assignment implements targets.Sink. One of a member that is no account is nobody's
// business here. One of an entitlement that no policy speaks of is none of the plan's,
// but is kept in mind: see observe.go.
func (c *collector) Assignment(a targets.Assignment) error {
	account, ok := c.index[a.AccountID]
	if !ok {
		return nil
	}
	ent := c.w.ents.number(a.Entitlement)
	c.p.exists[ent] = true
	c.p.observed = append(c.p.observed, observation{account: account, ent: ent, until: unixMicro(a.NotAfter), indirect: a.Indirect})
	if len(c.p.observed)%10000 == 0 {
		c.progress(c.w.dest.Name(), "reading assignments", len(c.p.observed), 0)
	}
	return nil
}
