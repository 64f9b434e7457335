package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"birthright/bench/hub"
	"birthright/grants"
	"birthright/identity"
	"birthright/store"
	"birthright/targets"
)

const configuration = `
server: {listen: "127.0.0.1:0"}
database: {url: "sqlite:hub.db"}
policies: [policies/*.yaml]
sync: {schedule: "%s"}
sources: [{name: idp, kind: scim}]
targets: [{name: app, kind: memory, accounts: {create: true}}]
`

const policy = `
groups:
  - {name: everyone, access: ["app:group/everyone"]}
  - {name: on-loan, standing: never, access: ["app:role/on-loan"]}
  - {name: waiting, standing: never, access: ["app:role/waiting"]}
rules:
  - {name: everyone, when: "true", groups: [everyone]}
`

// office is a hub in which people hold a group for a time.
type office struct {
	*hub.Hub
	dir    string
	config string
	target *metered
	ends   map[string]time.Time // by account
}

// newOffice makes a hub with people, the first n of whom hold on-loan: all of it
// given by a run, and nothing left to do. schedule is that of its full runs.
func newOffice(ctx context.Context, people, n int, schedule string) (*office, error) {
	dir, err := os.MkdirTemp("", "birthright-bench-")
	if err != nil {
		return nil, err
	}
	o := &office{dir: dir, config: fmt.Sprintf(configuration, schedule), target: newMetered(), ends: map[string]time.Time{}}
	if err := o.open(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := o.fill(ctx, people, n); err != nil {
		return nil, errors.Join(err, o.close(ctx))
	}
	o.target.busy.Store(true)
	return o, nil
}

func (o *office) open(ctx context.Context) (err error) {
	o.Hub, err = hub.Open(ctx, o.dir, o.config, policy, map[string]targets.Target{"app": o.target})
	return err
}

func (o *office) close(ctx context.Context) error {
	return errors.Join(o.Hub.Close(ctx), os.RemoveAll(o.dir))
}

func (o *office) fill(ctx context.Context, people, n int) error {
	if err := o.Fill(ctx, people); err != nil {
		return err
	}
	if err := o.Provision(ctx, o.target.Target, "app"); err != nil {
		return err
	}
	holders, err := o.people(ctx, 0, n)
	if err != nil {
		return err
	}
	if err := o.give(ctx, holders, "on-loan", true); err != nil {
		return err
	}
	if err := o.Adopt(ctx); err != nil {
		return err
	}
	if held := o.holding(); held != n {
		return fmt.Errorf("%d people hold what %d were given", held, n)
	}
	return nil
}

// people returns some of them, by number.
func (o *office) people(ctx context.Context, from, to int) (some []identity.User, err error) {
	i := 0
	err = o.Store.View(ctx, func(tx *store.Tx) error {
		return tx.EachUser(ctx, func(u identity.User) error {
			if i >= from && i < to {
				some = append(some, identity.User{N: u.N, UserName: u.UserName})
			}
			i++
			return nil
		})
	})
	return some, err
}

// perTransaction is how many grants are stored at once.
const perTransaction = 2000

// give puts grants of a group into the store, found fit to begin: under way, or
// active for long where active says so.
func (o *office) give(ctx context.Context, holders []identity.User, group string, active bool) error {
	for chunk := range slices.Chunk(holders, perTransaction) {
		err := o.Store.Update(ctx, func(tx *store.Tx) error {
			var work []store.Work
			for _, u := range chunk {
				now := tx.Now()
				g := grants.New(&grants.Request{Kind: "request", UserN: u.N, User: u.UserName, Group: group, Start: now, Duration: 24 * time.Hour}, "", now, time.Hour)
				g.BegunAt = now
				if active {
					g.Activate(now)
				}
				if err := tx.AddGrant(ctx, &g); err != nil {
					return err
				}
				work = append(work, store.Work{UserN: u.N})
			}
			if active {
				return nil // a run over everybody follows
			}
			return tx.EnqueueWork(ctx, work)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// holding counts who holds on-loan.
func (o *office) holding() (n int) {
	for _, a := range o.target.Snapshot().Assignments {
		if a.Entitlement.ID == "on-loan" {
			n++
		}
	}
	return n
}

// end has the grants of on-loan end from an instant on, spread evenly over a window,
// as if that had been their end from the beginning.
func (o *office) end(ctx context.Context, from time.Time, window time.Duration) error {
	var open []grants.Grant
	err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
		open, err = tx.OpenGrants(ctx)
		return err
	})
	if err != nil {
		return err
	}
	open = slices.DeleteFunc(open, func(g grants.Grant) bool { return g.Group != "on-loan" })
	for i := range open {
		open[i].EndsAt = from.Add(window * time.Duration(i) / time.Duration(len(open))).Truncate(time.Microsecond)
		o.ends[open[i].User] = open[i].EndsAt
	}
	for chunk := range slices.Chunk(open, perTransaction) {
		changed := make([]*grants.Grant, len(chunk))
		for i := range chunk {
			changed[i] = &chunk[i]
		}
		if err := o.Store.Update(ctx, func(tx *store.Tx) error { return tx.SaveGrants(ctx, changed) }); err != nil {
			return err
		}
	}
	return nil
}

// lateness is how late each removal was, in seconds.
func (o *office) lateness() ([]float64, error) {
	o.target.mu.Lock()
	defer o.target.mu.Unlock()
	var late []float64
	for account, end := range o.ends {
		at, gone := o.target.removed[account]
		switch {
		case !gone:
			return nil, fmt.Errorf("%s still holds what ended at %v", account, end)
		case at.Before(end):
			return nil, fmt.Errorf("%s lost at %v what ends at %v", account, at, end)
		}
		late = append(late, at.Sub(end).Seconds())
	}
	return late, nil
}

// since is when the first and the last removal were made, in seconds after an instant.
func (o *office) since(from time.Time) (first, last float64) {
	o.target.mu.Lock()
	defer o.target.mu.Unlock()
	for _, at := range o.target.removed {
		after := at.Sub(from).Seconds()
		if first == 0 || after < first {
			first = after
		}
		last = max(last, after)
	}
	return first, last
}
