package inspect

// ring holds the newest of what was put into it.
type ring struct {
	items []Exchange
	next  int // where the oldest is, once it is full
}

// add puts x in, and reports whether the oldest had to make room.
func (r *ring) add(x Exchange, size int) (dropped bool) {
	if len(r.items) < size {
		r.items = append(r.items, x)
		return false
	}
	r.items[r.next] = x
	r.next = (r.next + 1) % size
	return true
}

// take empties the ring, oldest first.
func (r *ring) take() []Exchange {
	out := append(r.items[r.next:len(r.items):len(r.items)], r.items[:r.next]...)
	*r = ring{}
	return out
}

// rings are those of one source. What failed has a ring of its own: a run of
// requests that went well must not push out what somebody looks for.
type rings struct{ good, bad ring }

func (r *rings) of(x Exchange) *ring {
	if failed(x.status) {
		return &r.bad
	}
	return &r.good
}
