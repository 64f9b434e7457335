package inspect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// shelf is a Store in memory.
type shelf struct {
	mu      sync.Mutex
	fault   error
	batches [][]string // ids
	trimmed []map[string]int
}

func (s *shelf) SaveConversations(_ context.Context, list []Conversation, _ map[string]int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault != nil {
		return s.fault
	}
	var ids []string
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	s.batches = append(s.batches, ids)
	return nil
}

func (s *shelf) TrimConversations(_ context.Context, keep map[string]int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trimmed = append(s.trimmed, keep)
	return s.fault
}

func (s *shelf) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = err
}

func (s *shelf) saved() [][]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.batches)
}

// booth is a running recorder in a bubble.
type booth struct {
	*Recorder
	shelf shelf
	log   journal
	stop  func()
}

// journal is a log that may be read while it is written.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(line)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// pass lets d go by in the bubble's own time.
func pass(d time.Duration) { <-time.After(d) }

// record runs a test with a recorder that keeps three conversations of okta.
func record(t *testing.T, test func(t *testing.T, b *booth)) {
	synctest.Test(t, func(t *testing.T) {
		b := &booth{}
		ids := 0
		b.Recorder = NewRecorder(Options{
			Keep: map[string]int{"okta": 3, "quiet": 0}, Store: &b.shelf, Now: time.Now,
			NewID: func() string { ids++; return fmt.Sprint(ids) }, Log: slog.New(slog.NewTextHandler(&b.log, nil)),
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); b.Run(ctx) }()
		b.stop = func() { cancel(); <-ended }
		test(t, b)
		b.stop()
	})
}

func (b *booth) say(source string, status int) {
	b.Record(Exchange{Source: source, status: status, at: time.Now()})
}

func (b *booth) want(t *testing.T, batches ...[]string) {
	t.Helper()
	synctest.Wait()
	if diff := cmp.Diff(batches, b.shelf.saved()); diff != "" {
		t.Error(diff)
	}
}

func TestRecorderStoresOnceASecond(t *testing.T) {
	record(t, func(t *testing.T, b *booth) {
		b.want(t)
		if diff := cmp.Diff([]map[string]int{{"okta": 3, "quiet": 0}}, b.shelf.trimmed); diff != "" {
			t.Error(diff)
		}
		b.say("okta", 200)
		b.say("okta", 200)
		b.say("quiet", 200)
		b.say("nobody", 200)
		b.want(t)
		pass(storeEvery)
		b.want(t, []string{"1", "2"})
		pass(time.Hour)
		b.want(t, []string{"1", "2"}) // nothing is said: nothing is done
		b.say("okta", 200)
		pass(storeEvery)
		b.want(t, []string{"1", "2"}, []string{"3"})
	})
}

func TestRecorderKeepsTheNewest(t *testing.T) {
	record(t, func(t *testing.T, b *booth) {
		b.say("okta", 409)
		for range 7 {
			b.say("okta", 200)
		}
		b.say("okta", 0)
		pass(storeEvery)
		b.want(t, []string{"1", "6", "7", "8", "9"}) // failures do not make room for what went well
		if n := b.Dropped(); n != 4 {
			t.Errorf("%d were dropped, want 4", n)
		}
	})
}

func TestRecorderStoresTheRestAtTheEnd(t *testing.T) {
	record(t, func(t *testing.T, b *booth) {
		b.say("okta", 200)
		b.stop()
		b.want(t, []string{"1"})
	})
}

// A database that is away is in nobody's way, and what was said meanwhile is
// stored when it is back, as far as it would be kept.
func TestRecorderOutlivesItsStore(t *testing.T) {
	record(t, func(t *testing.T, b *booth) {
		b.shelf.fail(errors.New("away"))
		for range 5 {
			b.say("okta", 200)
			pass(3 * storeEvery)
		}
		b.want(t)
		if n := strings.Count(b.log.String(), "could not be stored"); n != 1 {
			t.Errorf("logged %d times: %s", n, b.log.String())
		}
		b.shelf.fail(nil)
		pass(2 * storeEvery)
		b.want(t, []string{"3", "4", "5"})
		b.shelf.fail(errors.New("away again"))
		b.say("okta", 200)
		pass(2 * storeEvery)
		if n := strings.Count(b.log.String(), "could not be stored"); n != 2 {
			t.Errorf("logged %d times: %s", n, b.log.String())
		}
	})
}

func TestRecorderIsSharedByRequests(t *testing.T) {
	const clients, each = 8, 200
	store := &shelf{}
	var mu sync.Mutex
	ids := 0
	r := NewRecorder(Options{Keep: map[string]int{"okta": 5, "entra": clients * each}, Store: store, Now: time.Now, NewID: func() string {
		mu.Lock()
		defer mu.Unlock()
		ids++
		return fmt.Sprint(ids)
	}})
	ctx, cancel := context.WithCancel(t.Context())
	var running, saying sync.WaitGroup
	running.Go(func() { r.Run(ctx) })
	for client := range clients {
		saying.Go(func() {
			for i := range each {
				talk := r.Listen(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/scim/v2/Users", strings.NewReader(`{"a":1}`)))
				talk.Source = []string{"okta", "entra"}[client%2]
				talk.Notes.Add("request %d", i)
				_, _ = talk.Request.Body.Read(make([]byte, 10))
				talk.Writer.WriteHeader([]int{201, 409}[i%2])
				talk.Done()
			}
		})
	}
	saying.Wait()
	cancel()
	running.Wait()
	stored := 0
	for _, batch := range store.saved() {
		stored += len(batch)
	}
	if want := clients * each; stored+int(r.Dropped()) != want || stored < clients*each/2+10 {
		t.Errorf("%d were stored and %d dropped of %d", stored, r.Dropped(), want)
	}
}

// Where nothing is kept nobody listens.
func TestNobodyListens(t *testing.T) {
	for _, r := range []*Recorder{nil, NewRecorder(Options{Keep: map[string]int{"okta": 0}})} {
		w, request := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
		talk := r.Listen(w, request)
		talk.Source = "okta"
		talk.Notes.Add("nothing")
		if talk.Writer != http.ResponseWriter(w) || talk.Request != request {
			t.Error("somebody stands between")
		}
		talk.Done()
	}
}
