package rules

import (
	"slices"

	"birthright/identity"
	"birthright/rules/population"
)

// Each hands fn everybody who is in a group, ascending by number, with the
// memberships, which are sorted by group and valid until fn returns; their
// causes are shared and must not be changed. It ends where fn returns false.
func (x *Everyone) Each(fn func(n int64, memberships []identity.Membership) bool) {
	f := x.flatten()
	var memberships []identity.Membership
	for n := range uint32(len(f.starts) - 1) {
		if d, ok := x.Apart[n]; ok {
			if len(d.Memberships) > 0 && !fn(int64(n), d.Memberships) {
				return
			}
			continue
		}
		mine := f.refs[f.starts[n]:f.starts[n+1]]
		if len(mine) == 0 {
			continue
		}
		memberships = f.memberships(int64(n), mine, memberships[:0])
		if !fn(int64(n), memberships) {
			return
		}
	}
}

// flat is Holdings turned around: for each user, in which causing the user is.
type flat struct {
	x *Everyone
	// causings are those of all holdings, in order; groups says of which holding
	// each is.
	causings []*Causing
	groups   []int32
	// refs are numbers of causings, those of user n from starts[n] to starts[n+1].
	refs   []uint32
	starts []uint64
	// lists holds, by several numbers of causings, their causes.
	lists map[string][]identity.Cause
	// single holds the causes of each causing alone.
	single [][]identity.Cause
}

func (x *Everyone) flatten() *flat {
	f := &flat{x: x, lists: map[string][]identity.Cause{}}
	last := uint32(0)
	for i := range x.Holdings {
		for j := range x.Holdings[i].Causes {
			c := &x.Holdings[i].Causes[j]
			f.causings, f.groups = append(f.causings, c), append(f.groups, int32(i))
			f.single = append(f.single, []identity.Cause{c.Cause})
			last = max(last, c.Users.Maximum())
		}
	}
	for n := range x.Apart {
		last = max(last, n)
	}
	f.starts = make([]uint64, uint64(last)+2)
	for _, c := range f.causings {
		population.Each(c.Users, func(n uint32) { f.starts[n+1]++ })
	}
	for i := 1; i < len(f.starts); i++ {
		f.starts[i] += f.starts[i-1]
	}
	f.refs = make([]uint32, f.starts[len(f.starts)-1])
	next := slices.Clone(f.starts)
	for ref, c := range f.causings {
		population.Each(c.Users, func(n uint32) {
			f.refs[next[n]] = uint32(ref)
			next[n]++
		})
	}
	return f
}

// memberships puts together those of one user from refs, which are ascending.
func (f *flat) memberships(userN int64, refs []uint32, into []identity.Membership) []identity.Membership {
	for start := 0; start < len(refs); {
		end := start + 1
		for end < len(refs) && f.groups[refs[end]] == f.groups[refs[start]] {
			end++
		}
		into = append(into, identity.Membership{
			UserN: userN, Group: f.x.Holdings[f.groups[refs[start]]].Group, Causes: f.causes(refs[start:end]),
		})
		start = end
	}
	if f.x.engine.ending {
		for i := range into {
			into[i].EndsAt = f.x.engine.lastEnd(into, &into[i], nil) // whoever has a grant is decided about apart
		}
	}
	return into
}

// causes returns the causes behind some refs: one list for the same refs.
func (f *flat) causes(refs []uint32) []identity.Cause {
	if len(refs) == 1 {
		return f.single[refs[0]]
	}
	key := make([]byte, 0, 4*len(refs))
	for _, ref := range refs {
		key = append(key, byte(ref), byte(ref>>8), byte(ref>>16), byte(ref>>24))
	}
	list, ok := f.lists[string(key)]
	if !ok {
		for _, ref := range refs {
			list = append(list, f.causings[ref].Cause)
		}
		f.lists[string(key)] = list
	}
	return list
}
