package sourcetest

import (
	"fmt"

	"birthright/identity"
)

// World is what a source is made to hold.
type World struct {
	People []Person
	Groups []Group
}

// Person is somebody, known by userName. Attributes use the hub's names and lack
// userName.
type Person struct {
	UserName   string
	Attributes identity.Attributes
}

// Group is a group by name.
type Group struct {
	Name   string
	People []string // userNames
	Groups []string // names of groups within; empty unless Harness.Nested
	// Strangers are members that nobody in the world is; a harness that cannot
	// express them leaves them out.
	Strangers []string
}

// The attributes that cases use; a harness must be able to hold them all.
var attributesUsed = []string{
	identity.AttrGivenName, identity.AttrFamilyName, identity.AttrDisplayName, identity.AttrEmail,
	identity.AttrTitle, identity.AttrEmployeeNumber,
}

// company is the world that most cases look at: names of several scripts,
// characters that mean something to some format, several values, absent ones.
func company(nested bool) World {
	w := World{People: []Person{
		{"ada", identity.Attributes{"givenName": {"Ada"}, "familyName": {"Lovelace"}, "displayName": {"Lovelace, Ada (\"AL\")"}, "email": {"ada@x.test", "a.l@x.test"}, "title": {"Engineer"}, "employeeNumber": {"1001"}}},
		{"björk", identity.Attributes{"givenName": {"Björk"}, "familyName": {"Guðmundsdóttir"}, "displayName": {"Björk"}, "email": {"bjork@x.test"}, "employeeNumber": {"1002"}}},
		{"chen", identity.Attributes{"givenName": {"伟"}, "familyName": {"陈"}, "displayName": {"陈伟; #1 = + <x> \\ / *"}, "email": {"chen@x.test"}, "title": {"总监"}, "employeeNumber": {"1003"}}},
		{"o'neil", identity.Attributes{"familyName": {"O'Neil"}, "displayName": {"Shaun O'Neil"}, "employeeNumber": {"1004"}}},
	}, Groups: []Group{
		{Name: "engineers", People: []string{"ada", "chen"}, Strangers: []string{"nobody"}},
		{Name: "Everyone, really", People: []string{"ada", "björk", "chen", "o'neil"}},
	}}
	if nested {
		w.Groups = append(w.Groups,
			Group{Name: "outer", People: []string{"björk"}, Groups: []string{"engineers"}},
			Group{Name: "all", Groups: []string{"outer", "engineers"}})
	}
	return w
}

// crowd is a world of n people, more than a source fetches at once.
func crowd(n int) World {
	var w World
	for i := range n {
		w.People = append(w.People, Person{fmt.Sprintf("user%05d", i), identity.Attributes{
			"familyName": {fmt.Sprintf("Family%d", i)}, "displayName": {fmt.Sprintf("Person %d", i)}, "employeeNumber": {fmt.Sprint(i)}}})
	}
	return w
}
