package reviews

import "time"

// What somebody can decide; see also the outcomes.
const Reassign = "reassign" // somebody else is to decide

// Choices lists what can be decided.
func Choices() []string { return []string{Kept, Revoked, Shortened, Reassign} }

// Decision is what one person said of one item. Decisions are only added: the last
// one of a stage counts.
type Decision struct {
	N         int64
	ItemN     int64
	CampaignN int64
	Stage     int
	// ByN and By are who decided; ByN is 0 for the operator of the machine, and for the
	// hub. For is in whose place: ByN, or for whom a delegate decided.
	ByN int64
	By  string
	For int64
	// What is keep, revoke, shorten or reassign; freeze and void where the hub says so.
	What   string
	Reason string
	// Duration is what a grant is given for, of shorten. To is who is to decide, of
	// reassign: the number of a user.
	Duration time.Duration
	To       int64
	At       time.Time
}

// Panel is who is asked about some items: the first rung of people of whom somebody
// can decide, and the rungs that follow where nobody of one can.
type Panel struct {
	N         int64
	CampaignN int64
	Rungs     [][]string // terms: person:NUMBER, user:NAME, group:NAME, oncall:NAME
}

// Reviewer is somebody who is asked, as of the last look.
type Reviewer struct {
	PanelN int64
	UserN  int64
}
