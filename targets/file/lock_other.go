//go:build !unix

package file

import (
	"context"
	"errors"
)

// lock is not to be had here: two writers could undo each other's changes.
func lock(context.Context, string) (unlock func(), err error) {
	return nil, errors.New("file targets need a Unix system, for its file locks")
}

// syncFolder has no meaning where folders cannot be opened.
func syncFolder(string) error { return nil }
