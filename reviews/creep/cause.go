package creep

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"birthright/identity"
)

// How surplus came. The first that is true, in this order, is told.
const (
	Indirect    = "indirect"        // it comes through something else on the target
	IsHeld      = "held"            // a guard or a failure keeps its removal
	HasLeft     = "left"            // the holder has left, or is suspended or away
	AfterMove   = "kept-after-move" // a membership gave it, and ended; or it belongs to where the holder was before
	RuleRemoved = "rule-removed"    // a rule or group gave it that does not any more
	Renewed     = "grant-renewed"   // it was granted again and again
	TimeEnded   = "time-ended"      // a grant, shift or ticket gave it, and is over
	Pending     = "pending"         // the hub gave it and nothing does any more: the next run takes it
	BeforeHub   = "before-hub"      // it was there when the hub first looked
	ByHand      = "by-hand"         // it came after that, and not by the hub
)

// Repeated is from how many grants and extensions on access is standing in disguise.
const Repeated = 3

// often reports whether access was granted again and again.
func (g Grants) often() bool { return g.Count+g.Renewed >= Repeated }

func (g Grants) String() string {
	text := "granted once"
	if g.Count != 1 {
		text = fmt.Sprintf("granted %d times", g.Count)
	}
	if g.Renewed > 0 {
		text += fmt.Sprintf(", extended %d times", g.Renewed)
	}
	return text
}

// held is one holder with one entitlement, as a cause is looked for.
type held struct {
	*excess
	n     uint32
	since time.Time
	facts Facts
	who   Person
	place combination
}

// atLatest reports whether it may have been there before the first look.
func (h *held) atLatest() bool {
	looked := h.target.First
	if h.First.After(looked) {
		looked = h.First
	}
	return !h.since.After(looked)
}

// cause says how it came, and what that is concluded from.
func (w *weigher) cause(h *held) (cause, how string) {
	switch {
	case !h.direct.Contains(h.n) && (h.indirect.Contains(h.n) || h.alien.Contains(h.n)):
		return Indirect, h.by()
	case h.facts.Held != "":
		return IsHeld, h.facts.Held
	case h.facts.Failed != "":
		return IsHeld, "its removal failed: " + h.facts.Failed
	}
	switch h.who.State {
	case identity.Left:
		return HasLeft, "the holder has left"
	case identity.Suspended:
		return HasLeft, "the holder is suspended"
	case identity.OnLeave:
		return HasLeft, "the holder is on leave"
	}
	for _, look := range []func(*held) (string, string){w.membership, byGrants, w.formerPlace} {
		if cause, how = look(h); cause != "" {
			return cause, how
		}
	}
	switch {
	case h.facts.Managed:
		return Pending, "the hub gave it, and nothing does any more: the next run takes it away"
	case h.atLatest():
		return BeforeHub, "it was there when the hub first looked, " + day(h.since)
	}
	return ByHand, "it was first seen on " + day(h.since) + " and the hub did not add it"
}

// by says through what it comes.
func (h *held) by() string {
	if names := h.through(); len(names) > 0 {
		return "through " + strings.Join(names, ", ")
	}
	return "through something else on the target"
}

// membership looks for a membership that gave it and ended, the last one first. One
// that had ended when it was first seen did not leave it behind, unless the hub itself
// gave it; but somebody may have given it back.
func (w *weigher) membership(h *held) (cause, how string) {
	former := slices.Clone(h.facts.Former)
	slices.SortFunc(former, func(a, b Former) int {
		if c := ended(b).Compare(ended(a)); c != 0 {
			return c
		}
		return compareText(a.Group, b.Group)
	})
	passing, back := "", ""
	for _, f := range former {
		rules := ofKind(f.Causes, identity.CauseRule)
		if !h.facts.Managed && !h.atLatest() && h.since.After(ended(f)) {
			if back == "" && len(rules) > 0 && w.gives(f.Group, rules) && w.s.catalog.carries(f.Group, h.Entitlement) {
				back = fmt.Sprintf("a membership in %s ended on %s, and somebody gave it back by hand by %s", f.Group, day(f.Until), day(h.since))
			}
			continue
		}
		switch {
		case f.Until.IsZero():
			return RuleRemoved, "group " + f.Group + " gave it, and carries it no more"
		case len(f.Causes) > 0 && len(rules) == 0:
			if passing == "" {
				passing = fmt.Sprintf("%s gave it by %s until %s", f.Group, f.Causes[0], day(f.Until))
			}
		case !w.s.catalog.carries(f.Group, h.Entitlement):
			return RuleRemoved, fmt.Sprintf("a membership in %s ended on %s, and the group carries it no more", f.Group, day(f.Until))
		case len(rules) > 0 && !w.gives(f.Group, rules):
			return RuleRemoved, fmt.Sprintf("rule %s gave %s until %s, and does not any more", strings.Join(rules, ", "), f.Group, day(f.Until))
		default:
			return AfterMove, fmt.Sprintf("a membership in %s ended on %s", f.Group, day(f.Until))
		}
	}
	switch {
	case passing != "" && !h.facts.Grants.often():
		return TimeEnded, passing
	case back != "":
		return AfterMove, back
	}
	return "", ""
}

// ended is when a membership was last known to give something: never ending
// where it goes on.
func ended(f Former) time.Time {
	if f.Until.IsZero() {
		return time.Unix(1<<40, 0)
	}
	return f.Until
}

// gives reports whether one of the rules gives a group still, itself or by a group
// within it.
func (w *weigher) gives(group string, rules []string) bool {
	givers, known := w.givers[group]
	if !known {
		seen := map[string]bool{}
		for open := []string{group}; len(open) > 0; {
			name := open[len(open)-1]
			if open = open[:len(open)-1]; seen[name] {
				continue
			}
			seen[name] = true
			givers = append(givers, w.s.in.Engine.RulesGiving(name)...)
			open = append(open, w.s.in.Engine.Surroundings(name).Contains...)
		}
		w.givers[group] = givers
	}
	return slices.ContainsFunc(rules, func(rule string) bool { return slices.Contains(givers, rule) })
}

func ofKind(causes []identity.Cause, kind string) []string {
	var out []string
	for _, c := range causes {
		if c.Kind == kind {
			out = append(out, c.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func byGrants(h *held) (cause, how string) {
	switch g := h.facts.Grants; {
	case g.often():
		return Renewed, g.String()
	case g.Count > 0:
		return TimeEnded, g.String()
	}
	return "", ""
}

// formerPlace looks for a place where the holder was before and where most people
// are given it.
func (w *weigher) formerPlace(h *held) (cause, how string) {
	before := slices.Clone(h.who.Before)
	slices.SortFunc(before, func(a, b Place) int {
		if c := b.Until.Compare(a.Until); c != 0 {
			return c
		}
		return compareText(a.Department+"\x00"+a.Team, b.Department+"\x00"+b.Team)
	})
	for _, p := range before {
		at := w.circle.find(p.Department, p.Team, "")
		if at.department == h.place.department && at.team == h.place.team || !h.atLatest() && h.since.After(p.Until) {
			continue
		}
		if people, yes := w.circle.most(w.s.given[h.Entitlement], at); yes {
			where := strings.TrimPrefix(strings.TrimSuffix(p.Department+", "+p.Team, ", "), ", ")
			return AfterMove, fmt.Sprintf("until %s the holder was in %s, where most of %d people are given it", day(p.Until), where, people)
		}
	}
	return "", ""
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
