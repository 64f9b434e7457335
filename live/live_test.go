package live_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/live"
)

func kinds(events []live.Event) (out []string) {
	for _, e := range events {
		out = append(out, e.Kind+" "+e.Run+e.Target)
	}
	return out
}

// Whoever lost the connection hears what came since; whoever was away for too long, or
// over a restart, is told that something is missing.
func TestAWatcherGoesOnWhereItWas(t *testing.T) {
	f := live.New(live.Options{Boot: "b"})
	first := f.Watch("", nil)
	f.Tell(live.Event{Kind: live.Started, Run: "r"})
	e := <-first.Events()
	f.Tell(live.Event{Kind: live.Changes, Run: "r"})
	f.Tell(live.Event{Kind: live.Finished, Run: "other"})
	again := f.Watch(e.ID, func(e live.Event) bool { return e.Run == "r" })
	if diff := cmp.Diff([]string{"changes r"}, kinds(again.Missed())); diff != "" {
		t.Error(diff)
	}
	for _, id := range []string{"a-1", "b-99", "b-x", "x"} {
		if diff := cmp.Diff([]string{"missed "}, kinds(f.Watch(id, nil).Missed())); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
	}
	for range 3000 {
		f.Tell(live.Event{Kind: live.Changes})
	}
	if diff := cmp.Diff([]string{"missed "}, kinds(f.Watch(e.ID, nil).Missed())); diff != "" {
		t.Error(diff)
	}
}

// Nothing that happens waits for a watcher: one that does not keep up is let go.
func TestASlowWatcherIsLetGo(t *testing.T) {
	f := live.New(live.Options{Boot: "b"})
	slow := f.Watch("", nil)
	for range 1000 {
		f.Tell(live.Event{Kind: live.Changes})
	}
	n := 0
	for range slow.Events() { // it ends
		n++
	}
	if n == 0 || n >= 1000 {
		t.Errorf("it heard %d", n)
	}
	slow.Stop()
	f.Close()
	if _, open := <-f.Watch("", nil).Events(); open {
		t.Error("a closed feed has events")
	}
}

// Progress is told as often as people can read, each step at least once, and the end.
func TestProgressIsToldNowAndThen(t *testing.T) {
	now := time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)
	f := live.New(live.Options{Boot: "b", Now: func() time.Time { return now }})
	w := f.Watch("", nil)
	for i := range 100 {
		f.Progress("github", "reading", i, 100)
	}
	f.Progress("github", "reading", 100, 100)
	f.Progress("github", "applying", 1, 2)
	if diff := cmp.Diff([]live.Step{{Target: "github", Step: "applying", Done: 1, Total: 2}}, f.Steps([]string{"github", "other"})); diff != "" {
		t.Error(diff)
	}
	f.Rest([]string{"github"})
	f.Close()
	var heard []string
	for e := range w.Events() {
		heard = append(heard, e.Step)
	}
	if diff := cmp.Diff([]string{"reading", "reading", "applying"}, heard); diff != "" {
		t.Error(diff)
	}
	if steps := f.Steps([]string{"github"}); len(steps) != 0 {
		t.Errorf("after the rest: %v", steps)
	}
}

// patient notes the deadlines that it is given.
type patient struct {
	*httptest.ResponseRecorder
	read, write []time.Time
}

func (p *patient) SetReadDeadline(t time.Time) error {
	p.read = append(p.read, t)
	return nil
}

func (p *patient) SetWriteDeadline(t time.Time) error {
	p.write = append(p.write, t)
	return nil
}

// A stream takes the server's deadlines away, gives each piece time of its own, and ends
// with the last event; what it says can be read back.
func TestServe(t *testing.T) {
	f := live.New(live.Options{Boot: "b"})
	watch := f.Watch("", nil)
	f.Tell(live.Event{Kind: live.Changes, Count: 2, Sample: []live.Change{{User: "<ada>\n"}}})
	f.Tell(live.Event{Kind: live.Finished, State: "done"})
	f.Tell(live.Event{Kind: live.Changes})
	w := &patient{ResponseRecorder: httptest.NewRecorder()}
	live.Serve(w, httptest.NewRequest(http.MethodGet, "/", nil), watch, func(e live.Event) bool { return e.Kind == live.Finished })
	if len(w.read) != 1 || !w.read[0].IsZero() || len(w.write) != 3 || w.write[0].IsZero() || !w.Flushed {
		t.Errorf("deadlines: read %v, write %v, flushed %v", w.read, w.write, w.Flushed)
	}
	if got := w.Header().Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("type %s", got)
	}
	var heard []live.Event
	read := func(e live.Event) bool {
		heard = append(heard, e)
		return e.Kind == live.Finished
	}
	if err := live.Read(strings.NewReader(w.Body.String()), read); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"changes ", "finished "}, kinds(heard)); diff != "" || heard[0].Sample[0].User != "<ada>\n" || heard[1].State != "done" {
		t.Errorf("%s %+v", diff, heard)
	}
	if err := live.Read(strings.NewReader("retry: 1\n\n"), read); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a stream that just ends: %v", err)
	}
}

// A stream ends with the feed, and with its reader.
func TestServeEnds(t *testing.T) {
	f := live.New(live.Options{Boot: "b"})
	gone, leave := context.WithCancel(t.Context())
	leave()
	live.Serve(httptest.NewRecorder(), httptest.NewRequestWithContext(gone, http.MethodGet, "/", nil), f.Watch("", nil), nil)
	f.Close()
	live.Serve(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil), f.Watch("", nil), nil)
}
