package rules

import "time"

// Revocation is one membership that a review took away. Whatever gives the group to
// the user gives it no more: but a grant that was made since does, for somebody
// decided anew.
type Revocation struct {
	Group string
	// Name identifies it, and Reason is what was said.
	Name, Reason string
	At           time.Time
}

// Revocations are what reviews took away, by user.
type Revocations map[int64][]Revocation

// revoked returns the groups that reviews keep from the subject.
func (s *subject) revoked() []Refusal {
	var out []Refusal
	for i := range s.world.Revoked[s.user.N] {
		r := &s.world.Revoked[s.user.N][i]
		if !isRefused(out, r.Group) && !s.givenSince(r) {
			out = append(out, Refusal{Group: r.Group, Kind: RefusedByReview, Name: r.Name, Reason: r.Reason})
		}
	}
	return out
}

// givenSince reports whether a grant that was made after the revocation gives the
// group now.
func (s *subject) givenSince(r *Revocation) bool {
	for i := range s.world.Overlay[s.user.N] {
		o := &s.world.Overlay[s.user.N][i]
		if o.Group == r.Group && o.Made.After(r.At) && o.gives(s.world.At) {
			return true
		}
	}
	return false
}
