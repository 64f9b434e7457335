package ldap

import "hash/maphash"

// index remembers, over one pull, which entry is known by which name: by DN, by
// uid and by key. It holds hashes instead of names, 128 bits under a seed of its
// own, so that a million people fit into two hundred megabytes; two names that
// collide by chance are not to be expected in the lifetime of this world, and
// nobody can make a pair on purpose without knowing the seeds.
type index struct {
	seeds   [2]maphash.Seed
	at      map[name]int
	keys    texts // of people and groups, by number
	names   texts // userName of people, where managers are resolved
	scratch []byte
}

// name is a hashed name.
type name [2]uint64

// The kinds of name; they share one map.
const (
	byPersonDN = 'd'
	byGroupDN  = 'g'
	byUID      = 'u'
	byKey      = 'k'
	byGroupKey = 'K'
)

func newIndex() *index {
	return &index{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, at: map[name]int{}}
}

func (x *index) hash(kind byte, text []byte) name {
	x.scratch = append(append(x.scratch[:0], kind), text...)
	return name{maphash.Bytes(x.seeds[0], x.scratch), maphash.Bytes(x.seeds[1], x.scratch)}
}

// add gives the entry number i one more name. It reports false, and changes
// nothing, where another entry has it.
func (x *index) add(n name, i int) bool {
	if _, taken := x.at[n]; taken {
		return false
	}
	x.at[n] = i
	return true
}

// find returns the number of the entry known by n.
func (x *index) find(n name) (int, bool) {
	i, ok := x.at[n]
	return i, ok
}

// texts is a list of strings in one piece of memory.
type texts struct {
	all  []byte
	ends []int
}

func (t *texts) append(s string) int {
	t.all = append(t.all, s...)
	t.ends = append(t.ends, len(t.all))
	return len(t.ends) - 1
}

func (t *texts) get(i int) string {
	start := 0
	if i > 0 {
		start = t.ends[i-1]
	}
	return string(t.all[start:t.ends[i]])
}

func (t *texts) len() int { return len(t.ends) }
