package delivery

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/store"
)

// deliver runs one round and fails the test if that fails.
func (h *hub) deliver(l *lane) Tally {
	h.Helper()
	tally, err := l.round(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	return tally
}

func TestPushedInOrderAndForgotten(t *testing.T) {
	h := newHub(t)
	a := newApp(h)
	l := newLane(h.transmitter(), a.receiver(h))
	h.owe("app", "ada", "bob")
	h.owe("other", "cyd")
	h.owe("app", "dee")
	if diff := cmp.Diff(Tally{Sent: 3}, h.deliver(l)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"ada", "bob", "dee"}, a.told()); diff != "" {
		t.Error(diff)
	}
	if rows := h.owed(); len(rows) != 1 || rows[0].UserName != "cyd" {
		t.Errorf("owed: %+v", rows)
	}
	if diff := cmp.Diff([]string{"hub signal.sent user:ada", "hub signal.sent user:bob", "hub signal.sent user:dee"}, h.log()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Tally{}, h.deliver(l)); diff != "" {
		t.Errorf("again: %s", diff)
	}
}

func reply(status int, contentType, body string) func(string, http.ResponseWriter) {
	return func(_ string, w http.ResponseWriter) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func retryAfter(status int, seconds string) func(string, http.ResponseWriter) {
	return func(_ string, w http.ResponseWriter) {
		w.Header().Set("Retry-After", seconds)
		w.WriteHeader(status)
	}
}

// What is not taken is either tried again, later and as the same token, or kept
// as refused.
func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		answer  func(string, http.ResponseWriter)
		says    string
		wait    time.Duration
		refused bool
	}{
		"fault":                  {reply(500, "", ""), "500", 2 * time.Second, false},
		"gateway":                {reply(502, "text/html", "<b>oops</b>"), "502", 2 * time.Second, false},
		"unavailable":            {reply(503, "", ""), "503", 2 * time.Second, false},
		"unavailable for a time": {retryAfter(503, "90"), "503", 90 * time.Second, false},
		"too much":               {retryAfter(429, "30"), "429", 30 * time.Second, false},
		"for a year":             {retryAfter(429, "31536000"), "429", time.Hour, false},
		"not let in":             {reply(401, "", ""), "check token", 2 * time.Second, false},
		"no right":               {reply(403, "", ""), "403", 2 * time.Second, false},
		"not there":              {reply(404, "", ""), "404", 2 * time.Second, false},
		"not let in, by RFC":     {reply(400, "application/json", `{"err":"authentication_failed","description":"no"}`), "authentication_failed", 2 * time.Second, false},
		"no right, by RFC":       {reply(400, "application/json", `{"err":"access_denied"}`), "access_denied", 2 * time.Second, false},
		"a proxy's 400":          {reply(400, "text/html", "bad"), "400", 2 * time.Second, false},
		"a login page":           {reply(200, "text/html", "<b>sign in</b>"), "HTTP 200 where 202", 2 * time.Second, false},
		"no content":             {reply(204, "", ""), "HTTP 204 where 202", 2 * time.Second, false},
		"elsewhere":              {reply(307, "", ""), "307", 2 * time.Second, false},
		"slow":                   {nil, "no answer in time", 2 * time.Second, false},
		"cut off": {func(_ string, w http.ResponseWriter) {
			conn, _, _ := http.NewResponseController(w).Hijack()
			_ = conn.Close()
		}, "EOF", 2 * time.Second, false},
		"refused":             {reply(400, "application/json", `{"err":"invalid_audience","description":"who?"}`), "invalid_audience: who?", 0, true},
		"refused with canary": {reply(400, "application/json", `{"err":"invalid_request","description":"`+canary+`"}`), "invalid_request: [secret]", 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHub(t)
			a := newApp(h)
			l := newLane(h.transmitter(), a.receiver(h))
			h.owe("app", "ada")
			a.answers(c.answer)
			if c.answer == nil {
				a.answers(a.hang)
			}
			h.deliver(l)
			rows := h.owed()
			if len(rows) != 1 {
				t.Fatalf("owed: %+v", rows)
			}
			row := rows[0]
			if !strings.Contains(row.LastError, c.says) || strings.Contains(row.LastError, canary) || row.Attempts != 1 {
				t.Errorf("%+v, want %q", row, c.says)
			}
			if row.RefusedAt.IsZero() == c.refused || !c.refused && !row.DueAt.Equal(noon.Add(c.wait)) {
				t.Errorf("refused at %v, due at %v, want refused %v, due after %v", row.RefusedAt, row.DueAt, c.refused, c.wait)
			}
			h.pass(c.wait - time.Millisecond)
			a.answers(nil)
			h.deliver(l)
			if told := a.told(); len(told) != 1 {
				t.Errorf("tried again too early: %q", told)
			}
			h.pass(time.Hour)
			h.deliver(l)
			if got, want := len(h.owed()) == 0, !c.refused; got != want {
				t.Errorf("delivered at last: %v, want %v", got, want)
			}
			log := []string{"hub signal.sent user:ada"}
			if c.refused {
				log = []string{"hub signal.refused user:ada"}
			}
			if diff := cmp.Diff(log, h.log()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A receiver that is away is asked by two signals at a time, ever more seldom, and
// told everything in order once it answers.
func TestReceiverAway(t *testing.T) {
	h := newHub(t)
	a := newApp(h)
	down := receiverAt(h, "http://127.0.0.1:1/events")
	l := newLane(h.transmitter(), down)
	h.owe("app", "ada", "bob", "cyd", "dee")
	var waits []time.Duration
	for range 9 {
		if diff := cmp.Diff(Tally{Failed: 2}, h.deliver(l)); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(Tally{}, h.deliver(l)); diff != "" {
			t.Fatalf("while it is left alone: %s", diff)
		}
		wait := l.rest.Sub(h.now())
		waits = append(waits, wait)
		h.pass(wait)
	}
	want := []time.Duration{1, 2, 4, 8, 16, 32, 60, 60, 60}
	for i := range want {
		want[i] *= time.Second
	}
	if diff := cmp.Diff(want, waits); diff != "" {
		t.Error(diff)
	}
	l.receiver = a.receiver(h)
	if diff := cmp.Diff(Tally{Sent: 4}, h.deliver(l)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"ada", "bob", "cyd", "dee"}, a.told()); diff != "" {
		t.Error(diff)
	}
	if l.failures != 0 {
		t.Errorf("%d failures are counted of a receiver that answers", l.failures)
	}
}

// Whoever leaves while a receiver is left alone is worth an attempt, and one that
// gets through brings all the others along.
func TestNewSignalWhileTheReceiverRests(t *testing.T) {
	h := newHub(t)
	a := newApp(h)
	l := newLane(h.transmitter(), receiverAt(h, "http://127.0.0.1:1/events"))
	h.owe("app", "ada", "bob", "cyd")
	for range 5 {
		h.deliver(l)
		h.pass(l.rest.Sub(h.now()))
	}
	h.deliver(l)
	h.owe("app", "dee")
	if diff := cmp.Diff(Tally{Failed: 1}, h.deliver(l)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Tally{}, h.deliver(l)); diff != "" {
		t.Errorf("tried twice while it rests: %s", diff)
	}
	l.receiver = a.receiver(h)
	h.owe("app", "eve")
	if diff := cmp.Diff(Tally{Sent: 5}, h.deliver(l)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"eve", "ada", "bob", "cyd", "dee"}, a.told()); diff != "" {
		t.Error(diff)
	}
}

// A receiver that is back and refuses what was waiting has its word.
func TestRefusedAfterARest(t *testing.T) {
	h := newHub(t)
	a := newApp(h)
	l := newLane(h.transmitter(), receiverAt(h, "http://127.0.0.1:1/events"))
	h.owe("app", "ada", "bob")
	h.deliver(l)
	l.receiver = a.receiver(h)
	a.answers(reply(400, "application/json", `{"err":"invalid_request"}`))
	h.pass(l.rest.Sub(h.now()))
	if diff := cmp.Diff(Tally{Refused: 2}, h.deliver(l)); diff != "" {
		t.Error(diff)
	}
	h.pass(time.Hour)
	if diff := cmp.Diff(Tally{}, h.deliver(l)); diff != "" {
		t.Errorf("again: %s", diff)
	}
}

// Signals that a receiver cannot digest keep nobody else back, and are never
// forgotten.
func TestOneBadSignalKeepsNobodyBack(t *testing.T) {
	h := newHub(t)
	a := newApp(h)
	l := newLane(h.transmitter(), a.receiver(h))
	h.owe("app", "bad1", "bad2", "ada", "bad3", "bob", "cyd")
	a.answers(func(sub string, w http.ResponseWriter) {
		if strings.HasPrefix(sub, "bad") {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	})
	for range 6 {
		h.deliver(l)
		h.pass(time.Second)
	}
	var left []string
	for _, row := range h.owed() {
		left = append(left, row.UserName)
	}
	if diff := cmp.Diff([]string{"bad1", "bad2", "bad3"}, left); diff != "" {
		t.Errorf("after six seconds: %s", diff)
	}
	tried := 0
	for range 120 {
		tried += h.deliver(l).Failed
		h.pass(time.Minute)
	}
	if tried < 20 || tried > 240 {
		t.Errorf("tried %d times in two hours, want two a minute at most", tried)
	}
	a.answers(nil)
	h.pass(time.Hour)
	h.deliver(l)
	if rows := h.owed(); len(rows) != 0 {
		t.Errorf("owed: %+v", rows)
	}
}

// A hub that dies after the commit, or with a push under way, has forgotten
// nothing when it is back.
func TestNothingIsLostWithTheProcess(t *testing.T) {
	h := newHub(t)
	a := newApp(h)
	h.owe("app", "ada", "bob")
	err := h.db.Update(t.Context(), func(tx *store.Tx) error {
		_, _, err := tx.ClaimSignal(t.Context(), store.SignalClaim{Receiver: "app", Lease: lease}) // and then it dies
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.close()
	h.open()
	l := newLane(h.transmitter(), a.receiver(h))
	h.deliver(l)
	if diff := cmp.Diff([]string{"bob"}, a.told()); diff != "" {
		t.Error(diff)
	}
	h.pass(lease)
	h.deliver(l)
	if diff := cmp.Diff([]string{"bob", "ada"}, a.told()); diff != "" {
		t.Error(diff)
	}
}

// What was written down wrongly is shown to people and keeps nobody back.
func TestDamagedSignal(t *testing.T) {
	h := newHub(t)
	a := newApp(h)
	err := h.db.Update(t.Context(), func(tx *store.Tx) error {
		return tx.AddSignals(t.Context(), []store.SignalRow{{Receiver: "app", Event: "delete", Data: "{"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	h.owe("app", "ada")
	if diff := cmp.Diff(Tally{Sent: 1, Refused: 1}, h.deliver(newLane(h.transmitter(), a.receiver(h)))); diff != "" {
		t.Error(diff)
	}
	if rows := h.owed(); len(rows) != 1 || rows[0].RefusedAt.IsZero() {
		t.Errorf("owed: %+v", rows)
	}
}

func TestTry(t *testing.T) {
	h := newHub(t)
	a := newApp(h)
	tr := h.transmitter()
	if err := tr.Try(t.Context(), a.receiver(h), "operator:ada"); err != nil {
		t.Error(err)
	}
	a = newApp(h)
	a.answers(reply(400, "application/json", `{"err":"invalid_issuer","description":"unknown"}`))
	if err := tr.Try(t.Context(), a.receiver(h), "operator:ada"); err == nil || !strings.Contains(err.Error(), "invalid_issuer: unknown") {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"operator:ada signal.tested receiver:app", "operator:ada signal.tested receiver:app"}, h.log()); diff != "" {
		t.Error(diff)
	}
	if rows := h.owed(); len(rows) != 0 {
		t.Errorf("a test is owed: %+v", rows)
	}
}
