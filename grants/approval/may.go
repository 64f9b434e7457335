package approval

import "birthright/identity"

// Verb is something that somebody wants to do with a request or a grant.
type Verb string

// The verbs.
const (
	Ask                Verb = "ask" // for oneself
	AskForOther        Verb = "ask for somebody else"
	BreakGlass         Verb = "break glass" // for oneself
	BreakGlassForOther Verb = "break glass for somebody else"
	Read               Verb = "read"      // one request or grant
	ReadAll            Verb = "read all"  // everybody's
	Decide             Verb = "decide on" // approve or deny
	Cancel             Verb = "cancel"    // a request that is open, or whose grant has not begun
	Amend              Verb = "change"    // a request that is open
	Extend             Verb = "extend"    // a grant
	Return             Verb = "return"    // a grant
	Revoke             Verb = "revoke"    // a grant
	Examine            Verb = "review"    // a broken glass
	Delegate           Verb = "delegate"  // one's own decisions
	DelegateFor        Verb = "delegate for somebody else"
)

// Verbs lists them all.
func Verbs() []Verb {
	return []Verb{Ask, AskForOther, BreakGlass, BreakGlassForOther, Read, ReadAll, Decide, Cancel, Amend, Extend, Return, Revoke, Examine, Delegate, DelegateFor}
}

// Actor is who wants to do something.
type Actor struct {
	// UserN is 0 for the operator of the machine, and for a program without a user.
	UserN int64
	// Name is as the audit log writes it: "user:ada", "operator:root".
	Name  string
	State identity.State
	// Via is who speaks for the user where that is somebody else: the operator of the
	// machine. The audit log has it; it gives and takes no rights.
	Via string
	// Operator works on the machine with the database: what the operator does is
	// done in the name of whoever runs the hub. Admin may do everything but decide
	// on what is for others to decide.
	Operator, Admin bool
	// Auditor may read everything and do nothing.
	Auditor bool
}

// Relation is how an actor stands to a request or a grant.
type Relation struct {
	Beneficiary bool // who gets it
	Requester   bool // who asked for it
	Approver    bool // may decide on the stage that is open, see Matter.Standing
	Owner       bool // owns the group
	Manager     bool // is the manager of the beneficiary
	ForOthers   bool // the policy lets this one ask for others
}

// May is the one place that says who may do what. Why says what is missing, "" where
// it may be done. That somebody may not decide for themselves is part of Approver,
// and holds here again.
func May(a Actor, v Verb, r Relation) (why string) {
	if a.Operator {
		return ""
	}
	if a.UserN == 0 && !a.Admin && !a.Auditor {
		return "say for whom you speak"
	}
	if a.UserN != 0 && Away(a.State) != "" {
		return Away(a.State)
	}
	if a.UserN == 0 && !a.Admin && v != Read && v != ReadAll {
		return "an auditor changes nothing"
	}
	concerned := r.Beneficiary || r.Requester
	switch v {
	case Ask, BreakGlass, Delegate:
		return unless(a.UserN != 0, "only a user can")
	case AskForOther:
		return unless(r.ForOthers || a.Admin, "the policy of the group does not let you ask for somebody else")
	case Read:
		return unless(concerned || r.Approver || r.Owner || r.Manager || a.Admin || a.Auditor,
			"it is neither yours nor for you to decide, and you do not own the group")
	case ReadAll:
		return unless(a.Admin || a.Auditor, "only administrators and auditors see everybody's")
	case Decide:
		if concerned {
			return "nobody decides on what they ask for or would get themselves"
		}
		return unless(r.Approver, "it is not for you to decide")
	case Cancel:
		return unless(concerned || a.Admin, "only who asked for it or would get it can")
	case Amend:
		return unless(r.Requester, "only who asked for it can")
	case Extend:
		return unless(concerned || a.Admin, "only who asked for it or has it can")
	case Return:
		return unless(r.Beneficiary, "only who has it can give it back; others revoke it")
	case Revoke:
		return unless(r.Owner || r.Manager || a.Admin, "only an owner of the group, the manager of who has it, or an administrator can")
	case Examine:
		if concerned {
			return "somebody else must look at it"
		}
		return unless(r.Owner || a.Admin, "only an owner of the group or an administrator can")
	case DelegateFor, BreakGlassForOther:
		return unless(a.Admin, "only an administrator can")
	}
	return "nobody can"
}

// Away says why somebody in a state may do nothing at all, "" for who is here.
func Away(s identity.State) string {
	switch s {
	case identity.Active:
		return ""
	case identity.Left:
		return "you have left"
	}
	return "you are " + stateWords(s)
}

func unless(allowed bool, why string) string {
	if allowed {
		return ""
	}
	return why
}
