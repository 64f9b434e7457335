package file

import (
	"slices"
	"strings"

	"birthright/identity"
	"birthright/sources"
)

// table is what the file says, row by row, in one of the two passes.
type table struct {
	config Config
	picks  []sources.Pick
	faults *faults
	// tell takes the people in the second pass; nil in the first, which looks
	// for faults.
	tell func(identity.Record) error

	key        string              // name of the key column, folded; known from the first row on
	groupsName string              // of the groups column, folded
	froms      map[string]bool     // columns that the mapping speaks of, folded
	names      map[string]bool     // columns met, folded
	hub        map[string]string   // column, folded → the hub's name for it
	keys       map[string]place    // who has the key already; first pass only
	groups     map[string][]string // name → keys of its members; first pass only
	users      int
}

func newTable(c Config, picks []sources.Pick, f *faults, tell func(identity.Record) error) *table {
	t := &table{config: c, picks: picks, faults: f, tell: tell, key: fold(c.Key), groupsName: fold(c.Groups),
		froms: map[string]bool{}, names: map[string]bool{}, hub: map[string]string{}, keys: map[string]place{}, groups: map[string][]string{}}
	for _, p := range picks {
		t.froms[fold(p.From)] = true
	}
	return t
}

// fold makes names comparable: attribute names do not tell letter case.
func fold(name string) string { return strings.ToLower(name) }

// empty notes a file with nothing in it at all, which is no claim of any kind.
func (t *table) empty() error {
	return t.faults.add(place{}, "the file is empty: not even a header is there (was it cut off?)")
}

// header takes the columns of a CSV file.
func (t *table) header(cells []cell) error {
	for i, c := range cells {
		switch {
		case c.name == "":
			if err := t.faults.add(c.at, "column %d has no name in the header", i+1); err != nil {
				return err
			}
		case t.names[c.folded]:
			if err := t.faults.add(c.at, "column %q is there twice", c.name); err != nil {
				return err
			}
		}
		t.names[c.folded] = true
	}
	t.first(cells)
	at := place{line: 1, column: 1}
	if !t.names[t.key] {
		if err := t.faults.add(at, "there is no key column %q", t.keyName()); err != nil {
			return err
		}
	}
	if err := t.checkNames(at); err != nil {
		return err
	}
	if len(t.faults.list) > 0 {
		return errEnough // every row would be wrong for the same reason
	}
	return nil
}

// first settles which column is the key.
func (t *table) first(cells []cell) {
	if t.key != "" {
		return
	}
	t.key = fold(identity.AttrUserName)
	if slices.ContainsFunc(cells, func(c cell) bool { return c.folded == fold(identity.AttrEmployeeNumber) }) {
		t.key = fold(identity.AttrEmployeeNumber)
	}
}

func (t *table) keyName() string {
	if t.config.Key != "" {
		return t.config.Key
	}
	return identity.CanonicalAttribute(t.key)
}

// checkNames looks whether every column that the mapping speaks of was met, and
// whether people get a name.
func (t *table) checkNames(at place) error {
	named := t.names[fold(identity.AttrUserName)] && !t.froms[fold(identity.AttrUserName)]
	for _, p := range t.picks {
		if !t.names[fold(p.From)] {
			if err := t.faults.add(at, "there is no column %q, from which map takes %s", p.From, p.To); err != nil {
				return err
			}
		}
		named = named || p.To == identity.AttrUserName
	}
	if !named {
		return t.faults.add(at, "no column gives userName: name one so, or map one to it (is the separator right?)")
	}
	return nil
}

// end closes the first pass.
func (t *table) end() error {
	if t.users > 0 {
		return t.checkEnd()
	}
	if t.config.AllowEmpty || len(t.faults.list) > 0 {
		return nil
	}
	return t.faults.add(place{}, "nobody is in the file; if that is the truth, say so with allow_empty: true")
}

// checkEnd checks the names of a JSON file, which has no header.
func (t *table) checkEnd() error {
	if format, _ := t.config.format(); format != formatJSON || len(t.faults.list) > 0 {
		return nil
	}
	return t.checkNames(place{})
}

// row takes one person.
func (t *table) row(cells []cell, at place) error {
	record := identity.Record{Attributes: make(identity.Attributes, len(cells))}
	for i, c := range cells {
		if t.tell == nil {
			t.names[c.folded] = true
		}
		if c.folded != t.key {
			continue
		}
		at = c.at
		if len(c.values) > 1 {
			return t.faults.add(at, "the key %s has %d values", t.keyName(), len(c.values))
		}
		if len(c.values) == 1 {
			record.Key = cells[i].values[0]
		}
	}
	if record.Key == "" {
		return t.faults.add(at, "the key %s is missing", t.keyName())
	}
	faulty := len(t.faults.list)
	if err := t.attributes(record.Attributes, cells); err != nil {
		return err
	}
	if t.tell == nil {
		return t.check(record, cells, at)
	}
	if len(t.faults.list) > faulty {
		return errEnough // the first pass saw another file; the caller finds out
	}
	t.users++
	return t.tell(record)
}

// attributes fills in the values: first what the mapping says, then what other
// columns say under their own names.
func (t *table) attributes(into identity.Attributes, cells []cell) error {
	for _, p := range t.picks {
		for _, c := range cells {
			if c.folded == fold(p.From) {
				if err := t.set(into, p, c); err != nil {
					return err
				}
			}
		}
	}
	for _, c := range cells {
		if t.froms[c.folded] || c.folded == t.groupsName {
			continue
		}
		if err := t.set(into, sources.Pick{To: t.hubName(c)}, c); err != nil {
			return err
		}
	}
	return nil
}

// hubName is what a column without a mapping becomes.
func (t *table) hubName(c cell) string {
	name, known := t.hub[c.folded]
	if !known {
		name = identity.CanonicalAttribute(c.name)
		t.hub[c.folded] = name
	}
	return name
}

func (t *table) set(into identity.Attributes, p sources.Pick, c cell) error {
	if _, taken := into[p.To]; taken || len(c.values) == 0 {
		return nil
	}
	for _, v := range c.values {
		if strings.ContainsRune(v, 0) {
			return t.faults.add(c.at, "%s holds a zero byte", c.name)
		}
	}
	values, err := p.Values(c.values)
	if err != nil {
		return t.faults.add(c.at, "%v", err)
	}
	into.Set(p.To, values...)
	return nil
}

// check is the part of the first pass that looks across rows.
func (t *table) check(record identity.Record, cells []cell, at place) error {
	if first, taken := t.keys[record.Key]; taken {
		return t.faults.add(at, "the key %s %q is there a second time; the first is %s", t.keyName(), record.Key, first.words())
	}
	t.keys[record.Key] = at
	t.users++
	for _, c := range cells {
		if c.folded != t.groupsName {
			continue
		}
		for i, group := range c.values {
			if !slices.Contains(c.values[:i], group) {
				t.groups[group] = append(t.groups[group], record.Key)
			}
		}
	}
	return nil
}

func (p place) words() string {
	if p.line == 0 {
		return "further up"
	}
	return "in line " + itoa(p.line)
}
