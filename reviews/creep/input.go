package creep

import (
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules"
	"birthright/rules/population"
)

// Input is what is compared: what targets show with what policy and grants explain.
type Input struct {
	At time.Time
	// Engine is the policy in force and Everyone what it gives, live grants and
	// revocations taken into account, of Population, which keeps what Readings names.
	Engine     *rules.Engine
	Everyone   *rules.Everyone
	Population *population.Population
	// Targets are all that are configured, those too that were never read.
	Targets []Target
	// MaxAge is how old a look at a target may be; zero for as old as it is.
	MaxAge time.Duration
	// Unused is for how long nobody must have used an account to call it dormant;
	// zero for not to ask.
	Unused time.Duration
}

// Readings are what peers and sums are made of.
func Readings() []population.Reading {
	return []population.Reading{department, team, title, manager}
}

var (
	department = population.Reading{Attribute: identity.AttrDepartment}
	team       = population.Reading{Attribute: identity.AttrTeam}
	title      = population.Reading{Attribute: identity.AttrTitle}
	manager    = population.Reading{Attribute: identity.AttrManager}
)

// Target is what is known of one target.
type Target struct {
	Name string
	// First and SeenAt are when the first and the last look at all of it began; zero
	// for never. Gap says why the last one did not show everything.
	First, SeenAt time.Time
	Gap           string
	// Observed has one element for each entitlement.
	Observed []Observed
	// Tells says that the target knows when accounts were used last, and Uses by
	// which holder and when.
	Tells bool
	Uses  map[int64]time.Time
}

// Observed is who holds an entitlement.
type Observed struct {
	Entitlement identity.Entitlement
	Layers      []Layer
	// First is when the target was first asked for it, where that was later than the
	// target's first look: a part of it could not be read until then.
	First time.Time
	// Through are entitlements of the same target whose holders have this one by
	// them, as far as that is known.
	Through []identity.Entitlement
}

// Layer is who was first seen with an entitlement at an instant and holds it still.
// Numbers are those of users and of strangers. The set is not changed.
type Layer struct {
	Since    time.Time
	Indirect bool // through something else on the target
	Holders  *roaring.Bitmap
}
