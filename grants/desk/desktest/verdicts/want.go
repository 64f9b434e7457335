package verdicts

import (
	"slices"
	"strings"
)

// Verdict is what comes of a call.
type Verdict string

// The verdicts.
const (
	Yes  Verdict = "yes"  // it is done, or shown
	Same Verdict = "same" // understood, and nothing changes: it is so already
	No   Verdict = "no"   // whoever calls may not
	Late Verdict = "late" // it cannot be done as things are
	Bad  Verdict = "bad"  // something is missing that only people have
)

// Call is something that can be done.
type Call string

// The calls. Those from Read on are about a thing, the others about nothing in particular.
const (
	AskSelf     Call = "ask"
	AskBen      Call = "ask for ben"
	GlassSelf   Call = "break the glass"
	GlassBen    Call = "break the glass for ben"
	Deputise    Call = "delegate"
	DeputiseFor Call = "delegate for anna"
	Undelegate  Call = "end anna's delegation"
	Deputies    Call = "list delegations"
	Catalog     Call = "catalog"
	CatalogBen  Call = "ben's catalog"
	Overdue     Call = "overdue"

	Read      Call = "read"
	Look      Call = "look"
	List      Call = "list requests"
	ListGlass Call = "list glasses"
	ReadGrant Call = "read the grant"
	ListGrant Call = "list grants"
	Approve   Call = "approve"
	Deny      Call = "deny"
	Cancel    Call = "cancel"
	Amend     Call = "amend"
	Extend    Call = "extend"
	Return    Call = "return"
	Revoke    Call = "revoke"
	Examine   Call = "examine"
)

// general are the calls about nothing in particular, about the ones about a thing.
var (
	general = []Call{AskSelf, AskBen, GlassSelf, GlassBen, Deputise, DeputiseFor, Undelegate, Deputies, Catalog, CatalogBen, Overdue}
	about   = []Call{Read, Look, List, ListGlass, ReadGrant, ListGrant, Approve, Deny, Cancel, Amend, Extend, Return, Revoke, Examine}
	reading = []Call{Deputies, Catalog, CatalogBen, Overdue, Read, Look, List, ListGlass, ReadGrant, ListGrant}
	grants  = []Call{ReadGrant, ListGrant, Extend, Return, Revoke}
)

// Calls are all of them.
func Calls() []Call { return slices.Concat(general, about) }

// Reads reports whether a call changes nothing.
func (c Call) Reads() bool { return slices.Contains(reading, c) }

// fits reports whether a call can be about a thing: a grant is there where something was given.
func (c Call) fits(x *Thing) bool {
	given := slices.Contains([]string{Later, Active, Ended, Glass, Examined}, x.Object)
	switch {
	case c == ListGlass:
		return x.Object == Glass || x.Object == Examined
	case slices.Contains(grants, c):
		return given
	}
	return true
}

// noun is the part of the API that a call is in.
func (c Call) noun() string {
	switch c {
	case GlassSelf, GlassBen, ListGlass:
		return "break-glass"
	case Deputise, DeputiseFor, Undelegate, Deputies:
		return "delegations"
	case Catalog, CatalogBen:
		return "catalog"
	case Overdue, ReadGrant, ListGrant, Extend, Return, Revoke:
		return "grants"
	}
	return "requests"
}

// Want is what must come of a call by somebody, about a thing or nil.
func Want(who string, c Call, x *Thing, away Away) Verdict {
	name, only, narrowed := strings.Cut(who, ":")
	switch {
	case strings.Contains(Outside, who):
		return No
	case narrowed && only == "read" && !c.Reads(), narrowed && only != "read" && only != c.noun():
		return No
	case away[name] != "":
		return No
	case x == nil:
		return wantGeneral(name, c, away)
	}
	return wantAbout(name, c, x, away)
}

func program(who string) bool { return who == "admin" || who == "auditor" }
func admin(who string) bool   { return who == "root" || who == "admin" }
func auditor(who string) bool { return who == "audra" || who == "auditor" }

func wantGeneral(who string, c Call, away Away) Verdict {
	switch c {
	case AskSelf, GlassSelf, Deputise:
		if program(who) {
			return Bad
		}
		return Yes
	case AskBen:
		may := who == Ben || who == "rita" || who == "mona" || who == "olga" || who == "gus" || admin(who)
		if may && away[Ben] != "" {
			return Late
		}
		return when(may)
	case GlassBen:
		may := who == Ben || admin(who)
		if may && away[Ben] != "" {
			return Late
		}
		return when(may)
	case DeputiseFor, Undelegate:
		return when(who == "anna" || admin(who))
	case CatalogBen:
		return when(who == Ben || admin(who) || auditor(who))
	case Overdue:
		return when(admin(who) || auditor(who))
	}
	return Yes
}

func when(may bool) Verdict {
	if may {
		return Yes
	}
	return No
}

func wantAbout(who string, c Call, x *Thing, away Away) Verdict {
	concerned := x.concerned(who)
	switch c {
	case Read, Look, List, ListGlass, ReadGrant, ListGrant:
		return when(concerned || x.asked(who, away) || x.owns(who) || x.manages(who) || admin(who) || auditor(who))
	case Approve, Deny:
		return wantDecision(who, c == Approve, x, away)
	case Cancel:
		return wantCancel(concerned || admin(who), x)
	case Amend:
		return inTime(who == x.By, x.Object == Pending || x.Object == Second || x.Object == Longer, x, away)
	case Extend:
		return inTime(concerned || admin(who), x.Object == Active, x, away)
	case Return:
		return ends(who == x.For, x)
	case Revoke:
		return ends(x.owns(who) || x.manages(who) || admin(who), x)
	}
	switch may := !concerned && (x.owns(who) || admin(who)); { // Examine
	case may && x.Object == Examined:
		return Same
	case may && x.Object != Glass:
		return Late
	default:
		return when(may)
	}
}

// inTime is the verdict of who may, as long as there is time, and as long as whoever gets it
// may be given anything.
func inTime(may, time bool, x *Thing, away Away) Verdict {
	if may && (!time || away[x.For] != "") {
		return Late
	}
	return when(may)
}

func wantDecision(who string, approve bool, x *Thing, away Away) Verdict {
	switch x.Object {
	case Pending, Second, Longer:
		last := x.stage() == len(x.stages)-1
		if may := x.decides(who, x.stage(), away); !may || !approve || !last || away[x.For] == "" {
			return when(may)
		}
		return Late
	}
	approved := slices.Contains([]string{Later, Active, Ended, Glass, Examined}, x.Object)
	switch {
	case !x.asked(who, away):
		return No
	case approve && approved, !approve && x.Object == Denied:
		return Same
	}
	return Late
}

func wantCancel(may bool, x *Thing) Verdict {
	switch {
	case !may:
		return No
	case x.Object == Cancelled, x.Object == Ended:
		return Same
	case x.Object == Denied, x.Object == Expired, x.Object == Active, x.Object == Glass, x.Object == Examined:
		return Late
	}
	return Yes
}

// ends is the verdict of who may end a grant: one that is over stays so.
func ends(may bool, x *Thing) Verdict {
	if may && x.Object == Ended {
		return Same
	}
	return when(may)
}
