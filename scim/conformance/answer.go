package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"birthright/scim/shape"
)

// Answer is what the server said to one request.
type Answer struct {
	c            *Client
	method, path string
	sent         string
	code         int
	header       http.Header
	raw          []byte
	body         any // the JSON of raw, nil if it is none
}

// String shows both sides, as much as a reader needs.
func (a *Answer) String() string {
	text := a.method + " " + shape.Brief(a.path)
	if a.sent != "" {
		text += " " + shape.Brief(a.sent)
	}
	return fmt.Sprintf("%s\n  answered %d %s", text, a.code, shape.Brief(string(a.raw)))
}

// wrong notes what is wrong with the answer.
func (a *Answer) wrong(format string, args ...any) {
	a.c.fail("%s\n  %s", fmt.Sprintf(format, args...), a)
}

// status ends the case unless the status is one of want.
func (a *Answer) status(want ...int) *Answer {
	if !slices.Contains(want, a.code) {
		a.c.fatal("status %d, want %s\n  %s", a.code, either(want), a)
	}
	return a
}

// either writes a choice.
func either[T any](choice []T) string {
	words := make([]string, len(choice))
	for i, one := range choice {
		words[i] = fmt.Sprint(one)
	}
	return strings.Join(words, " or ")
}

// refused ends the case unless the answer is a well-formed error with this
// status. Of scimTypes it has to have one, unless none are given.
func (a *Answer) refused(status int, scimTypes ...string) *Answer {
	a.status(status)
	a.isError()
	if got, _ := a.at("$.scimType").(string); len(scimTypes) > 0 && !slices.Contains(scimTypes, got) {
		a.c.fatal("scimType %q, want %s\n  %s", got, either(scimTypes), a)
	}
	return a
}

// isError checks the form of an error body (RFC 7644 section 3.12).
func (a *Answer) isError() {
	a.has(fmt.Sprintf(`{"schemas":[%q],"status":"%d"}`, errorMessage, a.code))
	if detail, _ := a.at("$.detail").(string); detail == "" {
		a.wrong("an error without a detail that says what is wrong")
	}
	a.isJSON()
}

// isJSON checks the media type of the answer.
func (a *Answer) isJSON() *Answer {
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	if kind != mediaType && kind != "application/json" || a.body == nil {
		a.wrong("Content-Type %q, want a body of %s", a.header.Get("Content-Type"), mediaType)
	}
	return a
}

// has checks that the body agrees with a shape, written as JSON: what the shape
// names must be there, null means absent, lists are compared without order.
func (a *Answer) has(expected string) *Answer {
	want, err := shape.Decode(expected)
	if err != nil {
		a.c.fatal("the case is broken: %v in %s", err, expected)
	}
	if complaints := shape.Differences(want, a.body, "$"); len(complaints) > 0 {
		a.wrong("%s", strings.Join(complaints, "; "))
	}
	return a
}

// at returns the value at a path, see shape.At.
func (a *Answer) at(path string) any { return shape.At(a.body, path) }

// text returns the text at a path, "" if there is none.
func (a *Answer) text(path string) string {
	s, _ := a.at(path).(string)
	return s
}

// is checks the value at a path; nil means absent.
func (a *Answer) is(path string, want any) *Answer {
	if complaints := shape.Differences(want, a.at(path), path); len(complaints) > 0 {
		a.wrong("%s", strings.Join(complaints, "; "))
	}
	return a
}

// resources returns the resources of a list.
func (a *Answer) resources() []any {
	list, _ := a.at("$.Resources").([]any)
	return list
}
