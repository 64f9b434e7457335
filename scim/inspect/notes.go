package inspect

import (
	"fmt"
	"slices"
)

const (
	mostNotes  = 100 // in one conversation
	longestTip = 300 // bytes of one note
)

// Notes are what the reader of a request has to say about it: how it understood
// what was not written by the book, and whose habit that is. The nil Notes take
// everything and keep nothing. They belong to one request and one goroutine.
type Notes struct {
	dialect string
	list    []string
	over    int // that found no room
}

// Add says how something was read. What was said already is not said again: a
// transaction that is run a second time reads the request a second time.
func (n *Notes) Add(format string, args ...any) {
	if n == nil {
		return
	}
	if len(n.list) == mostNotes {
		n.over++
		return
	}
	if note := shorten(fmt.Sprintf(format, args...), longestTip); !slices.Contains(n.list, note) {
		n.list = append(n.list, note)
	}
}

// SetDialect says whose dialect the request is written in: okta, entra …
func (n *Notes) SetDialect(name string) {
	if n != nil {
		n.dialect = name
	}
}

// lines are the notes for people; the last one tells if there were more.
func (n *Notes) lines() []string {
	if n.over == 0 {
		return n.list
	}
	return append(slices.Clone(n.list), fmt.Sprintf("… %s more", grouped(n.over)))
}
