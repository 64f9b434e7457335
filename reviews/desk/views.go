package desk

import (
	"time"

	"birthright/reviews"
)

// Wish is what a campaign is to be like.
type Wish struct {
	Name string
	// Kind is periodic where it is "".
	Kind  string
	Scope reviews.Scope
	// Only are the memberships to look at, instead of everything in a scope: for
	// campaigns that something has triggered.
	Only []Membership
	// Stages have at least one; the owners where none is given.
	Stages   []reviews.Stage
	Fallback []string
	// Owner is a term, the actor where it is "".
	Owner string
	// End is keep, freeze or revoke; keep where it is "".
	End     string
	AtClose bool
	// For is how long until it is due, two weeks where it is 0; Grace how much longer
	// decisions are taken, a week where it is 0, none where it is negative.
	For, Grace time.Duration
	// AllowEmpty starts a campaign without items, which is then over at once.
	AllowEmpty bool
	Previous   string
	// Reason is why it was started, for the audit log.
	Reason string
}

// Membership names what somebody has: a group, or the address of an entitlement. It is
// the user of that name, or, where UserN is not 0, of that number.
type Membership struct {
	User               string
	UserN              int64
	Group, Entitlement string
}

// Forecast is what a campaign would be like, before it starts.
type Forecast struct {
	Items int `json:"items"`
	// People is how many have something to be looked at.
	People int `json:"people"`
	// Reviewers are those who would be asked first, most items first.
	Reviewers []Load `json:"reviewers"`
	// Nobody is how many items would wait for the campaign's owner or the
	// administrators, since nobody else can decide on them.
	Nobody int `json:"nobody"`
	// Own is how many are somebody's who would have been asked about themselves.
	Own int `json:"own"`
	// Advice is how many items the facts speak for keeping, revoking, shortening.
	Advice map[string]int `json:"advice"`
	// Undecided is what the end would do if nobody decided: who would lose what, by
	// group or entitlement; empty where nobody would lose anything.
	Undecided []Loss `json:"undecided"`
	// Groups are those in scope that have nobody, and that no longer are; Warnings what
	// else is to be known.
	Warnings []string `json:"warnings"`
}

// Load is how much somebody would have to decide.
type Load struct {
	User  string `json:"user"`
	Items int    `json:"items"`
}

// Loss is who would lose one thing. Users has the first of them.
type Loss struct {
	What  string   `json:"what"`
	Count int      `json:"count"`
	Users []string `json:"users"`
}

// Campaign is a campaign as somebody sees it.
type Campaign struct {
	reviews.Campaign
	State    string
	Progress Progress
}

// Progress is how far a campaign is.
type Progress struct {
	Items   int `json:"items"`
	Waiting int `json:"waiting"`
	Kept    int `json:"kept"`
	Revoked int `json:"revoked"` // shortened ones too
	Short   int `json:"shortened"`
	Frozen  int `json:"frozen"`
	Void    int `json:"void"`
	Gone    int `json:"gone"`    // of those revoked
	Leaving int `json:"leaving"` // of those revoked
}

// Item is an item as somebody sees it.
type Item struct {
	reviews.Item
	State string
	// Name is what the user is called now, and UserState how they are.
	Name, UserState string
	// Reviewers are who is asked now, names; as of the last look.
	Reviewers []string
	// Mine says that the actor may decide now; Why says why not.
	Mine bool
	Why  string
	// Decided is what was said, in order.
	Decided []reviews.Decision
}

// CampaignQuery selects campaigns. Empty fields do not filter.
type CampaignQuery struct {
	States []string
	// Before continues behind a page: the N of its last entry.
	Before int64
	Limit  int // 0 for all
}

// Reviewing is how far one reviewer of a campaign is.
type Reviewing struct {
	User string `json:"user"`
	// Waiting is how many items are for this person to decide, now; others may be asked
	// about them, too.
	Waiting   int `json:"waiting"`
	Kept      int `json:"kept"`
	Revoked   int `json:"revoked"`
	Shortened int `json:"shortened"`
	Passed    int `json:"passed_on"`
	// Last is when this person decided last; null for never.
	Last *time.Time `json:"last_at"`
}

// ItemQuery selects items. Empty fields do not filter.
type ItemQuery struct {
	Campaign string
	// IDs are items, States their states.
	IDs, States []string
	// User is whose, Group and Entitlement what; Advice what the facts speak for.
	User, Group, Entitlement, Advice string
	// Reviewer is for whom it waits; "me" is the actor.
	Reviewer string
	// After continues behind a page: the N of its last entry.
	After int64
	Limit int
}

// Choice is what somebody decides, of one or of many items.
type Choice struct {
	// What is keep, revoke, shorten or reassign.
	What   string
	Reason string
	For    time.Duration // of shorten; what is usual for the group where it is 0
	To     string        // of reassign: a user name
	// Items are IDs; or Like selects all that wait for the actor and are like it.
	Items []string
	Like  *ItemQuery
	// Change decides anew what somebody else has decided.
	Change bool
	// Seen is how many decisions the actor saw on an item, by ID: one that was decided
	// on since is not decided on. Items that it does not name are as they are. Whoever
	// repeats a call of which the answer was lost should say it: somebody who is asked in
	// two stages would else decide in both.
	Seen map[string]int
}

// Outcome is what became of a decision.
type Outcome struct {
	Items []Item
	// Changed counts the items that it changed; the others were so already.
	Changed int
}

// Fault is why one item could not be decided on.
type Fault struct {
	Item string `json:"item"`
	What string `json:"what"` // user and group, for people
	Why  string `json:"why"`
}

// Report is what a campaign came to: evidence.
type Report struct {
	Campaign Campaign
	// Reviewers is how much each decided, and how long that took.
	Reviewers []Work
	Items     []Item
}

// Work is what one reviewer did.
type Work struct {
	User                            string
	Kept, Revoked, Shortened, Moved int
	// First and Last are when the first and the last decision was made; AtOnce is the
	// most that were made in one go.
	First, Last time.Time
	AtOnce      int
}
