package app

import (
	"errors"
	"fmt"
	"slices"
)

// closers are what must be freed, in the order in which it was taken.
type closers []closer

type closer struct {
	name  string
	close func() error
}

func (c *closers) add(name string, close func() error) { *c = append(*c, closer{name, close}) }

// close frees everything, last first, and goes on after a failure.
func (c *closers) close() error {
	var faults []error
	for _, one := range slices.Backward(*c) {
		if err := one.close(); err != nil {
			faults = append(faults, fmt.Errorf("close %s: %w", one.name, err))
		}
	}
	*c = nil
	return errors.Join(faults...)
}
