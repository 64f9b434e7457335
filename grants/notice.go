package grants

// The kinds of notice: what people are told about requests and grants.
const (
	NoticeWaiting   = "request.waiting"   // somebody must decide
	NoticeVoted     = "request.voted"     // one of several has answered
	NoticeReminder  = "request.reminder"  // it still waits
	NoticeEscalated = "request.escalated" // it waits, and others are asked too
	NoticeApproved  = "request.approved"
	NoticeDenied    = "request.denied"
	NoticeCancelled = "request.cancelled"
	NoticeExpired   = "request.expired"

	NoticeActive   = "grant.active" // every target has it
	NoticeEnding   = "grant.ending" // its end is near
	NoticeEnded    = "grant.ended"
	NoticeFailed   = "grant.failed"
	NoticeExtended = "grant.extended"
	NoticeReturned = "grant.returned"
	NoticeRevoked  = "grant.revoked"
	NoticeOverdue  = "grant.overdue" // it is over, and something of it is left

	NoticeGlass      = "glass.broken"
	NoticeUnreviewed = "glass.unreviewed" // nobody has looked at it yet
	NoticeReviewed   = "glass.reviewed"

	NoticeDelegation = "delegation.made"
)

// Notices lists the kinds of notice.
func Notices() []string {
	return []string{
		NoticeWaiting, NoticeVoted, NoticeReminder, NoticeEscalated, NoticeApproved, NoticeDenied, NoticeCancelled, NoticeExpired,
		NoticeActive, NoticeEnding, NoticeEnded, NoticeFailed, NoticeExtended, NoticeReturned, NoticeRevoked, NoticeOverdue,
		NoticeGlass, NoticeUnreviewed, NoticeReviewed, NoticeDelegation,
	}
}
