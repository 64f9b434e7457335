package rules

import (
	"slices"
	"strings"

	"birthright/identity"
)

// flipLimit bounds how many changed users are decided about for one answer.
const flipLimit = 10_000

// Flips are the smallest sets of changes by which a user would get a group, or
// lose it.
type Flips struct {
	// Held is what would be then.
	Held bool `json:"held"`
	// Ways are of the same size; there is no smaller one among the values that the
	// policy names, unless GaveUp.
	Ways []Way `json:"ways"`
	// More is how many ways of that size are left out.
	More int `json:"more"`
	// Tried is how many changed users were decided about, and GaveUp is set where
	// there would have been more to try.
	Tried  int  `json:"tried"`
	GaveUp bool `json:"gave_up"`
}

// mostWays is how many ways are told.
const mostWays = 5

// Flip looks for the smallest changes of what is known of u by which u would be
// in group, or would not be if u is now. Every way has been decided about for
// real, with the changed user and facts. Values are those that the policy names,
// and whatever else there is where it says what must not be.
//
// The search goes by size: whoever is not there yet is asked what stands in the
// way, and each change that could take that away is made. Since a set of changes
// that works must contain one of them, none is missed. Only what constraints keep
// is lost and won by detours; there, all changes of one thing and of two are tried.
func (e *Engine) Flip(u identity.User, w World, group string) Flips {
	f := newFlipping(e, u, w, group)
	found := f.search((*supposition).wanted, flipLimit)
	if most := smaller(found); most > 0 && e.contested(group) {
		if detours := f.search((*supposition).anything, most); len(detours) > 0 {
			found = detours
		}
	}
	return f.flips(found)
}

// smaller is how large the sets may be that are still to be looked for: of two
// changes at most, there are soon too many.
func smaller(found [][]edit) int {
	if len(found) == 0 {
		return 2
	}
	return min(2, len(found[0])-1)
}

// contested reports whether a constraint has a say in who is in group.
func (e *Engine) contested(group string) bool {
	for name := range e.closure([]string{group}) {
		if len(e.apart[name]) > 0 {
			return true
		}
	}
	return false
}

// flipping is one search.
type flipping struct {
	engine *Engine
	user   identity.User
	world  World
	group  string
	want   bool // that it is held
	values candidates
	giving map[string][]*program
	seen   map[string]bool
	tried  int
	gaveUp bool
}

func newFlipping(e *Engine, u identity.User, w World, group string) *flipping {
	if w.Facts == nil {
		w.Facts = Nothing{}
	}
	f := &flipping{engine: e, user: u, world: w, group: group, giving: map[string][]*program{}}
	f.values = e.candidates(group)
	for _, name := range sortedKeys(e.needed(sortedKeys(e.closure([]string{group})))) {
		e.beside(e.byName[name].logic, &u, f.values)
	}
	s := e.subject(u, w)
	defer s.release()
	f.want = !holdsGroup(s.decision().Memberships, group)
	return f
}

// search returns the smallest sets of changes that work, of at most so many.
func (f *flipping) search(further func(*supposition) []edit, most int) [][]edit {
	f.seen = map[string]bool{}
	layer := [][]edit{nil}
	for size := 0; len(layer) > 0 && size <= most; size++ {
		next, found := f.widen(layer, further)
		if len(found) > 0 {
			return found
		}
		layer = next
	}
	return nil
}

// widen tries each set of changes of one size, and returns those that work and
// those to try next, which are larger by one.
func (f *flipping) widen(layer [][]edit, further func(*supposition) []edit) (next, found [][]edit) {
	for _, edits := range layer {
		if f.tried >= flipLimit {
			f.gaveUp = true
			return nil, found
		}
		f.tried++
		p := f.suppose(edits)
		if holdsGroup(p.decision.Memberships, f.group) == f.want {
			found = append(found, edits)
		} else if len(found) == 0 && len(next) < flipLimit {
			next = append(next, f.larger(edits, further(p))...)
		}
		p.subject.release()
	}
	return next, found
}

// larger returns the sets with one more change; of one thing, there is one change.
func (f *flipping) larger(edits []edit, more []edit) [][]edit {
	var out [][]edit
	for _, x := range more {
		if slices.ContainsFunc(edits, func(y edit) bool { return x.slot == y.slot }) {
			continue
		}
		set := append(slices.Clone(edits), x)
		slices.SortFunc(set, compareEdits)
		if key := keyOf(set); !f.seen[key] {
			f.seen[key] = true
			out = append(out, set)
		}
	}
	return out
}

func keyOf(edits []edit) string {
	parts := make([]string, len(edits))
	for i, x := range edits {
		parts[i] = x.key()
	}
	return strings.Join(parts, "\x01")
}

// suppose decides about the user as changed by edits.
func (f *flipping) suppose(edits []edit) *supposition {
	u, w := changed(f.user, f.world, edits)
	s := f.engine.subject(u, w)
	return &supposition{flipping: f, subject: s, decision: s.decision(), open: map[goal]bool{}}
}

// flips tells what was found.
func (f *flipping) flips(found [][]edit) Flips {
	ways := f.merged(found)
	out := Flips{Held: f.want, Ways: []Way{}, Tried: f.tried, GaveUp: f.gaveUp}
	for i, w := range ways {
		if i == mostWays {
			out.More = len(ways) - mostWays
			break
		}
		out.Ways = append(out.Ways, f.way(w))
	}
	return out
}
