package api

import (
	"strings"

	"birthright/hub"
)

// Paging says which page of a list is wanted.
type Paging struct {
	Cursor string `query:"cursor" maxLength:"1024" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"entries on a page"`
}

// question is what a list was asked, by which a cursor knows it.
func question(parts ...string) string { return strings.Join(parts, "\x00") }

// paging turns a page of the hub into one of the API, whose cursor belongs to the
// question that it came with.
func paging[T any](p Paging, question string, find func(after string, limit int) (hub.Page[T], error)) (*answer[page[T]], error) {
	after, err := parsePosition(question, p.Cursor)
	if err != nil {
		return nil, err
	}
	found, err := find(after, p.Limit)
	if err != nil {
		return nil, err
	}
	out := page[T]{Items: found.Items}
	if found.Next != "" {
		out.Next = cursorBehind(question, found.Next)
	}
	return answering(out, nil)
}
