package rights

import "birthright/grants/approval"

// Verb is something that somebody wants to look at or do.
type Verb string

// The verbs. What only reads comes first.
const (
	ListPeople   Verb = "list people"
	ReadPerson   Verb = "look at a person"
	ReadGroup    Verb = "look at a group"
	ListMembers  Verb = "list who is in a group"
	ReadTargets  Verb = "look at targets"
	ReadSources  Verb = "look at sources"
	ReadMessages Verb = "look at what a source sent" // it is about everybody
	ReadRuns     Verb = "look at runs"
	ReadHeld     Verb = "look at what is held"
	ReadPolicy   Verb = "look at the policy"
	TryPolicy    Verb = "try a policy" // what it would change; nothing is kept
	Plan         Verb = "plan a run"   // what it would do; nothing is done
	ReadReports  Verb = "read reports"
	ReadAudit    Verb = "read the audit log"
	ReadStatus   Verb = "look at how the hub is"
	ReadTokens   Verb = "list tokens"
	ReadSessions Verb = "list sessions"

	Run           Verb = "run a sync"
	Import        Verb = "read a source in"
	Probe         Verb = "check a connection"
	Release       Verb = "release or refuse what is held"
	ManageTokens  Verb = "make and revoke tokens"
	ManageSignals Verb = "deliver signals again"
	EndSessions   Verb = "end sessions"
	MakeEvidence  Verb = "make an archive of evidence"
	WriteReports  Verb = "write reports" // into the folder of the configuration
	TakeAway      Verb = "order access removed"
	GiveBack      Verb = "give back what was taken away"
)

// Verbs lists them all.
func Verbs() []Verb {
	return []Verb{
		ListPeople, ReadPerson, ReadGroup, ListMembers, ReadTargets, ReadSources, ReadMessages, ReadRuns, ReadHeld, ReadPolicy, TryPolicy, Plan, ReadReports,
		ReadAudit, ReadStatus, ReadTokens, ReadSessions, Run, Import, Probe, Release, ManageTokens, ManageSignals, EndSessions, MakeEvidence, WriteReports, TakeAway, GiveBack,
	}
}

// Reads reports whether a verb changes nothing.
func (v Verb) Reads() bool {
	switch v {
	case Run, Import, Probe, Release, ManageTokens, ManageSignals, EndSessions, MakeEvidence, WriteReports, TakeAway, GiveBack:
		return false
	}
	return true
}

// Relation is how an actor stands to what the verb is about.
type Relation struct {
	Self    bool // it is about the actor
	Manager bool // the actor is that person's manager
	Owner   bool // the actor owns the group
}

// May says what is missing, "" where it may be done. The operator of the machine may do
// everything, an administrator too; an auditor reads everything and changes nothing;
// everybody else sees themselves, those who report to them, and the groups they own.
func May(a approval.Actor, v Verb, r Relation) (why string) {
	if a.Operator {
		return ""
	}
	if a.UserN != 0 && approval.Away(a.State) != "" {
		return approval.Away(a.State)
	}
	switch {
	case a.Admin:
		return ""
	case a.Auditor && v.Reads():
		return ""
	case a.Auditor && a.UserN == 0:
		return "an auditor changes nothing"
	case a.UserN == 0:
		return "say for whom you speak"
	}
	return mayUser(v, r)
}

// mayUser is May for a person without a role.
func mayUser(v Verb, r Relation) (why string) {
	switch v {
	case ReadGroup:
		return ""
	case ReadPerson:
		return unless(r.Self || r.Manager, "it is neither you nor somebody who reports to you")
	case ListMembers:
		return unless(r.Owner, "you do not own the group")
	case ReadTokens, ReadSessions, ManageTokens, EndSessions:
		return unless(r.Self, "only an administrator can for others")
	}
	if v.Reads() {
		return "only administrators and auditors can"
	}
	return "only an administrator can"
}

func unless(allowed bool, why string) string {
	if allowed {
		return ""
	}
	return why
}
