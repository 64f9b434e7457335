package campaign

import (
	"slices"
	"strconv"
	"strings"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/reviews"
	"birthright/rules"
)

// About is what of an item decides who is asked: whose it is, their manager's number,
// and who owns it.
type About struct {
	UserN, Manager int64
	Owners         []string
}

// Chain returns who is asked of an item in a stage of a campaign: rungs of terms. The
// next rung counts where nobody of one can decide: those who are asked, the campaign's
// fallback, its owner, the administrators. Terms name people by number where they can,
// so that who is renamed is asked all the same.
func Chain(c *reviews.Campaign, stage int, about About, admins []string, p approval.People) [][]string {
	var rungs [][]string
	for _, terms := range [][]string{c.Stages[stage].Reviewers, c.Fallback, {c.Owner}, admins} {
		if rung := about.terms(terms, p); len(rung) > 0 && !contains(rungs, rung) {
			rungs = append(rungs, rung)
		}
	}
	return rungs
}

func contains(rungs [][]string, rung []string) bool {
	return slices.ContainsFunc(rungs, func(other []string) bool { return slices.Equal(other, rung) })
}

// terms writes terms down as they are kept, sorted.
func (a About) terms(terms []string, p approval.People) []string {
	var out []string
	for _, term := range terms {
		kind, name, _ := strings.Cut(term, ":")
		switch kind {
		case rules.ByOwners:
			out = append(out, a.terms(slices.DeleteFunc(slices.Clone(a.Owners), func(o string) bool { return o == rules.ByOwners }), p)...)
		case rules.ByManager:
			if a.Manager != 0 {
				out = append(out, Person(a.Manager))
			}
		case "user":
			if n := p.Named(name); n != 0 {
				term = Person(n)
			}
			out = append(out, term)
		case "":
		default:
			out = append(out, term)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Person is the term that names one user by number.
func Person(n int64) string { return "person:" + strconv.FormatInt(n, 10) }

// personOf is the number in a term; 0 where it names nobody by number.
func personOf(term string) int64 {
	digits, ok := strings.CutPrefix(term, "person:")
	n, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil {
		return 0
	}
	return n
}

// mostAsked bounds how many people of one group are asked.
const mostAsked = 200

// named lists whom a term names, whatever state they are in.
func named(term string, c approval.Crowd) []int64 {
	kind, name, _ := strings.Cut(term, ":")
	switch kind {
	case "person":
		return []int64{personOf(term)}
	case "user":
		if n := c.Named(name); n != 0 {
			return []int64{n}
		}
	case "group":
		return c.Members(name, mostAsked)
	case "oncall":
		return c.Watch(name)
	}
	return nil
}

// names reports whether a term names a user. Somebody who is in a group only by grants
// that nobody but the one whose access it is let them have is not named by it.
func names(n int64, term string, about int64, p approval.People) bool {
	if personOf(term) != 0 {
		return personOf(term) == n
	}
	m := approval.Matter{Request: &grants.Request{UserN: about}}
	return m.Names(n, term, p)
}

// Asked returns the people of the first rung of whom somebody can decide, ascending,
// and which that is; -1 where nobody can. but is whose access it is: they are never
// asked. Somebody who is on leave counts as long as a delegate is here.
func Asked(rungs [][]string, but int64, c approval.Crowd) (people []int64, rung int) {
	if but == 0 {
		but = excluded(rungs)
	}
	for i, terms := range rungs {
		if people = peopleOf(terms, but, c); len(people) > 0 {
			return people, i
		}
	}
	return nil, -1
}

func peopleOf(terms []string, but int64, c approval.Crowd) []int64 {
	var out []int64
	for _, term := range terms {
		for _, n := range named(term, c) {
			if n != but && able(n, but, c) {
				out = append(out, n)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// able reports whether a user can decide, or somebody in their place.
func able(n, but int64, c approval.Crowd) bool {
	u, known := c.User(n)
	switch {
	case !known:
		return false
	case u.State == identity.Active:
		return true
	case u.State != identity.OnLeave:
		return false
	}
	return slices.ContainsFunc(c.Delegates(n), func(d int64) bool {
		delegate, known := c.User(d)
		return known && d != but && delegate.State == identity.Active
	})
}

// Beside returns who is asked too once a campaign is late: the managers of those who
// are asked, or, where there are none, the next rung of whom somebody can decide.
func Beside(rungs [][]string, asked []int64, rung int, but int64, c approval.Crowd) []int64 {
	if but == 0 {
		but = excluded(rungs)
	}
	var out []int64
	for _, n := range asked {
		if m := approval.Manager(n, c); m != 0 && m != but && able(m, but, c) && !slices.Contains(asked, m) {
			out = append(out, m)
		}
	}
	if len(out) == 0 && rung >= 0 && rung+1 < len(rungs) {
		next, _ := Asked(rungs[rung+1:], but, c)
		out = slices.DeleteFunc(next, func(n int64) bool { return slices.Contains(asked, n) })
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Without returns a panel for the items of somebody who may become the only one that it
// names: the same rungs, which never name that one.
func Without(rungs [][]string, userN int64) [][]string {
	if excluded(rungs) == userN {
		return rungs
	}
	return append([][]string{{exclusion + strconv.FormatInt(userN, 10)}}, rungs...)
}

// exclusion begins the term of a first rung that says whom a panel never names.
const exclusion = "not:"

// excluded is whom a panel never names; 0 for nobody.
func excluded(rungs [][]string) int64 {
	if len(rungs) == 0 || len(rungs[0]) != 1 {
		return 0
	}
	digits, ok := strings.CutPrefix(rungs[0][0], exclusion)
	n, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil {
		return 0
	}
	return n
}
