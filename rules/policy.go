package rules

import (
	"fmt"
	"slices"
	"time"

	"birthright/identity"
	"birthright/internal/strictyaml"
)

// Policy is what the files say, checked. Load makes it; it does not change.
type Policy struct {
	// Hash is the SHA-256 of the meaning, in hexadecimal: it stays the same
	// when comments, layout or the names of the files change.
	Hash string
	// Version is a short form of Hash for people.
	Version string

	Groups      []Group
	Rules       []Rule
	Templates   []Template
	Constraints []Constraint
	Exclusions  []Exclusion
	// Properties are what must be true of everybody, whatever the rules say.
	Properties []Property
	// Bundles are groups that are asked for together, and Entitlements what may be
	// asked for by itself.
	Bundles      []Bundle
	Entitlements []Requestable
	Tests        []Test

	// Warnings are what works and is probably not meant, in the order of the
	// files: an owner that is a group nobody defined.
	Warnings strictyaml.Faults

	lang *language
}

// Position is a place in a policy file; lines and columns count from 1.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// String returns "file:line:column".
func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Group is a group that the policy spells out.
type Group struct {
	identity.Group
	// Contains are groups whose members are members of this one, too.
	Contains []string `json:",omitempty"`
	// Request says how it may be asked for; nil when it may not.
	Request  *Request `json:",omitempty"`
	Position Position `json:"-"`
}

// Rule says which users belong to which groups because of who they are.
type Rule struct {
	Name        string
	Description string
	// Owner answers for the rule: "user:NAME" or "group:NAME".
	Owner string
	When  Condition
	// Except takes out users that When lets in; zero when there is none.
	Except Condition
	// Groups are names, with placeholders where they depend on the user.
	Groups []string
	// ValidFrom and ValidUntil bound when the rule gives anything; zero: no bound.
	ValidFrom  time.Time `json:",omitzero"`
	ValidUntil time.Time `json:",omitzero"`
	Position   Position  `json:"-"`

	names []naming
	order int // place among the rules
}

// inForce reports whether the rule is valid at an instant; at no instant in
// particular every rule is.
func (r *Rule) inForce(at time.Time) bool {
	return at.IsZero() || !at.Before(r.ValidFrom) && (r.ValidUntil.IsZero() || at.Before(r.ValidUntil))
}

// Template says what groups carry whose names rules make. The texts may use
// {name}, {rule}, and {1}, {2} … for what the stars of Match stood for.
type Template struct {
	Match       string
	Title       string
	Description string
	Risk        string
	Prehire     bool
	Owners      []string
	Access      []string
	Request     *Request `json:",omitempty"`
	Position    Position `json:"-"`

	glob glob
}

// The modes of a Constraint.
const (
	Enforce = "enforce" // nobody may hold two of the groups
	Report  = "report"  // holding two is only reported
)

// Constraint keeps duties apart: nobody is to hold two of the groups.
type Constraint struct {
	Name        string
	Description string
	Conflict    []string
	Mode        string
	Position    Position `json:"-"`
}

// Exclusion keeps one user out of some groups, whatever gives them.
type Exclusion struct {
	User   string // user name, compared without letter case
	Groups []string
	Reason string
	// Until is when it ends; zero for one that says `until: never`.
	Until    time.Time
	Position Position `json:"-"`
}

// inForce reports whether the exclusion holds at an instant.
func (x *Exclusion) inForce(at time.Time) bool { return x.Until.IsZero() || at.Before(x.Until) }

// Property says that nobody for whom When holds may ever be in one of the groups,
// not even for a moment. It gives and takes nothing: it is tested.
type Property struct {
	Name        string
	Description string
	When        Condition
	// Groups are names, or patterns of names with stars.
	Groups   []string
	Position Position `json:"-"`

	globs []glob
}

// Test is an example that the policy must get right.
type Test struct {
	Name string
	User identity.User
	// OnCall, Tickets and ReportsTo are the facts: schedules, queues, managers.
	OnCall, Tickets, ReportsTo []string
	// At is the instant that it is about; zero for no instant in
	// particular: then every rule is in force.
	At time.Time
	// Gets and Lacks are groups that the rules must and must not give.
	Gets, Lacks []string
	Position    Position
}

// Asks is what the rules and properties of a policy ask about beyond the user's
// own attributes; each list is sorted. Who watches these knows when facts that
// change can change memberships.
type Asks struct {
	Schedules []string // of oncall
	Queues    []string // of hasTicket
	Managers  []string // of reportsTo
}

// Asks gathers what the rules and properties ask about.
func (p *Policy) Asks() Asks {
	var a Asks
	for i := range p.Rules {
		a.add(&p.Rules[i].When)
		a.add(&p.Rules[i].Except)
	}
	for i := range p.Properties {
		a.add(&p.Properties[i].When)
	}
	a.Schedules, a.Queues, a.Managers = sortedSet(a.Schedules), sortedSet(a.Queues), sortedSet(a.Managers)
	return a
}

func (a *Asks) add(c *Condition) {
	a.Schedules = append(a.Schedules, c.Schedules...)
	a.Queues = append(a.Queues, c.Queues...)
	a.Managers = append(a.Managers, c.Managers...)
}

func sortedSet(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
