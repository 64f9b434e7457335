package analysis

import (
	"cmp"
	"slices"

	"birthright/rules"
)

// Severity is how bad a finding is.
type Severity string

// The severities. An error is a policy that does something wrong to somebody for
// certain; a warning is one that says what it does not do, or lets people do what
// is probably not meant; a note is worth a look.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Finding is one thing that is wrong, and what to do about it.
type Finding struct {
	Kind     string         `json:"kind"`
	Severity Severity       `json:"severity"`
	Position rules.Position `json:"position"`
	Rule     string         `json:"rule,omitempty"`
	Group    string         `json:"group,omitempty"`
	Message  string         `json:"message"`
	Remedy   string         `json:"remedy"`
}

// The kinds of finding.
const (
	NeverMatches    = "never-matches"    // a rule that holds for nobody
	AlwaysMatches   = "always-matches"   // a rule that holds for everybody and does not say so
	Covered         = "covered"          // a rule that gives nothing that others do not give
	DeadExcept      = "dead-except"      // an except that takes out nobody
	Expired         = "expired"          // a rule or an exclusion whose time is over
	Unobtainable    = "unobtainable"     // a group that nobody can get
	NoOwner         = "no-owner"         // a group that nobody answers for
	DeadOwner       = "dead-owner"       // an owner that is nobody
	UndefinedGroup  = "undefined-group"  // a group that is named and not there
	Conflict        = "conflict"         // what an enforced constraint makes impossible
	IdleConstraint  = "idle-constraint"  // a constraint that another one has in it
	IdleExclusion   = "idle-exclusion"   // an exclusion from what nobody gets
	Duplicate       = "duplicate"        // the same thing said twice
	SelfEditable    = "self-editable"    // a condition on what people can change themselves
	SelfService     = "self-service"     // a way for people to widen their own access
	SelfOwned       = "self-owned"       // a group whose members let each other in
	LeftOut         = "left-out"         // what was not looked at
	NobodyNow       = "nobody-now"       // with live data: a rule or group without people
	UnknownUser     = "unknown-user"     // with live data: somebody who is not there
	ApprovalMissing = "approval-missing" // a request that nobody could approve
	NobodyAsks      = "nobody-asks"      // for_others that names nobody
	NeverAllowed    = "never-allowed"    // a request that nobody may make
	OpenToAll       = "open-to-all"      // critical risk for whoever asks; a request approved for everybody
	NoLimit         = "no-limit"         // high risk without a decision and without a bound
	TooLate         = "too-late"         // a reminder or an escalation after the request has expired
	Untold          = "untold"           // a glass that nobody hears break
	Shadowed        = "shadowed"         // an entry of entitlements that an earlier one covers
)

// sorted orders findings by place.
func sorted(findings []Finding) []Finding {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.Position.File, b.Position.File), cmp.Compare(a.Position.Line, b.Position.Line),
			cmp.Compare(a.Position.Column, b.Position.Column), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.CompactFunc(findings, func(a, b Finding) bool { return a == b })
}
