package document

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"strconv"
)

// markup is HTML that this package wrote itself. Constants in the code turn into it
// by themselves; a text that came from somewhere does not compile in its place.
type markup string

// page is the HTML written so far. The first error stays.
type page struct {
	out *bufio.Writer
	err error
}

func newPage(w io.Writer) *page { return &page{out: bufio.NewWriterSize(w, 1<<16)} }

// raw writes markup.
func (p *page) raw(m markup) {
	if p.err == nil {
		_, p.err = p.out.WriteString(string(m))
	}
}

// text writes a text of anybody's, as content or within a quoted attribute.
func (p *page) text(text string) {
	if p.err == nil {
		_, p.err = p.out.WriteString(html.EscapeString(clean(text)))
	}
}

// put writes markup with each %s replaced by an escaped text, a number, or markup.
func (p *page) put(format markup, args ...any) {
	if p.err != nil {
		return
	}
	safe := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case markup:
			safe[i] = string(a)
		case string:
			safe[i] = html.EscapeString(clean(a))
		case int:
			safe[i] = strconv.Itoa(a)
		case float64:
			safe[i] = short(a)
		default:
			p.err = fmt.Errorf("a %T cannot be written to a page", a)
			return
		}
	}
	_, p.err = fmt.Fprintf(p.out, string(format), safe...)
}

// short is a coordinate or share with two digits at most.
func short(n float64) string { return rounded(n, 2) }

func (p *page) close() error {
	if p.err != nil {
		return p.err
	}
	return p.out.Flush()
}
