package inspect

import (
	"context"
	"slices"
	"time"
)

const (
	// storeEvery is how long conversations are gathered before they are stored.
	storeEvery = time.Second
	// lastWords is how long the end of the program waits for the last of them.
	lastWords = 5 * time.Second
)

// Run stores what is recorded, about once a second, until ctx ends, and then the
// rest. First it forgets what is no longer to be kept: the settings may be others
// than those of the last run.
func (r *Recorder) Run(ctx context.Context) {
	if err := r.o.Store.TrimConversations(ctx, r.o.Keep); err != nil && ctx.Err() == nil {
		r.o.Log.Warn("inspect: old conversations could not be deleted", "error", err)
	}
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-r.wake:
			pause(ctx)
			r.store(ctx)
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	r.store(last)
}

// pause lets others be said, so that they are stored together.
func pause(ctx context.Context) {
	timer := time.NewTimer(storeEvery)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// store masks and stores what was recorded. What could not be stored waits, the
// newest of it, and is tried again.
func (r *Recorder) store(ctx context.Context) {
	list := r.waiting
	for _, x := range r.take() {
		list = append(list, x.Conversation())
	}
	if len(list) == 0 {
		return
	}
	err := r.o.Store.SaveConversations(ctx, list, r.o.Keep)
	if err == nil {
		r.waiting, r.failing = nil, false
		return
	}
	if !r.failing && ctx.Err() == nil { // once, and not each second
		r.o.Log.Warn("inspect: conversations could not be stored; it is tried again", "error", err)
		r.failing = true
	}
	r.waiting = r.newest(list)
	r.nudge()
}

// newest returns as many of each source as are kept.
func (r *Recorder) newest(list []Conversation) []Conversation {
	count := map[string]int{}
	var out []Conversation
	for _, c := range slices.Backward(list) {
		if count[c.Source]++; count[c.Source] <= r.o.Keep[c.Source] {
			out = append(out, c)
		}
	}
	slices.Reverse(out)
	return out
}
