package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// unsyncedError says that the new file is in place and the disk did not promise
// to keep it.
type unsyncedError struct{ err error }

func (e *unsyncedError) Error() string { return "the folder could not be synced: " + e.err.Error() }
func (e *unsyncedError) Unwrap() error { return e.err }

// replace puts data at path so that every reader, at any time and after any
// crash, sees the old file whole or the new one whole.
func replace(path string, data []byte, mode fs.FileMode) error {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	_, err = temp.Write(data)
	err = errors.Join(err, temp.Chmod(mode))
	if err == nil {
		err = temp.Sync()
	}
	err = errors.Join(err, temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return &unsyncedError{err}
	}
	return nil
}
