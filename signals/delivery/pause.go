package delivery

import "time"

// How long until something is tried again: twice as long each time, up to a cap.
// There is no last attempt. A session that must end is worth an attempt a minute.
const (
	firstSignalPause     = 2 * time.Second
	longestSignalPause   = time.Minute
	firstReceiverPause   = time.Second
	longestReceiverPause = time.Minute
)

// signalPause is the pause of one signal after attempt number n, counting from 1.
func signalPause(n int) time.Duration { return doubled(firstSignalPause, longestSignalPause, n) }

// receiverPause is the pause of a receiver that did not answer n times in a row.
func receiverPause(n int) time.Duration { return doubled(firstReceiverPause, longestReceiverPause, n) }

func doubled(first, longest time.Duration, n int) time.Duration {
	return min(first<<min(max(n-1, 0), 20), longest)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
