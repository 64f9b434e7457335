package impact

import (
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules"
	"birthright/rules/population"
)

// Side is one of the two states that are compared: a policy and the people whom
// it is asked about. Sides that share the population and the instant also share
// the facts, and who is held to be in what.
type Side struct {
	Engine     *rules.Engine
	Population *population.Population
	World      rules.World
	// Members, if set, is who is in which group in fact: then nothing is decided
	// here, and the engine only says what the groups carry.
	Members map[string]*roaring.Bitmap
}

// Scope is what else bears on a comparison.
type Scope struct {
	// People are those who may be different on the two sides; nil for everybody.
	// It counts where the policy is the same.
	People *roaring.Bitmap
	// Grants give memberships on both sides, whatever the rules say, as long as the
	// policy knows the group. What keeps one from somebody is seen where World.Overlay
	// has it, too.
	Grants []Grant
	// Scheduled are grants that have not begun.
	Scheduled []Grant
}

// Grant is a membership that something other than a rule gives.
type Grant struct {
	User  uint32
	Group string
	Cause identity.Cause
}

// Readers returns engines that together read everything that a comparison reads
// of people for a policy: what a population must keep.
func Readers(engine *rules.Engine) ([]*rules.Engine, error) {
	out := []*rules.Engine{engine}
	for i := range engine.Policy().Properties {
		q, err := rules.NewQuestion(engine.Policy().Properties[i].When)
		if err != nil {
			return nil, err
		}
		out = append(out, q.Engine())
	}
	return out, nil
}

// check refuses a population that does not keep what the policy reads: a missing
// column would look like people about whom nothing is known.
func (s Side) check() error {
	readers, err := Readers(s.Engine)
	if err != nil {
		return err
	}
	for _, e := range readers {
		for _, r := range e.Readings() {
			if !slices.Contains(s.Population.Readings(), r) {
				return &identity.Error{
					Kind: identity.Internal, Op: "compare policies",
					Err: fmt.Errorf("the population does not keep %q of people, which policy %s reads", r.Attribute, s.Engine.Policy().Version),
				}
			}
		}
	}
	return nil
}
