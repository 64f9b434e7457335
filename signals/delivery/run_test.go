package delivery

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// running starts a transmitter for the receivers and stops it with the test.
func (h *hub) running(receivers ...Receiver) *Transmitter {
	h.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(h.Context()))
	t := h.transmitter(receivers...)
	var run sync.WaitGroup
	run.Go(func() { t.Run(ctx) })
	h.Cleanup(func() {
		cancel()
		run.Wait()
	})
	return t
}

// eventually waits for a condition, as long as a test may take.
func (h *hub) eventually(what string, holds func() bool) {
	h.Helper()
	deadline := time.After(20 * time.Second)
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case <-deadline:
			h.Fatalf("%s did not come about", what)
		}
	}
}

// Several replicas share one database: everything is told once, in order.
func TestReplicasTellOnce(t *testing.T) {
	h := newHub(t)
	a := newApp(h)
	replicas := []*Transmitter{h.running(a.receiver(h)), h.running(a.receiver(h)), h.running(a.receiver(h))}
	var want []string
	for i := range 60 {
		name := string(rune('a'+i/10)) + string(rune('0'+i%10))
		want = append(want, name)
		h.owe("app", name)
		replicas[i%3].Bell.Ring()
	}
	h.eventually("the end of the queue", func() bool { return len(h.owed()) == 0 })
	if diff := cmp.Diff(want, a.told()); diff != "" {
		t.Error(diff)
	}
}

// A push that is on its way when the hub is told to stop is finished and put on
// record: the receiver is not told again.
func TestStopFinishesThePush(t *testing.T) {
	h := newHub(t)
	a := newApp(h)
	arrived, release := make(chan struct{}), make(chan struct{})
	a.answers(func(_ string, w http.ResponseWriter) {
		close(arrived)
		<-release
		w.WriteHeader(http.StatusAccepted)
	})
	h.owe("app", "ada", "bob")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		h.transmitter(a.receiver(h)).Run(ctx)
	}()
	<-arrived
	cancel()
	close(release)
	<-ended
	if rows := h.owed(); len(rows) != 1 || rows[0].UserName != "bob" {
		t.Errorf("owed: %+v", rows)
	}
}

// A receiver that is away keeps no other one waiting.
func TestLanesAreApart(t *testing.T) {
	h := newHub(t)
	a, slow := newApp(h), newApp(h)
	slow.answers(slow.hang)
	other := slow.receiver(h)
	other.Name = "slow"
	h.owe("slow", "ada")
	h.owe("app", "ada", "bob")
	h.running(other, a.receiver(h))
	h.eventually("delivery to the one that answers", func() bool { return slices.Equal(a.told(), []string{"ada", "bob"}) })
}
