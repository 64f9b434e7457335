package app

import (
	"context"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/grants"
	"birthright/identity"
	"birthright/reconcile"
	"birthright/rules"
	"birthright/rules/impact"
	"birthright/store"
)

// directoryPeople are the people of the directory.
type directoryPeople struct {
	app *App
	tx  *store.Tx
}

func (d directoryPeople) crowd(ctx context.Context, each func(*identity.User) error, engines ...*rules.Engine) (reconcile.Crowd, error) {
	return d.app.Runner.Crowd(ctx, d.tx, each, engines...)
}

func (d directoryPeople) numbers(ctx context.Context, names []string) (map[string]int64, error) {
	return d.tx.UserNumbers(ctx, names)
}

func (d directoryPeople) users(ctx context.Context, ns []int64) ([]identity.User, error) {
	return d.tx.UsersByN(ctx, ns)
}

func (d directoryPeople) names(ctx context.Context, set *roaring.Bitmap) (map[uint32]string, error) {
	out := make(map[uint32]string, set.GetCardinality())
	return out, inChunks(set, func(ns []int64) error {
		users, err := d.tx.BareUsers(ctx, ns)
		for _, u := range users {
			out[uint32(u.N)] = u.UserName
		}
		return err
	})
}

func (d directoryPeople) world(ctx context.Context, u identity.User) (rules.World, error) {
	return d.app.Runner.WorldFor(ctx, d.tx, u)
}

// inForce is the policy that the hub kept last. One that cannot be read any more
// would be no answer to what is in force: the memberships are.
func (d directoryPeople) inForce(ctx context.Context, fallback *rules.Engine) (*rules.Engine, error) {
	rows, err := d.tx.Policies(ctx, 1)
	if err != nil || len(rows) == 0 {
		return fallback, err
	}
	kept, err := d.tx.PolicyFiles(ctx, rows[0].N)
	if err != nil {
		return fallback, err
	}
	files := make([]rules.File, len(kept))
	for i, f := range kept {
		files[i] = rules.File{Name: f.Name, Data: []byte(f.Text)}
	}
	engine, err := compile(files, nil)
	if err != nil {
		d.app.Log.WarnContext(ctx, "the policy in force cannot be read any more; what its groups carried is taken from the new one",
			"version", rows[0].Version(), "error", err.Error())
		return fallback, nil
	}
	return engine, nil
}

// memberships reads what people have, all of it or only what grants give.
func (d directoryPeople) memberships(ctx context.Context, all bool) (stored, error) {
	var out stored
	if all {
		out.members = map[string]*roaring.Bitmap{}
	}
	var err error
	if out.scheduled, err = d.scheduled(ctx); err != nil {
		return out, err
	}
	sets, err := d.tx.CauseSets(ctx)
	if err != nil || !all && !granted(sets) {
		return out, err
	}
	names, err := d.tx.AllGroupNames(ctx)
	if err != nil {
		return out, err
	}
	return out, d.tx.EachMembership(ctx, func(row store.MembershipRow) error {
		out.note(row.UserN, names[row.GroupN], sets[row.CausesN])
		return ctx.Err()
	})
}

// scheduled reads the grants that have not begun.
func (d directoryPeople) scheduled(ctx context.Context) ([]impact.Grant, error) {
	open, err := d.tx.OpenGrants(ctx)
	var out []impact.Grant
	for i := range open {
		if g := &open[i]; g.State(d.tx.Now()) == grants.Scheduled {
			out = append(out, impact.Grant{User: uint32(g.UserN), Group: g.Group, Cause: identity.Cause{Kind: identity.CauseGrant, Name: g.ID}})
		}
	}
	return out, err
}

// granted reports whether a grant is among the causes.
func granted(sets map[int64][]identity.Cause) bool {
	for _, causes := range sets {
		for _, c := range causes {
			if c.Kind == identity.CauseGrant {
				return true
			}
		}
	}
	return false
}
