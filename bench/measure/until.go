package measure

import (
	"context"
	"fmt"
	"time"
)

// Until waits until done says so, looking every few milliseconds, and fails
// after most.
func Until(ctx context.Context, most time.Duration, done func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := done()
		if err != nil || ok {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("waited %s in vain: %w", most, ctx.Err())
		}
	}
}
