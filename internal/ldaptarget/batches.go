package ldaptarget

import (
	"slices"

	"birthright/identity"
	"birthright/internal/ldapdn"
	"birthright/targets"
)

// enqueue puts a membership into the batch of its group.
func (a *Application) enqueue(i int, p *Person) {
	op := a.ops[i]
	g := a.teams[op.Entitlement.ID]
	switch {
	case g == nil && a.spelling(op.Entitlement.ID) != "":
		a.results[i] = a.t.Stale(op, "no such group; there is one spelt %q", a.spelling(op.Entitlement.ID))
		return
	case g == nil:
		a.results[i] = a.t.Stale(op, "no such group")
		return
	case g.several:
		a.results[i] = a.t.Refuse(op, identity.Conflict, "several groups have that name: narrow groups.base_dn or groups.filter")
		return
	case g.Protected != "":
		a.results[i] = a.t.Refuse(op, identity.Denied, "its members are not changed: %s", g.Protected)
		return
	case g.Key != "" && g.Key == p.Primary:
		a.results[i] = a.unnamed(op, p)
		return
	}
	var b *batch
	for _, other := range a.batches {
		if other.team == g {
			b = other
		}
	}
	if b != nil && b.names(p) {
		a.flush(b)
		b = nil
	}
	if b == nil {
		b = &batch{team: g}
		a.batches = append(a.batches, b)
	}
	b.members = append(b.members, &member{op: i, person: p, value: p.Value, add: op.Action == targets.Add})
}

// unnamed answers for a group that holds the account without naming it.
func (a *Application) unnamed(op targets.Op, p *Person) targets.Result {
	if op.Action == targets.Add {
		return targets.Result{Outcome: targets.Already, AccountID: p.ID}
	}
	r := a.t.Refuse(op, identity.Conflict, "it is the account's primary group: give the account another one first")
	r.AccountID = p.ID
	return r
}

// spelling returns the name of a group that differs in letter case or spaces only.
func (a *Application) spelling(name string) string {
	for other := range a.teams {
		if ldapdn.Fold(other) == ldapdn.Fold(name) {
			return other
		}
	}
	return ""
}

// flushNaming sends the batches that name the account.
func (a *Application) flushNaming(p *Person) {
	for _, b := range slices.Clone(a.batches) {
		if b.names(p) {
			a.flush(b)
		}
	}
}

// flush sends a batch and records its results.
func (a *Application) flush(b *batch) {
	a.batches = slices.DeleteFunc(a.batches, func(other *batch) bool { return other == b })
	for part := range chunks(b.members, a.t.Layout.Batch) {
		a.settle(b.team, part)
	}
	for _, m := range b.members {
		op := a.ops[m.op]
		r := targets.Result{Outcome: targets.Done, AccountID: m.person.ID}
		switch {
		case m.err != nil:
			r = a.t.Failed(op, m.err)
			r.AccountID = m.person.ID
		case m.already:
			r.Outcome = targets.Already
		}
		a.results[m.op] = r
	}
}
