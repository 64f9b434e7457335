package campaign

import (
	"birthright/grants/approval"
	"birthright/identity"
)

// Verb is something that somebody wants to do with a campaign or an item.
type Verb string

// The verbs.
const (
	Start   Verb = "start a campaign"
	Read    Verb = "read"     // one campaign or item
	ReadAll Verb = "read all" // everybody's
	Decide  Verb = "decide on"
	Close   Verb = "close"
)

// Verbs lists them all.
func Verbs() []Verb { return []Verb{Start, Read, ReadAll, Decide, Close} }

// Relation is how an actor stands to a campaign or an item.
type Relation struct {
	Own      bool // it is the actor's own access
	Reviewer bool // the actor may decide now, see Stand, or has decided
	Owner    bool // answers for the campaign
}

// May is the one place that says who may do what. Why says what is missing, "" where
// it may be done. That nobody decides on their own access is part of Stand, and holds
// here again.
func May(a approval.Actor, v Verb, r Relation) (why string) {
	switch {
	case a.Operator:
		return ""
	case a.UserN == 0 && !a.Admin && !a.Auditor:
		return "say for whom you speak"
	case a.UserN != 0 && a.State != identity.Active:
		return approval.Away(a.State)
	case a.UserN == 0 && !a.Admin && v != Read && v != ReadAll:
		return "an auditor changes nothing"
	}
	switch v {
	case Start:
		return unless(a.Admin, "only an administrator can")
	case Read:
		return unless(r.Own || r.Reviewer || r.Owner || a.Admin || a.Auditor, "it is neither for you to decide nor about you")
	case ReadAll:
		return unless(r.Owner || a.Admin || a.Auditor, "only the campaign's owner, administrators and auditors see everybody's")
	case Decide:
		if r.Own {
			return "nobody decides on their own access"
		}
		return unless(r.Reviewer, "it is not for you to decide")
	case Close:
		return unless(r.Owner || a.Admin, "only the campaign's owner or an administrator can")
	}
	return "nobody can"
}

func unless(allowed bool, why string) string {
	if allowed {
		return ""
	}
	return why
}
