package app

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/grants"
	"birthright/hub"
	"birthright/hub/trial"
	"birthright/identity"
	"birthright/reviews/creep"
	"birthright/reviews/suggest"
	"birthright/rules"
	"birthright/store"
)

// creepDetails looks up what a report says about what was found: so much that what it
// costs follows what was found.
type creepDetails struct {
	*App
	tx      *store.Tx
	engine  *rules.Engine
	surplus *creep.Surplus
	targets []creep.Target

	out    creep.Details
	pairs  map[uint32][]identity.Entitlement // by holder
	older  map[int64]*rules.Engine           // policies of before, by number
	groups map[int64]string
}

func (d *creepDetails) load(ctx context.Context, l hub.Looking) (creep.Details, error) {
	d.out = creep.Details{People: map[uint32]creep.Person{}, Facts: map[creep.Pair]creep.Facts{}, Grants: map[creep.Member]creep.Grants{}, Since: map[creep.Member]time.Time{}}
	d.pairs, d.older = map[uint32][]identity.Entitlement{}, map[int64]*rules.Engine{}
	for p := range d.surplus.Pairs() {
		d.pairs[p.Holder] = append(d.pairs[p.Holder], p.Entitlement)
	}
	var err error
	if d.groups, err = d.tx.AllGroupNames(ctx); err != nil {
		return d.out, err
	}
	steps := []func(context.Context) error{d.people, d.memberships, d.managed, d.held, d.failed, d.granted, d.ordered, d.members}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return d.out, err
		}
	}
	if d.out.Earlier, d.out.Last, err = earlierReports(ctx, d.tx); err != nil {
		return d.out, err
	}
	return d.out, d.used(ctx, l.Usage)
}

// note changes what is known of a holder with an entitlement, if that is surplus.
func (d *creepDetails) note(holder int64, ent identity.Entitlement, change func(*creep.Facts)) {
	if !slices.Contains(d.pairs[uint32(holder)], ent) {
		return
	}
	key := creep.Pair{Holder: uint32(holder), Entitlement: ent}
	f := d.out.Facts[key]
	change(&f)
	d.out.Facts[key] = f
}

// people looks up the holders, and where they were before.
func (d *creepDetails) people(ctx context.Context) error {
	all := d.surplus.Holders()
	users, strangers := all.Clone(), all.Clone()
	users.RemoveRange(identity.FirstStranger, 1<<32)
	strangers.RemoveRange(0, identity.FirstStranger)
	err := trial.InChunks(users, func(ns []int64) error {
		found, err := d.tx.BareUsers(ctx, ns)
		if err != nil {
			return err
		}
		for _, u := range found {
			d.out.People[uint32(u.N)] = creep.Person{
				Name: u.UserName, Display: u.Attributes.First(identity.AttrDisplayName), State: u.State, Department: u.Attributes.First(identity.AttrDepartment),
				Team: u.Attributes.First(identity.AttrTeam), Title: u.Attributes.First(identity.AttrTitle), Manager: u.Attributes.First(identity.AttrManager),
			}
		}
		return d.places(ctx, ns)
	})
	if err != nil {
		return err
	}
	target := map[int64]string{}
	states, err := d.tx.TargetStates(ctx)
	for _, s := range states {
		target[s.N] = s.Name
	}
	if err != nil {
		return err
	}
	return trial.InChunks(strangers, func(ns []int64) error {
		found, err := d.tx.StrangersByN(ctx, ns)
		for _, s := range found {
			d.out.People[uint32(s.N)] = creep.Person{Name: s.Name, Target: target[s.TargetN]}
			for _, ent := range d.pairs[uint32(s.N)] {
				d.note(s.N, ent, func(f *creep.Facts) { f.Account = s.Name })
			}
		}
		return err
	})
}

func (d *creepDetails) places(ctx context.Context, ns []int64) error {
	former, err := d.tx.FormerUsers(ctx, ns)
	for _, f := range former {
		p := d.out.People[uint32(f.UserN)]
		place := creep.Place{
			Until: f.Until, Department: f.Attributes.First(identity.AttrDepartment), Team: f.Attributes.First(identity.AttrTeam), Title: f.Attributes.First(identity.AttrTitle),
		}
		if place.Department != p.Department || place.Team != p.Team || place.Title != p.Title {
			p.Before = append(p.Before, place)
			d.out.People[uint32(f.UserN)] = p
		}
	}
	return err
}

// holders are the users with surplus.
func (d *creepDetails) holders() *roaring.Bitmap {
	out := roaring.New()
	for n := range d.pairs {
		if !identity.IsStranger(int64(n)) {
			out.Add(n)
		}
	}
	return out
}

// memberships looks up which memberships gave what is surplus now.
func (d *creepDetails) memberships(ctx context.Context) error {
	return trial.InChunks(d.holders(), func(ns []int64) error {
		stretches, err := d.tx.StretchesOfUsers(ctx, ns)
		if err != nil {
			return err
		}
		var causes []int64
		for _, s := range stretches {
			causes = append(causes, s.CausesN)
		}
		sets, err := d.tx.CauseSetsByN(ctx, causes)
		if err != nil {
			return err
		}
		for i := range stretches {
			s := &stretches[i]
			carried, err := d.carried(ctx, d.groups[s.GroupN], s.PolicyN)
			if err != nil {
				return err
			}
			for _, ent := range d.pairs[uint32(s.UserN)] {
				if slices.Contains(carried, ent) {
					d.note(s.UserN, ent, func(f *creep.Facts) {
						f.Former = append(f.Former, creep.Former{Group: d.groups[s.GroupN], From: s.From, Until: s.Until, Causes: sets[s.CausesN]})
					})
				}
			}
		}
		return nil
	})
}

// carried is what a group carries or did under an earlier policy. One that cannot be
// read any more tells nothing.
func (d *creepDetails) carried(ctx context.Context, group string, policyN int64) ([]identity.Entitlement, error) {
	now, _ := d.engine.Group(group)
	if policyN == 0 {
		return now.Access, nil
	}
	older, known := d.older[policyN]
	if !known {
		kept, err := d.tx.PolicyFiles(ctx, policyN)
		if err != nil {
			return nil, err
		}
		files := make([]rules.File, len(kept))
		for i, f := range kept {
			files[i] = rules.File{Name: f.Name, Data: []byte(f.Text)}
		}
		older, _ = rules.Build(files, nil)
		d.older[policyN] = older
	}
	if older == nil {
		return now.Access, nil
	}
	then, _ := older.Group(group)
	return slices.Concat(now.Access, then.Access), nil
}

// managed looks up what the hub gave or took over, and whose account it is.
func (d *creepDetails) managed(ctx context.Context) error {
	for i := range d.targets {
		state, err := d.tx.TargetState(ctx, d.targets[i].Name)
		if identity.KindOf(err) == identity.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		rows, err := d.tx.Entitlements(ctx, state.Name)
		if err != nil {
			return err
		}
		address := make(map[int64]identity.Entitlement, len(rows))
		for _, row := range rows {
			address[row.N] = row.Address
		}
		err = trial.InChunks(d.holders(), func(ns []int64) error {
			assigned, err := d.tx.AssignmentsOfUsers(ctx, state.N, ns)
			if err != nil {
				return err
			}
			for _, row := range assigned {
				d.note(row.UserN, address[row.EntN], func(f *creep.Facts) { f.Managed = row.Managed })
			}
			accounts, err := d.tx.AccountsOfUsers(ctx, state.N, ns)
			for _, row := range accounts {
				for _, ent := range d.pairs[uint32(row.UserN)] {
					if ent.Target == state.Name {
						d.note(row.UserN, ent, func(f *creep.Facts) { f.Account = row.Name })
					}
				}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// held looks up what a guard keeps from going.
func (d *creepDetails) held(ctx context.Context) error {
	rows, err := d.tx.Held(ctx, store.HeldFilter{Kind: store.HeldRemoval})
	for _, row := range rows {
		why := row.Reason
		switch {
		case !row.RefusedAt.IsZero():
			why = row.RefusedBy + " refused to have it taken away: " + row.RefuseReason
		case !row.ReleasedAt.IsZero():
			continue
		}
		if ent, wrong := identity.ParseEntitlement(row.Entitlement); wrong == nil {
			d.note(row.UserN, ent, func(f *creep.Facts) { f.Held = why })
		}
	}
	return err
}

// failed looks up what was to go and did not: of each the last attempt counts.
func (d *creepDetails) failed(ctx context.Context) error {
	return trial.InChunks(d.holders(), func(ns []int64) error {
		rows, err := d.tx.LastRemovals(ctx, ns)
		for _, row := range rows {
			if ent, wrong := identity.ParseEntitlement(row.Entitlement); wrong == nil && row.Error != "" {
				d.note(row.UserN, ent, func(f *creep.Facts) { f.Failed = row.Error })
			}
		}
		return err
	})
}

// grantsPerPage is how many grants are read at once.
const grantsPerPage = 5000

// granted counts grants by what they gave, and by group.
func (d *creepDetails) granted(ctx context.Context) error {
	wanted := map[creep.Member]bool{}
	for m := range d.surplus.Granted() {
		wanted[m] = true
	}
	renewed, err := d.extensions(ctx)
	if err != nil {
		return err
	}
	f := store.GrantFilter{Limit: grantsPerPage}
	for {
		page, err := d.tx.Grants(ctx, f)
		if err != nil {
			return err
		}
		for i := range page {
			d.grant(&page[i], renewed[page[i].N], wanted)
		}
		if len(page) < f.Limit {
			return nil
		}
		f.BeforeN = page[len(page)-1].N
	}
}

func (d *creepDetails) grant(g *grants.Grant, renewed int, wanted map[creep.Member]bool) {
	if g.ActivatedAt.IsZero() || g.Kind == grants.KindOverlap {
		return // it gave nothing, or nobody asked for it
	}
	add := func(c creep.Grants) creep.Grants {
		c.Count++
		c.Renewed += renewed
		if g.ActivatedAt.After(c.Last) {
			c.Last = g.ActivatedAt
		}
		return c
	}
	if m := (creep.Member{User: uint32(g.UserN), Group: g.Group}); wanted[m] {
		d.out.Grants[m] = add(d.out.Grants[m])
	}
	group, _ := d.engine.Group(g.Group)
	for _, ent := range group.Access {
		d.note(g.UserN, ent, func(f *creep.Facts) { f.Grants = add(f.Grants) })
	}
}

// extensions counts how often each grant was extended.
func (d *creepDetails) extensions(ctx context.Context) (map[int64]int, error) {
	out := map[int64]int{}
	f := store.RequestFilter{Kind: grants.KindExtension, Outcomes: []string{grants.Approved}, Limit: grantsPerPage}
	for {
		page, err := d.tx.Requests(ctx, f)
		if err != nil {
			return nil, err
		}
		for i := range page {
			out[page[i].Extends]++
		}
		if len(page) < f.Limit {
			return out, nil
		}
		f.BeforeN = page[len(page)-1].N
	}
}

// ordered looks up what somebody ordered to go already.
func (d *creepDetails) ordered(ctx context.Context) error {
	rows, err := d.tx.OpenOrders(ctx, "", nil)
	for _, o := range rows {
		d.note(o.Holder, o.Entitlement, func(f *creep.Facts) { f.OrderedAt = o.At })
	}
	return err
}

// members looks up since when people are in groups that they should not be in together.
func (d *creepDetails) members(ctx context.Context) error {
	wanted, users := map[creep.Member]bool{}, roaring.New()
	for m := range d.surplus.Members() {
		wanted[m] = true
		users.Add(m.User)
	}
	return trial.InChunks(users, func(ns []int64) error {
		rows, err := d.tx.MembershipsOfUsers(ctx, ns)
		for _, row := range rows {
			if m := (creep.Member{User: uint32(row.UserN), Group: d.groups[row.GroupN]}); wanted[m] {
				d.out.Since[m] = time.UnixMicro(row.Since).UTC()
			}
		}
		return err
	})
}

// used reads a usage file: what it says of a group is said of all that it carries.
func (d *creepDetails) used(ctx context.Context, file string) error {
	if file == "" {
		return nil
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return &identity.Error{Kind: identity.Invalid, Op: "read usage", Err: err, Hint: "reports.usage or --usage names a CSV file: user,group_or_entitlement,last_used"}
	}
	if err != nil {
		return &identity.Error{Kind: identity.Invalid, Op: "read usage", Err: err}
	}
	uses, err := suggest.ReadUsage(file, data, d.tx.Now())
	if err != nil {
		return err
	}
	names := map[string]bool{}
	for i := range uses {
		names[uses[i].User] = true
	}
	numbers, err := d.tx.UserNumbers(ctx, slices.Sorted(maps.Keys(names)))
	if err != nil {
		return err
	}
	for i := range uses {
		use := &uses[i]
		about := []identity.Entitlement{}
		if ent, wrong := identity.ParseEntitlement(use.What); wrong == nil {
			about = append(about, ent)
		}
		group, _ := d.engine.Group(use.What)
		for _, ent := range append(about, group.Access...) {
			d.note(numbers[use.User], ent, func(f *creep.Facts) {
				f.Use.Known = true
				if use.Last.After(f.Use.Last) {
					f.Use.Last = use.Last
				}
			})
		}
	}
	return nil
}
