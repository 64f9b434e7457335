package population

import (
	"cmp"

	"birthright/identity"
)

// Kind is how much of an attribute a reading sees.
type Kind uint8

// The kinds of reading.
const (
	First  Kind = iota // the primary value of an attribute
	All                // all values of an attribute
	Groups             // the groups that the sources put the person in
	Name               // user.userName: the attribute, or else what the hub calls the person
	Login              // what the hub calls the person
	State              // the place in the lifecycle
	Whole              // every attribute: for conditions that look at names of attributes
)

// Reading is one thing that conditions read of a person.
type Reading struct {
	Kind Kind
	// Attribute is the name, for First and All.
	Attribute string
}

// Compare orders readings.
func Compare(a, b Reading) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Attribute, b.Attribute))
}

// kept reports whether a column is needed for it.
func (r Reading) kept() bool { return r.Kind != Whole && r.Kind != State }

// Listed reports whether a person has a list of values there.
func (r Reading) Listed() bool { return r.Kind == All || r.Kind == Groups }

// Text returns what a reading of one value sees of u.
func (r Reading) Text(u *identity.User) string {
	switch r.Kind {
	case Name:
		return NameOf(u)
	case Login:
		return u.UserName
	case State:
		return string(u.State)
	default:
		return u.Attributes.First(r.Attribute)
	}
}

// List returns what a reading of several values sees of u.
func (r Reading) List(u *identity.User) []string {
	if r.Kind == Groups {
		return u.Groups
	}
	return u.Attributes[r.Attribute]
}

// NameOf is the user name as conditions see it.
func NameOf(u *identity.User) string {
	if name := u.Attributes.First(identity.AttrUserName); name != "" {
		return name
	}
	return u.UserName
}
