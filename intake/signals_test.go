package intake_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/intake"
	"birthright/signals"
	"birthright/store"
)

// telling are options with one receiver that takes everything.
func telling() intake.Options {
	o := options()
	o.Signals = intake.Signals{
		Receivers: []signals.Receiver{{Name: "app", Events: signals.All(), Subject: signals.Subject{Format: "email", Issuer: "https://hub.example.com"}}},
		Pushing:   []string{"okta"},
	}
	return o
}

// owed returns the signals that the hub owes, and forgets them.
func (h *hub) owed() (rows []store.SignalRow) {
	h.t.Helper()
	ctx := h.t.Context()
	err := h.db.Update(ctx, func(tx *store.Tx) (err error) {
		if rows, err = tx.Signals(ctx, store.SignalFilter{}); err != nil {
			return err
		}
		ids := make([]string, len(rows))
		for i, row := range rows {
			ids[i] = row.ID
		}
		return tx.EndSignals(ctx, ids)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return rows
}

// told lists what the hub owes since the last call, as events of people.
func (h *hub) told() (events []string) {
	h.t.Helper()
	for _, row := range h.owed() {
		events = append(events, row.Event+" "+row.UserName)
	}
	return events
}

func of(user string, events ...signals.Event) (out []string) {
	for _, e := range events {
		out = append(out, string(e)+" "+user)
	}
	return out
}

var (
	disabled = []signals.Event{signals.SessionRevoked, signals.AccountDisabled, signals.Deactivate}
	deleted  = []signals.Event{signals.AccountPurged, signals.Delete}
	let      = []signals.Event{signals.AccountEnabled, signals.Activate}
)

func TestSignalsOfAPushedLife(t *testing.T) {
	h := newHub(t, telling())
	var ada identity.Record
	set := func(pairs ...string) func() error {
		return func() error { _, err := h.set("okta", ada.ID, pairs...); return err }
	}
	remove := func() error { return h.Remove(t.Context(), "okta", ada.ID, nil) }
	push := func(pairs ...string) func() error {
		return func() error {
			ada = h.create("okta", append([]string{"userName", "ada", "email", "ada@x"}, pairs...)...)
			return nil
		}
	}
	for _, s := range []struct {
		name string
		do   func() error
		want []string
	}{
		{"appears", push("active", "true"), nil},
		{"changes department", set("department", "D"), nil},
		{"is suspended", set("active", "false"), of("ada", disabled...)},
		{"changes while suspended", set("department", "E"), nil},
		{"is deleted after that", remove, of("ada", deleted...)},
		{"comes back", push("active", "true"), of("ada", let...)},
		{"is deleted at once", remove, of("ada", slices.Concat(disabled, deleted)...)},
		{"comes back suspended", push("active", "false"), nil},
		{"is let in", set("active", "true"), of("ada", let...)},
		{"goes on leave", set("onLeave", "true"), nil},
		{"is suspended while on leave", set("active", "false"), of("ada", disabled...)},
		{"is deleted again", remove, of("ada", deleted...)},
	} {
		if err := s.do(); err != nil {
			t.Fatal(s.name, err)
		}
		if diff := cmp.Diff(s.want, h.told()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", s.name, diff)
		}
	}
}

// An end date is kept by the calendar, not by a push: the sessions end with it,
// and the deletion is told when the record goes.
func TestSignalsOfTheCalendar(t *testing.T) {
	h := newHub(t, telling())
	ada := h.create("okta", "userName", "ada", "email", "ada@x", "startDate", "2026-11-24", "endDate", "2026-12-01")
	h.told()
	for _, s := range []struct {
		name string
		now  time.Time
		want []string
	}{
		{"the first day", noon.AddDate(0, 0, 1), nil},
		{"the end", noon.AddDate(0, 0, 9), of("ada", disabled...)},
		{"after the end", noon.AddDate(0, 0, 10), nil},
	} {
		h.clock = s.now
		if _, err := h.Refresh(t.Context(), []int64{ada.UserN}, s.now); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s.want, h.told()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", s.name, diff)
		}
	}
	if err := h.Remove(t.Context(), "okta", ada.ID, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(of("ada", deleted...), h.told()); diff != "" {
		t.Error(diff)
	}
}

// Whoever has another record left has only lost one source.
func TestSignalsOfTwoSources(t *testing.T) {
	h := newHub(t, telling())
	h.pull("corp", fake{people: []identity.Record{person("1", "userName", "ada", "email", "ada@x")}})
	ada := h.create("okta", "userName", "ada", "email", "ada@x")
	if err := h.Remove(t.Context(), "okta", ada.ID, nil); err != nil {
		t.Fatal(err)
	}
	if told := h.told(); told != nil {
		t.Errorf("told %q of somebody whom a source still has", told)
	}
	h.pull("corp", fake{people: []identity.Record{person("1", "userName", "ada", "email", "ada@x", "active", "false")}})
	if diff := cmp.Diff(of("ada", disabled...), h.told()); diff != "" {
		t.Error(diff)
	}
}

// Of a whole import, those who are missing are told as deleted; a held one tells
// nothing.
func TestSignalsOfAnImport(t *testing.T) {
	h := newHub(t, telling())
	people := crowd(20)
	h.pull("hr", fake{people: people})
	h.refusedPull("hr", fake{people: people[10:]}, identity.Held)
	if told := h.told(); told != nil {
		t.Errorf("a held import told %q", told)
	}
	h.pull("hr", fake{people: people[1:]})
	if diff := cmp.Diff(of("user0", slices.Concat(disabled, deleted)...), h.told()); diff != "" {
		t.Error(diff)
	}
}

// A failed transaction owes nobody anything, and its bell does not ring.
func TestSignalsAreWrittenWithTheChange(t *testing.T) {
	o := telling()
	rung := 0
	o.Signals.Notify = func() { rung++ }
	h := newHub(t, o)
	ada := h.create("okta", "userName", "ada", "email", "ada@x")
	if rung != 0 {
		t.Error("the bell rang for a newcomer")
	}
	if _, err := h.set("okta", ada.ID, "active", "false"); err != nil {
		t.Fatal(err)
	}
	if rung != 1 || len(h.told()) != 3 {
		t.Errorf("the bell rang %d times", rung)
	}
	if _, err := h.set("okta", ada.ID, "active", "true"); err != nil {
		t.Fatal(err)
	}
	h.told()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := h.Update(ctx, "okta", ada.ID, func(r identity.Record) (identity.Record, error) {
		r.Attributes.Set("active", "false")
		cancel()
		return r, nil
	})
	if err == nil || h.told() != nil || rung != 2 {
		t.Errorf("%v; the bell rang %d times", err, rung)
	}
}

// Directories take the address of whom they disable away: the receiver is told
// the one that it knows.
func TestSignalsNameWhomTheReceiverKnows(t *testing.T) {
	h := newHub(t, telling())
	ada := h.create("okta", "userName", "ada", "email", "ada@x", "externalId", "00u1", "employeeNumber", "7")
	h.told()
	if _, err := h.set("okta", ada.ID, "active", "false", "email", "disabled-1@x", "userName", "zz-ada"); err != nil {
		t.Fatal(err)
	}
	got := map[string]any{}
	txns := map[string]bool{}
	for _, row := range h.owed() {
		var p struct {
			SubID map[string]any `json:"sub_id"`
			Txn   string
		}
		if err := json.Unmarshal([]byte(row.Data), &p); err != nil {
			t.Fatal(err)
		}
		got[row.Event] = p.SubID
		txns[p.Txn] = true
	}
	user := map[string]any{"format": "email", "email": "ada@x"}
	want := map[string]any{
		"session-revoked": user, "account-disabled": user,
		"deactivate": map[string]any{
			"format": "scim", "uri": "/Users/" + ada.ID, "id": ada.ID, "externalId": "00u1", "userName": "ada",
			"emails": []any{map[string]any{"value": "ada@x", "primary": true}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(txns) != 1 || txns[""] {
		t.Errorf("one change has the transactions %v", txns)
	}
}

// Without receivers nothing is kept, and many are told of many in one go.
func TestSignalsOfMany(t *testing.T) {
	h := newHub(t, options())
	h.pull("hr", fake{people: crowd(30)})
	gone := func() []identity.Record {
		people := crowd(30)
		for i := range people {
			people[i].Attributes.Set("active", fmt.Sprint(i%2 == 0))
		}
		return people
	}
	h.pull("hr", fake{people: gone()})
	if told := h.told(); told != nil {
		t.Errorf("owed without a receiver: %q", told)
	}
	h.pull("hr", fake{people: crowd(30)})
	h.reopen(telling())
	h.pull("hr", fake{people: gone()})
	if told := h.told(); len(told) != 15*3 {
		t.Errorf("%d signals, want %d", len(told), 15*3)
	}
}
