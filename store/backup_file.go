package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// emptyPart makes an empty file beside file, for its owner alone.
func emptyPart(file string) (string, error) {
	part, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".part-*")
	if err != nil {
		return "", backupFault(file, err)
	}
	return part.Name(), part.Close()
}

// settle puts part on the disk, gives it the name file, and puts that on the disk.
func settle(part, file string) error {
	if err := flush(part, os.O_RDWR); err != nil {
		return backupFault(file, err)
	}
	if err := os.Rename(part, file); err != nil {
		return backupFault(file, err)
	}
	if err := flush(filepath.Dir(file), os.O_RDONLY); err != nil {
		return backupFault(file, err)
	}
	return nil
}

func flush(path string, flags int) error {
	f, err := os.OpenFile(path, flags, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func discard(part string) error {
	if err := os.Remove(part); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
