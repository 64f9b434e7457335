package rules

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"birthright/identity"
)

// slotKind is what kind of thing a change is of.
type slotKind uint8

const (
	slotState   slotKind = iota // the place in the lifecycle
	slotSet                     // all values of an attribute
	slotElement                 // one of the values of an attribute
	slotGroup                   // a group of the sources
	slotFact                    // a shift, a ticket, a manager
)

// slot is a thing that can be one way or another.
type slot struct {
	kind slotKind
	name string // of the attribute
	text string // the element, the group
	fact fact
}

// edit is one change: a slot gets a value. For what is there or not, Text is "yes"
// or "".
type edit struct {
	slot  slot
	value candidate
}

const there = "yes"

// toggled is a change of something that is there or not.
func toggled(s slot, on bool) edit {
	if on {
		return edit{s, candidate{text: there}}
	}
	return edit{s, candidate{}}
}

func compareSlots(a, b slot) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name), cmp.Compare(a.text, b.text),
		cmp.Compare(a.fact.kind, b.fact.kind), cmp.Compare(a.fact.text, b.fact.text))
}

func compareEdits(a, b edit) int {
	return cmp.Or(compareSlots(a.slot, b.slot), compareCandidates(a.value, b.value))
}

func (x edit) key() string {
	return strings.Join([]string{string(rune('a' + x.slot.kind)), x.slot.name, x.slot.text, x.slot.fact.text,
		string(rune('a' + x.slot.fact.kind)), string(rune('a' + x.value.form)), x.value.text}, "\x00")
}

// changed returns u and w as edits make them. They are sorted: all values of an
// attribute are set before single ones come and go.
func changed(u identity.User, w World, edits []edit) (identity.User, World) {
	if len(edits) == 0 {
		return u, w
	}
	u.Attributes, u.Groups = u.Attributes.Clone(), slices.Clone(u.Groups)
	facts := supposed{Facts: w.Facts, turned: map[fact]bool{}}
	for _, x := range edits {
		on := x.value.text != ""
		switch s := x.slot; s.kind {
		case slotState:
			u.State = identity.State(x.value.text)
		case slotSet:
			u.Attributes.Set(s.name, x.value.concrete(s))
		case slotElement:
			u.Attributes.Set(s.name, toggle(u.Attributes[s.name], s.text, on)...)
		case slotGroup:
			u.Groups = toggle(u.Groups, s.text, on)
			slices.Sort(u.Groups)
		case slotFact:
			facts.turned[s.fact] = on
		}
	}
	w.Facts = facts
	return u, w
}

// toggle returns list with text in it or not.
func toggle(list []string, text string, on bool) []string {
	if on {
		return append(list, text)
	}
	return slices.DeleteFunc(list, func(s string) bool { return s == text })
}

// supposed are facts of which some are otherwise.
type supposed struct {
	Facts
	turned map[fact]bool
}

// OnCall answers as supposed.
func (f supposed) OnCall(u identity.User, schedule string, at time.Time) bool {
	if on, ok := f.turned[fact{leafOnCall, schedule}]; ok {
		return on
	}
	return f.Facts.OnCall(u, schedule, at)
}

// HasTicket answers as supposed.
func (f supposed) HasTicket(u identity.User, queue string, at time.Time) bool {
	if on, ok := f.turned[fact{leafHasTicket, queue}]; ok {
		return on
	}
	return f.Facts.HasTicket(u, queue, at)
}

// ReportsTo answers as supposed; whose manager somebody is, is above them whatever
// is supposed.
func (f supposed) ReportsTo(u identity.User, manager string) bool {
	on, ok := f.turned[fact{leafReportsTo, manager}]
	if !ok || !on && strings.EqualFold(u.Attributes.First(identity.AttrManager), manager) {
		return f.Facts.ReportsTo(u, manager)
	}
	return on
}
