package document

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// markdown writes the document as CommonMark with the tables of GitHub's.
func (d *Document) markdown(w io.Writer) error {
	out := bufio.NewWriter(w)
	m := &lines{Writer: out}
	m.put("# %s\n\n", marked(d.Title))
	m.paragraph(d.About)
	for _, warning := range d.Warnings {
		m.put("> **Warning:** %s\n\n", marked(warning))
	}
	for _, f := range d.facts() {
		m.put("- %s: %s\n", marked(f.Name), marked(f.Value.Shown()))
	}
	limits := d.Limits.filled()
	for _, s := range d.Sections {
		m.put("\n## %s\n\n", marked(s.Title))
		for _, text := range s.Text {
			m.paragraph(text)
		}
		for _, c := range s.Charts {
			m.paragraph(c.describe())
			m.table(c.figures(), 0, c.Title)
		}
		for _, t := range s.Tables {
			m.table(t, limits.Markdown, t.Caption)
		}
	}
	if m.err != nil {
		return m.err
	}
	return out.Flush()
}

// lines writes until the first error, which stays.
type lines struct {
	*bufio.Writer
	err error
}

func (m *lines) put(format string, args ...any) {
	if m.err == nil {
		_, m.err = fmt.Fprintf(m, format, args...)
	}
}

func (m *lines) paragraph(text string) {
	if text = marked(text); text != "" {
		m.put("%s\n\n", text)
	}
}

func (m *lines) table(t Table, limit int, caption string) {
	if caption = marked(caption); caption != "" {
		m.put("**%s**\n\n", caption)
	}
	head, rule := "|", "|"
	for _, c := range t.Columns {
		head += " " + marked(c.title()) + " |"
		rule += ruler(c.Kind) + "|"
	}
	m.put("%s\n%s\n", head, rule)
	line := []byte{}
	n, err := t.each(limit, func(row []Cell) error {
		line = append(line[:0], '|')
		for _, c := range row {
			line = append(line, ' ')
			line = append(line, marked(c.Shown())...)
			line = append(line, " |"...)
		}
		m.put("%s\n", line)
		return m.err
	})
	if m.err == nil {
		m.err = err
	}
	m.put("\n")
	m.paragraph(leftOut(n, t.elsewhere(n)))
	m.paragraph(t.Note)
}

// ruler is the line below a heading; figures stand to the right.
func ruler(k Kind) string {
	if k == KindNumber || k == KindPercent || k == KindDuration {
		return " ---: "
	}
	return " --- "
}

// marked is a text on one line in which nothing means anything to Markdown: no
// markup, no HTML, no link that a reader did not ask for.
func marked(text string) string {
	text = strings.TrimSpace(oneLine(text))
	var b strings.Builder
	for i, r := range text {
		if special(text, i, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// special reports whether a character could be read as markup where it stands.
func special(text string, at int, r rune) bool {
	switch {
	case strings.ContainsRune("\\`*_{}[]<>#|&~!$^=", r):
		return true
	case r == ':' || r == '@': // links and addresses that GitHub makes by itself
		return true
	case r == '.' && strings.EqualFold(text[max(0, at-3):at], "www"):
		return true
	case r == '-' || r == '+': // a list, a line
		return at == 0
	case r == '.' || r == ')': // a numbered list
		return at > 0 && strings.Trim(text[:at], "0123456789") == ""
	}
	return false
}
