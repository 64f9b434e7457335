package directory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"birthright/identity"
)

// Candidate is a user that carries a match key through one of its records.
type Candidate struct {
	// UserN is the user's dense number.
	UserN int64
	// UserName is for messages.
	UserName string
	// Live is true where the record that carries the key is still at its source.
	Live bool
	// Speaker is the key of the live record by which the source of the record
	// being matched already speaks for this user; "" when it does not.
	Speaker string
}

// Outcome is what correlation says about a record.
type Outcome string

// The outcomes.
const (
	Link      Outcome = "link"      // it speaks of a known user
	New       Outcome = "new"       // nobody known matches: a new user
	Ambiguous Outcome = "ambiguous" // a person must decide
)

// Verdict is the answer to "whom does this record speak of?".
type Verdict struct {
	Outcome Outcome
	// UserN is the user for Link.
	UserN int64
	// Rule names the attributes that matched for Link.
	Rule string
	// Reason says, for Ambiguous, why, with the names of the candidates.
	Reason string
	// Candidates are, for Ambiguous, the users in question, in order of number.
	Candidates []int64
}

// Match decides whom r, whose keys are given, speaks of; found holds the users
// that carry each of the keys. The first rule that matches exactly one user
// wins. A user all of whose matching records are gone counts only where no
// present one matches, so that someone who comes back is the same user again
// and a re-used address prefers the one who is here. Several users and no
// deciding rule, or a user for whom r's source already speaks, is ambiguous.
func (c Correlation) Match(r identity.Record, keys []string, found map[string][]Candidate) Verdict {
	var several *Verdict
	for _, rule := range c.rules {
		matched := rule.candidates(keys, found)
		switch len(matched) {
		case 0:
		case 1:
			return rule.verdict(r, matched[0])
		default:
			if several == nil {
				several = rule.severalMatch(r, matched)
			}
		}
	}
	if several != nil {
		return *several
	}
	return Verdict{Outcome: New}
}

// verdict is what follows from a rule that matches exactly one user.
func (rule correlationRule) verdict(r identity.Record, c Candidate) Verdict {
	if c.Speaker != "" && c.Speaker != r.Key {
		return Verdict{
			Outcome: Ambiguous, Candidates: []int64{c.UserN},
			Reason: fmt.Sprintf("%s matches %s, but source %s already speaks for %s with record %s",
				rule.name(), c.UserName, r.Source, c.UserName, c.Speaker),
		}
	}
	return Verdict{Outcome: Link, UserN: c.UserN, Rule: rule.name()}
}

// severalMatch is the verdict on a rule that matches more than one user.
func (rule correlationRule) severalMatch(r identity.Record, matched []Candidate) *Verdict {
	v := &Verdict{Outcome: Ambiguous}
	var names []string
	for _, c := range matched {
		v.Candidates = append(v.Candidates, c.UserN)
		names = append(names, c.UserName)
	}
	slices.Sort(names)
	v.Reason = fmt.Sprintf("%s %s matches %d users: %s", rule.name(), rule.shown(r), len(matched), listed(names))
	return v
}

// shown returns the values by which r was matched, as its source spells them.
func (rule correlationRule) shown(r identity.Record) string {
	var parts []string
	for _, name := range rule.attributes {
		parts = append(parts, r.Attributes[name]...)
	}
	return fmt.Sprintf("%q", strings.Join(parts, " "))
}

// candidates returns the distinct users that carry one of the rule's keys, in
// order of number: those that match by a live record, or else all.
func (rule correlationRule) candidates(keys []string, found map[string][]Candidate) []Candidate {
	var all []Candidate
	anyLive := false
	for _, key := range keys {
		if !strings.HasPrefix(key, rule.prefix) {
			continue
		}
		for _, c := range found[key] {
			anyLive = anyLive || c.Live
			all = append(all, c)
		}
	}
	if len(all) < 2 {
		return all
	}
	if anyLive {
		all = slices.DeleteFunc(all, func(c Candidate) bool { return !c.Live })
	}
	slices.SortFunc(all, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.UserN, b.UserN), cmp.Compare(a.UserName, b.UserName), -cmp.Compare(a.Speaker, b.Speaker))
	})
	return slices.CompactFunc(all, func(a, b Candidate) bool { return a.UserN == b.UserN })
}

// listed joins names for a sentence; a long list is cut with its rest counted.
func listed(names []string) string {
	const most = 5
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// Contradict reports whether a and b cannot be one person although they bear
// the same name: a correlation rule has values for both and none agrees.
func (c Correlation) Contradict(a, b identity.Record) bool {
	for _, rule := range c.rules {
		left, right := rule.keys(a.Attributes), rule.keys(b.Attributes)
		if len(left) == 0 || len(right) == 0 {
			continue
		}
		if !slices.ContainsFunc(left, func(key string) bool { return slices.Contains(right, key) }) {
			return true
		}
	}
	return false
}
