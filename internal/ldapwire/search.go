package ldapwire

import (
	"bytes"
	"errors"
	"fmt"
)

// Scope says how far below its base a search looks.
type Scope int

// The scopes of RFC 4511 section 4.5.1.2.
const (
	Base    Scope = 0 // the base itself
	One     Scope = 1 // its children
	Subtree Scope = 2 // the base and everything below
)

// NoAttributes asks for names only.
const NoAttributes = "1.1"

// Search says what to look for.
type Search struct {
	Base       string
	Scope      Scope
	Filter     []byte // encoded (BER); nil means any entry
	Attributes []string
	// PageSize is the number of entries asked for at a time; 0 means without
	// paging, for the few searches that cannot have many answers.
	PageSize int
}

// Outcome counts what a search saw, up to its error if it had one.
type Outcome struct {
	Entries, Pages int
	// References are the places that the server says hold more of the tree, the
	// first thousand of them: one is enough to know that this is not everything.
	References []string
}

// ErrPaging is wrapped by errors about a server that does not page as it should.
var ErrPaging = errors.New("the server's paging is broken")

// emptyPages is how many pages without an entry are taken in a row: a server
// may give up a page early, but not for ever.
const emptyPages = 1000

// maxReferences bounds what is remembered of a server that only ever points
// elsewhere.
const maxReferences = 1000

// anyEntry is the filter (objectClass=*).
var anyEntry = newString(0x87, "objectClass")

// request encodes the search as an operation.
func (s Search) request() []byte {
	filter := s.Filter
	if filter == nil {
		filter = anyEntry
	}
	var names []byte
	for _, a := range s.Attributes {
		names = appendElement(names, tagOctetString, []byte(a))
	}
	return newElement(tagSearchRequest,
		newString(tagOctetString, s.Base), newInt(tagEnumerated, int64(s.Scope)),
		newInt(tagEnumerated, 0), // aliases are never followed: an entry has one place
		newInt(tagInteger, 0), newInt(tagInteger, 0), newBool(false),
		filter, newElement(tagSequence, names))
}

// Search runs s and hands each entry to each, in the server's order. A nil error
// means that the server said it was everything; the next page is on its way
// while each works on the last one. An error of each ends the search, and the
// connection is then good for nothing but Close.
func (c *Conn) Search(s Search, each func(*Entry) error) (Outcome, error) {
	p := pager{conn: c, size: s.PageSize, op: s.request(), each: each}
	err := p.run()
	return p.seen, c.explain(err)
}

// pager is one search under way.
type pager struct {
	conn *Conn
	size int
	op   []byte
	each func(*Entry) error

	entry  Entry
	seen   Outcome
	cookie []byte // of the page being read
	first  []byte // name of the first entry of the page before
	empty  int    // pages without an entry, in a row
}

func (p *pager) run() error {
	id, err := p.ask(nil)
	for err == nil && id != 0 {
		id, err = p.page(id)
	}
	return err
}

// ask requests the page behind cookie.
func (p *pager) ask(cookie []byte) (id int64, err error) {
	var controls []byte
	if p.size > 0 {
		controls = newPaging(p.size, cookie)
	}
	return p.conn.send(p.op, controls)
}

// page reads the answer to request id up to its end and returns the id of the
// request for the next page, 0 after the last one.
func (p *pager) page(id int64) (next int64, err error) {
	inPage, repeated := 0, false
	for {
		m, err := p.conn.receive()
		if err != nil {
			return 0, err
		}
		if m.id != id {
			return 0, fmt.Errorf("answer to request %d, want %d", m.id, id)
		}
		switch m.op {
		case tagSearchEntry:
			if err := p.entry.decode(m.content); err != nil {
				return 0, fmt.Errorf("malformed entry: %w", err)
			}
			if inPage == 0 {
				repeated = p.seen.Entries > 0 && bytes.Equal(p.first, p.entry.DN)
				p.first = append(p.first[:0], p.entry.DN...)
			}
			if err := p.each(&p.entry); err != nil {
				return 0, err
			}
			inPage++
			p.seen.Entries++
		case tagSearchReference:
			urls, err := decodeStrings(m.content)
			if err != nil {
				return 0, fmt.Errorf("malformed reference: %w", err)
			}
			room := maxReferences - len(p.seen.References)
			p.seen.References = append(p.seen.References, urls[:min(room, len(urls))]...)
		case tagSearchDone:
			return p.done(m, inPage, repeated)
		default:
			return 0, fmt.Errorf("unexpected answer with tag 0x%02x to a search", m.op)
		}
	}
}

// done ends a page: with the server's refusal, the end of the search, or the
// request for the next page.
func (p *pager) done(m message, inPage int, repeated bool) (next int64, err error) {
	refused, err := decodeResult(m.content)
	if err != nil {
		return 0, fmt.Errorf("malformed result: %w", err)
	}
	if refused != nil {
		return 0, refused
	}
	p.seen.Pages++
	if p.size == 0 {
		return 0, nil
	}
	cookie, found, err := pagingCookie(m.controls)
	switch {
	case err != nil:
		return 0, fmt.Errorf("malformed control: %w", err)
	case !found:
		return 0, fmt.Errorf("%w: the end of page %d carries no cookie, so nobody knows whether it was the last", ErrPaging, p.seen.Pages)
	case len(cookie) == 0:
		return 0, nil
	}
	if err := p.progress(cookie, inPage, repeated); err != nil {
		return 0, err
	}
	return p.ask(p.cookie)
}

// progress refuses to go round in circles. A cookie alone proves nothing: some
// servers keep one for the whole search.
func (p *pager) progress(cookie []byte, inPage int, repeated bool) error {
	same := bytes.Equal(cookie, p.cookie)
	p.cookie = append(p.cookie[:0], cookie...)
	if inPage > 0 {
		p.empty = 0
	} else {
		p.empty++
	}
	switch {
	case same && repeated:
		return fmt.Errorf("%w: page %d begins like the one before, with the same cookie", ErrPaging, p.seen.Pages)
	case same && inPage == 0:
		return fmt.Errorf("%w: page %d is empty and its cookie is that of the one before", ErrPaging, p.seen.Pages)
	case p.empty >= emptyPages:
		return fmt.Errorf("%w: %d empty pages in a row", ErrPaging, p.empty)
	}
	return nil
}
