package campaign

import (
	"strings"

	"birthright/grants/approval"
	"birthright/identity"
)

// fewPeers is how many people there must be to compare somebody with.
const fewPeers = 3

// People is who everybody is, as far as a campaign needs it: gathered once, so that a
// million items ask the database nothing.
type People struct {
	persons []person // by number
	byName  map[string]int64
	places  [levels]places
}

type person struct {
	name, manager string
	state         identity.State
	place         [levels]int32 // in places, from 1
}

// levels are how alike people are: department, team and title; department and title;
// department.
const levels = 3

type places struct {
	numbers map[string]int32
	size    []int32 // active people, by place
}

// NewPeople returns nobody.
func NewPeople() *People {
	p := &People{byName: map[string]int64{}}
	for i := range p.places {
		p.places[i] = places{numbers: map[string]int32{}, size: []int32{0}}
	}
	return p
}

// Put adds a user, once each. It keeps nothing of u.
func (p *People) Put(u *identity.User) {
	p.Know(u)
	department, team, title := u.Attributes.First(identity.AttrDepartment), u.Attributes.First(identity.AttrTeam), u.Attributes.First(identity.AttrTitle)
	if u.State != identity.Active || department == "" {
		return // people of nowhere are not alike
	}
	x := &p.persons[u.N]
	for i, key := range [levels]string{department + "\x00" + team + "\x00" + title, department + "\x00" + title, department} {
		x.place[i] = p.places[i].add(key)
	}
}

// Know is Put for somebody who is not compared with others, since not everybody is put.
func (p *People) Know(u *identity.User) {
	if more := int(u.N) + 1 - len(p.persons); more > 0 {
		p.persons = append(p.persons, make([]person, more)...)
	}
	p.persons[u.N] = person{name: u.UserName, manager: u.Attributes.First(identity.AttrManager), state: u.State}
	p.byName[strings.ToLower(u.UserName)] = u.N
}

func (l *places) add(key string) int32 {
	n, known := l.numbers[key]
	if !known {
		n = int32(len(l.size))
		l.numbers[key] = n
		l.size = append(l.size, 0)
	}
	l.size[n]++
	return n
}

// person is who has a number; nil for nobody.
func (p *People) person(n int64) *person {
	if n <= 0 || n >= int64(len(p.persons)) || p.persons[n].name == "" {
		return nil
	}
	return &p.persons[n]
}

// Name is what a user is called; "" for nobody.
func (p *People) Name(n int64) string {
	if x := p.person(n); x != nil {
		return x.name
	}
	return ""
}

// Manager is the number of a user's manager, 0 for none.
func (p *People) Manager(n int64) int64 {
	if x := p.person(n); x != nil && x.manager != "" {
		return p.byName[strings.ToLower(x.manager)]
	}
	return 0
}

// crowd answers from People what it knows, and from Crowd the rest.
type crowd struct {
	approval.Crowd
	people *People
}

// User implements approval.People.
func (c crowd) User(n int64) (identity.User, bool) {
	x := c.people.person(n)
	if x == nil {
		return c.Crowd.User(n)
	}
	u := identity.User{N: n, UserName: x.name, State: x.state, Attributes: identity.Attributes{}}
	if x.manager != "" {
		u.Attributes.Set(identity.AttrManager, x.manager)
	}
	return u, true
}

// Named implements approval.People.
func (c crowd) Named(name string) int64 {
	if n := c.people.byName[strings.ToLower(name)]; n != 0 {
		return n
	}
	return c.Crowd.Named(name)
}

// tally counts the holders of one thing by place.
type tally [levels]map[int32]int32

func (p *People) tally(holders func(fn func(n int64))) *tally {
	t := &tally{}
	for i := range t {
		t[i] = map[int32]int32{}
	}
	holders(func(n int64) {
		if x := p.person(n); x != nil {
			for i, place := range x.place {
				if place != 0 {
					t[i][place]++
				}
			}
		}
	})
	return t
}

// alike returns how many people there are like a holder, and how many of them hold it
// too: of the closest likeness in which there are enough.
func (p *People) alike(n int64, t *tally) (holding, peers int) {
	x := p.person(n)
	if x == nil {
		return 0, 0
	}
	for i, place := range x.place {
		if place == 0 {
			return 0, 0
		}
		if peers = int(p.places[i].size[place]) - 1; peers >= fewPeers {
			return int(t[i][place]) - 1, peers
		}
	}
	return 0, 0
}
