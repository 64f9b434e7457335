package desk

import (
	"slices"
	"time"

	"birthright/grants"
	"birthright/identity"
	"birthright/store"
)

// Person is who gets something, for those who decide on it.
type Person struct {
	UserName    string `json:"userName"`
	DisplayName string `json:"displayName"`
	Title       string `json:"title"`
	Department  string `json:"department"`
	Team        string `json:"team"`
	Manager     string `json:"manager"`
	State       string `json:"state"`
}

// Subject is the group that something is about.
type Subject struct {
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Risk        string   `json:"risk"`
	Owners      []string `json:"owners" nullable:"false"`
	Gives       []string `json:"gives" nullable:"false"`
}

// Peers is how usual the group is among those who are active in the same department and
// team: so many of the others have it. Nothing is known where All is 0.
type Peers struct {
	All  int `json:"all"`
	Have int `json:"have"`
}

// Share is how many of a hundred have it.
func (p Peers) Share() int {
	if p.All == 0 {
		return 0
	}
	return 100 * p.Have / p.All
}

// Before is how often what the same person asked for of the same group ended in one way.
type Before struct {
	Outcome string    `json:"outcome"`
	Times   int       `json:"times"`
	Last    time.Time `json:"last"`
}

// surround fills in who gets what some requests ask for, what it is, and how usual: a few
// queries, however many requests.
func (s *session) surround(requests []grants.Request, out []Look) error {
	var users []int64
	var groups []string
	for i := range requests {
		users, groups = append(users, requests[i].UserN), append(groups, requests[i].Group)
	}
	usual, err := s.peers(requests, groups)
	if err != nil {
		return err
	}
	asked, err := s.tx.AskedBefore(s.ctx, users, groups)
	if err != nil {
		return err
	}
	for i := range requests {
		r, l := &requests[i], &out[i]
		u, _ := s.people.User(r.UserN)
		l.Person, l.Subject, l.Peers, l.Before = personOf(u), s.subject(r.Group), usual[r.N], []Before{}
		for _, a := range asked {
			if a.UserN != r.UserN || a.Group != r.Group {
				continue
			}
			if a.Outcome == r.Outcome {
				a.Times-- // this very one
			}
			if a.Times > 0 {
				l.Before = append(l.Before, Before{a.Outcome, a.Times, a.Last})
			}
		}
	}
	return s.people.err
}

// peers is how usual what requests ask for is, by the number of the request.
func (s *session) peers(requests []grants.Request, groups []string) (map[int64]Peers, error) {
	numbers, err := s.tx.GroupNumbers(s.ctx, groups, false)
	if err != nil {
		return nil, err
	}
	var pairs [][2]int64
	for i := range requests {
		pairs = append(pairs, [2]int64{requests[i].UserN, numbers[requests[i].Group]}) // 0 for one that nobody ever had
	}
	slices.SortFunc(pairs, func(a, b [2]int64) int { return slices.Compare(a[:], b[:]) })
	found, err := s.tx.PeersOf(s.ctx, slices.Compact(pairs))
	out := make(map[int64]Peers, len(requests))
	for i := range requests {
		p := found[[2]int64{requests[i].UserN, numbers[requests[i].Group]}]
		out[requests[i].N] = Peers(p)
	}
	return out, err
}

func personOf(u identity.User) Person {
	first := u.Attributes.First
	return Person{
		UserName: u.UserName, DisplayName: first(identity.AttrDisplayName), Title: first(identity.AttrTitle), State: string(u.State),
		Department: first(identity.AttrDepartment), Team: first(identity.AttrTeam), Manager: first(identity.AttrManager),
	}
}

func (s *session) subject(group string) Subject {
	definition, _ := s.engine.Group(group)
	return Subject{
		Title: definition.Title, Description: definition.Description, Risk: definition.Risk, Owners: list(definition.Owners), Gives: addresses(definition.Access),
	}
}

// fetch loads at once who some users are and what they are in, so that nobody is looked
// up one by one afterwards.
func (p *people) fetch(ns []int64) {
	if p.err != nil || len(ns) == 0 {
		return
	}
	users, err := p.tx.UsersByN(p.ctx, ns)
	if p.fail(err) {
		return
	}
	for i := range users {
		p.users[users[i].N] = &users[i]
	}
	rows, err := p.tx.MembershipsOfUsers(p.ctx, ns)
	if p.fail(err) {
		return
	}
	groupNs := make([]int64, len(rows))
	for i, row := range rows {
		groupNs[i] = row.GroupN
	}
	names, err := p.tx.GroupNames(p.ctx, groupNs)
	if p.fail(err) {
		return
	}
	sets, err := p.tx.CausesOf(p.ctx, rows)
	if p.fail(err) {
		return
	}
	p.remember(ns, rows, names, sets)
}

func (p *people) remember(ns []int64, rows []store.MembershipRow, names map[int64]string, sets map[int64][]identity.Cause) {
	for _, n := range ns {
		p.causes[n] = map[string][]identity.Cause{}
	}
	for _, row := range rows {
		p.causes[row.UserN][names[row.GroupN]] = sets[row.CausesN]
	}
}
