package evidence

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
)

// buckets is how many parts the keys of a join fall into.
const buckets = 4096

// traced is how many parts whose two sides differ are looked at key by key.
const traced = 8

// join finds out whether two sides have the same keys, each as often, in memory that
// does not grow with them: it keeps a sum for each part of the keys. Which ones
// differ is found when both sides are read once more, by trace.
type join struct {
	parts [buckets]struct {
		n    int64
		a, b uint64
	}
}

func place(key string) (part int, a, b uint64) {
	sum := sha256.Sum256([]byte(key))
	return int(binary.BigEndian.Uint16(sum[:])) % buckets, binary.BigEndian.Uint64(sum[8:]), binary.BigEndian.Uint64(sum[16:])
}

// add counts a key on the one side with n = 1, on the other with n = -1.
func (j *join) add(key string, n int64) {
	i, a, b := place(key)
	p := &j.parts[i]
	p.n += n
	p.a += a * uint64(n)
	p.b += b * uint64(n)
}

// trace returns what to read both sides into once more; nil where they agree.
func (j *join) trace() *trace {
	t := &trace{keys: map[string]int64{}}
	for i, p := range j.parts {
		if p.n == 0 && p.a == 0 && p.b == 0 {
			continue
		}
		if len(t.parts) < traced {
			t.parts = append(t.parts, i)
		}
		t.bad++
	}
	if t.bad == 0 {
		return nil
	}
	return t
}

type trace struct {
	parts []int
	bad   int
	keys  map[string]int64
}

func (t *trace) add(key string, n int64) {
	i, _, _ := place(key)
	if !slices.Contains(t.parts, i) {
		return
	}
	if t.keys[key] += n; t.keys[key] == 0 {
		delete(t.keys, key)
	}
}

func (t *trace) sorted() []string { return slices.Sorted(maps.Keys(t.keys)) }
