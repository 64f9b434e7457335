package grants

import "time"

// The kinds of Request.
const (
	KindRequest    = "request"
	KindExtension  = "extension"   // makes a grant longer
	KindBreakGlass = "break-glass" // an emergency: nobody is asked, everybody is told
	KindOverlap    = "overlap"     // nobody asked: somebody moved, and has work to hand over
	KindReview     = "review"      // a review made a standing membership one for a time
)

// The states of a Request.
const (
	Pending   = "pending"
	Approved  = "approved"
	Denied    = "denied"
	Cancelled = "cancelled"
	Expired   = "expired" // nobody decided in time
)

// Request is one person's wish to be in one group for a time.
type Request struct {
	// N is the dense number inside the hub, ID what people and programs call it.
	N  int64
	ID string
	// Batch is common to what was asked for together; the ID of the first of it.
	Batch string
	Kind  string
	// UserN and User are who gets it. ByN and By are who asks: By is an actor as
	// the audit log writes it, ByN is 0 where that is no user.
	UserN int64
	User  string
	ByN   int64
	By    string

	Group  string
	Reason string
	Ticket string
	// Start is when it is wanted; zero means at once. Duration counts from when
	// the grant is active.
	Start    time.Time
	Duration time.Duration
	// Extends is the number of the grant that is to be longer, 0 for none.
	Extends int64

	Created time.Time
	// ExpiresAt is when nobody may decide any more.
	ExpiresAt time.Time
	// Revision counts the changes to the request, from 1. Terms is the fingerprint
	// of what the policy said of the group when it was made or changed.
	Revision int
	Terms    string

	// Outcome is how it ended, "" while it is open. DecidedBy and Note say by whom
	// and why.
	Outcome   string
	DecidedAt time.Time
	DecidedBy string
	Note      string
	// Auto names the condition that approved it without anybody; "" for none.
	Auto string

	// RemindAt is when those who must decide are told next; zero for never.
	RemindAt time.Time
	// Escalated is the number of stages that have been handed on, for lack of answers.
	Escalated int

	// Review is what came of looking at a broken glass; zero while nobody has.
	Review Review
}

// Review is the look at a broken glass afterwards.
type Review struct {
	At      time.Time
	By      string
	Verdict string // Justified or Abuse
	Note    string
}

// The verdicts of a Review.
const (
	Justified = "justified"
	Abuse     = "abuse"
)

// State is what became of the request by an instant.
func (r *Request) State(now time.Time) string {
	switch {
	case r.Outcome != "":
		return r.Outcome
	case !now.Before(r.ExpiresAt):
		return Expired
	}
	return Pending
}

// Open reports whether it can still be decided on.
func (r *Request) Open(now time.Time) bool { return r.State(now) == Pending }

// Concerns reports whether a user asks or gets: such a one never decides.
func (r *Request) Concerns(userN int64) bool {
	return userN != 0 && (userN == r.UserN || userN == r.ByN)
}

// Vote is one answer to a request.
type Vote struct {
	RequestN int64
	// ByN and By are who answered; ByN is 0 for the operator of the machine, whose
	// word counts for everybody's.
	ByN int64
	By  string
	// For is whose vote it is: ByN, or for whom a delegate answered.
	For int64
	// Stage counts from 0.
	Stage   int
	Approve bool
	Note    string
	At      time.Time
	// Revision and Terms are what was answered to.
	Revision int
	Terms    string
}

// Delegation lets somebody decide in another's place while that one is away.
type Delegation struct {
	ID         string
	FromN, ToN int64
	From, To   string // user names
	Start, End time.Time
	Reason     string
	RevokedAt  time.Time
	Created    time.Time
}

// Holds reports whether the delegation is in force at an instant.
func (d *Delegation) Holds(at time.Time) bool {
	return d.RevokedAt.IsZero() && !at.Before(d.Start) && at.Before(d.End)
}
