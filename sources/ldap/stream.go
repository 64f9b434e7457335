package ldap

import "errors"

// ahead is how many items a stream holds between its two ends: enough that
// neither waits for the other's hiccups, few enough to bound memory.
const ahead = 4

var errStopped = errors.New("nobody takes what is produced")

// stream runs produce on a goroutine of its own and hands what it emits to
// consume on this one. When consume fails, abort is called to wake a producer
// that waits for something else. It returns once both have ended: consume's
// error as taken, else produce's as made.
func stream[T any](abort func(), produce func(emit func(T) error) error, consume func(T) error) (made, taken error) {
	items := make(chan T, ahead)
	stop := make(chan struct{})
	go func() {
		defer close(items)
		made = produce(func(item T) error {
			select {
			case items <- item:
				return nil
			case <-stop:
				return errStopped
			}
		})
	}()
	for item := range items {
		if taken != nil {
			continue
		}
		if taken = consume(item); taken != nil {
			close(stop)
			abort()
		}
	}
	return made, taken
}
