package reconcile

import (
	"cmp"
	"slices"

	"birthright/plan"
	"birthright/targets"
)

// waves cuts the changes of a phase into batches. Those that must not be under way at
// once, by their key, go together, and never in two batches of one wave.
type waves struct{ left []keyed }

// keyed is a change with what it must not meet; "" is bound to nothing.
type keyed struct {
	plan.Change
	key string
}

// newWaves orders changes by their keys; within one they keep their order.
func newWaves(t targets.Target, changes []plan.Change) *waves {
	w := &waves{left: make([]keyed, len(changes))}
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

// next takes the next wave: at most lanes batches of at most size changes.
func (w *waves) next(size, lanes int) [][]plan.Change {
	var wave [][]plan.Change
	var later []keyed // the rest of a key whose first part is in this wave
	for len(wave) < lanes && len(w.left) > 0 {
		n := fitting(w.left, size)
		batch := make([]plan.Change, n)
		for i, c := range w.left[:n] {
			batch[i] = c.Change
		}
		wave = append(wave, batch)
		rest := n + leading(w.left[n:], w.left[n-1].key)
		later = append(later, w.left[n:rest]...)
		w.left = w.left[rest:]
	}
	if len(later) > 0 {
		w.left = append(later, w.left...)
	}
	return wave
}

// fitting is how many changes go into the next batch: whole keys as far as they fit,
// or a part of the first.
func fitting(left []keyed, size int) int {
	n := min(size, len(left))
	if n == len(left) || left[n].key == "" || left[n].key != left[n-1].key {
		return n
	}
	for whole := n - 1; whole > 0; whole-- {
		if left[whole].key != left[whole-1].key {
			return whole
		}
	}
	return n
}

// leading is how many of the next changes have that key.
func leading(left []keyed, key string) int {
	n := 0
	for key != "" && n < len(left) && left[n].key == key {
		n++
	}
	return n
}
