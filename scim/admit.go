package scim

import (
	"net/http"
	"time"

	"birthright/internal/searchdoc"
	"birthright/scim/fault"
	"birthright/scim/inspect"
)

// heavyBody is from how many bytes on a body counts as large: what is made of it
// takes several times its size.
const heavyBody = 256 << 10

// enter counts a request of its source in, or refuses it: one source's crowd must
// not take everything.
func (c *call) enter() error {
	n := c.source.inFlight.Add(1)
	c.taken = append(c.taken, func() { c.source.inFlight.Add(-1) })
	if n > c.h.limits.InFlight {
		return fault.New(http.StatusTooManyRequests, "There are %d requests of this source on the way; send fewer at once.", c.h.limits.InFlight)
	}
	return nil
}

// release gives back what the request took.
func (c *call) release() {
	for _, give := range c.taken {
		give()
	}
	c.taken = nil
}

// bodyDeadline bounds how long a body may take to arrive. While it does, nothing
// is held for it but what has come.
func (c *call) bodyDeadline() {
	_ = http.NewResponseController(inspect.Server(c.w)).SetReadDeadline(time.Now().Add(c.h.limits.Time)) // what is no connection has no deadline
}

// workOn waits for the turn of a large body, until the request ends.
func (c *call) workOn(size int) error {
	if size < heavyBody {
		return nil
	}
	return c.turn(c.h.heavy, "large bodies are being worked on")
}

// admit lets a question begin. Those that look at every resource wait for their
// turn, so that they take no more of the machine than a few can; a request has one
// turn, however many types it asks.
func (c *call) admit(q searchdoc.Query) error {
	inOrder := !q.Order.Sorted() || q.Order.Column == searchdoc.UserName
	if q.Where == nil && inOrder || q.Where != nil && searchdoc.Narrow(q.Where) || c.scanning {
		return nil
	}
	c.scanning = true
	return c.turn(c.h.scans, "questions that look at every resource are being answered; add a condition with eq")
}

// turn waits until there is room, which the request then has until it ends.
func (c *call) turn(room chan struct{}, what string) error {
	select {
	case room <- struct{}{}:
		c.taken = append(c.taken, func() { <-room })
		return nil
	case <-c.Context().Done():
		return fault.New(http.StatusServiceUnavailable, "Too many %s. Try again.", what)
	}
}
