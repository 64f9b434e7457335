package suggest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules/population"
)

// mostTerms is how many terms a condition has at most, and mostChoices how many are
// combined: those that say most about the askers.
const (
	mostTerms   = 3
	mostChoices = 40
)

// Term is one part of a condition: an attribute has a value, or a source puts the
// person into a group.
type Term struct {
	Reading population.Reading
	Value   string
}

// String is the term as a condition writes it.
func (t Term) String() string {
	switch {
	case t.Reading.Kind == population.Groups:
		return strconv.Quote(t.Value) + " in user.groups"
	case slices.Contains(identity.KnownAttributes(), t.Reading.Attribute):
		return "user." + t.Reading.Attribute + " == " + strconv.Quote(t.Value)
	}
	return "user.attributes[" + strconv.Quote(t.Reading.Attribute) + "] == " + strconv.Quote(t.Value)
}

// conjunction joins terms.
func conjunction(terms []Term) string {
	parts := make([]string, len(terms))
	for i, t := range terms {
		parts[i] = t.String()
	}
	return strings.Join(parts, " && ")
}

// match is a condition with those of the pool of whom it holds.
type match struct {
	terms []Term
	users *roaring.Bitmap
	hits  int // the askers among them
	last  int // place of the last term among the choices
}

// search looks for the smallest condition that is about enough of the askers and of
// few others.
func (l *learner) search(askers *roaring.Bitmap, p pool) (match, bool) {
	s := searching{askers: askers, total: size(askers), pool: p, Thresholds: l.Thresholds}
	s.choose(l.Population, l.Readings)
	return s.smallest()
}

// searching is the search for one group.
type searching struct {
	Thresholds
	askers *roaring.Bitmap
	total  int
	pool   pool
	// narrower, if set, demands that the condition leaves somebody of the pool out.
	narrower bool
	choices  []match // single terms that are about enough of the askers
}

// choose finds the single terms: the values that the askers have.
func (s *searching) choose(pop *population.Population, readings []population.Reading) {
	for _, r := range readings {
		column := pop.Column(r)
		if column == nil {
			continue
		}
		var found []match
		for value, hits := range s.values(column, r) {
			if value == "" || !s.covers(hits) {
				continue
			}
			users := roaring.And(holders(column, r, value), s.pool.could)
			found = append(found, match{terms: []Term{{r, value}}, users: users, hits: hits})
		}
		slices.SortFunc(found, func(a, b match) int {
			return cmp.Or(s.compare(a, b), cmp.Compare(a.terms[0].Value, b.terms[0].Value))
		})
		s.choices = append(s.choices, found...)
	}
	s.bound()
	for i := range s.choices {
		s.choices[i].last = i
	}
}

// bound keeps the choices that say most; their order stays.
func (s *searching) bound() {
	if len(s.choices) <= mostChoices {
		return
	}
	ranked := make([]int, len(s.choices))
	for i := range ranked {
		ranked[i] = i
	}
	slices.SortStableFunc(ranked, func(a, b int) int { return s.compare(s.choices[a], s.choices[b]) })
	ranked = ranked[:mostChoices]
	slices.Sort(ranked)
	kept := make([]match, len(ranked))
	for i, n := range ranked {
		kept[i] = s.choices[n]
	}
	s.choices = kept
}

// values counts the askers by value; of single values only where it is enough of them.
func (s *searching) values(column *population.Column, r population.Reading) map[string]int {
	codes := map[uint32]int{}
	population.Each(s.askers, func(n uint32) { codes[column.Code(n)]++ })
	out := map[string]int{}
	for code, n := range codes {
		if !r.Listed() {
			if s.covers(n) {
				out[column.Text(code)] = n
			}
			continue
		}
		list := column.List(code)
		for i, value := range list {
			if !slices.Contains(list[:i], value) {
				out[value] += n
			}
		}
	}
	return out
}

// holders returns who has a value.
func holders(column *population.Column, r population.Reading, value string) *roaring.Bitmap {
	if r.Listed() {
		return column.Containing(value)
	}
	code, _ := column.Find(value) // an asker has it
	return column.Holders(code)
}

// smallest returns the best condition of the least number of terms that will do.
func (s *searching) smallest() (match, bool) {
	open := s.choices
	for range mostTerms {
		if best, ok := s.best(open); ok {
			return best, true
		}
		open = s.extend(open)
	}
	return match{}, false
}

// best returns the best of those that will do.
func (s *searching) best(list []match) (match, bool) {
	var out match
	found := false
	for _, m := range list {
		if s.will(m) && (!found || s.compare(m, out) < 0) {
			out, found = m, true
		}
	}
	return out, found
}

func (s *searching) will(m match) bool {
	return s.covers(m.hits) && share(m.hits, size(m.users)) >= s.Precision && !m.users.Intersects(s.pool.spoil) &&
		!(s.narrower && size(m.users) == size(s.pool.could))
}

func (s *searching) covers(hits int) bool { return hits > 0 && share(hits, s.total) >= s.Coverage }

// extend adds one term to each condition: a later one, so that each combination comes
// once. One that covers too little already cannot cover more.
func (s *searching) extend(list []match) []match {
	var out []match
	for _, m := range list {
		for i := m.last + 1; i < len(s.choices); i++ {
			c := &s.choices[i]
			if r := c.terms[0].Reading; !r.Listed() && r == m.terms[len(m.terms)-1].Reading {
				continue // nobody has two values
			}
			users := roaring.And(m.users, c.users)
			if size(users) == size(m.users) || size(users) == size(c.users) {
				continue // one of the two says nothing more
			}
			if hits := int(users.AndCardinality(s.askers)); s.covers(hits) {
				out = append(out, match{append(slices.Clone(m.terms), c.terms[0]), users, hits, i})
			}
		}
	}
	return out
}

// compare puts the better condition first: the one with the higher harmonic mean of
// precision and coverage, in whole numbers, then the one that adds fewer people.
func (s *searching) compare(a, b match) int {
	return cmp.Or(
		cmp.Compare(b.hits*(s.total+size(a.users)), a.hits*(s.total+size(b.users))),
		cmp.Compare(size(a.users), size(b.users)),
	)
}
