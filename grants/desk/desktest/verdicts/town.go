package verdicts

import (
	"slices"
	"strings"
)

// The people. ben stands for whoever of many gets something and is nobody else; mona is
// their manager, rita may ask for others. olga owns everything by name, gus through a group.
// anna, lars, nina (of the jury) and otis (on call) decide where the stage says so. dora
// decides in anna's place, dirk in olga's, and zoe in dora's, who has nothing to hand on.
// root administrates, audra audits, sven is nobody in particular.
const (
	Ben    = "ben"
	People = "ben mona rita olga gus anna lars nina otis dora dirk zoe root audra sven"
	// Programs have tokens without a person.
	Programs = "admin auditor"
	// Outside are those without a token that opens anything.
	Outside = "nobody scim revoked expired"
	// Narrowed are tokens of people for less than they may.
	Narrowed = "ben:read anna:requests root:read"
)

// Away is the state of those who are not active: "staged", "leave", "suspended", "left".
type Away map[string]string

// Worlds are who is away when everything is tried: nobody; those who decide, of whom only
// who is on leave still has somebody in their place; whoever gets something; those who ask.
var Worlds = map[string]Away{
	"everybody is here":      {},
	"who decides is away":    {"anna": "leave", "olga": "suspended", "lars": "left", "otis": "staged"},
	"who gets it is away":    {Ben: "suspended"},
	"who asks has left":      {"rita": "left", "mona": "leave"},
	"who keeps guard is not": {"root": "suspended", "dora": "suspended", "nina": "leave"},
}

// deputies are who decides in whose place.
var deputies = map[string]string{"dora": "anna", "dirk": "olga", "zoe": "dora"}

// Shape is how a group is decided on.
type Shape struct {
	Name    string
	approve string
	stages  [][]string // terms of each
}

// Shapes are all of them. That of handed has waited for so long that others may decide as
// well, that of fresh has not.
var Shapes = []Shape{
	{"owners", "[{by: owners}]", [][]string{{"owners"}}},
	{"manager", "[{by: manager}]", [][]string{{"manager"}}},
	{"stages", "[{by: 'user:anna'}, {by: 'user:lars'}]", [][]string{{"anna"}, {"lars"}}},
	{"jury", "[{by: 'group:jury'}]", [][]string{{"nina"}}},
	{"oncall", "[{by: 'oncall:night'}]", [][]string{{"otis"}}},
	{"handed", "[{by: 'user:lars', escalate_after: 1h, escalate_to: 'user:anna'}]", [][]string{{"lars", "anna"}}},
	{"fresh", "[{by: 'user:lars', escalate_after: 1h, escalate_to: 'user:anna'}]", [][]string{{"lars"}}},
}

// Asking is who asks for whom.
type Asking struct{ By, For string }

// Askings are all of them: for oneself, for another, and each as somebody who would decide.
var Askings = []Asking{
	{Ben, Ben}, {"rita", Ben}, {"mona", Ben}, {"olga", Ben}, {"olga", "olga"}, {"gus", "gus"}, {"anna", "anna"}, {"lars", "lars"}, {"nina", "nina"}, {"otis", "otis"},
}

// The objects: a request or grant in each state that it can be in.
const (
	Pending   = "pending"
	Second    = "second" // the first of two stages is passed
	Denied    = "denied"
	Cancelled = "cancelled"
	Expired   = "expired"
	Later     = "later" // approved, and not begun
	Active    = "active"
	Ended     = "ended"
	Glass     = "glass"
	Examined  = "examined"
	Longer    = "longer" // the wish to have it for longer
)

// Thing is what something is done to.
type Thing struct {
	Shape
	Asking
	Object string

	Room           string // the group
	User           string // who gets it: For, or one of the many bens
	Request, Grant string
}

func (x *Thing) String() string {
	return x.Object + " request of " + x.By + " for " + x.For + " decided by " + x.Shape.Name
}

// objects are all but Pending.
var objects = []string{Active, Second, Denied, Cancelled, Expired, Later, Ended, Glass, Examined, Longer}

// things are the combinations that there are: what waits in every shape, asked for by
// everybody who stands to it in some way of their own; everything else in two shapes, a
// different one beside the one with two stages each time. Where somebody is away, what
// waits and what is active is enough.
func things(away Away) (out []Thing) {
	for i, shape := range Shapes {
		for _, asking := range Askings {
			own := slices.Contains(shape.people(), asking.By) && asking.By == asking.For
			if own || len(away) == 0 && slices.Contains(Askings[:5], asking) || asking.By == "rita" {
				out = append(out, Thing{Shape: shape, Asking: asking, Object: Pending})
			}
		}
		if len(away) > 0 && i%3 == 0 {
			out = append(out, Thing{Shape: shape, Asking: Asking{"rita", Ben}, Object: Active})
		}
	}
	for i, object := range objects {
		for _, shape := range []Shape{Shapes[2], Shapes[(i+i/3)%len(Shapes)]} {
			if len(away) > 0 || object == Second && len(shape.stages) == 1 {
				continue
			}
			for _, asking := range []Asking{{"rita", Ben}, {"olga", "olga"}} {
				if object == Glass || object == Examined {
					asking.By = asking.For // nobody breaks it for others
				}
				out = append(out, Thing{Shape: shape, Asking: asking, Object: object})
			}
		}
	}
	return out
}

// people are those whom a shape names.
func (s *Shape) people() (out []string) {
	for _, terms := range s.stages {
		out = append(out, terms...)
	}
	return out
}

// plain reports whether a thing is one that stands for all of its object where it is tried
// who comes without a person or without a token.
func (x *Thing) plain() bool { return x.Shape.Name == "stages" && x.For == Ben }

// policy is that of the town, with a room for each thing.
func policy(all []*Thing) string {
	var b strings.Builder
	b.WriteString("rules:\n  - {name: keepers, when: 'user.userName == \"gus\"', groups: [keepers]}\n  - {name: jury, when: 'user.userName == \"nina\"', groups: [jury]}\n")
	b.WriteString("groups:\n  - {name: keepers, access: ['app:role/keep']}\n  - {name: jury, access: ['app:role/judge']}\n")
	room := func(name, approve, expire string) {
		b.WriteString("  - {name: " + name + ", owners: ['user:olga', 'group:keepers'], access: ['app:role/" + name + "'], request: {for_others: ['user:rita', manager, owners], approve: " +
			approve + ", expire_after: " + expire + ", extend: {approve: true}, break_glass: {max: 1h}}}\n")
	}
	for _, x := range all {
		expire := "72h"
		if x.Object == Expired {
			expire = "90m"
		}
		room(x.Room, x.approve, expire)
	}
	for _, name := range []string{"lobby", "attic", "hall", "yard", "porch"} {
		room(name, "[{by: owners}]", "72h")
	}
	return b.String()
}

// concerned are those who ask or get.
func (x *Thing) concerned(who string) bool { return who == x.By || who == x.For }

// decides reports whether somebody may decide on a stage.
func (x *Thing) decides(who string, stage int, away Away) bool {
	if x.concerned(who) {
		return false
	}
	return slices.ContainsFunc(x.named(stage), func(name string) bool {
		here := away[name] == "" || away[name] == "leave"
		return here && !x.concerned(name) && (name == who && away[name] == "" || deputies[who] == name)
	})
}

// named are those whom a stage names. The wish for more time is fresh when what it is about
// is not.
func (x *Thing) named(stage int) (out []string) {
	terms := x.stages[stage]
	if x.Object == Longer {
		terms = terms[:1]
	}
	for _, term := range terms {
		switch term {
		case "owners":
			out = append(out, "olga", "gus")
		case "manager":
			if x.For == Ben {
				out = append(out, "mona")
			}
		default:
			out = append(out, term)
		}
	}
	return out
}

// asked reports whether somebody is asked on any stage.
func (x *Thing) asked(who string, away Away) bool {
	for i := range x.stages {
		if x.decides(who, i, away) {
			return true
		}
	}
	return false
}

// stage is the one that is open.
func (x *Thing) stage() int {
	if x.Object == Second {
		return 1
	}
	return 0
}

func (x *Thing) owns(who string) bool    { return who == "olga" || who == "gus" }
func (x *Thing) manages(who string) bool { return who == "mona" && x.For == Ben }
