package inspect

import "slices"

// span is a part of what was written.
type span struct{ from, to int }

// bracket is a list or an object on its way.
type bracket struct {
	shown, left int // elements or members that are shown, that are only counted
	cut         bool
}

// begun reports whether something of it was read.
func (b bracket) begun() bool { return b.shown+b.left > 0 }

// list masks the elements of a list, the first of many; the others are counted.
func (m *masker) list(depth int) (ok bool) {
	m.pos++
	m.out = append(m.out, '[')
	var b bracket
	for ok = true; ok && !m.take(']'); {
		switch {
		case b.begun() && !m.take(','):
			ok = m.breakOff(&b, "")
		case b.shown == listMost || m.full():
			ok = m.pass(&b)
		default:
			m.separate(b)
			ok = m.value(false, depth+1)
			b.shown++
		}
	}
	if b.cut {
		m.separate(b)
		m.more(b, ok)
	}
	m.out = append(m.out, ']')
	return ok
}

// object masks the members of an object. What a member called value holds is
// known only when all others are: {"op":"replace","value":"x","path":"password"}.
func (m *masker) object(depth int) (ok bool) {
	m.pos++
	m.out = append(m.out, '{')
	var b bracket
	var values []span
	told, hidden := false, false
	for ok = true; ok && !m.take('}'); {
		name, named := m.memberName(b)
		if named && tellsPath(name) {
			path, isText := m.peek()
			told = told || isText && plainName(name) == "path"
			hidden = hidden || isText && secretive(path)
		}
		switch {
		case !named:
			ok = m.breakOff(&b, "…")
		case m.full():
			ok = m.pass(&b)
		default:
			m.member(b, name)
			from := len(m.out)
			ok = m.value(secretive(name), depth+1)
			if b.shown++; plainName(name) == "value" {
				values = append(values, span{from, len(m.out)})
			}
		}
	}
	if hidden || !ok && !told {
		m.blank(values)
	}
	if b.cut {
		m.member(b, "…")
		m.more(b, ok)
	}
	m.out = append(m.out, '}')
	return ok
}

// memberName reads what stands before a member's value; not ok passes over
// nothing but a comma.
func (m *masker) memberName(b bracket) (name string, ok bool) {
	if b.begun() && !m.take(',') {
		return "", false
	}
	before := m.pos
	if name, ok = m.text(); ok && m.take(':') {
		return name, true
	}
	m.pos = before
	return "", false
}

// peek returns the text that is next, without passing over it.
func (m *masker) peek() (text string, ok bool) {
	at := m.pos
	defer func() { m.pos = at }()
	return m.text()
}

// separate writes the comma before what follows.
func (m *masker) separate(b bracket) {
	if b.shown > 0 {
		m.out = append(m.out, ',')
	}
}

// member writes the name of a member. Names of attributes stay as they are.
func (m *masker) member(b bracket, name string) {
	m.separate(b)
	if !isBareName(name) {
		name = m.clean(name)
	}
	m.out = appendQuoted(m.out, shorten(maskText(name, false), textMost))
	m.out = append(m.out, ':')
}

// breakOff ends a bracket where something else stands than should. Where elements
// are only counted, their number says enough.
func (m *masker) breakOff(b *bracket, name string) (ok bool) {
	if b.cut {
		return false
	}
	if name == "" {
		m.separate(*b)
	} else {
		m.member(*b, name)
	}
	b.shown++
	return m.stop()
}

// pass counts what is not shown.
func (m *masker) pass(b *bracket) (ok bool) {
	b.cut, m.cut = true, true
	if ok = m.skip(); ok {
		b.left++
	}
	return ok
}

// more says how many elements or members are not shown; at least so many if the
// end was not seen.
func (m *masker) more(b bracket, whole bool) {
	text := "… " + grouped(b.left) + " more"
	switch {
	case b.left == 0:
		text = "… more"
	case !whole:
		text = "… at least " + grouped(b.left) + " more"
	}
	m.out = appendQuoted(m.out, text)
}

// blank masks values that were written before it was known what they are.
func (m *masker) blank(values []span) {
	if len(values) == 0 {
		return
	}
	written := slices.Clone(m.out[values[0].from:])
	from := values[0].from
	m.out = m.out[:from]
	for i, v := range values {
		m.secrets.learn(written[v.from-from : v.to-from])
		m.out = appendQuoted(m.out, mask)
		next := len(written)
		if i+1 < len(values) {
			next = values[i+1].from - from
		}
		m.out = append(m.out, written[v.to-from:next]...)
	}
}
