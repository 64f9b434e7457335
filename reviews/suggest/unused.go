package suggest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/internal/duration"
	"birthright/rules"
	"birthright/rules/population"
)

// Unused is a group that a rule gives and that few of those who get it use: it can
// leave the rule and be asked for instead.
type Unused struct {
	Rule     *rules.Rule
	Group    identity.Group
	Position rules.Position // of the rule
	// Members get it by the rule. Of Used and Idle the file says so; the others are
	// not in the file.
	Members, Used, Idle, NotInFile *roaring.Bitmap
	Access                         []identity.Entitlement
	// Keep is the condition for those who keep it by birthright, who are Kept; empty
	// where nobody does.
	Keep []Term
	Kept *roaring.Bitmap
	// Lost are members who use it and would have to ask for it.
	Lost *roaring.Bitmap
	// Requestable is set where it can be asked for already; else it shall be so, for
	// Default as a rule and for Max at most.
	Requestable  bool
	Default, Max time.Duration
	// HowUsed says what the durations follow from.
	HowUsed string
}

// ShareUnused is the share of those of whom the file tells who do not use it.
func (u *Unused) ShareUnused() float64 { return share(size(u.Idle), size(u.Idle)+size(u.Used)) }

// Taken are the memberships that end.
func (u *Unused) Taken() int { return size(u.Members) - size(u.Kept) }

// NotUnused is a group given by a rule about which nothing is suggested.
type NotUnused struct {
	Rule, Group string
	Position    rules.Position
	Reason      string
	// Members get it by the rule, of whom so many are not in the file.
	Members, NotInFile int
}

// UnusedReport is what a usage file shows.
type UnusedReport struct {
	// Drafts are sorted by how many memberships lie idle.
	Drafts []Unused
	// LeftOut are sorted by rule and group.
	LeftOut []NotUnused
}

// Idle says what of standing access is not used, and from when on it counts as such.
type Idle struct {
	Usage *Usage
	// Since is the instant after which something counts as used, Share how much of a
	// group must lie idle.
	Since time.Time
	Share float64
}

// FindUnused finds what rules give and nobody, or hardly anybody, uses. The requests
// of in, if there are any, tell for how long such groups are asked for.
func FindUnused(in Input, idle Idle) UnusedReport {
	in.World.Overlay = nil
	w := wasted{Input: in, Idle: idle, everyone: in.Engine.Everyone(in.Population, in.World)}
	var out UnusedReport
	list := in.Engine.Policy().Rules
	for i := range list {
		for _, group := range list[i].Groups {
			if strings.Contains(group, "{") {
				continue // its name depends on the member: it is not one group
			}
			draft, left := w.look(&list[i], group)
			if draft != nil {
				out.Drafts = append(out.Drafts, *draft)
			} else if left != nil {
				out.LeftOut = append(out.LeftOut, *left)
			}
		}
	}
	slices.SortStableFunc(out.Drafts, func(a, b Unused) int {
		return cmp.Or(cmp.Compare(size(b.Idle), size(a.Idle)), cmp.Compare(a.Group.Name, b.Group.Name), cmp.Compare(a.Rule.Name, b.Rule.Name))
	})
	slices.SortStableFunc(out.LeftOut, func(a, b NotUnused) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Group, b.Group))
	})
	return out
}

type wasted struct {
	Input
	Idle
	everyone *rules.Everyone
}

// look looks at one group of one rule; both results are nil where most of it is used,
// or nobody gets it.
func (w *wasted) look(r *rules.Rule, name string) (*Unused, *NotUnused) {
	members := w.members(r.Name, name)
	if members.IsEmpty() {
		return nil, nil
	}
	g, _ := w.Engine.Group(name)
	u := Unused{Rule: r, Group: g, Position: r.Position, Members: members, Access: carried(w.Engine, name), Kept: roaring.New(), Lost: roaring.New()}
	u.Used, u.Idle = w.Usage.of(name, u.Access, members)
	u.NotInFile = roaring.AndNot(roaring.AndNot(members, u.Used), u.Idle)
	left := func(reason string, args ...any) (*Unused, *NotUnused) {
		return nil, &NotUnused{
			Rule: r.Name, Group: name, Position: r.Position, Reason: fmt.Sprintf(reason, args...), Members: size(members), NotInFile: size(u.NotInFile),
		}
	}
	if u.Idle.IsEmpty() {
		if u.NotInFile.IsEmpty() {
			return nil, nil
		}
		return left("not in the file: %d of %d members", size(u.NotInFile), size(members))
	}
	if u.ShareUnused() < w.Share {
		return nil, nil
	}
	if askers := asksFor(w.Engine, name); len(askers) > 0 {
		return left("rule %s asks who is in it: change that one first", askers[0])
	}
	if !slices.Contains(w.Engine.GroupNames(), name) {
		return left("the policy does not spell it out: give the group an entry of its own, so that it can be asked for")
	}
	if !w.keep(&u) {
		return left("not in the file: %d of %d members, and no condition of up to %d terms keeps it for them", size(u.NotInFile), size(members), mostTerms)
	}
	w.lengths(&u)
	return &u, nil
}

// members are those who get a group by a rule.
func (w *wasted) members(rule, group string) *roaring.Bitmap {
	for i := range w.everyone.Holdings {
		h := &w.everyone.Holdings[i]
		if h.Group != group {
			continue
		}
		for _, c := range h.Causes {
			if c.Cause == (identity.Cause{Kind: identity.CauseRule, Name: rule}) {
				return c.Users
			}
		}
	}
	return roaring.New()
}

// carried is what a group gives, with the groups around it.
func carried(e *rules.Engine, group string) []identity.Entitlement {
	var out []identity.Entitlement
	for _, name := range append([]string{group}, e.View().Around(group)...) {
		g, _ := e.Group(name)
		out = append(out, g.Access...)
	}
	slices.SortFunc(out, identity.CompareEntitlements)
	return slices.Compact(out)
}

// keep finds the smallest condition that keeps the group for everybody who uses it,
// or of whom nothing is known. It reports whether nobody of the latter loses it.
func (w *wasted) keep(u *Unused) bool {
	stay := roaring.Or(u.Used, u.NotInFile)
	if stay.IsEmpty() {
		return true
	}
	s := searching{askers: stay, total: size(stay), pool: pool{could: u.Members, spoil: roaring.New()}, narrower: true}
	s.Thresholds = Thresholds{Coverage: 1, Precision: w.Precision}
	s.choose(w.Population, w.Readings)
	if found, ok := s.smallest(); ok && s.total > 1 { // what is true of one person is no rule
		u.Keep, u.Kept = found.terms, found.users
		return true
	}
	u.Lost = u.Used
	return u.NotInFile.IsEmpty()
}

// lengths says for how long the group should be asked for: as it is asked for
// already, or by how lately those who use it did.
func (w *wasted) lengths(u *Unused) {
	if w.Engine.Request(u.Group.Name) != nil {
		u.Requestable = true
		return
	}
	var asked, ago []time.Duration
	for i := range w.Requests {
		if r := &w.Requests[i]; r.Group == u.Group.Name && r.Approved && !r.At.Before(w.Input.Since) {
			asked = append(asked, r.Duration)
		}
	}
	population.Each(u.Used, func(n uint32) {
		ago = append(ago, w.World.At.Sub(w.Usage.lastOf(u.Group.Name, u.Access, n)))
	})
	at := median(ago)
	switch {
	case len(asked) > 0:
		u.Default = median(asked)
		u.Max = max(u.Default, slices.Max(asked))
		u.HowUsed = "it was asked for before, for " + duration.Format(u.Default) + " at the median"
	case len(ago) > 0 && at <= duration.Day:
		u.Default, u.Max = duration.Week, 30*duration.Day
		u.HowUsed = "those who use it do so daily"
	case len(ago) > 0 && at <= duration.Week:
		u.Default, u.Max = duration.Day, duration.Week
		u.HowUsed = "those who use it do so weekly"
	case len(ago) > 0:
		u.Default, u.Max = 8*time.Hour, duration.Day
		u.HowUsed = "those who use it do so rarely"
	default:
		u.Default, u.Max = 8*time.Hour, duration.Day
		u.HowUsed = "nobody uses it"
	}
}

// Condition is what is true of those who keep the group, "" where nobody does.
func (u *Unused) Condition() string { return conjunction(u.Keep) }
