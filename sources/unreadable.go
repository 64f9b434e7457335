package sources

import (
	"errors"
	"io/fs"

	"birthright/identity"
)

// Unreadable is why the file of a source could not be opened, with what to do.
func Unreadable(op string, err error) error {
	e := &identity.Error{Kind: identity.Unavailable, Op: op, Err: err}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Kind, e.Hint = identity.NotFound, "check path; a relative one starts at the configuration's folder"
	case errors.Is(err, fs.ErrPermission):
		e.Kind, e.Hint = identity.Denied, "let the hub's user read it"
	}
	return e
}
