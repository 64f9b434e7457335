package file

import (
	"errors"
	"fmt"
	"strings"
)

// maxFaults is how many faults are told at once.
const maxFaults = 20

// errEnough ends a pass that has found as many faults as are told.
var errEnough = errors.New("enough faults")

// place is where in the file something stands, counted from 1; columns are in
// bytes, as editors and compilers count them. JSON knows the offset alone.
type place struct {
	line, column int
	offset       int64 // used while line is 0
	loose        bool  // offset may stand before spaces, a comma or a colon
}

// fault is one thing that is wrong with the file.
type fault struct {
	at      place
	message string
}

// faults is everything that is wrong with a file, in its order.
type faults struct {
	path string
	list []fault
	more bool // the pass ended before the end of the file
}

// add notes a fault and returns errEnough once there are as many as are told.
func (f *faults) add(at place, format string, args ...any) error {
	f.list = append(f.list, fault{at, fmt.Sprintf(format, args...)})
	if len(f.list) >= maxFaults {
		f.more = true
		return errEnough
	}
	return nil
}

// Error lists the faults, one a line.
func (f *faults) Error() string {
	lines := make([]string, 0, len(f.list)+1)
	for _, one := range f.list {
		lines = append(lines, f.line(one))
	}
	if f.more {
		lines = append(lines, fmt.Sprintf("… these are the first %d faults; the rest of the file was not read", maxFaults))
	}
	return strings.Join(lines, "\n")
}

func (f *faults) line(one fault) string {
	if one.at.line == 0 {
		return f.path + ": " + one.message
	}
	return fmt.Sprintf("%s:%d:%d: %s", f.path, one.at.line, one.at.column, one.message)
}
