package ldaptarget

import (
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

// Layout is what accounts and groups look like in one kind of directory.
type Layout struct {
	Users, Groups Part
	// Kind is the kind of entitlement that groups are.
	Kind string
	// Member is the attribute of a group that holds its members, MembersAs the name
	// that reads ask for it by; default Member.
	Member, MembersAs string
	// Flat is true where members are login names, so that no group is in another.
	Flat bool
	// Placeholder is the value that stands in a group which must not be empty; ""
	// where groups may be.
	Placeholder string
	// Person reads an account out of its entry; false where that is none.
	Person func(*goldap.Entry) (*Person, bool)
	// Team reads a group out of its entry; false where that is none.
	Team func(*goldap.Entry) (*Team, bool)
	// ByID, ByName, ByTeam and ByKey make the filters that find an account by its
	// id and its name, a group by its name and by Team.Key.
	ByID, ByName, ByTeam, ByKey func(string) string
	// Form is the form of a member value to compare by.
	Form func(value string) string
	// Ref is what requests call an entry of which an answer says that it is dn.
	Ref func(dn string) string
	// Plain is the name of an entry of which an answer says that it is dn, where
	// requests call entries otherwise: names may then change while they are used.
	// nil where requests call entries by name.
	Plain func(dn string) string
	// Controls go with every search.
	Controls []goldap.Control
	// Batch is how many values one modify carries: servers slow down, or refuse,
	// beyond some thousands.
	Batch int
}

// Part is where entries of one sort are and what of them is read.
type Part struct {
	// Base is the DN that they are under; "" where there are none.
	Base   string
	Filter string
	Fields []string
}

// Person is an account's entry as it is now.
type Person struct {
	// DN is the entry's name, Ref what requests call it, Value what groups do and
	// Sought what filters that look for its groups do.
	DN, Ref, Value, Sought string
	// Primary is the key of a group that holds the account without naming it.
	Primary string
	// Protected says why the account is not changed, "" where it may be.
	Protected string
	targets.Account
}

// Team is a group's entry as it is now.
type Team struct {
	// DN is the entry's name; Ref is what requests call it, and groups as a member.
	DN, Ref string
	Name    string
	Title   string
	// Key is what Person.Primary calls it, "" where nothing does.
	Key string
	// Protected says why its members are not changed, "" where they may be.
	Protected string
	// several is true where other groups have the same name.
	several bool
}

// readOnly reports whether the group's members are for others to change.
func (g *Team) readOnly() bool { return g.several || g.Protected != "" }

// Writer makes, changes and ends entries: what differs most between kinds. Each
// bool says whether anything was changed.
type Writer interface {
	Create(a *Application, op targets.Op) targets.Result
	Update(a *Application, want targets.Account, p *Person) (bool, error)
	SetActive(a *Application, p *Person, active bool) (bool, error)
	Delete(a *Application, p *Person) (bool, error)
	// Group makes the request that adds a group, and tells what to do where it is
	// refused for the lack of a place. Its error: no group can have that name.
	Group(name string) (request *goldap.AddRequest, remedy string, err error)
}

// standIn reports whether a member value, in the form to compare by, is the
// placeholder.
func (t *Directory) standIn(form string) bool {
	return t.Layout.Placeholder != "" && form == t.Layout.Form(t.Layout.Placeholder)
}
