//go:build unix

package store

import (
	"errors"
	"os"
	"syscall"
)

// flock takes an exclusive lock on the file without waiting.
func flock(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errTaken
	}
	return err
}
