package app

import (
	"context"
	"time"

	"birthright/config"
)

// schedule turns the text of a schedule into a function from an instant to the
// next one that is due; the zero time means never.
func schedule(text string) (func(time.Time) time.Time, error) {
	parsed, err := config.ParseSchedule(text)
	if err != nil {
		return nil, err
	}
	if parsed == nil {
		return func(time.Time) time.Time { return time.Time{} }, nil
	}
	return func(t time.Time) time.Time { return parsed.Next(t.UTC()) }, nil
}

// tickEvery is how often it is looked at what time brings.
const tickEvery = 5 * time.Second

// again does something every few seconds until ctx ends. What fails is logged, and tried
// again the next time.
func (a *App) again(ctx context.Context, what string, tick func(context.Context) error) {
	for going := ctx.Err() == nil; going; going = passes(ctx, tickEvery) {
		if err := tick(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error(what, "error", err)
		}
	}
}

// passes waits for a time, and reports whether it went by before ctx ended.
func passes(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(max(d, 0))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
