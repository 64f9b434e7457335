package grants

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func at(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

// hour is a grant from noon for an hour that must be there within half an hour.
func hour() Grant {
	return New(&Request{N: 7, Kind: KindRequest, UserN: 3, User: "ada", Group: "prod", Duration: time.Hour, Start: noon}, "g1", noon, 30*time.Minute)
}

func begun(g Grant, minutes int) Grant { g.BegunAt = at(minutes); return g }

func active(minutes int) Grant {
	g := begun(hour(), minutes)
	g.Activate(at(minutes))
	return g
}

func stopped(g Grant, how string, minutes int) Grant {
	g.Stop(how, "user:olga", "why", at(minutes))
	return g
}

func settled(g Grant, minutes int) Grant { g.SettledAt = at(minutes); return g }

func TestStatesOfAGrant(t *testing.T) {
	bounded := hour()
	bounded.Bound(at(20))
	for _, tt := range []struct {
		name    string
		g       Grant
		minutes int
		state   string
		gives   bool
		end     time.Time
		overdue time.Duration
	}{
		{"ahead", hour(), -1, Scheduled, false, at(30), 0},
		{"at its start", hour(), 0, Activating, true, at(30), 0},
		{"begun", begun(hour(), 0), 10, Activating, true, at(30), 0},
		{"begun, and the clock set back before its start", begun(hour(), 0), -10, Activating, true, at(30), 0},
		{"seen", active(5), 10, Active, true, at(65), 0},
		{"seen, a moment before its end", active(5), 64, Active, true, at(65), 0},
		{"at its end", active(5), 65, Ending, false, at(65), 0},
		{"after its end", active(5), 75, Ending, false, at(65), 10 * time.Minute},
		{"not there in time", begun(hour(), 0), 40, Ending, false, at(30), 10 * time.Minute},
		{"not there in time, as seen", stopped(begun(hour(), 0), OverFailed, 35), 40, Failed, false, at(30), 10 * time.Minute},
		{"never begun, its time up", hour(), 40, Ending, false, at(30), 0},
		{"revoked", stopped(active(5), OverRevoked, 10), 12, Ending, false, at(10), 2 * time.Minute},
		{"revoked, and the clock set back", stopped(active(5), OverRevoked, 10), 6, Ending, false, at(10), 0},
		{"revoked before it began", stopped(hour(), OverRevoked, -5), -1, Ended, false, at(-5), 0},
		{"gone", settled(stopped(active(5), OverRevoked, 10), 12), 20, Ended, false, at(10), 0},
		{"failed and gone", settled(stopped(begun(hour(), 0), OverFailed, 10), 12), 20, Failed, false, at(10), 0},
		{"bounded", bounded, 19, Activating, true, at(20), 0},
		{"at its bound", bounded, 20, Ending, false, at(20), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now := at(tt.minutes)
			got := []any{tt.g.State(now), tt.g.Gives(now), tt.g.End(), tt.g.Overdue(now)}
			if d := cmp.Diff([]any{tt.state, tt.gives, tt.end, tt.overdue}, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestTheClockRunsFromWhenItIsThere(t *testing.T) {
	g := begun(hour(), 0)
	if g.EndsAt != at(60) {
		t.Errorf("if it were there at once it would end at %s", g.EndsAt)
	}
	g.Activate(at(25))
	if g.EndsAt != at(85) {
		t.Errorf("there at 12:25 for an hour it ends at %s", g.EndsAt)
	}
	g.Lengthen(30 * time.Minute)
	if g.EndsAt != at(115) || g.Duration != 90*time.Minute {
		t.Errorf("half an hour longer it ends at %s after %s", g.EndsAt, g.Duration)
	}
	g.Bound(at(100))
	if g.EndsAt != at(100) {
		t.Errorf("bounded it ends at %s", g.EndsAt)
	}
	g.Lengthen(time.Hour)
	if g.EndsAt != at(100) {
		t.Errorf("longer than its bound it ends at %s", g.EndsAt)
	}
}

func TestAGrantStopsOnce(t *testing.T) {
	g := active(5)
	if !g.Stop(OverReturned, "user:ada", "", at(10)) || g.Stop(OverRevoked, "user:olga", "late", at(11)) {
		t.Error("it does not stop once")
	}
	if g.Over != OverReturned || g.OverAt != at(10) || g.OverBy != "user:ada" {
		t.Errorf("it is over by %s of %s at %s", g.Over, g.OverBy, g.OverAt)
	}
	late := active(5)
	late.Stop(OverByTime, "hub", "", at(90))
	if late.OverAt != at(65) {
		t.Errorf("seen late, it was over at %s", late.OverAt)
	}
}

func TestALateApprovalGivesTheWholeTime(t *testing.T) {
	g := New(&Request{Start: at(-30), Duration: time.Hour}, "g", noon, time.Minute)
	if g.StartsAt != noon || g.Deadline != at(1) || g.EndsAt != at(60) {
		t.Errorf("from %s, there by %s, to %s", g.StartsAt, g.Deadline, g.EndsAt)
	}
}

func TestStatesOfARequest(t *testing.T) {
	open := Request{ExpiresAt: noon}
	denied := Request{ExpiresAt: noon, Outcome: Denied}
	for _, tt := range []struct {
		r       Request
		minutes int
		want    string
	}{{open, -1, Pending}, {open, 0, Expired}, {open, 1, Expired}, {denied, -1, Denied}, {denied, 1, Denied}} {
		if got := tt.r.State(at(tt.minutes)); got != tt.want || tt.r.Open(at(tt.minutes)) != (got == Pending) {
			t.Errorf("%+v is %s", tt, got)
		}
	}
	mine := Request{UserN: 3, ByN: 4}
	if !mine.Concerns(3) || !mine.Concerns(4) || mine.Concerns(5) || (&Request{}).Concerns(0) {
		t.Error("it does not concern who asks and who gets")
	}
}

func TestADelegationHolds(t *testing.T) {
	d := Delegation{Start: noon, End: at(60)}
	ended := Delegation{Start: noon, End: at(60), RevokedAt: at(1)}
	for minutes, want := range map[int]bool{-1: false, 0: true, 59: true, 60: false} {
		if d.Holds(at(minutes)) != want || ended.Holds(at(minutes)) {
			t.Errorf("at %d minutes", minutes)
		}
	}
}

// drawGrant is any grant that the desk and the run can make.
func drawGrant(t *rapid.T) Grant {
	minutes := func(name string, from, to int) int { return rapid.IntRange(from, to).Draw(t, name) }
	r := &Request{UserN: 1, Start: at(minutes("start", -30, 90)), Duration: time.Duration(minutes("duration", 1, 90)) * time.Minute}
	g := New(r, "g", at(minutes("approved", -30, 60)), time.Duration(minutes("limit", 1, 60))*time.Minute)
	if rapid.Bool().Draw(t, "bounded") {
		g.Bound(at(minutes("bound", -60, 180)))
	}
	from := int(g.StartsAt.Sub(noon) / time.Minute)
	if rapid.Bool().Draw(t, "begun") {
		g.BegunAt = at(from + minutes("begun after", 0, 10))
		if rapid.Bool().Draw(t, "there") {
			g.Activate(g.BegunAt.Add(time.Duration(minutes("there after", 0, 30)) * time.Minute))
			if rapid.Bool().Draw(t, "longer") {
				g.Lengthen(time.Duration(minutes("by", 1, 60)) * time.Minute)
			}
		}
	}
	if rapid.Bool().Draw(t, "stopped") {
		g.Stop(rapid.SampledFrom([]string{OverByTime, OverReturned, OverRevoked, OverLifecycle, OverFailed}).Draw(t, "how"), "x", "", at(minutes("stopped at", -30, 240)))
		if rapid.Bool().Draw(t, "settled") {
			g.SettledAt = g.OverAt.Add(time.Minute)
		}
	}
	return g
}

// rank is how far a state is on its way.
var rank = map[string]int{Scheduled: 0, Activating: 1, Active: 2, Ending: 3, Ended: 4, Failed: 4}

func TestWhatIsOverStaysOver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGrant(t)
		one, two := at(rapid.IntRange(-120, 400).Draw(t, "one")), at(rapid.IntRange(-120, 400).Draw(t, "two"))
		if two.Before(one) {
			one, two = two, one
		}
		if rank[g.State(one)] > rank[g.State(two)] {
			t.Fatalf("%s at %s, %s at %s", g.State(one), one, g.State(two), two)
		}
		if g.IsOver(one) && !g.IsOver(two) {
			t.Fatalf("over at %s, and not at %s", one, two)
		}
		if g.Overdue(two) < g.Overdue(one) {
			t.Fatalf("less overdue later")
		}
		g.Stop(OverByTime, "hub", "", two)
		end := g.End()
		for _, back := range []time.Time{one, two, at(-1000)} { // once it is on record, whatever the clock says
			if !g.IsOver(back) || g.Gives(back) || g.End() != end {
				t.Fatalf("stopped at %s it is not over at %s", two, back)
			}
		}
	})
}

func TestWhatGivesIsUnderWayAndNotOver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, now := drawGrant(t), at(rapid.IntRange(-120, 400).Draw(t, "now"))
		state := g.State(now)
		if under := state == Activating || state == Active; g.Gives(now) != under {
			t.Fatalf("%s gives: %v", state, g.Gives(now))
		}
		if g.Gives(now) && (g.IsOver(now) || g.Overdue(now) > 0) {
			t.Fatal("it gives and is over")
		}
		if !g.NotAfter.IsZero() && g.Gives(g.NotAfter) {
			t.Fatal("it gives after its bound")
		}
		if !g.ActivatedAt.IsZero() && g.EndsAt.After(g.ActivatedAt.Add(g.Duration)) {
			t.Fatal("it lasts longer than it was given for")
		}
	})
}

func TestTheNextTurnIsTheFirstChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, now := drawGrant(t), at(rapid.IntRange(-120, 400).Draw(t, "now"))
		next := g.NextTurn(now)
		if !next.IsZero() && !next.After(now) {
			t.Fatalf("the next turn after %s is at %s", now, next)
		}
		last := next
		if last.IsZero() {
			last = now.Add(1000 * time.Minute)
		}
		for moment := now; moment.Before(last); moment = moment.Add(time.Minute) { // everything is at whole minutes
			if g.State(moment) != g.State(now) || g.Gives(moment) != g.Gives(now) {
				t.Fatalf("%s at %s, %s at %s already; the next turn is at %s", g.State(now), now, g.State(moment), moment, next)
			}
		}
		if !next.IsZero() && g.State(next) == g.State(now) && g.Gives(next) == g.Gives(now) {
			t.Fatalf("nothing turns at %s: %s", next, g.State(next))
		}
	})
}
