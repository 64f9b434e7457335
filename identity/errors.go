package identity

import (
	"errors"
	"strings"
)

// Kind is what a program needs to know of an error: what to do next.
type Kind string

// The kinds. The edge of the program maps them to exit codes, HTTP statuses
// and SCIM error types; an error without a kind is Internal.
const (
	Internal    Kind = "internal"    // a fault of ours
	Invalid     Kind = "invalid"     // the input cannot be right as it stands
	NotFound    Kind = "not found"   // the named thing is not there
	Conflict    Kind = "conflict"    // it clashes with what is there
	Denied      Kind = "denied"      // credentials or rights are not enough
	Unavailable Kind = "unavailable" // a peer did not answer; try again later
	Throttled   Kind = "throttled"   // a peer asked to wait
	Held        Kind = "held"        // a guard stopped it; a person may release it
	Incomplete  Kind = "incomplete"  // a read ended before it was whole
)

// Error says what happened (Kind), during which operation, to which object, why,
// and what to do about it. Wrap causes with it at the border where a hint can
// be given; elsewhere fmt.Errorf with %w is enough.
type Error struct {
	Kind   Kind
	Op     string // what was being done: "read source corp"
	Object string // to what, if not clear from Op
	Field  string // the part of the input that is wrong, as programs name it; not shown
	Err    error  // the cause; its text is shown
	Hint   string // what a person can do, a full clause without a final stop
}

// Error returns "op: object: cause (hint)".
func (e *Error) Error() string {
	var parts []string
	for _, p := range []string{e.Op, e.Object} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	} else {
		parts = append(parts, string(e.Kind))
	}
	text := strings.Join(parts, ": ")
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the outermost *Error in err's chain, Internal when
// there is none, and "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}
