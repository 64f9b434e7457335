package approval

import (
	"slices"
	"strings"
	"time"

	"birthright/grants"
	"birthright/identity"
	"birthright/rules"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// The people of the village, by number.
const (
	ada  int64 = iota + 1 // asks
	bob                   // may ask for others
	max                   // ada's manager
	olga                  // owns the group
	otto                  // in the group that owns it
	dan                   // decides in others' places
	eve                   // nobody in particular
	boss                  // is escalated to
	crowdSize
)

var nameOf = map[int64]string{ada: "ada", bob: "bob", max: "max", olga: "olga", otto: "otto", dan: "dan", eve: "eve", boss: "boss"}

// village is a few people, and who they are at this moment.
type village struct {
	state     map[int64]identity.State
	manager   map[int64]string
	members   map[string][]int64
	byGrants  map[string]map[int64][]Ground // who let whom into which group
	onCall    map[string][]int64
	delegates map[int64][]int64 // from, to
}

func newVillage() *village {
	return &village{
		state:   map[int64]identity.State{},
		manager: map[int64]string{ada: "max"},
		members: map[string][]int64{"owners": {otto}, "security": {eve}}, byGrants: map[string]map[int64][]Ground{},
		onCall: map[string][]int64{}, delegates: map[int64][]int64{},
	}
}

func (v *village) User(n int64) (identity.User, bool) {
	name, known := nameOf[n]
	if !known {
		return identity.User{}, false
	}
	u := identity.User{N: n, UserName: name, State: identity.Active, Attributes: identity.Attributes{}}
	if state, set := v.state[n]; set {
		u.State = state
	}
	if v.manager[n] != "" {
		u.Attributes.Set(identity.AttrManager, v.manager[n])
	}
	return u, true
}

func (v *village) Named(name string) int64 {
	for n, known := range nameOf {
		if known == name {
			return n
		}
	}
	return 0
}

func (v *village) Belongs(n int64, group string) Belonging {
	if !slices.Contains(v.members[group], n) {
		return Belonging{}
	}
	given, byGrants := v.byGrants[group][n]
	return Belonging{In: true, ByGrants: byGrants, Grants: given}
}

func (v *village) OnCall(n int64, schedule string) bool {
	return slices.Contains(v.onCall[schedule], n)
}

func (v *village) Principals(n int64) (out []int64) {
	for from := ada; from < crowdSize; from++ {
		if slices.Contains(v.delegates[from], n) {
			out = append(out, from)
		}
	}
	return out
}

func (v *village) Members(group string, limit int) []int64 {
	return v.members[group][:min(limit, len(v.members[group]))]
}
func (v *village) Watch(schedule string) []int64 { return v.onCall[schedule] }
func (v *village) Delegates(n int64) []int64     { return v.delegates[n] }

// letIn puts somebody into a group by grants alone, each with those who decided on it.
func (v *village) letIn(n int64, group string, deciders ...[]int64) {
	given := make([]Ground, len(deciders))
	for i, by := range deciders {
		given[i] = Ground{voices(by...)}
	}
	v.letInOn(n, group, given...)
}

// letInOn is letIn by grants that rest on more.
func (v *village) letInOn(n int64, group string, given ...Ground) {
	v.members[group] = append(v.members[group], n)
	if v.byGrants[group] == nil {
		v.byGrants[group] = map[int64][]Ground{}
	}
	v.byGrants[group][n] = given
}

// voices are approvals by people of their own right.
func voices(by ...int64) (out []Voice) {
	for _, n := range by {
		out = append(out, Voice{By: n, For: n})
	}
	return out
}

// asked is ada's request, an hour old, with these stages of approval.
func asked(stages ...rules.Stage) Matter {
	return Matter{
		Request: &grants.Request{N: 1, UserN: ada, ByN: ada, Created: noon.Add(-time.Hour), Revision: 1},
		Policy:  &rules.Request{Approve: stages}, Owners: []string{"user:olga", "group:owners"}, Terms: "terms", Now: noon,
	}
}

func owners(count int) rules.Stage { return rules.Stage{By: rules.ByOwners, Count: count} }

// with adds votes, a minute apart. A vote is "olga", "-olga" against it, "dan for olga",
// "olga at 2" of the second stage; "operator" is that of the machine.
func (m Matter) with(votes ...string) Matter {
	for _, text := range votes {
		m.Votes = append(m.Votes, m.vote(text))
	}
	return m
}

func (m Matter) vote(text string) grants.Vote {
	v := grants.Vote{
		RequestN: 1, Approve: true, Revision: m.Request.Revision, Terms: m.Terms, At: noon.Add(time.Duration(len(m.Votes)-30) * time.Minute),
	}
	who, stage, second := strings.Cut(text, " at ")
	if second {
		v.Stage = int(stage[0] - '1')
	}
	if rest, against := strings.CutPrefix(who, "-"); against {
		v.Approve, who = false, rest
	}
	who, principal, delegated := strings.Cut(who, " for ")
	p := newVillage()
	v.By, v.ByN = "user:"+who, p.Named(who)
	v.For = v.ByN
	if delegated {
		v.For = p.Named(principal)
	}
	return v
}
