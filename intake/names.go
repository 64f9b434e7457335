package intake

import (
	"context"
	"fmt"
	"slices"

	"birthright/directory"
	"birthright/identity"
)

// settleNames sees to it that no two users share a user name. Someone known
// keeps the old name while another has the wanted one. A new person whose name
// is taken is the one who left and comes back, where the same source says so;
// otherwise the record is held: a name alone does not make two people one.
func (b *batch) settleNames(ctx context.Context) error {
	owners, err := b.nameOwners(ctx)
	if err != nil {
		return err
	}
	claimed := map[string]*person{}
	for _, p := range slices.Clone(b.order) {
		name := directory.Fold(p.next.UserName)
		owner := owners[name]
		if c := claimed[name]; c != nil {
			owner = c
		}
		switch {
		case owner == nil || owner == p:
			claimed[name] = p
		case !p.isNew():
			b.keepName(p, owner)
			claimed[directory.Fold(p.next.UserName)] = p
		case b.returns(p, owner):
			b.join(p, owner)
			claimed[name] = owner
		default:
			b.holdNew(p, owner)
		}
	}
	b.order = slices.DeleteFunc(b.order, func(p *person) bool { return len(p.entries) == 0 && p.isNew() })
	return nil
}

// nameOwners returns who has the names that the batch newly wants, by folded name.
func (b *batch) nameOwners(ctx context.Context) (map[string]*person, error) {
	var wanted []string
	for _, p := range b.order {
		if directory.Fold(p.next.UserName) != directory.Fold(p.old.UserName) {
			wanted = append(wanted, p.next.UserName)
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	numbers, err := b.tx.UserNumbers(ctx, wanted)
	if err != nil {
		return nil, err
	}
	var strangers []int64
	for _, n := range numbers {
		if b.people[n] == nil {
			strangers = append(strangers, n)
		}
	}
	slices.Sort(strangers)
	if err := b.meet(ctx, strangers); err != nil {
		return nil, err
	}
	owners := make(map[string]*person, len(numbers))
	for name, n := range numbers {
		owners[directory.Fold(name)] = b.people[n]
	}
	return owners, nil
}

// keepName leaves a known person the old name and says so on the records.
func (b *batch) keepName(p, owner *person) {
	for _, e := range p.entries {
		if e.record.Live() && e.record.HeldReason == "" {
			e.record.HeldReason = fmt.Sprintf("%s cannot be renamed to %s: that user name belongs to %s",
				p.old.UserName, p.next.UserName, owner.described())
			e.whom = []string{owner.name()}
			p.setRecord(e.record)
		}
	}
	p.next.UserName = p.old.UserName
}

// returns reports whether the new person p is owner, who left: p's source gave
// owner that name once, nobody speaks for owner now, and nothing by which people
// are correlated says otherwise.
func (b *batch) returns(p, owner *person) bool {
	if owner.isNew() || owner.touched || len(p.entries) != 1 {
		return false
	}
	arrived := p.entries[0].record
	sameSource := false
	for _, r := range owner.records {
		if r.Live() && !(r.Source == b.source && b.isLeaving(r.N)) {
			return false
		}
		sameSource = sameSource || r.Source == b.source &&
			directory.Fold(r.Attributes.First(identity.AttrUserName)) == directory.Fold(arrived.Attributes.First(identity.AttrUserName))
		if b.s.correlate.Contradict(r, arrived) {
			return false
		}
	}
	return sameSource
}

// join moves the entry of the new person p to owner.
func (b *batch) join(p, owner *person) {
	e := p.entries[0]
	p.entries = nil
	b.put(e, owner)
	owner.next = directory.BuildUser(owner.old, owner.records, b.s.authority, b.now)
}

// holdNew takes the new person p apart: its record waits for a decision.
func (b *batch) holdNew(p, owner *person) {
	for _, e := range p.entries {
		e.person = nil
		e.record.HeldReason = fmt.Sprintf("the user name %s already belongs to %s", p.next.UserName, owner.described())
		e.whom = []string{owner.name()}
	}
	p.entries = nil
}

// described names p with what tells people apart.
func (p *person) described() string {
	if p.isNew() || p.old.State == "" {
		return p.name() + " (new)"
	}
	return fmt.Sprintf("%s (%s)", p.name(), p.old.State)
}
