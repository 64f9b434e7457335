// Package webhooksim is a receiver of the webhook protocol within the program: the
// reference receiver itself, which a simulation fills.
package webhooksim

import (
	"birthright/internal/handoff/receiver"
	"birthright/targets"
)

// System is a simulated receiver.
type System struct{ *receiver.Receiver }

// New makes one that holds nothing.
func New(o receiver.Options) *System { return &System{receiver.New(o)} }

// Memory implements sim.System.
func (s *System) Memory() any { return s.Receiver.Memory() }

// Seed implements sim.System.
func (s *System) Seed(state targets.State) { s.SeedState(state) }
