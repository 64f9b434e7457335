package file

import (
	"errors"
	"fmt"

	"birthright/identity"
	"birthright/targets"
)

// change is a list being changed by the ops of one call.
type change struct {
	*table
	target   string
	implicit bool
	// renamed leads from names as the call's ops know them to those they got.
	renamed map[string]string
	dirty   bool
}

// perform makes one op true in memory.
func (c *change) perform(op targets.Op) targets.Result {
	switch op.Action {
	case targets.CreateAccount, targets.DeleteAccount, targets.Add, targets.Remove:
	case targets.UpdateAccount:
		if len(c.columns) == 0 {
			return c.refuse(op, errors.New("the list has no attribute columns: set map"))
		}
	default:
		return c.refuse(op, errors.New("a list does not do that"))
	}
	name := nameOf(op.Account)
	if op.Account.ID != "" {
		for c.renamed[name] != "" {
			name = c.renamed[name]
		}
	}
	if name == "" {
		return c.refuse(op, errors.New("the op names no account"))
	}
	if err := checkText(name); err != nil {
		return c.refuse(op, fmt.Errorf("account: %w", err))
	}
	switch op.Action {
	case targets.CreateAccount:
		return c.create(op)
	case targets.UpdateAccount:
		return c.update(op, name)
	case targets.DeleteAccount:
		return c.delete(name)
	}
	e := op.Entitlement
	held := e.Kind + "/" + e.ID
	if e.Target != c.target {
		return c.refuse(op, fmt.Errorf("%s is no entitlement of target %s", e, c.target))
	}
	if err := checkEntitlement(held); err != nil {
		return c.refuse(op, fmt.Errorf("entitlement: %w", err))
	}
	if op.Action == targets.Add {
		return c.add(op, name, held)
	}
	return c.remove(op, name, held)
}

// create writes a row without entitlement.
func (c *change) create(op targets.Op) targets.Result {
	name := op.Account.Name
	if err := checkText(name); err != nil || name == "" {
		return c.refuse(op, errors.Join(errors.New("account: the name cannot be written"), err))
	}
	if !op.Account.Active {
		return c.refuse(op, errors.New("a list has no inactive accounts"))
	}
	values := c.valuesOf(op.Account.Attributes)
	if len(c.live(name)) == 0 {
		c.put(&row{account: name, values: values})
		return made(name)
	}
	if !c.accountOf(name).Attributes.Equal(c.normal(op.Account.Attributes)) {
		r := c.fail(targets.Stale, identity.Conflict, op, errors.New("the account is there and differs"))
		r.AccountID = name
		return r
	}
	if c.implicit && !c.has(name, "") {
		c.put(&row{account: name, values: values})
		return made(name)
	}
	return already(name)
}

func (c *change) update(op targets.Op, name string) targets.Result {
	to := op.Account.Name
	if to == "" {
		to = name
	}
	if err := checkText(to); err != nil {
		return c.refuse(op, fmt.Errorf("account: %w", err))
	}
	wanted := c.normal(op.Account.Attributes)
	if len(c.live(name)) == 0 {
		return c.fail(targets.Stale, identity.NotFound, op, errors.New("no such account"))
	}
	if to != name && len(c.live(to)) > 0 {
		return c.fail(targets.Refused, identity.Conflict, op, fmt.Errorf("another account is called %q", to))
	}
	if to == name && c.accountOf(name).Attributes.Equal(wanted) {
		return already(name)
	}
	values := c.valuesOf(op.Account.Attributes)
	for _, line := range c.live(name) {
		line.values = values
	}
	if to != name {
		c.rename(name, to)
		c.renamed[name] = to
	}
	c.dirty = true
	return made(to)
}

func (c *change) delete(name string) targets.Result {
	if len(c.live(name)) == 0 {
		return targets.Result{Outcome: targets.Already}
	}
	c.drop(name, func(*row) bool { return true })
	c.dirty = true
	return made(name)
}

func (c *change) add(op targets.Op, name, held string) targets.Result {
	lines := c.live(name)
	if c.has(name, held) {
		return already(name)
	}
	if len(lines) == 0 && !c.implicit {
		return c.fail(targets.Stale, identity.NotFound, op, errors.New("no such account"))
	}
	line := &row{account: name, entitlement: held, values: make([]string, len(c.columns))}
	if len(lines) > 0 {
		line.values = lines[0].values
	}
	c.put(line)
	return made(name)
}

// remove takes the row away. Where accounts have data of their own, the last
// row of an account stays as one without entitlement.
func (c *change) remove(op targets.Op, name, held string) targets.Result {
	lines := c.live(name)
	switch {
	case len(lines) == 0 && !c.implicit:
		return c.fail(targets.Stale, identity.NotFound, op, errors.New("no such account"))
	case !c.has(name, held):
		return already(name)
	}
	values := lines[0].values
	c.drop(name, func(line *row) bool { return line.entitlement == held })
	if len(c.live(name)) == 0 && !c.implicit {
		c.put(&row{account: name, values: values})
	}
	c.dirty = true
	return made(name)
}

func (c *change) put(line *row) {
	c.insert(line)
	c.dirty = true
}

// normal returns what of the attributes a row shows.
func (c *change) normal(a identity.Attributes) identity.Attributes {
	out := identity.Attributes{}
	for _, m := range c.columns {
		out.Set(m.From, c.cell(a.First(m.From)))
	}
	return out
}

func made(name string) targets.Result {
	return targets.Result{Outcome: targets.Done, AccountID: name}
}

func already(name string) targets.Result {
	return targets.Result{Outcome: targets.Already, AccountID: name}
}

func (c *change) refuse(op targets.Op, err error) targets.Result {
	return c.fail(targets.Refused, identity.Invalid, op, err)
}

func (c *change) fail(outcome targets.Outcome, kind identity.Kind, op targets.Op, err error) targets.Result {
	return targets.Result{Outcome: outcome, Err: &identity.Error{
		Kind: kind, Op: "target " + c.target + ": " + string(op.Action), Object: op.Object(), Err: err,
	}}
}
