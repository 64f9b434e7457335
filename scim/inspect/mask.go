package inspect

import (
	"bytes"
	"strings"
)

const (
	// listMost is how many elements of a list are shown: enough of the members of
	// a group to see what they look like.
	listMost = 20
	// textMost is how many bytes of a text are shown: a photo must not take the
	// place of all else.
	textMost = 1000
	// numberMost is how many digits of a number are shown.
	numberMost = 40
	// longText is how many bytes of a text are looked through for what it compares.
	longText = 4 * textMost
	// deepest is how far brackets may be nested.
	deepest = 64
	// wrapped is how often JSON may stand in a text that stands in JSON in a text.
	wrapped = 3
	// shortest is how long a secret must be to be looked for within other texts.
	shortest = 6
)

// Mask makes a body readable by people who must not learn its secrets: compact
// JSON of about most bytes, in which long lists and texts are shortened. What is
// left out is said where it was, in a text that begins with "…", and cut reports
// that something was. What is no JSON is not shown at all. The cost is that of
// looking through body once: bound it first.
func Mask(body []byte, most int) (text string, cut bool) {
	m := masker{scanner: scanner{in: body}, most: most, secrets: new(secrets)}
	return m.all(), m.cut
}

// masker writes what it reads, without secrets.
type masker struct {
	scanner
	out     []byte
	most    int
	level   int      // texts around this one
	partial bool     // there was more of the text than is at hand
	secrets *secrets // of the whole conversation
	cut     bool
}

// all masks the whole text.
func (m *masker) all() string {
	m.in = bytes.TrimPrefix(m.in, []byte("\uFEFF"))
	if m.space(); m.ended() {
		return ""
	}
	if m.value(false, 0) {
		if m.space(); !m.ended() {
			m.cut = true // more than one value is no JSON
		}
	}
	return string(m.out)
}

// value masks one value; hidden ones whole. Not ok means that reading ends here;
// even then what was written is JSON.
func (m *masker) value(hidden bool, depth int) (ok bool) {
	c := m.space()
	switch {
	case hidden:
		return m.hide()
	case m.ended():
		return m.stop()
	case depth == deepest:
		return m.say("… nested too deeply")
	case c == '{':
		return m.object(depth)
	case c == '[':
		return m.list(depth)
	case c == '"':
		return m.string()
	}
	word := m.word()
	if word == "" {
		return m.stop()
	}
	if len(word) > numberMost {
		m.cut = true
		m.out = appendQuoted(m.out, shorten(word, numberMost))
		return true
	}
	m.out = append(m.out, word...)
	return true
}

// hide masks the value of a secret. Whether there is one is no secret.
func (m *masker) hide() (ok bool) {
	start := m.pos
	ok = m.skip()
	if word := string(bytes.TrimSpace(m.in[start:m.pos])); word == "null" || word == "true" || word == "false" {
		m.out = append(m.out, word...)
		return true
	}
	if !ok {
		return m.say(mask + " " + m.reason())
	}
	m.secrets.learn(m.in[start:m.pos])
	m.out = appendQuoted(m.out, mask)
	return true
}

// string masks a text that is no secret as such.
func (m *masker) string() (ok bool) {
	text, ok := m.text()
	if !ok {
		return m.stop()
	}
	clean := m.clean(text)
	m.cut = m.cut || len(clean) > textMost
	m.out = appendQuoted(m.out, shorten(clean, textMost))
	return true
}

// clean masks what is secret within a text: providers send JSON in texts, filters
// have values in them, and answers repeat what they refuse.
func (m *masker) clean(text string) string {
	if trimmed := strings.TrimSpace(text); trimmed != "" && (trimmed[0] == '{' || trimmed[0] == '[') {
		if m.level == wrapped {
			return mask
		}
		inner := masker{scanner: scanner{in: []byte(trimmed)}, most: textMost, level: m.level + 1, secrets: m.secrets}
		whole := inner.value(false, 0)
		if inner.space(); whole && inner.ended() {
			m.cut = m.cut || inner.cut
			return string(inner.out)
		}
		if secretive(trimmed) {
			return mask
		}
	}
	if len(text) > longText && secretive(text) {
		return mask // it is not worth looking at closely
	}
	return m.secrets.mask(text)
}

// full reports whether nothing more is to be shown.
func (m *masker) full() bool { return len(m.out) >= m.most }

// stop says why nothing more is shown.
func (m *masker) stop() bool { return m.say(m.reason()) }

// reason is why reading ends here.
func (m *masker) reason() string {
	switch left := len(m.in) - m.pos; {
	case m.partial:
		return "… more"
	case left > 0 && !m.unfinished():
		return "… not JSON: " + grouped(left) + " bytes"
	}
	return "… ends here"
}

// say writes, in the place of a value, why reading ends here.
func (m *masker) say(why string) bool {
	m.cut = true
	m.out = appendQuoted(m.out, why)
	return false
}
