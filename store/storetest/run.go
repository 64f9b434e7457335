package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"birthright/audit"
	"birthright/identity"
	"birthright/store"
)

// Case is one clause of the contract.
type Case struct {
	Name string
	Why  string // what goes wrong in the hub where this does not hold
	Run  func(h *Hub)
}

// Cases returns the contract.
func Cases() []Case {
	return slices.Concat(transactionCases, recordCases, groupCases, userCases, membershipCases, targetCases, workCases, runCases, ledgerCases,
		clientCases, conversationCases, signalCases, deliveryCases, policyCases, factCases, answerCases, auditCases, requestCases, grantCases, observedCases, historyCases, reportCases, campaignCases, periodCases, sessionCases)
}

// Run runs every case on a database of its own.
func Run(t *testing.T, open func(t *testing.T, o store.Options) *store.DB) {
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			h := &Hub{T: t, clock: epoch}
			h.DB = open(t, store.Options{Now: h.now, NewID: h.newID})
			c.Run(h)
			if t.Failed() {
				t.Log("why this matters: " + c.Why)
			}
		})
	}
}

// epoch is when every case starts.
var epoch = time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)

// Hub is a database under test with a clock and identifiers of the test's own.
type Hub struct {
	*testing.T
	DB *store.DB

	mu    sync.Mutex
	clock time.Time
	ids   int
}

func (h *Hub) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clock
}

func (h *Hub) newID() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ids++
	return fmt.Sprintf("id-%04d", h.ids)
}

func (h *Hub) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(d)
}

func (h *Hub) update(fn func(tx *store.Tx) error) {
	h.Helper()
	h.must(h.DB.Update(h.Context(), fn))
}

func (h *Hub) view(fn func(tx *store.Tx) error) {
	h.Helper()
	h.must(h.DB.View(h.Context(), fn))
}

func (h *Hub) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// is sees that err has this kind.
func (h *Hub) is(err error, kind identity.Kind) {
	h.Helper()
	if identity.KindOf(err) != kind {
		h.Errorf("got error %v of kind %q, want kind %q", err, identity.KindOf(err), kind)
	}
}

func (h *Hub) same(what string, got, want any) {
	h.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		h.Errorf("%s is not as expected (-want +got):\n%s", what, diff)
	}
}

var errPlanned = errors.New("planned failure")

// event is an audit event for tests.
func event(action string) audit.Event {
	return audit.Event{Actor: "operator:test", Action: action, Subject: "user:ada", Detail: map[string]any{"n": 1}}
}

// person returns a record without a number.
func person(source, key string, pairs ...string) *identity.Record {
	r := &identity.Record{Source: source, Key: key, Attributes: identity.Attributes{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		r.Attributes[pairs[i]] = append(r.Attributes[pairs[i]], pairs[i+1])
	}
	return r
}
