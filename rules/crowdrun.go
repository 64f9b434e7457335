package rules

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules/population"
)

// run evaluates the rules that take names, all where it is nil, and returns whom
// each holds of, in the order of e.rules; nil for those that were not asked.
func (c *crowd) run(take func(*program) bool) []*roaring.Bitmap {
	e := c.e
	held := make([]*roaring.Bitmap, len(e.rules))
	asked := e.askedGroups()
	start := 0
	for _, end := range e.levels {
		c.side(held, start, end, take)
		for i := start; i < end && len(asked) > 0; i++ {
			c.note(&e.rules[i], held[i], asked)
		}
		start = end
	}
	return held
}

// side runs rules that do not ask for what each other gives, side by side.
func (c *crowd) side(held []*roaring.Bitmap, start, end int, take func(*program) bool) {
	sideBySide(start, end, func(i int) {
		if p := &c.e.rules[i]; p.inForce(c.world.At) && (take == nil || take(p)) {
			held[i] = c.holding(p.logic, nil)
		}
	})
}

// sideBySide calls do with every number from start to end, on all processors.
func sideBySide(start, end int, do func(i int)) {
	var next atomic.Int64
	next.Store(int64(start))
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), end-start) {
		wait.Go(func() {
			for i := int(next.Add(1) - 1); i < end; i = int(next.Add(1) - 1) {
				do(i)
			}
		})
	}
	wait.Wait()
}

// askedGroups are the groups that conditions ask for.
func (e *Engine) askedGroups() map[string]bool {
	asked := map[string]bool{}
	for i := range e.leaves.all {
		if l := &e.leaves.all[i]; l.kind == leafInGroup {
			asked[l.texts[0]] = true
		}
	}
	for i := range e.rules {
		for _, group := range slices.Concat(e.rules[i].rule.When.Groups, e.rules[i].rule.Except.Groups) {
			asked[group] = true
		}
	}
	return asked
}

// note adds whom a rule gives a group, or a group inside it, that conditions ask for.
func (c *crowd) note(p *program, users *roaring.Bitmap, asked map[string]bool) {
	if users == nil || users.IsEmpty() {
		return
	}
	c.named(p, users, func(group string, users *roaring.Bitmap) {
		for _, name := range append([]string{group}, c.e.around[group]...) {
			if asked[name] && c.e.mayGive(identity.Active, name, p.rule.Name) {
				c.groups[name] = either(c.groups[name], users)
			}
		}
	})
}

// named hands fn each group that a rule gives, with the users who get it.
func (c *crowd) named(p *program, users *roaring.Bitmap, fn func(group string, users *roaring.Bitmap)) {
	for i := range p.rule.names {
		n := &p.rule.names[i]
		if !n.made() {
			if c.e.mayGive(identity.Active, n.text, p.rule.Name) {
				fn(n.text, users)
			}
			continue
		}
		made := c.make(n, users)
		for _, name := range sortedKeys(made) {
			if c.e.mayGive(identity.Active, name, p.rule.Name) {
				fn(name, roaring.BitmapOf(made[name]...))
			}
		}
	}
}

// make returns the names that a naming makes for users, with whom it makes them
// for. Each combination of values is spelled out once.
func (c *crowd) make(n *naming, users *roaring.Bitmap) map[string][]uint32 {
	var columns []*population.Column
	for _, attribute := range n.reads {
		columns = append(columns, c.pop.Column(placeholderReading(attribute)))
	}
	type key [4]uint32
	names := map[key]string{}
	out := map[string][]uint32{}
	for it := users.Iterator(); it.HasNext(); {
		user := it.Next()
		var k key
		for i, column := range columns {
			if i < len(k) {
				k[i] = column.Code(user)
			}
		}
		name, done := names[k]
		if !done || len(columns) > len(k) {
			name = n.spell(func(i int) string { return columns[i].Text(columns[i].Code(user)) })
			names[k] = name
		}
		if name != "" {
			out[name] = append(out[name], user)
		}
	}
	return out
}
