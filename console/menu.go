package console

import (
	"context"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/rights"
)

type menuHub interface {
	Self(ctx context.Context, a approval.Actor, verbs ...rights.Verb) (hub.Self, error)
}

// entry is a part of the menu.
type entry struct {
	Name, Path string
	Current    bool
	// Apart is set where another part of the menu begins: what it is about.
	Apart string
	verb  rights.Verb // what the visitor must be allowed; "" for everybody
}

// sections are the parts of the console, in the order of the menu.
var sections = []entry{
	{Name: "My access", Path: "/"},
	{Name: "Request", Path: "/request"},
	{Name: "Decide", Path: "/decide"},
	{Name: "Review", Path: "/review-items"},
	{Name: "Overview", Path: "/overview", Apart: "The hub", verb: rights.ReadStatus},
	{Name: "People", Path: "/people", verb: rights.ListPeople},
	{Name: "Groups", Path: "/groups"},
	{Name: "Targets", Path: "/targets", verb: rights.ReadTargets},
	{Name: "Sources", Path: "/sources", verb: rights.ReadSources},
	{Name: "Policy", Path: "/policy", verb: rights.ReadPolicy},
	{Name: "Runs", Path: "/runs", verb: rights.ReadRuns},
	{Name: "Held", Path: "/held", verb: rights.ReadHeld},
	{Name: "Campaigns", Path: "/reviews", Apart: "Assurance"},
	{Name: "Reports", Path: "/reports", verb: rights.ReadReports},
	{Name: "Taken away", Path: "/taken", verb: rights.ReadReports},
	{Name: "Audit", Path: "/audit", verb: rights.ReadAudit},
	{Name: "Tokens", Path: "/tokens", Apart: "Settings"},
}

// menuVerbs are those that decide what is in the menu.
func menuVerbs() []rights.Verb {
	var verbs []rights.Verb
	for _, e := range sections {
		if e.verb != "" {
			verbs = append(verbs, e.verb)
		}
	}
	return verbs
}

// menu is what somebody may open; section is the name of the entry that is open.
func menu(who hub.Self, section string) []entry {
	var out []entry
	for _, e := range sections {
		if e.verb == "" || who.May[e.verb] {
			e.Current = e.Name == section
			out = append(out, e)
		}
	}
	return out
}
