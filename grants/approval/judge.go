package approval

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"birthright/grants"
	"birthright/identity"
	"birthright/rules"
)

// People answers who people are at one moment. The caller takes the answers from
// one snapshot.
type People interface {
	// User returns a user; false where there is none of that number.
	User(n int64) (identity.User, bool)
	// Named returns the number of the user with a name, 0 for none.
	Named(userName string) int64
	// Belongs says whether, and how, a user is in a group of the hub.
	Belongs(n int64, group string) Belonging
	// OnCall reports whether a user is on call in a schedule.
	OnCall(n int64, schedule string) bool
	// Principals returns those in whose place a user decides at present.
	Principals(n int64) []int64
}

// Belonging is how a user is in a group.
type Belonging struct {
	In bool
	// ByGrants is set where only grants put the user there; Grants is what each of them
	// rests on.
	ByGrants bool
	Grants   []Ground
}

// Ground is what a grant rests on: who approved it, and who approved each of the
// extensions without which it would be over.
type Ground [][]Voice

// Voice is one approval.
type Voice struct {
	// By and For are who gave it and in whose place; 0 for the policy and the operator
	// of the machine.
	By, For int64
	// LetIn is how the one whose voice it is was in the groups that were asked, where
	// only grants put them there: their word is worth what those rest on. It is empty
	// for who was asked without that.
	LetIn []Belonging
}

// Matter is a request with everything that a decision on it depends on.
type Matter struct {
	Request *grants.Request
	// Votes are in the order in which they were given, whatever the clock said.
	Votes []grants.Vote
	// Policy is how the group may be asked for now, Owners who owns it now, and
	// Terms the fingerprint of both. Policy is nil where it may not be asked for.
	Policy *rules.Request
	Owners []string
	Terms  string
	Now    time.Time
}

// Verdict is what the votes come to.
type Verdict struct {
	// State is Pending, Approved or Denied.
	State string
	// Stage is the one that is open, of Stages; Have of Need people have approved
	// it, and it is open since Since.
	Stage, Stages, Have, Need int
	Since                     time.Time
	// Void are the votes that do not count any more, with the reason.
	Void []Void
}

// Void is a vote that does not count.
type Void struct {
	Vote grants.Vote
	Why  string
}

// Judge says what the votes come to, given who people are now. The word of the
// operator of the machine is enough for every stage.
func Judge(m Matter, p People) Verdict {
	v := Verdict{State: grants.Pending, Since: m.Request.Created}
	if m.Policy == nil {
		return v
	}
	stages := m.Policy.Stages()
	v.Stages = len(stages)
	for i, stage := range stages {
		v.Stage, v.Have, v.Need = i, 0, stage.Count
		if !m.tally(&v, m.Votes, p) {
			return v
		}
		if v.State == grants.Denied {
			return v
		}
	}
	v.State = grants.Approved
	return v
}

// tally counts the votes of the stage that v is at, and reports whether it is
// passed, or the request denied.
func (m Matter) tally(v *Verdict, votes []grants.Vote, p People) bool {
	var voters, principals []int64
	for _, vote := range votes {
		operator := vote.ByN == 0
		if vote.Stage != v.Stage && !operator {
			continue
		}
		if why := m.void(vote, v.Stage, v.Since, p); why != "" {
			v.Void = append(v.Void, Void{vote, why})
			continue
		}
		if !vote.Approve {
			v.State = grants.Denied
			return true
		}
		if operator {
			v.Have = v.Need
		} else if !slices.Contains(voters, vote.ByN) && !slices.Contains(principals, vote.For) {
			voters, principals = append(voters, vote.ByN), append(principals, vote.For)
			v.Have++
		}
		if v.Have >= v.Need {
			v.Since = vote.At
			return true
		}
	}
	return false
}

// void says why a vote does not count, "" where it does.
func (m Matter) void(vote grants.Vote, stage int, since time.Time, p People) string {
	switch {
	case vote.Revision != m.Request.Revision:
		return "the request was changed since"
	case vote.Terms != m.Terms:
		return "the policy of the group was changed since"
	case vote.ByN == 0:
		return ""
	}
	s := m.standing(vote.ByN, stage, since, p)
	if s.Why != "" {
		return s.Why
	}
	if !slices.Contains(s.For, vote.For) {
		return "the one in whose place it was given may not decide any more"
	}
	return ""
}

// Standing is for whom somebody may decide: first for oneself, then as a delegate.
// Why says why not, where For is empty.
type Standing struct {
	For []int64
	Why string
}

// Standing says whether a user may decide on the stage that is open, and in whose
// place.
func (m Matter) Standing(userN int64, v Verdict, p People) Standing {
	return m.standing(userN, v.Stage, v.Since, p)
}

func (m Matter) standing(userN int64, stage int, since time.Time, p People) Standing {
	u, known := p.User(userN)
	switch {
	case !known:
		return Standing{Why: "there is no such user"}
	case u.State != identity.Active:
		return Standing{Why: u.UserName + " is " + stateWords(u.State)}
	case m.Request.Concerns(userN):
		return Standing{Why: "nobody decides on what they ask for or would get themselves"}
	}
	terms := m.terms(stage, since)
	var s Standing
	for _, principal := range append([]int64{userN}, p.Principals(userN)...) {
		if m.entitled(principal, terms, p) {
			s.For = append(s.For, principal)
		}
	}
	if len(s.For) == 0 {
		s.Why = "it is for " + strings.Join(terms, " or ") + " to decide"
		if group := m.letInto(userN, terms, p); group != "" {
			s.Why += ", and " + u.UserName + " is in group:" + group + " only by the approval of those who ask for it or would get it"
		}
	}
	return s
}

// letInto returns a group among the terms that a user is in, but not so that it counts.
func (m Matter) letInto(userN int64, terms []string, p People) string {
	for _, term := range terms {
		if term == rules.ByOwners {
			if group := m.letInto(userN, m.owners(), p); group != "" {
				return group
			}
			continue
		}
		if group, named := strings.CutPrefix(term, "group:"); named && p.Belongs(userN, group).In {
			return group
		}
	}
	return ""
}

func stateWords(s identity.State) string {
	if s == identity.OnLeave {
		return "on leave"
	}
	return string(s)
}

// terms are who decides on a stage: others too once it has waited for too long.
func (m Matter) terms(stage int, since time.Time) []string {
	s := m.Policy.Stages()[stage]
	terms := []string{s.By}
	if s.EscalateAfter > 0 && !m.Now.Before(since.Add(s.EscalateAfter)) {
		terms = append(terms, s.EscalateTo)
	}
	return terms
}

// Asked lists who may decide on a stage at some time, the owners one by one.
func (m Matter) Asked(stage int) (terms []string) {
	s := m.Policy.Stages()[stage]
	for _, term := range []string{s.By, s.EscalateTo} {
		switch term {
		case "":
		case rules.ByOwners:
			terms = append(terms, m.owners()...)
		default:
			terms = append(terms, term)
		}
	}
	return terms
}

// owners are the owners of the group as terms: no group owns itself.
func (m Matter) owners() []string {
	return slices.DeleteFunc(slices.Clone(m.Owners), func(owner string) bool { return owner == rules.ByOwners })
}

// entitled reports whether one of the terms names a principal, who may be away but
// not gone.
func (m Matter) entitled(n int64, terms []string, p People) bool {
	u, known := p.User(n)
	if !known || u.State != identity.Active && u.State != identity.OnLeave || m.Request.Concerns(n) {
		return false
	}
	return slices.ContainsFunc(terms, func(term string) bool { return m.Names(n, term, p) })
}

// Names reports whether a term of the policy names a user: owners, manager,
// user:NAME, group:NAME or oncall:SCHEDULE.
func (m Matter) Names(n int64, term string, p People) bool {
	kind, name, _ := strings.Cut(term, ":")
	switch kind {
	case rules.ByOwners:
		return slices.ContainsFunc(m.owners(), func(owner string) bool { return m.Names(n, owner, p) })
	case rules.ByManager:
		return n != 0 && Manager(m.Request.UserN, p) == n
	case "user":
		return n != 0 && p.Named(name) == n
	case "group":
		return m.counts(p.Belongs(n, name))
	case "oncall":
		return p.OnCall(n, name)
	}
	return false
}

// counts reports whether somebody is in a group by more than the word of those
// whom the request concerns: who lets a friend into the group that approves would
// decide for themselves.
func (m Matter) counts(b Belonging) bool {
	return b.In && (!b.ByGrants || slices.ContainsFunc(b.Grants, m.holdsUp))
}

// holdsUp reports whether each approval that a grant rests on was given by somebody
// whom the request does not concern, also in nobody's place whom it does, and who was
// not let in to give it by those whom it does.
func (m Matter) holdsUp(g Ground) bool {
	return len(g) > 0 && !slices.ContainsFunc(g, func(approval []Voice) bool { return !slices.ContainsFunc(approval, m.independent) })
}

func (m Matter) independent(v Voice) bool {
	return !m.Request.Concerns(v.By) && !m.Request.Concerns(v.For) && (len(v.LetIn) == 0 || slices.ContainsFunc(v.LetIn, m.counts))
}

// Manager returns the number of a user's manager, 0 for none.
func Manager(n int64, p People) int64 {
	u, known := p.User(n)
	if !known {
		return 0
	}
	name := u.Attributes.First(identity.AttrManager)
	if name == "" {
		return 0
	}
	return p.Named(name)
}

// Crowd lists people: whom to tell, and whether there is anybody who could decide.
type Crowd interface {
	People
	// Members returns up to limit members of a group.
	Members(group string, limit int) []int64
	// Watch returns who is on call in a schedule.
	Watch(schedule string) []int64
	// Delegates returns who decides in a user's place at present.
	Delegates(n int64) []int64
}

// maxPanel bounds how many people are told of one request.
const maxPanel = 200

// Panel returns who may decide on the open stage, ascending, up to 200 people.
func (m Matter) Panel(v Verdict, c Crowd) []int64 {
	return m.panel(m.terms(v.Stage, v.Since), v, c)
}

// PanelOf is Panel of any stage, as if it were open now: nobody there is a request
// that nobody can ever approve.
func (m Matter) PanelOf(stage int, c Crowd) []int64 {
	s := m.Policy.Stages()[stage]
	terms := []string{s.By}
	if s.EscalateTo != "" {
		terms = append(terms, s.EscalateTo)
	}
	v := Verdict{Stage: stage, Since: m.Now}
	if s.EscalateAfter > 0 {
		v.Since = m.Now.Add(-s.EscalateAfter)
	}
	return m.panel(terms, v, c)
}

func (m Matter) panel(terms []string, v Verdict, c Crowd) []int64 {
	var found []int64
	for _, term := range terms {
		found = append(found, m.named(term, c)...)
	}
	for _, n := range slices.Clone(found) {
		found = append(found, c.Delegates(n)...)
	}
	slices.Sort(found)
	found = slices.Compact(found)
	return slices.DeleteFunc(found, func(n int64) bool { return len(m.Standing(n, v, c).For) == 0 })
}

// named lists whom a term names.
func (m Matter) named(term string, c Crowd) []int64 {
	kind, name, _ := strings.Cut(term, ":")
	switch kind {
	case rules.ByOwners:
		var out []int64
		for _, owner := range m.owners() {
			out = append(out, m.named(owner, c)...)
		}
		return out
	case rules.ByManager:
		return some(Manager(m.Request.UserN, c))
	case "user":
		return some(c.Named(name))
	case "group":
		return c.Members(name, maxPanel)
	case "oncall":
		return c.Watch(name)
	}
	return nil
}

func some(n int64) []int64 {
	if n == 0 {
		return nil
	}
	return []int64{n}
}

// OwnersOf lists the owners of the group that are active users, ascending.
func (m Matter) OwnersOf(c Crowd) []int64 {
	out := slices.DeleteFunc(m.named(rules.ByOwners, c), func(n int64) bool {
		u, known := c.User(n)
		return !known || u.State != identity.Active
	})
	slices.SortFunc(out, cmp.Compare[int64])
	return slices.Compact(out)
}
