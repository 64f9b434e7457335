package scim

import (
	"net/http"

	"birthright/scim/fault"
)

// admit lets a question begin. Those that look at every resource wait for their
// turn, so that they take no more of the machine than a few can.
func (h *handler) admit(c *call, q question) (release func(), err error) {
	if !q.costly() {
		return func() {}, nil
	}
	select {
	case h.scans <- struct{}{}:
		return func() { <-h.scans }, nil
	case <-c.Context().Done():
		return nil, fault.New(http.StatusServiceUnavailable,
			"Too many questions that look at every resource are being answered. Add a condition with eq, or try again.")
	}
}
