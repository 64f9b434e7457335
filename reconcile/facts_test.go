package reconcile_test

import (
	"errors"
	"testing"
	"time"

	"birthright/identity"
	"birthright/plan"
	"birthright/reconcile"
	"birthright/sources"
	"birthright/sources/sourcetest"
)

// onCall is a policy of shifts and tickets.
const onCall = `
groups:
  - {name: support, access: ["app:group/support"]}
  - {name: repair, access: ["app:group/repair"]}
  - {name: sellers, access: ["app:group/support"]}
rules:
  - {name: on-call, when: oncall("primary"), groups: [support]}
  - {name: ticket, when: hasTicket("mail"), groups: [repair]}
  - {name: sellers, when: user.department == "Sales", groups: [sellers]}
`

// withPager is a hub that believes the source pager for 15 minutes.
func withPager(t *testing.T, shape func(*reconcile.Options)) (*hub, *sourcetest.Rota) {
	t.Helper()
	h := newHub(t, onCall, func(o *reconcile.Options) {
		o.MaxAge = map[string]time.Duration{"pager": 15 * time.Minute}
		if shape != nil {
			shape(o)
		}
	})
	h.full()
	return h, sourcetest.NewRota(sources.Terms{Match: []string{identity.AttrUserName}})
}

// fact is a fact about a person from one time to another, minutes from noon.
func fact(kind, name, person string, start, end int) identity.Fact {
	f := identity.Fact{Kind: kind, Name: name, Person: person, Start: noon.Add(time.Duration(start) * time.Minute)}
	if end != 0 {
		f.End = noon.Add(time.Duration(end) * time.Minute)
	}
	return f
}

// hear imports what pager tells now.
func (h *hub) hear(r *sourcetest.Rota) {
	h.Helper()
	_, err := h.intake.ImportFacts(h.Context(), "pager", r)
	h.must(err)
}

// untilMinute lets time pass until some minutes after noon.
func (h *hub) untilMinute(n int) {
	h.Helper()
	h.pass(noon.Add(time.Duration(n) * time.Minute).Sub(h.now()))
}

// looks are the two loops, each of which must see what time does by itself.
var looks = map[string]func(h *hub){"event loop": func(h *hub) { h.steps() }, "full run": func(h *hub) { h.full() }}

func TestAShiftGivesAndItsEndTakesThoughTheProviderIsDown(t *testing.T) {
	for name, look := range looks {
		t.Run(name, func(t *testing.T) {
			h, pager := withPager(t, nil)
			h.join("ada")
			h.join("bob")
			pager.Set(fact(identity.FactShift, "primary", "ada", 10, 60), fact(identity.FactShift, "primary", "bob", 60, 90))
			h.hear(pager)
			look(h)
			h.onApp()
			h.untilMinute(10)
			look(h)
			h.onApp("ada: group/support")
			h.quiet()

			// From here on nothing is heard of the provider any more.
			pager.Fail(errors.New("down"))
			h.untilMinute(59)
			look(h)
			h.onApp("ada: group/support")
			h.open() // a restart in between loses nothing
			h.untilMinute(60)
			look(h)
			h.onApp("ada:")
			h.quiet()

			// Bob's shift began when nobody could know any more whether it would.
			h.untilMinute(70)
			look(h)
			h.onApp("ada:")
			pager.Fail(nil)
			h.hear(pager)
			look(h)
			h.onApp("ada:", "bob: group/support")
			h.untilMinute(90)
			look(h)
			h.onApp("ada:", "bob:")
			h.quiet()
			h.steps()
			h.onApp("ada:", "bob:")
			h.orderly()
		})
	}
}

func TestATicketIsClosedOrRunsOutUnread(t *testing.T) {
	for name, look := range looks {
		t.Run(name, func(t *testing.T) {
			h, pager := withPager(t, nil)
			h.join("ada")
			h.join("bob")
			pager.Set(fact(identity.FactTicket, "mail", "ada", -9000, 0), fact(identity.FactTicket, "mail", "bob", -5, 0))
			h.hear(pager)
			look(h)
			h.onApp("ada: group/repair", "bob: group/repair")
			pager.Set(fact(identity.FactTicket, "mail", "bob", -5, 0))
			h.hear(pager)
			look(h)
			h.onApp("ada:", "bob: group/repair")
			h.untilMinute(23 * 60)
			look(h)
			h.onApp("ada:", "bob: group/repair")
			h.untilMinute(24*60 + 1)
			look(h)
			h.onApp("ada:", "bob:")
			h.quiet()
			h.orderly()
		})
	}
}

// Only those whose shift turns are looked at.
func TestATurnConcernsNobodyElse(t *testing.T) {
	h, pager := withPager(t, nil)
	h.crowd("Engineering", 20)
	h.join("ada")
	pager.Set(fact(identity.FactShift, "primary", "ada", 0, 60), fact(identity.FactShift, "primary", "engineering003", 0, 90))
	h.hear(pager)
	h.steps()
	calls := h.app.Counts().Applies
	h.untilMinute(60)
	h.same("steps", h.steps(), 1)
	h.same("calls", h.app.Counts().Applies-calls, 1)
	h.onApp("ada:", "engineering003: group/support")
}

// A shift's end is an end time that somebody set: no guard may hold it.
func TestTheEndOfManyShiftsIsNotHeld(t *testing.T) {
	for name, look := range looks {
		t.Run(name, func(t *testing.T) {
			h, pager := withPager(t, limits(plan.Limits{Removals: 3, Percent: -1}))
			people := h.crowd("Engineering", 12)
			var shifts []identity.Fact
			for _, p := range people {
				shifts = append(shifts, fact(identity.FactShift, "primary", p, 0, 60))
			}
			pager.Set(shifts...)
			h.hear(pager)
			look(h)
			h.untilMinute(60)
			h.same("planned, not held", held(mustPlan(h, reconcile.Request{})), 0)
			look(h)
			h.same("held", len(h.held()), 0)
			h.same("on app", has(h.app)[0], "engineering000:")
			h.same("on app", has(h.app)[11], "engineering011:")
			h.quiet()
		})
	}
}

// Shifts that vanish before their time are no end time: the guard looks at them.
func TestShiftsThatVanishAreHeld(t *testing.T) {
	h, pager := withPager(t, limits(plan.Limits{Removals: 3, Percent: -1}))
	people := h.crowd("Engineering", 12)
	var shifts []identity.Fact
	for _, p := range people {
		shifts = append(shifts, fact(identity.FactShift, "primary", p, 0, 60))
	}
	pager.Set(shifts...)
	h.hear(pager)
	h.steps()
	pager.Set()
	h.hear(pager)
	h.full()
	h.same("held", len(h.held()), 12)
}

// That a removal was ordered is not forgotten while a target is down, nor by a
// program that was killed after it decided.
func TestAnEndIsKnownForAsLongAsItIsOwed(t *testing.T) {
	h, pager := withPager(t, limits(plan.Limits{Removals: 0, Percent: -1}))
	h.join("ada")
	pager.Set(fact(identity.FactShift, "primary", "ada", 0, 60))
	h.hear(pager)
	h.steps()
	h.down(h.app)
	h.untilMinute(60)
	h.steps()
	h.onApp("ada: group/support")
	h.same("overdue", len(h.overdue()), 1)
	h.open()
	h.pass(48 * time.Hour)
	h.up(h.app)
	h.steps()
	h.onApp("ada:")
	h.same("held", len(h.held()), 0)
	h.orderly()
}

// What was given anew has not ended: taking that away is for the guard to look at.
func TestAnEndIsForgottenWhenItIsGivenAnew(t *testing.T) {
	h, pager := withPager(t, limits(plan.Limits{Removals: 0, Percent: -1}))
	h.join("ada")
	pager.Set(fact(identity.FactShift, "primary", "ada", 0, 60))
	h.hear(pager)
	h.steps()
	h.down(h.app)
	h.untilMinute(60)
	h.steps()
	h.change("ada", "department", "Sales")
	h.up(h.app)
	h.pass(time.Hour)
	h.steps()
	h.onApp("ada: group/support")
	h.quiet()
	h.change("ada", "department", "Legal")
	h.steps()
	h.onApp("ada: group/support")
	h.same("held", len(h.held()), 1)
}

// Access that something else gives as well has not ended with the shift.
func TestWhatARuleGivesStays(t *testing.T) {
	h, pager := withPager(t, limits(plan.Limits{Removals: 0, Percent: -1}))
	h.join("ada", "department", "Sales")
	pager.Set(fact(identity.FactShift, "primary", "ada", 0, 60))
	h.hear(pager)
	h.steps()
	h.untilMinute(60)
	h.steps()
	h.onApp("ada: group/support")
	h.change("ada", "department", "Legal")
	h.steps()
	h.onApp("ada: group/support")
	h.same("held", len(h.held()), 1)
}

func held(report reconcile.Report) (n int) {
	for _, run := range report.Runs {
		n += len(run.Held)
	}
	return n
}

// A ticket that is open for days ends later with each read. What then takes its
// access away is not its end.
func TestATicketThatIsReadAgainHasNotEnded(t *testing.T) {
	h, pager := withPager(t, limits(plan.Limits{Removals: 0, Percent: -1}))
	h.join("ada")
	pager.Set(fact(identity.FactTicket, "mail", "ada", 0, 0))
	for hours := range 30 {
		h.untilMinute(60 * hours)
		h.hear(pager)
		h.steps()
	}
	h.onApp("ada: group/repair")
	pager.Set()
	h.hear(pager)
	h.steps()
	h.onApp("ada: group/repair")
	h.same("held", len(h.held()), 1)
	pager.Set(fact(identity.FactTicket, "mail", "ada", 0, 0))
	h.hear(pager)
	h.steps()
	h.same("held", len(h.held()), 0)
	h.pass(25 * time.Hour)
	h.steps()
	h.onApp("ada:")
	h.orderly()
}
