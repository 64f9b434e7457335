package reviews

// The kinds of notice: what people are told about campaigns. The data of each has
// campaign (its ID), name, kind, due, and more as said.
const (
	NoticeStarted   = "campaign.started"   // to a reviewer; items: how many wait
	NoticeReminder  = "campaign.reminder"  // to a reviewer; items, left or late (a duration)
	NoticeEscalated = "campaign.escalated" // to those who are asked too; items
	NoticeAssigned  = "campaign.assigned"  // to who is to decide instead; items, from, reason
	NoticeOverruled = "campaign.overruled" // to the owner of a rule; rule, group, users, by, reason
	NoticeClosed    = "campaign.closed"    // to the campaign's owner; kept, revoked, frozen, void, undecided
)

// Notices lists the kinds of notice.
func Notices() []string {
	return []string{NoticeStarted, NoticeReminder, NoticeEscalated, NoticeAssigned, NoticeOverruled, NoticeClosed, NoticeReport}
}
