package reconcile

import (
	"maps"
	"slices"

	"birthright/rules"
)

// Refused is a group that rules give somebody and an exclusion or a constraint
// keeps from them.
type Refused struct {
	User          string `json:"user" yaml:"user"`
	rules.Refusal `yaml:",inline"`
}

// refuse notes what was kept from the i-th user.
func (d *decision) refuse(i int, refusals []rules.Refusal) {
	for _, r := range refusals {
		d.refused = append(d.refused, Refused{User: d.users[i].name, Refusal: r})
	}
}

// refuseAll notes what was kept from anybody, in the order of users.
func (d *decision) refuseAll(x *rules.Everyone) {
	for i, next := 0, slices.Sorted(maps.Keys(x.Apart)); i < len(d.users) && len(next) > 0; i++ {
		if d.users[i].n == int64(next[0]) {
			d.refuse(i, x.Apart[next[0]].Refused)
			next = next[1:]
		}
	}
}

// refusing is the report with what d keeps from people.
func (r Report) refusing(d *decision) Report {
	r.Refused = append([]Refused{}, d.refused...)
	return r
}
