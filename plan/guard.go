package plan

import (
	"fmt"
	"strconv"
)

// Limits say how many removals that nobody ordered one target may see within
// 24 hours. A run alone and a slow drip are measured with the same yardstick.
type Limits struct {
	// Removals is the most that pass; negative means no limit.
	Removals int
	// Percent is the largest share of the managed assignments, 0 to 100;
	// negative means no limit.
	Percent float64
	// Floor is the number up to which Percent does not trip: in a small company
	// one mover is a large share.
	Floor int
}

// Standing is what the guard must know of the target besides the plan.
type Standing struct {
	// Managed is the number of assignments that are the hub's before this plan.
	Managed int
	// Recent is the number of removals that nobody ordered and that were made
	// within the last 24 hours.
	Recent int
	// Held are the changes that a guard stopped before and nobody let go since:
	// the reasons by ID. Released are those that a person let go.
	Held     map[string]string
	Released map[string]bool
	// Refused are those that a person looked at and does not want: why, by ID.
	Refused map[string]string
}

// Stopped is a change that a guard held, with the reason.
type Stopped struct {
	Change Change
	Reason string
	// Refused says that a person does not want the change: nobody is asked again.
	Refused bool
}

// Guard separates what may go from what a person must look at first. A removal
// goes if the lifecycle, an end time or a person ordered it; the others go
// together or not at all. One that was held stays held until it is released,
// even when the numbers would let it pass by now. One that a person refused stays, and
// counts for nothing: it must not hold up what else is to go.
func Guard(l Limits, s Standing, changes []Change) (pass []Change, held []Stopped) {
	pass = make([]Change, 0, len(changes))
	var unordered []Change
	waiting := 0
	for _, c := range changes {
		reason, heldBefore := s.Held[c.ID]
		switch {
		case !c.Action.Removes() || c.Ordered:
			pass = append(pass, c)
		case s.Released[c.ID]:
			c.Ordered = true // a person did, by releasing it
			pass = append(pass, c)
		case s.Refused[c.ID] != "":
			held = append(held, Stopped{Change: c, Reason: s.Refused[c.ID], Refused: true})
		case heldBefore:
			waiting++
			held = append(held, Stopped{Change: c, Reason: reason})
		default:
			unordered = append(unordered, c)
		}
	}
	reason := l.trips(len(unordered)+waiting, s)
	for _, c := range unordered {
		if reason == "" {
			pass = append(pass, c)
		} else {
			held = append(held, Stopped{Change: c, Reason: reason})
		}
	}
	Sort(pass)
	return pass, held
}

// trips returns why n more removals are too many, "" when they are not.
func (l Limits) trips(n int, s Standing) string {
	if n == 0 {
		return ""
	}
	sum := n + s.Recent
	had := s.Managed + s.Recent // what was managed a day ago, as far as removals go
	if l.Removals >= 0 && sum > l.Removals {
		return fmt.Sprintf("%s that nobody ordered: the limit is %d in 24 hours (guard.max_removals)", removals(n, s.Recent), l.Removals)
	}
	if l.Percent >= 0 && sum > l.Floor && had > 0 && float64(sum)*100 > l.Percent*float64(had) {
		return fmt.Sprintf("%s that nobody ordered, %.1f %% of the %d managed assignments: the limit is %s %% in 24 hours (guard.max_removal_percent)",
			removals(n, s.Recent), float64(sum)*100/float64(had), had, strconv.FormatFloat(l.Percent, 'f', -1, 64))
	}
	return ""
}

func removals(n, recent int) string {
	text := fmt.Sprintf("%d removals", n)
	if n == 1 {
		text = "1 removal"
	}
	if recent > 0 {
		text += fmt.Sprintf(" now and %d within the last 24 hours", recent)
	}
	return text
}
