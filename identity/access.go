package identity

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Entitlement is the address of something that a target can give, written
// TARGET:KIND/ID, e.g. github:team/platform.
type Entitlement struct {
	Target string // configured name of the target
	Kind   string // what sort of thing: group, team, role, permission-set …
	ID     string // the target's own name for it; may contain any character
}

// String returns the address TARGET:KIND/ID.
func (e Entitlement) String() string { return e.Target + ":" + e.Kind + "/" + e.ID }

// IsZero reports whether e addresses nothing.
func (e Entitlement) IsZero() bool { return e == Entitlement{} }

// ParseEntitlement reads an address. The target ends at the first colon and the
// kind at the first slash after it, so an ID may contain both.
func ParseEntitlement(address string) (Entitlement, error) {
	target, rest, ok := strings.Cut(address, ":")
	kind, id, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 || target == "" || kind == "" || id == "" {
		return Entitlement{}, fmt.Errorf("%q is not an entitlement address: write TARGET:KIND/ID, for example github:team/platform", address)
	}
	return Entitlement{Target: target, Kind: kind, ID: id}, nil
}

// CompareEntitlements orders by target, kind and id.
func CompareEntitlements(a, b Entitlement) int {
	return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
}

// The kinds of Cause.
const (
	CauseRule       = "rule"       // birthright: a rule of the policy
	CauseGrant      = "grant"      // just-in-time: an approved request
	CauseShift      = "shift"      // an on-call shift
	CauseTicket     = "ticket"     // an assigned ticket
	CauseGroup      = "group"      // the membership that an assignment follows from
	CauseLifecycle  = "lifecycle"  // the user's state: left, suspended …
	CausePerson     = "person"     // somebody ordered it
	CauseUnmanaged  = "unmanaged"  // found on the target, made by nobody here
	CauseAccount    = "account"    // the account itself needs it
	CauseExclusion  = "exclusion"  // the policy keeps this one person out of a group
	CauseReview     = "review"     // somebody looked at it and took it away
	CauseConstraint = "constraint" // another group excludes the one that gives it
	CauseNone       = "none"       // nothing gives it any more
)

// Cause is one reason for a membership or a change: a kind and a name.
type Cause struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// String returns "kind name".
func (c Cause) String() string {
	if c.Name == "" {
		return c.Kind
	}
	return c.Kind + " " + c.Name
}

// CompareCauses orders by kind and name.
func CompareCauses(a, b Cause) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
}

// SortCauses sorts and removes duplicates, in place.
func SortCauses(causes []Cause) []Cause {
	slices.SortFunc(causes, CompareCauses)
	return slices.Compact(causes)
}

// Membership is user × group with the causes that give it. It exists while one
// cause holds.
type Membership struct {
	UserN  int64
	Group  string
	Causes []Cause
	// EndsAt is when the last cause ends; zero when none has an end.
	EndsAt time.Time
}

// Group is the hub's unit of access: what is assigned, requested, owned and
// reviewed. It carries access to entitlements.
type Group struct {
	// N is the group's dense number inside the hub; 0 before it is stored.
	N           int64
	Name        string
	Title       string
	Description string
	Owners      []string
	Risk        string
	Access      []Entitlement
	// Rule names the rule that made the group from a template, "" for a group
	// that the policy spells out.
	Rule string
	// NoStanding is set by `standing: never`: birthright may not give it.
	NoStanding bool
	// Prehire groups are given to staged users too.
	Prehire bool
}
