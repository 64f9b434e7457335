package store

import (
	"context"
	"errors"
	"net/url"
	"os"
	"time"
)

// lockPoll is how often a taken file lock is tried again.
const lockPoll = 50 * time.Millisecond

// fileLocks are locks on files beside the database file of this path. The
// operating system frees them when the process ends; the empty files stay,
// since removing one could free somebody else's lock.
type fileLocks string

func (path fileLocks) lock(ctx context.Context, name string, wait bool) (func(), error) {
	file, err := os.OpenFile(string(path)+"."+url.PathEscape(name)+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	again := time.NewTicker(lockPoll)
	defer again.Stop()
	for {
		err := flock(file)
		if err == nil {
			return func() { _ = file.Close() }, nil
		}
		if !wait || !errors.Is(err, errTaken) {
			return nil, errors.Join(err, file.Close())
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), file.Close())
		}
	}
}
