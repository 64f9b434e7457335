package trial

import (
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/reconcile"
	"birthright/rules"
	"birthright/rules/impact"
)

// People are those whom a policy is tried on: a Directory, or a Roster.
type People interface {
	register
	// Crowd is everybody; each, if set, sees them on the way.
	Crowd(ctx context.Context, each func(*identity.User) error, engines ...*rules.Engine) (reconcile.Crowd, error)
	// world is what conditions may ask about one of them, or somebody made up.
	world(ctx context.Context, engine *rules.Engine, u identity.User) (rules.World, error)
	// inForce is the policy that they were decided by last, fallback where nothing
	// tells; memberships are what they have of it.
	inForce(ctx context.Context, fallback *rules.Engine) (*rules.Engine, error)
	memberships(ctx context.Context, all bool) (stored, error)
}

// register knows people by name and by number.
type register interface {
	Numbers(ctx context.Context, names []string) (map[string]int64, error)
	Users(ctx context.Context, ns []int64) ([]identity.User, error)
	Names(ctx context.Context, ns *roaring.Bitmap) (map[uint32]string, error)
}

// stored are memberships as they are, those of rules apart from all others.
type stored struct {
	members map[string]*roaring.Bitmap // nil where nobody asked
	grants  []impact.Grant
	// scheduled are grants whose time is ahead.
	scheduled []impact.Grant
}

// note adds one membership.
func (s *stored) note(n int64, group string, causes []identity.Cause) {
	byRule := false
	for _, c := range causes {
		if c.Kind == identity.CauseGrant {
			s.grants = append(s.grants, impact.Grant{User: uint32(n), Group: group, Cause: c})
		} else {
			byRule = true
		}
	}
	if !byRule || s.members == nil {
		return
	}
	if s.members[group] == nil {
		s.members[group] = roaring.New()
	}
	s.members[group].Add(uint32(n))
}

// Chunk is how many people are looked up at once.
const Chunk = 10_000

// InChunks hands the numbers of a set to do, some at a time.
func InChunks(set *roaring.Bitmap, do func([]int64) error) error {
	for part := range slices.Chunk(set.ToArray(), Chunk) {
		ns := make([]int64, len(part))
		for i, n := range part {
			ns[i] = int64(n)
		}
		if err := do(ns); err != nil {
			return err
		}
	}
	return nil
}
