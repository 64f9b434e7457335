package live

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

const (
	// beat is how often an idle stream says that it is alive: proxies end silent ones.
	beat = 15 * time.Second
	// longest is how long one stream lasts; whoever watches longer comes back, and is
	// asked again who it is.
	longest = 10 * time.Minute
	// slow is how long one write may take before the reader counts as gone.
	slow = 10 * time.Second
)

// Serve writes what a watcher hears as server-sent events (WHATWG HTML, section 9.2) until
// an event is the last one, the reader is gone or too slow, or the feed ends. last may be
// nil.
func Serve(w http.ResponseWriter, r *http.Request, watch *Watcher, last func(Event) bool) {
	defer watch.Stop()
	s := stream{w: w, control: http.NewResponseController(w)}
	_ = s.control.SetReadDeadline(time.Time{}) // where the server has one, it would end the stream
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	if s.write("retry: 2000\n\n") != nil {
		return
	}
	for _, e := range watch.Missed() {
		if s.event(e) != nil || last != nil && last(e) {
			return
		}
	}
	alive, over := time.NewTicker(beat), time.NewTimer(longest)
	defer alive.Stop()
	defer over.Stop()
	for {
		select {
		case e, open := <-watch.Events():
			if !open || s.event(e) != nil || last != nil && last(e) {
				return
			}
		case <-alive.C:
			if s.write(": alive\n\n") != nil {
				return
			}
		case <-over.C:
			return
		case <-r.Context().Done():
			return
		}
	}
}

type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (s stream) event(e Event) error {
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	id := ""
	if e.ID != "" {
		id = "id: " + e.ID + "\n"
	}
	return s.write(fmt.Sprintf("%sevent: %s\ndata: %s\n\n", id, e.Kind, data))
}

// write sends a piece at once; each piece has time of its own.
func (s stream) write(text string) error {
	_ = s.control.SetWriteDeadline(time.Now().Add(slow)) // a writer without deadlines is one of a test
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}
