package rules

import (
	"cmp"
	"slices"

	"birthright/identity"
)

// given is one group given by one rule.
type given struct {
	group string
	// rank is the place of group among the names that are spelled out, from 1; 0
	// for a name that was made.
	rank int
	by   *program
}

// A key stands for one given of a group that is spelled out: rank, the rule's place
// by name, and where it is among all that is given. Numbers sort much faster than
// names.
const (
	placeBits = 22
	ruleBits  = 21
)

func (g *given) key(place int) uint64 {
	return uint64(g.rank)<<(placeBits+ruleBits) | uint64(g.by.byName)<<placeBits | uint64(place)
}

// collect turns what is given into memberships, sorted by group, with the rules
// that give each, sorted by name.
func (s *subject) collect() []identity.Membership {
	s.keys = s.keys[:0]
	made := 0
	for i := range s.given {
		if g := &s.given[i]; g.rank > 0 {
			s.keys = append(s.keys, g.key(i))
		} else {
			made++
		}
	}
	slices.Sort(s.keys)
	sorted := make([]*given, 0, len(s.given))
	for _, key := range s.keys {
		sorted = append(sorted, &s.given[key&(1<<placeBits-1)])
	}
	if made > 0 {
		sorted = s.withMade(sorted)
	}
	return s.memberships(sorted)
}

// withMade merges the groups whose names were made into those that are spelled out.
func (s *subject) withMade(spelled []*given) []*given {
	out := spelled
	for i := range s.given {
		if g := &s.given[i]; g.rank == 0 {
			out = append(out, g)
		}
	}
	slices.SortStableFunc(out, func(a, b *given) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.by.rule.Name, b.by.rule.Name))
	})
	return out
}

// memberships makes one of each run of the same group. The causes of one that a
// single rule gives are the rule's own list: they must not be changed.
func (s *subject) memberships(sorted []*given) []identity.Membership {
	if len(sorted) == 0 {
		return nil
	}
	out := make([]identity.Membership, 0, len(sorted))
	for start := 0; start < len(sorted); {
		end := start + 1
		for end < len(sorted) && sorted[end].group == sorted[start].group {
			end++
		}
		out = append(out, identity.Membership{UserN: s.user.N, Group: sorted[start].group, Causes: causesOf(sorted[start:end])})
		start = end
	}
	return out
}

// causesOf returns the rules behind some givens of one group, each once.
func causesOf(same []*given) []identity.Cause {
	if len(same) == 1 || same[0].by == same[len(same)-1].by {
		return same[0].by.cause
	}
	causes := make([]identity.Cause, 0, len(same))
	for i, g := range same {
		if i == 0 || g.by != same[i-1].by {
			causes = append(causes, g.by.cause[0])
		}
	}
	return causes
}
