package sourcetest

import (
	"fmt"
	"slices"
	"time"

	"birthright/identity"
)

// ContextNow is when context worlds are looked at: sources that ask for a window
// of time must be opened with a clock that shows it.
var ContextNow = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// hour is a number of hours from ContextNow.
func hour(n int) time.Time { return ContextNow.Add(time.Duration(n) * time.Hour) }

func shift(name, person string, start, end int) identity.Fact {
	return identity.Fact{Kind: identity.FactShift, Name: name, Person: person, Start: hour(start), End: hour(end)}
}

// rota is the world that most cases look at: one in the middle, one ahead, two at
// once, one person in two schedules, names of several scripts, an open ticket.
func rota(tickets bool) []identity.Fact {
	world := []identity.Fact{
		shift("Platform, primary", "ada@x.test", -4, 4),
		shift("Platform, primary", "björk@x.test", 4, 12),
		shift("Daten & Netze", "o'neil@x.test", -1, 1),
		shift("Daten & Netze", "chen@x.test", -1, 1),
		shift("平台", "ada@x.test", -2, 20),
	}
	if tickets {
		world = append(world, identity.Fact{Kind: identity.FactTicket, Name: "mail", Person: "ada@x.test", Start: hour(-90)})
	}
	return world
}

// rush is a world of n shifts, more than a source fetches at once.
func rush(n int) []identity.Fact {
	world := make([]identity.Fact, n)
	for i := range world {
		world[i] = shift("Platform, primary", fmt.Sprintf("user%05d@x.test", i), -1, 5)
	}
	return world
}

// rota is the world as the kind can tell it.
func (h ContextHarness) rota() []identity.Fact { return h.ofKind(rota(h.Tickets || h.OnlyTickets)) }

// rush is the same of n.
func (h ContextHarness) rush(n int) []identity.Fact { return h.ofKind(rush(n)) }

// ofKind makes tickets of shifts where the kind has no others: they begin, and have no
// end.
func (h ContextHarness) ofKind(world []identity.Fact) []identity.Fact {
	for i := range world {
		if h.OnlyTickets {
			world[i].Kind, world[i].End = identity.FactTicket, time.Time{}
		}
	}
	return world
}

// described returns facts by what they say, without their keys, sorted.
func described(facts []identity.Fact) []string {
	out := make([]string, len(facts))
	for i, f := range facts {
		end := "open"
		if !f.End.IsZero() {
			end = f.End.UTC().Format(time.RFC3339)
		}
		out[i] = fmt.Sprintf("%s %s: %s from %s to %s", f.Kind, f.Name, f.Person, f.Start.UTC().Format(time.RFC3339), end)
	}
	slices.Sort(out)
	return out
}
