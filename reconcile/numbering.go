package reconcile

// numbering gives dense numbers to names: the store's own where it has one, and
// a provisional negative one where it has none yet, so that a plan can be made
// without writing. settle replaces the provisional ones.
type numbering[K comparable] struct {
	numbers map[K]int64
	names   map[int64]K
	fresh   []K // provisionally numbered, in order of appearance
}

func newNumbering[K comparable]() *numbering[K] {
	return &numbering[K]{numbers: map[K]int64{}, names: map[int64]K{}}
}

// know records the store's number of a name.
func (n *numbering[K]) know(name K, number int64) {
	n.numbers[name] = number
	n.names[number] = name
}

// number returns the name's number, a provisional one if it is new.
func (n *numbering[K]) number(name K) int64 {
	if number, ok := n.numbers[name]; ok {
		return number
	}
	n.fresh = append(n.fresh, name)
	number := -int64(len(n.fresh))
	n.know(name, number)
	return number
}

// name returns the name behind a number.
func (n *numbering[K]) name(number int64) K { return n.names[number] }

// settle gives the provisional names the numbers that the store made for them.
// Provisional numbers stay resolvable, so that what was planned with them can
// still be read; settled translates them.
func (n *numbering[K]) settle(made map[K]int64) {
	for _, name := range n.fresh {
		if number, ok := made[name]; ok {
			n.know(name, number)
		}
	}
	n.fresh = nil
}

// settled returns the store's number for a number that may be provisional.
func (n *numbering[K]) settled(number int64) int64 {
	if number >= 0 {
		return number
	}
	return n.numbers[n.names[number]]
}
