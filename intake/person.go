package intake

import (
	"context"
	"fmt"

	"birthright/directory"
	"birthright/identity"
)

// person is a user while a batch works on them: as stored, as they shall be,
// and all records that speak of them.
type person struct {
	n       int64         // the user's number; negative before they are stored
	old     identity.User // zero for someone new
	next    identity.User
	records []identity.Record
	entries []*entry // of this batch
	touched bool
}

// meet loads users with their records.
func (b *batch) meet(ctx context.Context, userNs []int64) error {
	if len(userNs) == 0 {
		return nil
	}
	users, err := b.tx.BareUsers(ctx, userNs)
	if err != nil {
		return err
	}
	records, err := b.tx.RecordsOfUsers(ctx, userNs)
	if err != nil {
		return err
	}
	for _, u := range users {
		if b.people[u.N] == nil {
			b.people[u.N] = &person{n: u.N, old: u, next: u, records: records[u.N]}
		}
	}
	for _, n := range userNs {
		if b.people[n] == nil {
			return fmt.Errorf("records of source %s belong to user %d, who is not stored", b.source, n)
		}
	}
	return nil
}

// newPerson makes someone with a provisional number.
func (b *batch) newPerson() *person {
	p := &person{n: -int64(len(b.people)) - 1}
	b.people[p.n] = p
	return p
}

// isNew reports whether the store does not have the person yet.
func (p *person) isNew() bool { return p.old.N == 0 }

// touch reports whether it is the first time in this batch.
func (p *person) touch() bool {
	first := !p.touched
	p.touched = true
	return first
}

// setRecord replaces the record of the same source and key, or adds it.
func (p *person) setRecord(r identity.Record) {
	for i, known := range p.records {
		if known.Source == r.Source && known.Key == r.Key {
			p.records[i] = r
			return
		}
	}
	p.records = append(p.records, r)
}

// candidate is p as the correlation sees them.
func (p *person) candidate(b *batch, live bool) directory.Candidate {
	c := directory.Candidate{UserN: p.n, UserName: p.name(), Live: live}
	for _, r := range p.records {
		if r.Source == b.source && r.Live() && !b.isLeaving(r.N) {
			c.Speaker = r.Key
		}
	}
	return c
}

// name is what people call p, also before a user name is settled.
func (p *person) name() string {
	if p.next.UserName != "" {
		return p.next.UserName
	}
	for _, r := range p.records {
		if name := r.Attributes.First(identity.AttrUserName); name != "" {
			return name
		}
	}
	for _, r := range p.records {
		return r.Source + "/" + r.Key
	}
	return "nobody"
}

// build computes the users from their records.
func (b *batch) build() {
	for _, p := range b.order {
		p.next = directory.BuildUser(p.old, p.records, b.s.authority, b.now)
	}
}
