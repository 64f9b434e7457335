package population

import (
	"maps"
	"slices"
)

// Clone returns a population that may be changed without changing p: what if
// some people were different.
func (p *Population) Clone() *Population {
	out := &Population{
		readings: p.readings, columns: make(map[Reading]*Column, len(p.columns)),
		posted: p.posted.Clone(), staged: p.staged.Clone(), whole: slices.Clone(p.whole),
	}
	for r, c := range p.columns {
		out.columns[r] = c.clone()
	}
	return out
}

// clone copies what putting people changes in place; lists and texts never are.
func (c *Column) clone() *Column {
	out := *c
	out.values, out.lists, out.codes = slices.Clone(c.values), slices.Clone(c.lists), slices.Clone(c.codes)
	out.byText = maps.Clone(c.byText)
	out.postings = slices.Clone(c.postings)
	for i := range out.postings {
		out.postings[i] = out.postings[i].clone()
	}
	out.elements = make(map[string]*posting, len(c.elements))
	for value, p := range c.elements {
		copied := p.clone()
		out.elements[value] = &copied
	}
	return &out
}

// clone shares a short list, which is copied before it changes.
func (p posting) clone() posting {
	if p.many != nil {
		p.many = p.many.Clone()
	}
	return p
}
