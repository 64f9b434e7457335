package rules

import (
	"birthright/identity"
	"birthright/rules/population"
)

// person is what an evaluation reads of somebody: a user at hand, or one of a
// population.
type person interface {
	Text(population.Reading) string
	List(population.Reading) []string
	Whole() identity.Attributes
	State() identity.State
}

// known is a person who is at hand.
type known struct{ u *identity.User }

func (k known) Text(r population.Reading) string   { return r.Text(k.u) }
func (k known) List(r population.Reading) []string { return r.List(k.u) }
func (k known) Whole() identity.Attributes         { return k.u.Attributes }
func (k known) State() identity.State              { return k.u.State }

// managerReading is all that reportsTo depends on.
var managerReading = population.Reading{Attribute: identity.AttrManager}

// groupsReading are the groups that the sources put a person in.
var groupsReading = population.Reading{Kind: population.Groups}

// loginReading is what exclusions call a person.
var loginReading = population.Reading{Kind: population.Login}
