package handoff

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// askAtOnce is how many accounts or entitlements one listing is asked for.
const askAtOnce = 50

// mostPages ends a listing that never ends.
const mostPages = 1_000_000

// Read hands out what the receiver lists or, where it lists nothing, what it said
// yes to.
func (t *Target) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	if err := ctx.Err(); err != nil {
		return targets.End{}, &identity.Error{Kind: identity.Unavailable, Op: "read", Err: err}
	}
	list := t.line.State
	if t.ledger != nil {
		book, err := t.ledger.open(ctx, t.line)
		if err != nil {
			return targets.End{}, err
		}
		list = func(_ context.Context, ask Ask) (Page, error) { return book.Page(ask), nil }
	}
	c := collection{t: t, q: q, accounts: map[string]bool{}, entitlements: map[string]bool{}, held: map[string]bool{}}
	for _, ask := range t.asks(q) {
		if err := c.read(ctx, ask, list); err != nil {
			return targets.End{}, err
		}
	}
	t.keys.seen(q)
	c.found.Sort()
	if err := handOut(c.found, sink); err != nil {
		return targets.End{}, err
	}
	return targets.End{Complete: true}, nil
}

func handOut(s targets.State, sink targets.Sink) error {
	for _, a := range s.Accounts {
		if err := sink.Account(a); err != nil {
			return err
		}
	}
	for _, e := range s.Entitlements {
		if err := sink.Entitlement(e); err != nil {
			return err
		}
	}
	for _, a := range s.Assignments {
		if err := sink.Assignment(a); err != nil {
			return err
		}
	}
	return nil
}

// asks are the listings that a query takes: one, or several for many accounts. Many
// entitlements are not asked for one by one.
func (t *Target) asks(q targets.Query) []Ask {
	ask := Ask{Limit: t.o.Page}
	if q.Entitlements != nil && len(q.Entitlements) <= askAtOnce {
		ask.Entitlements = []Entitlement{}
		for _, e := range q.Entitlements {
			if t.ours(e) {
				ask.Entitlements = append(ask.Entitlements, Entitlement{Kind: e.Kind, ID: e.ID})
			}
		}
	}
	if q.Accounts == nil {
		return []Ask{ask}
	}
	var out []Ask
	for some := range slices.Chunk(q.Accounts, askAtOnce) {
		part := ask
		part.AccountIDs, part.Names = []string{}, []string{}
		for _, a := range some {
			if a.ID != "" {
				part.AccountIDs = append(part.AccountIDs, a.ID)
			} else {
				part.Names = append(part.Names, a.Name)
			}
		}
		out = append(out, part)
	}
	if len(out) == 0 {
		ask.AccountIDs, ask.Names = []string{}, []string{}
		out = append(out, ask)
	}
	return out
}

func (t *Target) ours(e identity.Entitlement) bool {
	return e.Target == t.name && e.Kind != "" && e.ID != "" && t.o.Abilities.Knows(e.Kind)
}

// collection is a read under way: what was found so far, each thing once.
type collection struct {
	t                            *Target
	q                            targets.Query
	found                        targets.State
	accounts, entitlements, held map[string]bool
}

// read follows one listing to its end.
func (c *collection) read(ctx context.Context, ask Ask, list func(context.Context, Ask) (Page, error)) error {
	seen := map[string]bool{}
	part := map[string]bool{} // what this listing showed: another one may show it, too
	for range mostPages {
		p, err := list(ctx, ask)
		if err != nil {
			return err
		}
		if err := c.take(p, part); err != nil {
			return err
		}
		switch {
		case p.Complete && p.Next == "":
			return nil
		case p.Complete:
			return torn("the answer says that it is the last page and names another one")
		case p.Next == "":
			return torn("the answer neither says that it is complete nor names the next page")
		case seen[p.Next]:
			return torn("the receiver offers a page again that was read already")
		}
		seen[p.Next] = true
		ask.Cursor = p.Next
	}
	return torn("the listing does not end")
}

// torn is the error for a listing that is not whole.
func torn(text string) error {
	return &identity.Error{Kind: identity.Incomplete, Op: "read", Object: "state", Err: errors.New(text)}
}

// take checks a page and keeps what was asked for.
func (c *collection) take(p Page, part map[string]bool) error {
	if p.Version != Version {
		return torn(fmt.Sprintf("the answer is of version %d of the protocol, not %d", p.Version, Version))
	}
	once := func(what string) error {
		if part[what] {
			return torn("the receiver lists " + what + " twice")
		}
		part[what] = true
		return nil
	}
	for _, a := range p.Accounts {
		if a.ID == "" || a.Name == "" {
			return torn("an account without id or name")
		}
		if err := once("account " + a.ID); err != nil {
			return err
		}
		if c.wantsAccount(a) && !c.accounts[a.ID] {
			c.accounts[a.ID] = true
			c.found.Accounts = append(c.found.Accounts, c.t.found(a))
		}
	}
	for _, e := range p.Entitlements {
		if e.Kind == "" || e.ID == "" {
			return torn("an entitlement without kind or id")
		}
		if err := once("entitlement " + e.Path()); err != nil {
			return err
		}
		if address, wanted := c.wants(e); wanted && !c.entitlements[e.Path()] {
			c.entitlements[e.Path()] = true
			c.found.Entitlements = append(c.found.Entitlements, targets.Entitlement{Address: address, Title: e.Title, ReadOnly: e.ReadOnly})
		}
	}
	for _, a := range p.Assignments {
		if err := once("assignment " + a.AccountID + " " + a.Entitlement.Path()); err != nil {
			return err
		}
		if err := c.assignment(a, part); err != nil {
			return err
		}
	}
	return nil
}

func (c *collection) assignment(a Assignment, part map[string]bool) error {
	address, wanted := c.wants(a.Entitlement)
	if !wanted {
		return nil
	}
	if !part["account "+a.AccountID] || !part["entitlement "+a.Entitlement.Path()] {
		return torn("an assignment comes before its account or entitlement: " + a.AccountID + " " + a.Entitlement.Path())
	}
	key := a.AccountID + " " + a.Entitlement.Path()
	if !c.accounts[a.AccountID] || c.held[key] {
		return nil
	}
	c.held[key] = true
	held := targets.Assignment{AccountID: a.AccountID, Entitlement: address, Indirect: a.Indirect}
	if a.NotAfter != nil {
		held.NotAfter = a.NotAfter.UTC()
	}
	c.found.Assignments = append(c.found.Assignments, held)
	return nil
}

func (c *collection) wants(e Entitlement) (identity.Entitlement, bool) {
	address := identity.Entitlement{Target: c.t.name, Kind: e.Kind, ID: e.ID}
	return address, c.t.o.Abilities.Knows(e.Kind) && (c.q.Entitlements == nil || slices.Contains(c.q.Entitlements, address))
}

// wantsAccount reports whether the query names the account: a receiver that does not
// know how to select shows all of them.
func (c *collection) wantsAccount(a Account) bool {
	fold := func(name string) string {
		if c.t.o.Abilities.FoldNames {
			return strings.ToLower(name)
		}
		return name
	}
	return c.q.Accounts == nil || slices.ContainsFunc(c.q.Accounts, func(want targets.Account) bool {
		return want.ID == a.ID || want.ID == "" && fold(want.Name) == fold(a.Name)
	})
}
