package reconcile

import (
	"cmp"
	"slices"
	"sync"

	"birthright/plan"
	"birthright/targets"
)

// waves hands out the changes of a phase in batches, to several lanes. Those that must
// not be under way at once, by their key, go together, and never to two lanes at a
// time.
type waves struct {
	mu    sync.Mutex
	left  []keyed
	taken map[string]bool // keys that are under way
}

// keyed is a change with what it must not meet; "" is bound to nothing.
type keyed struct {
	plan.Change
	key string
}

// newWaves orders changes by their keys; within one they keep their order.
func newWaves(t targets.Target, changes []plan.Change) *waves {
	w := &waves{left: make([]keyed, len(changes)), taken: map[string]bool{}}
	serial, bound := t.(targets.Serialiser)
	for i, c := range changes {
		w.left[i].Change = c
		if bound {
			w.left[i].key = serial.SerialKey(c.Op())
		}
	}
	if bound {
		slices.SortStableFunc(w.left, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	}
	return w
}

// next is the change that goes next; false where none is left.
func (w *waves) next() (plan.Change, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.left) == 0 {
		return plan.Change{}, false
	}
	return w.left[0].Change, true
}

// rest takes all that is left.
func (w *waves) rest() []plan.Change {
	w.mu.Lock()
	defer w.mu.Unlock()
	rest := changesOf(w.left)
	w.left = nil
	return rest
}

// take hands out at most size changes, none where all that is left waits for what is
// under way. The lane calls done when they are no longer.
func (w *waves) take(size int) (batch []plan.Change, done func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	from := w.free(0)
	n := fitting(w.left[from:w.busy(from)], size)
	part := w.left[from : from+n]
	batch = changesOf(part)
	keys := map[string]bool{}
	for _, c := range part {
		if c.key != "" {
			keys[c.key], w.taken[c.key] = true, true
		}
	}
	if from == 0 {
		w.left = w.left[n:]
	} else {
		w.left = slices.Delete(w.left, from, from+n)
	}
	return batch, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		for key := range keys {
			delete(w.taken, key)
		}
	}
}

// free is the first place from i on whose key is not under way, busy the first whose
// key is.
func (w *waves) free(i int) int {
	for i < len(w.left) && w.taken[w.left[i].key] {
		i++
	}
	return i
}

func (w *waves) busy(i int) int {
	if len(w.taken) == 0 {
		return len(w.left)
	}
	for i < len(w.left) && !w.taken[w.left[i].key] {
		i++
	}
	return i
}

// fitting is how many changes go into a batch: whole keys as far as they fit, or a part
// of the first.
func fitting(left []keyed, size int) int {
	n := min(size, len(left))
	if n == len(left) || n == 0 || left[n].key == "" || left[n].key != left[n-1].key {
		return n
	}
	for whole := n - 1; whole > 0; whole-- {
		if left[whole].key != left[whole-1].key {
			return whole
		}
	}
	return n
}

func changesOf(some []keyed) []plan.Change {
	out := make([]plan.Change, len(some))
	for i, c := range some {
		out[i] = c.Change
	}
	return out
}
