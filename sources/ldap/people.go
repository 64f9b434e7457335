package ldap

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"birthright/identity"
	"birthright/internal/ldapdn"
	"birthright/internal/ldapwire"
	"birthright/sources"
)

// batchSize is how many people are handed from the decoder to the sink at once,
// and how many may wait for a manager's name together.
const batchSize = 512

// readPeople hands every person to sink and returns how many there were.
func (r *reader) readPeople(sink sources.Sink) (seen int, err error) {
	search, err := r.userSearch(r.people.slots.request)
	if err != nil {
		return 0, err
	}
	base, err := ldapdn.Append(nil, []byte(search.Base))
	if err != nil {
		return 0, fmt.Errorf("users.base_dn: %w", err)
	}
	p := &people{reader: r, plan: r.people, row: r.people.slots.newRow(), search: search, base: base}
	var outcome ldapwire.Outcome
	made, taken := stream(r.cancel, func(emit func([]identity.Record) error) error {
		p.emit = emit
		var err error
		if outcome, err = r.conn.Search(search, p.entry); err != nil {
			return err
		}
		if err := r.referred("users", outcome); err != nil {
			return err
		}
		return p.flush()
	}, func(batch []identity.Record) error {
		for _, record := range batch {
			if err := sink.Record(record); err != nil {
				return err
			}
			seen++
		}
		return nil
	})
	switch {
	case taken != nil:
		return seen, taken
	case made != nil:
		return seen, r.cutShort("users", outcome, made)
	}
	return seen, nil
}

// people turns entries into records.
type people struct {
	*reader
	plan   *plan
	row    *row
	search ldapwire.Search
	base   []byte // of the search, canonical
	emit   func([]identity.Record) error

	batch   []identity.Record
	pending []pendingManager
	lookups managers

	// Scratch memory: an entry's texts are gathered here and become one string.
	text  []byte
	spans []span
	canon []byte
}

// span is one value within the text, and which field it is of.
type span struct{ field, start, end int }

// entry takes one person.
func (p *people) entry(e *ldapwire.Entry) error {
	p.row.fill(e)
	if len(p.row.ranged) > 0 {
		return p.badEntry(e.DN, "do not map it", "the server sends only a part of %s", p.row.ranged[0].name)
	}
	if p.plan.indexDN || p.plan.keyIsDN {
		var err error
		if p.canon, err = ldapdn.Append(p.canon[:0], e.DN); err != nil {
			return p.badEntry(e.DN, "", "%w", err)
		}
	}
	record, err := p.record(e)
	if err != nil {
		return err
	}
	if err := p.remember(e, record); err != nil {
		return err
	}
	p.batch = append(p.batch, record)
	p.notePending(record)
	if len(p.batch) < batchSize {
		return nil
	}
	return p.flush()
}

// record builds the record of the entry in the row. All its texts share one
// string and one list: a pull makes a handful of allocations a person.
func (p *people) record(e *ldapwire.Entry) (identity.Record, error) {
	p.text, p.spans = p.text[:0], p.spans[:0]
	fields := 0
	for i := range p.plan.fields {
		before := len(p.spans)
		if err := p.gather(i); err != nil {
			return identity.Record{}, p.badEntry(e.DN, "mend the entry, or do not map the attribute", "%w", err)
		}
		if len(p.spans) > before {
			fields++
		}
	}
	keyAt := len(p.text)
	if err := p.gatherKey(e); err != nil {
		return identity.Record{}, err
	}

	text := string(p.text)
	values := make([]string, len(p.spans))
	attributes := make(identity.Attributes, fields)
	for i := 0; i < len(p.spans); {
		first, field := i, p.spans[i].field
		for ; i < len(p.spans) && p.spans[i].field == field; i++ {
			values[i] = text[p.spans[i].start:p.spans[i].end]
		}
		attributes[p.plan.fields[field].to] = values[first:i:i]
	}
	return identity.Record{Key: text[keyAt:], Attributes: attributes}, nil
}

// gather appends the values of field i: those of the first pick that has any.
func (p *people) gather(i int) error {
	for _, pick := range p.plan.fields[i].picks {
		raw := p.row.values[pick.slot]
		if len(raw) == 0 {
			continue
		}
		before := len(p.spans)
		if err := p.gatherPick(i, pick, raw); err != nil {
			return fmt.Errorf("attribute %s: %w", pick.rule.From, err)
		}
		if len(p.spans) > before {
			return nil
		}
	}
	return nil
}

func (p *people) gatherPick(field int, pick pick, raw [][]byte) error {
	if pick.plain {
		for _, v := range raw {
			if fault := textFault(v); fault != "" {
				return errors.New("a value " + fault)
			}
			start := len(p.text)
			p.text = append(p.text, v...)
			p.keep(field, start)
		}
		return nil
	}
	values := make([]string, 0, len(raw))
	for _, v := range raw {
		text, err := pick.read(v)
		if err != nil {
			return err
		}
		values = append(values, text)
	}
	picked, err := pick.rule.Values(values)
	for _, v := range picked {
		start := len(p.text)
		p.text = append(p.text, v...)
		p.keep(field, start)
	}
	return err
}

// keep makes the text from start on a value of the field, unless it is empty.
func (p *people) keep(field, start int) {
	if start < len(p.text) {
		p.spans = append(p.spans, span{field, start, len(p.text)})
	}
}

// read turns a raw value into text.
func (k pick) read(v []byte) (string, error) {
	if k.convert != nil {
		return k.convert(v)
	}
	if fault := textFault(v); fault != "" {
		return "", errors.New("a value " + fault)
	}
	return string(v), nil
}

// gatherKey appends what identifies the entry.
func (p *people) gatherKey(e *ldapwire.Entry) error {
	if p.plan.keyIsDN {
		p.text = append(p.text, p.canon...)
		return nil
	}
	key, err := keyOf(p.row, p.plan.key)
	if err != nil {
		return p.badEntry(e.DN, fmt.Sprintf("let %s read it, or set key to an attribute that everybody has", p.config.Who()), "%w", err)
	}
	p.text = append(p.text, key...)
	return nil
}

// keyOf returns the key in the first of the slots that has a value.
func keyOf(r *row, candidates []int) (string, error) {
	for _, slot := range candidates {
		v := r.first(slot)
		if len(v) == 0 {
			continue
		}
		if convert := conversionOf(r.slots.request[slot], ""); convert != nil {
			return convert(v)
		}
		if fault := textFault(v); fault != "" {
			return "", fmt.Errorf("the key attribute %s %s", r.slots.request[slot], fault)
		}
		return string(v), nil
	}
	names := make([]string, len(candidates))
	for i, slot := range candidates {
		names[i] = r.slots.request[slot]
	}
	return "", fmt.Errorf("it has no key: none of %q", names)
}

// remember puts the person into the index.
func (p *people) remember(e *ldapwire.Entry, record identity.Record) error {
	x := p.index
	i := x.keys.len()
	if !x.add(x.hash(byKey, []byte(record.Key)), i) {
		return &identity.Error{Kind: identity.Conflict, Op: p.op(), Object: fmt.Sprintf("entry %q", e.DN),
			Err:  fmt.Errorf("another entry has its key %q too", record.Key),
			Hint: "set key to an attribute that differs from entry to entry, such as entryUUID; if it does, the entry moved while it was read: try again"}
	}
	x.keys.append(record.Key)
	if p.plan.managers {
		x.names.append(record.Attributes.First(identity.AttrUserName))
	}
	if p.plan.indexDN {
		x.add(x.hash(byPersonDN, p.canon), i)
	}
	if p.plan.uid >= 0 {
		for _, uid := range p.row.values[p.plan.uid] {
			x.add(x.hash(byUID, bytes.ToLower(uid)), i)
		}
	}
	return nil
}

// flush hands the batch on once the names of its managers are known.
func (p *people) flush() error {
	if err := p.resolveManagers(); err != nil {
		return err
	}
	if len(p.batch) == 0 {
		return nil
	}
	batch := slices.Clone(p.batch)
	clear(p.batch)
	p.batch = p.batch[:0]
	return p.emit(batch)
}
