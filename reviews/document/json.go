package document

import (
	"bufio"
	"encoding/json"
	"io"
	"time"
)

// jsonHead is the document without its sections.
type jsonHead struct {
	Title    string     `json:"title"`
	About    string     `json:"about"`
	Lang     string     `json:"lang"`
	MadeAt   *time.Time `json:"made_at"`
	Facts    []jsonFact `json:"facts"`
	Warnings []string   `json:"warnings"`
}

type jsonFact struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
}

type jsonChart struct {
	Shape  Shape        `json:"shape"`
	Title  string       `json:"title"`
	Text   string       `json:"text"`
	Kind   Kind         `json:"kind"`
	Labels []string     `json:"labels"`
	Series []jsonSeries `json:"series"`
}

type jsonSeries struct {
	Name   string            `json:"name"`
	Values []json.RawMessage `json:"values"`
}

type jsonColumn struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Kind  Kind   `json:"kind"`
}

// stream writes JSON piece by piece: rows are never held. The first error stays.
type stream struct {
	*bufio.Writer
	line []byte
	err  error
}

func (s *stream) raw(text string) {
	if s.err == nil {
		_, s.err = s.WriteString(text)
	}
}

func (s *stream) value(v any) {
	if s.err != nil {
		return
	}
	text, err := json.Marshal(v)
	if err != nil {
		s.err = err
		return
	}
	_, s.err = s.Write(text)
}

// json writes the document as one object; a row is an object on a line of its own.
func (d *Document) json(w io.Writer) error {
	s := &stream{Writer: bufio.NewWriterSize(w, 1<<16)}
	head, err := json.Marshal(d.jsonHead())
	if err != nil {
		return err
	}
	s.raw(string(head[:len(head)-1]) + `,"sections":[`)
	for i, section := range d.Sections {
		if i > 0 {
			s.raw(",")
		}
		s.section(section)
	}
	s.raw("]}\n")
	if s.err != nil {
		return s.err
	}
	return s.Flush()
}

func (d *Document) jsonHead() jsonHead {
	head := jsonHead{Title: clean(d.Title), About: clean(d.About), Lang: d.lang(), Facts: []jsonFact{}, Warnings: cleaned(d.Warnings)}
	if !d.Made.IsZero() {
		at := d.Made.UTC()
		head.MadeAt = &at
	}
	for _, f := range d.Facts {
		head.Facts = append(head.Facts, jsonFact{clean(f.Name), f.Value.appendJSON(nil)})
	}
	return head
}

func (s *stream) section(section Section) {
	s.raw("\n{\"title\":")
	s.value(clean(section.Title))
	s.raw(`,"text":`)
	s.value(cleaned(section.Text))
	s.raw(`,"charts":`)
	charts := []jsonChart{}
	for _, c := range section.Charts {
		charts = append(charts, c.json())
	}
	s.value(charts)
	s.raw(`,"tables":[`)
	for i, t := range section.Tables {
		if i > 0 {
			s.raw(",")
		}
		s.table(t)
	}
	s.raw("]}")
}

func (s *stream) table(t Table) {
	s.raw("\n{\"name\":")
	s.value(t.Name)
	s.raw(`,"caption":`)
	s.value(clean(t.Caption))
	s.raw(`,"columns":`)
	columns, keys := []jsonColumn{}, make([][]byte, len(t.Columns))
	for i, c := range t.Columns {
		columns = append(columns, jsonColumn{clean(c.Name), clean(c.title()), c.Kind})
		keys[i] = append(appendText(nil, clean(c.Name)), ':')
	}
	s.value(columns)
	s.raw(`,"rows":[`)
	between := "\n"
	omitted, err := t.each(0, func(row []Cell) error {
		s.raw(between)
		between = ",\n"
		s.row(keys, row)
		return s.err
	})
	if err != nil {
		s.err = err
		return
	}
	s.raw(`],"omitted":`)
	s.value(omitted)
	s.raw(`,"note":`)
	s.value(clean(t.Note))
	s.raw("}")
}

func (s *stream) row(keys [][]byte, row []Cell) {
	line := append(s.line[:0], '{')
	for i, c := range row {
		if i > 0 {
			line = append(line, ',')
		}
		line = c.appendJSON(append(line, keys[i]...))
	}
	s.line = append(line, '}')
	if s.err == nil {
		_, s.err = s.Write(s.line)
	}
}

// appendJSON writes the cell as programs read it.
func (c Cell) appendJSON(b []byte) []byte {
	switch c.kind {
	case KindText:
		return appendText(b, clean(c.text))
	case KindDate:
		b = c.at.AppendFormat(append(b, '"'), time.RFC3339Nano)
		return append(b, '"')
	case "":
		return append(b, "null"...)
	}
	return append(b, c.Plain()...)
}

// appendText writes a string; most need no escape.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, err := json.Marshal(text)
			if err != nil { // a string can always be encoded
				return append(b, `""`...)
			}
			return append(b, quoted...)
		}
	}
	b = append(append(b, '"'), text...)
	return append(b, '"')
}

func (c Chart) json() jsonChart {
	out := jsonChart{c.Shape, clean(c.Title), clean(c.describe()), c.kind(), cleaned(c.Labels), nil}
	for _, s := range c.Series {
		values := []json.RawMessage{}
		for _, v := range s.Values {
			values = append(values, c.value(v).appendJSON(nil))
		}
		out.Series = append(out.Series, jsonSeries{clean(s.Name), values})
	}
	return out
}

func cleaned(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = clean(t)
	}
	return out
}
