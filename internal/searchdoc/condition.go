package searchdoc

// Condition is a question about a resource: And, Or, Not, Has or Column; within
// a Has, about one value: And, Or, Not or Sub.
type Condition interface {
	holds(r Resource, e Element) bool
}

// And holds if all do; an empty one always.
type And []Condition

// Or holds if one does; an empty one never.
type Or []Condition

// Not holds if X does not.
type Not struct{ X Condition }

// Has holds if the attribute has a value about which Where holds; nil for any
// value. Groups of a user and Members of a group are no part of a Doc but
// relations: they have the sub-attributes value (an identifier), display and type.
type Has struct {
	Attribute string // a Key
	Where     Condition
}

// The attributes that are relations.
const (
	Groups  = "groups"
	Members = "members"
)

// Sub holds if one of the values of the sub-attribute passes; with a nil Test, if
// there is one. Before is put before a text first.
type Sub struct {
	Name   string
	Before string
	Test   *Test
}

// Column holds if what the store itself knows of the resource passes; Before and
// After are put around a text first.
type Column struct {
	Name          Name
	Before, After string
	Test          Test
}

// Name is something that the store knows of every resource.
type Name string

// The names. ID and Version are texts, the others times in microseconds since
// 1970, as int64.
const (
	ID       Name = "id"
	Version  Name = "version"
	Created  Name = "created"
	Modified Name = "modified"
)

// Op is what a Test does.
type Op string

// The operators.
const (
	Equal        Op = "="
	Contains     Op = "contains"
	Begins       Op = "begins"
	Ends         Op = "ends"
	Greater      Op = ">"
	GreaterEqual Op = ">="
	Less         Op = "<"
	LessEqual    Op = "<="
)

// Test compares one value with Value, which is of the kind of the values that can
// pass: a string, float64, bool or, for times of columns, int64.
type Test struct {
	Op    Op
	Value any
	// Fails turns the result round: values of other kinds pass too.
	Fails bool
}

// UserName is the name that a user has in the hub, folded: an order alone, and the
// same as that by the attribute where nobody maps it otherwise.
const UserName Name = "user_name"

// Order is by what resources are sorted; the zero value by their creation. Those
// without a value come last, or first if it is descending.
type Order struct {
	Attribute, Sub string // a Key and a sub-attribute of its first value
	Column         Name   // instead of these
	Number         bool   // the values are numbers, else texts
	Descending     bool
}

// Sorted reports whether there is an order other than that of creation.
func (o Order) Sorted() bool { return o.Attribute != "" || o.Column != "" }
