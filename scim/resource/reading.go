package resource

import "fmt"

// Reading is how one request is read: strictly by the RFCs, or with what else it
// can only mean. It collects what was understood otherwise than it was written,
// for people who look for what went wrong. A nil Reading is lenient and collects
// nothing.
type Reading struct {
	// Strict refuses what the RFCs do not allow.
	Strict bool
	// NoTarget refuses the replacement of a value that is not there, also where it
	// says enough to make the value (RFC 7644 section 3.5.2.3). Strict does too.
	NoTarget bool
	// Capitals is set once an operation was written in capitals.
	Capitals bool

	notes []string
}

// mostNotes bounds what is collected of one request.
const mostNotes = 50

// Note collects a sentence. It must not hold values that may be secret.
func (r *Reading) Note(format string, args ...any) {
	if r == nil || len(r.notes) > mostNotes {
		return
	}
	if len(r.notes) == mostNotes {
		r.notes = append(r.notes, "… and more of the kind")
		return
	}
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// Notes returns what was collected.
func (r *Reading) Notes() []string {
	if r == nil {
		return nil
	}
	return r.notes
}

// Lenient collects a sentence on what is not as the RFC has it, or returns the
// refusal where the client is held to it.
func (r *Reading) Lenient(refusal error, format string, args ...any) error {
	if r != nil && r.Strict {
		return refusal
	}
	r.Note(format, args...)
	return nil
}

// MakesValues reports whether a replacement may make the value that it describes.
func (r *Reading) MakesValues() bool { return r == nil || !r.Strict && !r.NoTarget }
