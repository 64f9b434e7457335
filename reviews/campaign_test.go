package reviews

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestStates(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	c := Campaign{Created: at, Due: at.Add(10 * day), CloseAt: at.Add(12 * day)}
	if got := []string{c.State(at), c.State(c.Due), c.State(c.CloseAt)}; !slices.Equal(got, []string{Open, Overdue, Overdue}) {
		t.Error(got)
	}
	if !c.Decides(c.Due) || c.Decides(c.CloseAt) {
		t.Error("decisions are taken until it closes, and not after")
	}
	c.ClosedAt = at
	if c.State(at) != Closing || c.Decides(at) {
		t.Error(c.State(at))
	}
	c.SettledAt = at
	if c.State(at) != Removing {
		t.Error(c.State(at))
	}
	c.CompletedAt = at
	if c.State(at) != Completed {
		t.Error(c.State(at))
	}
	for want, i := range map[string]Item{
		Waiting: {}, Decided: {Outcome: Kept}, Leaving: {Outcome: Revoked}, Gone: {Outcome: Shortened, GoneAt: at}, Voided: {Outcome: Void},
	} {
		if i.State() != want {
			t.Errorf("%+v is %s, want %s", i, i.State(), want)
		}
	}
}

func TestReminders(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	c := Campaign{Created: at, Due: at.Add(10 * day), CloseAt: at.Add(13 * day)}
	var days []time.Duration
	for next := c.NextReminder(at); !next.IsZero(); next = c.NextReminder(next) {
		days = append(days, next.Sub(at)/day)
	}
	if want := []time.Duration{5, 7, 9, 10, 11, 12}; !slices.Equal(days, want) {
		t.Errorf("reminders on days %v, want %v", days, want)
	}
}

// A reminder is always ahead and before the close; there is one for as long as there is
// time for one.
func TestRemindersAreAhead(t *testing.T) {
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		span := func(name string) time.Duration {
			return time.Duration(rapid.Int64Range(0, int64(40*day)).Draw(t, name))
		}
		c := Campaign{Created: start, Due: start.Add(span("lasts"))}
		c.CloseAt = c.Due.Add(span("grace"))
		after := start.Add(span("after"))
		next := c.NextReminder(after)
		if !next.IsZero() && (!next.After(after) || !next.Before(c.CloseAt)) {
			t.Fatalf("the reminder after %v is at %v, the close at %v", after, next, c.CloseAt)
		}
		if next.IsZero() && c.CloseAt.Sub(after) > day && c.CloseAt.After(c.Due.Add(2*day)) {
			t.Fatalf("no reminder after %v, though it closes at %v", after, c.CloseAt)
		}
	})
}
