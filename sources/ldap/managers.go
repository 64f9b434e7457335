package ldap

import (
	"bytes"
	"strings"

	"birthright/identity"
	"birthright/internal/ldapdn"
	"birthright/internal/ldapwire"
)

// A directory names a manager by DN, the hub by userName. The manager's entry
// may come later than the people who report there, so there are three ways to
// know the name, tried in this order: the index, if the manager was read before;
// what an earlier lookup found; a lookup by DN on a second connection, for all
// the managers that a batch lacks side by side. That keeps the order of people
// and a batch of memory; the alternatives were to read everybody twice, or to
// hold everybody back until the end.

// pendingManager is a record of the batch whose manager is a DN.
type pendingManager struct {
	at   int // within the batch
	dn   string
	name name
}

// managers are the names that lookups found; "" for one who is not in the pull.
type managers map[name]string

// notePending looks at the manager of the record that the batch ends with. A
// value that is no DN is taken for the hub's own form and stays.
func (p *people) notePending(record identity.Record) {
	if !p.plan.managers {
		return
	}
	dn := record.Attributes.First(identity.AttrManager)
	if !strings.Contains(dn, "=") {
		return
	}
	canon, err := ldapdn.Append(p.canon[:0], []byte(dn))
	p.canon = canon
	if err != nil || !p.reaches(canon) {
		delete(record.Attributes, identity.AttrManager)
		return
	}
	p.pending = append(p.pending, pendingManager{at: len(p.batch) - 1, dn: dn, name: p.index.hash(byPersonDN, canon)})
}

// reaches reports whether an entry of that canonical name would be in the pull
// if it passed the filter.
func (p *people) reaches(canon []byte) bool {
	rest, under := bytes.CutSuffix(canon, p.base)
	switch p.search.Scope {
	case ldapwire.Base:
		return under && len(rest) == 0
	case ldapwire.One:
		return under && countRDNs(rest) == 1
	default:
		return under
	}
}

// countRDNs counts the commas of a canonical name that no backslash escapes.
func countRDNs(canon []byte) int {
	n := 0
	for i := 0; i < len(canon); i++ {
		switch canon[i] {
		case '\\':
			i++
		case ',':
			n++
		}
	}
	return n
}

// resolveManagers puts names in the place of DNs throughout the batch.
func (p *people) resolveManagers() error {
	if len(p.pending) == 0 {
		return nil
	}
	if err := p.lookUpManagers(); err != nil {
		return err
	}
	for _, w := range p.pending {
		name, known := p.managerName(w.name)
		if !known {
			name = ""
		}
		p.batch[w.at].Attributes.Set(identity.AttrManager, name)
	}
	p.pending = p.pending[:0]
	return nil
}

func (p *people) managerName(n name) (string, bool) {
	if i, ok := p.index.find(n); ok {
		return p.index.names.get(i), true
	}
	found, ok := p.lookups[n]
	return found, ok
}

// lookUpManagers asks for the managers that nobody knows yet.
func (p *people) lookUpManagers() error {
	var unknown []name
	var searches []ldapwire.Search
	for _, w := range p.pending {
		if _, known := p.managerName(w.name); known {
			continue
		}
		if p.lookups == nil {
			p.lookups = managers{}
		}
		p.lookups[w.name] = "" // until found
		unknown = append(unknown, w.name)
		searches = append(searches, ldapwire.Search{Base: w.dn, Scope: ldapwire.Base, Filter: p.search.Filter, Attributes: p.search.Attributes})
	}
	if len(searches) == 0 {
		return nil
	}
	side, err := p.sideConn()
	if err != nil {
		return err
	}
	looked := people{reader: p.reader, plan: p.plan, row: p.plan.slots.newRow()}
	return side.Lookup(searches, func(i int, e *ldapwire.Entry) error {
		looked.row.fill(e)
		userName, err := looked.userName(e)
		if err == nil {
			p.lookups[unknown[i]] = userName
		}
		return err
	})
}

// userName returns what the entry in the row will be called.
func (p *people) userName(e *ldapwire.Entry) (string, error) {
	p.text, p.spans = p.text[:0], p.spans[:0]
	for i, f := range p.plan.fields {
		if f.to != identity.AttrUserName {
			continue
		}
		if err := p.gather(i); err != nil {
			return "", p.badEntry(e.DN, "mend the entry, or do not map the attribute", "%w", err)
		}
	}
	if len(p.spans) == 0 {
		return "", nil
	}
	return string(p.text[p.spans[0].start:p.spans[0].end]), nil
}
