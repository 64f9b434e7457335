package population

import (
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
)

// Column is what one reading sees of everybody.
type Column struct {
	reading Reading
	// values holds the distinct values by code; code 0 is the empty one. Lists
	// are kept joined as well as apart.
	values []string
	lists  [][]string
	byText map[string]uint32
	// codes holds everybody's value, by user number.
	codes []uint32
	// postings holds who has a value, by code, once the column is sealed.
	postings []posting
	sealed   bool
	// elements holds, for a list, who has a value somewhere in it.
	elements map[string]*posting
}

func newColumn(r Reading) *Column {
	return &Column{
		reading: r, values: []string{""}, lists: [][]string{nil}, byText: map[string]uint32{"": 0},
		elements: map[string]*posting{},
	}
}

// Distinct is the number of distinct values, the empty one included.
func (c *Column) Distinct() int { return len(c.values) }

// Text returns the value behind a code, of a column of single values.
func (c *Column) Text(code uint32) string { return c.values[code] }

// List returns the values behind a code, of a column of lists.
func (c *Column) List(code uint32) []string { return c.lists[code] }

// Code returns the code of user n's value.
func (c *Column) Code(n uint32) uint32 {
	if int(n) >= len(c.codes) {
		return 0
	}
	return c.codes[n]
}

// Find returns the code of a value, false when nobody has it.
func (c *Column) Find(text string) (uint32, bool) {
	code, ok := c.byText[text]
	return code, ok
}

// Holders returns who has the value behind a code. The set is the column's own.
func (c *Column) Holders(code uint32) *roaring.Bitmap { return c.postings[code].set() }

// Containing returns who has value among several. The set is the column's own;
// nil when nobody has.
func (c *Column) Containing(value string) *roaring.Bitmap {
	if p, ok := c.elements[value]; ok {
		return p.set()
	}
	return nil
}

// separator joins lists; it is no text that a source can send.
const separator = "\x00"

// intern returns the code of what u has there, a new one for a new value.
func (c *Column) intern(text string, list []string) uint32 {
	if c.reading.Listed() {
		text = ""
		for _, value := range list { // a list with an empty value is not the empty list
			text += value + separator
		}
	}
	if code, ok := c.byText[text]; ok {
		return code
	}
	code := uint32(len(c.values))
	text = strings.Clone(text)
	c.byText[text] = code
	c.values = append(c.values, text)
	if c.reading.Listed() {
		c.lists = append(c.lists, slices.Clone(list))
	}
	if c.sealed {
		c.postings = append(c.postings, posting{})
	}
	return code
}

// set gives user n the value behind code; posted says whether the user is, and
// was, in postings.
func (c *Column) set(n, code uint32, was, is bool) {
	if need := int(n) + 1; need > len(c.codes) {
		c.codes = append(c.codes, make([]uint32, max(need, min(2*need, need+1<<20))-len(c.codes))...)
	}
	old := c.codes[n]
	c.codes[n] = code
	if !c.sealed || was == is && old == code {
		return
	}
	if was {
		c.postings[old].remove(n)
		c.each(old, func(p *posting) { p.remove(n) })
	}
	if is {
		c.postings[code].add(n)
		c.each(code, func(p *posting) { p.add(n) })
	}
}

// each hands fn the posting of every distinct element of a list.
func (c *Column) each(code uint32, fn func(*posting)) {
	if !c.reading.Listed() {
		return
	}
	list := c.lists[code]
	for i, value := range list {
		if slices.Contains(list[:i], value) {
			continue
		}
		p := c.elements[value]
		if p == nil {
			p = &posting{}
			c.elements[value] = p
		}
		fn(p)
	}
}

// seal makes the postings of everybody in posted, which a column kept up to date
// from then on.
func (c *Column) seal(posted *roaring.Bitmap) {
	if c.sealed {
		return
	}
	c.sealed = true
	counts := make([]uint32, len(c.values)+1)
	Each(posted, func(n uint32) { counts[c.Code(n)+1]++ })
	for i := 1; i < len(counts); i++ {
		counts[i] += counts[i-1]
	}
	// One array holds the users of all values: sorted by value, then by user.
	users, next := make([]uint32, counts[len(counts)-1]), slices.Clone(counts)
	Each(posted, func(n uint32) {
		code := c.Code(n)
		users[next[code]] = n
		next[code]++
	})
	c.postings = make([]posting, len(c.values))
	for code := range c.postings {
		part := users[counts[code]:counts[code+1]:counts[code+1]]
		c.postings[code] = postingOf(part)
		c.each(uint32(code), func(p *posting) { p.addAll(part) })
	}
}

// Each calls fn with every user of a set, ascending.
func Each(set *roaring.Bitmap, fn func(n uint32)) {
	buffer := make([]uint32, 4096)
	for it := set.ManyIterator(); ; {
		k := it.NextMany(buffer)
		if k == 0 {
			return
		}
		for _, n := range buffer[:k] {
			fn(n)
		}
	}
}
