package creep

import (
	"time"

	"birthright/identity"
)

// Details are what was looked up about a surplus. What is missing is not known.
type Details struct {
	// People are the holders that Surplus.Holders names.
	People map[uint32]Person
	// Facts are about Surplus.Pairs.
	Facts map[Pair]Facts
	// Grants are about Surplus.Granted, the live grant included.
	Grants map[Member]Grants
	// Since is since when somebody is a member, about Surplus.Members.
	Since map[Member]time.Time
	// Earlier are the summaries of reports before, in any order, and Last the lines of
	// the newest of them.
	Earlier []Summary
	Last    []Line
	// Version is that of the policy, for the reader.
	Version string
}

// Person is who a holder is. Department and the like are used of those whom the
// population does not keep: who has left, for instance.
type Person struct {
	// Name is the user name, or that of the account of a stranger, which is on Target.
	Name, Display, Target            string
	State                            identity.State
	Department, Team, Title, Manager string
	// Before are the places where the person was before, in any order.
	Before []Place
}

// Place is where somebody was until an instant.
type Place struct {
	Until                   time.Time
	Department, Team, Title string
}

// Facts are what is known of one holder with one entitlement.
type Facts struct {
	// Account is the name of the account that holds it.
	Account string
	// Former are memberships in groups that gave it and either ended or gave it before the group changed.
	Former []Former
	// Managed says that the hub gave it or took it over.
	Managed bool
	// Held says why a guard or a conflict keeps its removal; Failed what the target
	// answered when it was to be removed.
	Held, Failed string
	// Grants are those of the past that gave it.
	Grants Grants
	// Use is what a usage file tells; where it tells nothing, the target is asked.
	Use Use
	// OrderedAt is when somebody ordered it to go; zero where nobody has.
	OrderedAt time.Time
}

// Former is a membership that gave an entitlement. Until is when it ended, zero
// where it goes on in a group that gave it once.
type Former struct {
	Group       string
	From, Until time.Time
	Causes      []identity.Cause
}

// Grants are how often somebody was granted something, and how often that was extended.
type Grants struct {
	Count, Renewed int
	Last           time.Time // when the last one began
}

// Use is when something was used last; a zero Last is never. Known says whether that
// is known at all.
type Use struct {
	Known bool
	Last  time.Time
}
