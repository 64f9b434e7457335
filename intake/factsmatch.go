package intake

import (
	"context"
	"slices"

	"birthright/directory"
	"birthright/identity"
	"birthright/store"
)

// nobodyYet and several are no users.
const (
	nobodyYet = 0
	several   = -1
)

// matchFacts fills in whom each fact is about and returns, sorted, the people whom
// nobody or several match. It asks once an attribute and batch, for whoever is not
// found by an attribute before it.
func (s *Service) matchFacts(ctx context.Context, tx *store.Tx, match []string, facts []identity.Fact) (strangers []string, err error) {
	people := map[string]int64{}
	for _, f := range facts {
		people[f.Person] = nobodyYet
	}
	for _, attribute := range match {
		var open []string
		for person, n := range people {
			if n <= nobodyYet {
				open = append(open, person)
			}
		}
		slices.Sort(open)
		for batch := range slices.Chunk(open, s.batch) {
			if err := findPeople(ctx, tx, attribute, batch, people); err != nil {
				return nil, err
			}
		}
	}
	for i := range facts {
		facts[i].UserN = max(people[facts[i].Person], 0)
	}
	for person, n := range people {
		if n <= nobodyYet {
			strangers = append(strangers, person)
		}
	}
	slices.Sort(strangers)
	return strangers, nil
}

// findPeople looks up who has these values of an attribute. A user name is the
// hub's own; any other attribute is that of a record that is still at its source.
func findPeople(ctx context.Context, tx *store.Tx, attribute string, values []string, found map[string]int64) error {
	if attribute == identity.AttrUserName {
		folded := make([]string, len(values))
		for i, value := range values {
			folded[i] = directory.Fold(value)
		}
		users, err := tx.UserNumbers(ctx, folded)
		for i, value := range values {
			if n := users[folded[i]]; n != 0 {
				found[value] = n
			}
		}
		return err
	}
	keys := make([]string, len(values))
	for i, value := range values {
		keys[i] = directory.Key(attribute, value)
	}
	matches, err := tx.MatchKeys(ctx, keys)
	for i, value := range values {
		if n := theOne(matches[keys[i]]); n != nobodyYet {
			found[value] = n
		}
	}
	return err
}

// theOne returns the user of whom all the records speak that are still there.
func theOne(matches []store.Match) int64 {
	one := int64(nobodyYet)
	for _, m := range matches {
		switch {
		case !m.Live || m.UserN == 0 || m.UserN == one:
		case one == nobodyYet:
			one = m.UserN
		default:
			return several
		}
	}
	return one
}
