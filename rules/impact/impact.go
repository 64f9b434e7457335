package impact

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
)

// Impact is what a change would do.
type Impact struct {
	// Before and After are the versions of the policies; People is how many the
	// policy after the change is asked about.
	Before, After string
	People        int
	// Groups are those in which something changes: by risk, then by losses and
	// gains, many first, then by name.
	Groups []Group
	// Entitlements are those that somebody gets or no longer has, by address.
	Entitlements []Entitlement
	Targets      []Target
	// Constraints and Properties are those that break or mend for somebody, by name.
	Constraints, Properties []Finding
	// Needless are the grants whose groups rules give after the change, and not
	// before, by user and group.
	Needless []Grant
	// Ending are the grants that the change ends, and Failing those whose time is
	// ahead and that could not begin, by user and group.
	Ending, Failing []Stopped
}

// Group is one group in which something changes.
type Group struct {
	Name string
	// Risk is the higher one of the two policies; "" where none is said.
	Risk string
	// Before and After are how many are in it.
	Before, After int
	Gains, Losses *roaring.Bitmap
	// Appears: it was not there; Vanishes: it is there no more; Empties: nobody is
	// in it any more, though somebody was.
	Appears, Vanishes, Empties bool
}

// Entitlement is what changes of one entitlement, through whatever group.
type Entitlement struct {
	identity.Entitlement
	Adds, Removes *roaring.Bitmap
}

// Target counts entitlements that people get and no longer have on one target.
type Target struct {
	Target        string
	Adds, Removes int
}

// Finding is a constraint or property that breaks for somebody after the change,
// or broke before it and does no longer.
type Finding struct {
	Name string
	// Mode is that of a constraint: where it is enforced, what breaks is refused.
	Mode string
	// Groups are those that the constraint keeps apart, or that the property
	// guards, as written.
	Groups []string
	Breaks []Violation
	Mends  []Violation
}

// Violation is one person for whom a constraint or property does not hold.
type Violation struct {
	User uint32
	// Groups are those that the person is in against it. Where a constraint is
	// enforced these are the one that is refused and the one that is kept.
	Groups []string
}

// Changes reports whether anything would change for anybody.
func (m Impact) Changes() bool {
	return len(m.Groups)+len(m.Entitlements)+len(m.Constraints)+len(m.Properties)+len(m.Needless)+len(m.Ending)+len(m.Failing) > 0
}

// Totals counts the memberships gained and lost.
func (m Impact) Totals() (gains, losses int) {
	for _, g := range m.Groups {
		gains += int(g.Gains.GetCardinality())
		losses += int(g.Losses.GetCardinality())
	}
	return gains, losses
}

// Touched is everybody for whom something changes.
func (m Impact) Touched() *roaring.Bitmap {
	out := roaring.New()
	for _, g := range m.Groups {
		out.Or(g.Gains)
		out.Or(g.Losses)
	}
	for _, e := range m.Entitlements {
		out.Or(e.Adds)
		out.Or(e.Removes)
	}
	for _, f := range append(append([]Finding{}, m.Constraints...), m.Properties...) {
		for _, v := range append(append([]Violation{}, f.Breaks...), f.Mends...) {
			out.Add(v.User)
		}
	}
	for _, g := range m.Needless {
		out.Add(g.User)
	}
	for _, g := range slices.Concat(m.Ending, m.Failing) {
		out.Add(g.User)
	}
	return out
}
