package rules

import (
	"unicode"

	"go.yaml.in/yaml/v3"

	"birthright/internal/strictyaml"
)

// textFile is a file as characters, with the offsets at which lines begin.
type textFile struct {
	text  []rune
	lines []int
}

func newTextFile(data []byte) textFile {
	f := textFile{text: []rune(string(data)), lines: []int{0}}
	for i, r := range f.text {
		if r == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	return f
}

// place returns where the character at offset of a scalar's value stands in
// the file. YAML changes only blanks and escapes on the way from the file to
// the value, so both are walked side by side and blanks skipped.
func (f textFile) place(node *yaml.Node, offset int) strictyaml.Position {
	if node.Line < 1 || node.Line > len(f.lines) {
		return strictyaml.Position{Line: node.Line, Column: node.Column}
	}
	w := walk{data: f.text, at: f.lines[node.Line-1], line: node.Line, column: 1}
	for w.more() && w.line == node.Line && w.column < node.Column {
		w.next()
	}
	if node.Anchor != "" {
		w.skipWord()
	}
	if node.Style&yaml.TaggedStyle != 0 {
		w.skipWord()
	}
	switch {
	case node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		w.skipHeader()
	case node.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		w.quote = w.next()
	}
	value := []rune(node.Value)
	for i := range min(offset, len(value)) {
		if !unicode.IsSpace(value[i]) {
			w.skipBlanks()
			w.character()
		}
	}
	if offset < len(value) && !unicode.IsSpace(value[offset]) {
		w.skipBlanks()
	}
	return strictyaml.Position{Line: w.line, Column: w.column}
}

// walk goes through a file and counts lines and columns from 1.
type walk struct {
	data         []rune
	at           int
	line, column int
	quote        rune // the quote around the scalar, 0 for none
}

func (w *walk) more() bool { return w.at < len(w.data) }

func (w *walk) next() rune {
	if !w.more() {
		return 0
	}
	r := w.data[w.at]
	w.at++
	if r == '\n' {
		w.line, w.column = w.line+1, 1
	} else {
		w.column++
	}
	return r
}

// skipWord passes a tag or an anchor and the blanks behind it.
func (w *walk) skipWord() {
	for w.more() && !unicode.IsSpace(w.data[w.at]) {
		w.next()
	}
	for w.more() && unicode.IsSpace(w.data[w.at]) {
		w.next()
	}
}

// skipHeader passes the | or > of a block and the rest of its line.
func (w *walk) skipHeader() {
	for w.more() && w.next() != '\n' {
	}
}

// skipBlanks passes blanks, and in double quotes the escapes that mean one.
func (w *walk) skipBlanks() {
	for w.more() {
		switch r := w.data[w.at]; {
		case unicode.IsSpace(r):
			w.next()
		case r == '\\' && w.quote == '"' && w.at+1 < len(w.data) && blankEscape(w.data[w.at+1]):
			w.next()
			w.next()
		default:
			return
		}
	}
}

func blankEscape(r rune) bool {
	return r == 'n' || r == 't' || r == 'r' || r == ' ' || r == '\n' || r == '\t'
}

// character passes what stands for one character of the value.
func (w *walk) character() {
	r := w.next()
	if r == '\'' && w.quote == '\'' {
		w.next()
		return
	}
	if r != '\\' || w.quote != '"' {
		return
	}
	digits := map[rune]int{'x': 2, 'u': 4, 'U': 8}[w.next()]
	for range digits {
		w.next()
	}
}
