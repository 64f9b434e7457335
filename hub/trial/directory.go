package trial

import (
	"context"
	"log/slog"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/grants"
	"birthright/identity"
	"birthright/reconcile"
	"birthright/rules"
	"birthright/rules/impact"
	"birthright/store"
)

// Directory are the people of the directory, in one transaction.
type Directory struct {
	Runner *reconcile.Runner
	Tx     *store.Tx
	Log    *slog.Logger
	// Engine is the policy that this program goes by.
	Engine *rules.Engine
	// Ready, if set, has everybody in memory; else they are loaded.
	Ready func(ctx context.Context, tx *store.Tx, engines ...*rules.Engine) (reconcile.Crowd, error)
}

func (d Directory) Crowd(ctx context.Context, each func(*identity.User) error, engines ...*rules.Engine) (reconcile.Crowd, error) {
	if d.Ready != nil && each == nil {
		return d.Ready(ctx, d.Tx, engines...)
	}
	return d.Runner.Crowd(ctx, d.Tx, each, engines...)
}

func (d Directory) Numbers(ctx context.Context, names []string) (map[string]int64, error) {
	return d.Tx.UserNumbers(ctx, names)
}

func (d Directory) Users(ctx context.Context, ns []int64) ([]identity.User, error) {
	return d.Tx.UsersByN(ctx, ns)
}

func (d Directory) Names(ctx context.Context, set *roaring.Bitmap) (map[uint32]string, error) {
	out := make(map[uint32]string, set.GetCardinality())
	return out, InChunks(set, func(ns []int64) error {
		users, err := d.Tx.BareUsers(ctx, ns)
		for _, u := range users {
			out[uint32(u.N)] = u.UserName
		}
		return err
	})
}

func (d Directory) world(ctx context.Context, engine *rules.Engine, u identity.User) (rules.World, error) {
	return d.Runner.WorldUnder(ctx, d.Tx, engine, u)
}

// inForce is the policy that the hub kept last. One that cannot be read any more
// would be no answer to what is in force: the memberships are.
func (d Directory) inForce(ctx context.Context, fallback *rules.Engine) (*rules.Engine, error) {
	rows, err := d.Tx.Policies(ctx, 1)
	if err != nil || len(rows) == 0 {
		return fallback, err
	}
	if rows[0].Hash == d.Engine.Policy().Hash {
		return d.Engine, nil
	}
	kept, err := d.Tx.PolicyFiles(ctx, rows[0].N)
	if err != nil {
		return fallback, err
	}
	files := make([]rules.File, len(kept))
	for i, f := range kept {
		files[i] = rules.File{Name: f.Name, Data: []byte(f.Text)}
	}
	engine, err := rules.Build(files, nil)
	if err != nil {
		d.Log.WarnContext(ctx, "the policy in force cannot be read any more; what its groups carried is taken from the new one",
			"version", rows[0].Version(), "error", err.Error())
		return fallback, nil
	}
	return engine, nil
}

// memberships reads what people have, all of it or only what grants give.
func (d Directory) memberships(ctx context.Context, all bool) (stored, error) {
	open, err := d.Tx.OpenGrants(ctx)
	if err != nil {
		return stored{}, err
	}
	out := stored{scheduled: d.scheduled(open)}
	if !all {
		return out, d.granted(ctx, open, &out)
	}
	out.members = map[string]*roaring.Bitmap{}
	sets, err := d.Tx.CauseSets(ctx)
	if err != nil {
		return out, err
	}
	names, err := d.Tx.AllGroupNames(ctx)
	if err != nil {
		return out, err
	}
	return out, d.Tx.EachMembership(ctx, func(row store.MembershipRow) error {
		out.note(row.UserN, names[row.GroupN], sets[row.CausesN])
		return ctx.Err()
	})
}

// granted reads the memberships that grants give: of those who have one that is open,
// so that the cost is that of the grants.
func (d Directory) granted(ctx context.Context, open []grants.Grant, out *stored) error {
	holders := roaring.New()
	for i := range open {
		holders.Add(uint32(open[i].UserN))
	}
	return InChunks(holders, func(ns []int64) error {
		rows, err := d.Tx.MembershipsOfUsers(ctx, ns)
		if err != nil {
			return err
		}
		groupNs := make([]int64, len(rows))
		for i, row := range rows {
			groupNs[i] = row.GroupN
		}
		names, err := d.Tx.GroupNames(ctx, groupNs)
		if err != nil {
			return err
		}
		sets, err := d.Tx.CausesOf(ctx, rows)
		for _, row := range rows {
			out.note(row.UserN, names[row.GroupN], sets[row.CausesN])
		}
		return err
	})
}

// scheduled are the grants that have not begun.
func (d Directory) scheduled(open []grants.Grant) []impact.Grant {
	var out []impact.Grant
	for i := range open {
		if g := &open[i]; g.State(d.Tx.Now()) == grants.Scheduled {
			out = append(out, impact.Grant{User: uint32(g.UserN), Group: g.Group, Cause: identity.Cause{Kind: identity.CauseGrant, Name: g.ID}})
		}
	}
	return out
}
