package app

import (
	"context"
	"encoding/json"
	"errors"

	"birthright/audit"
	"birthright/reconcile"
	"birthright/rules"
	"birthright/store"
)

// Sync is Runner.Sync under a policy that is kept: every membership that it
// gives can name its version. What time brings for requests is done first.
func (a *App) Sync(ctx context.Context, req reconcile.Request) (reconcile.Report, error) {
	if err := a.keepPolicy(ctx); err != nil {
		return reconcile.Report{}, err
	}
	late := a.Desk.Tick(ctx)
	report, err := a.Runner.Sync(ctx, req)
	return report, errors.Join(err, late, a.ReviewMovers(ctx), a.Reviews.Tick(ctx), a.Reviews.Verify(ctx))
}

// keepPolicy keeps the policy in force, before anything is decided under it.
func (a *App) keepPolicy(ctx context.Context) error { return a.keep(ctx, a.policy.loaded.Load()) }

// keep keeps a policy unless the last one kept is the same. What differs is
// worked out between the transactions: it takes long to compile a policy, and
// updates must be short. If another program was faster, it starts again.
func (a *App) keep(ctx context.Context, p *loadedPolicy) error {
	for kept := false; !kept; {
		last, files, err := a.lastKept(ctx)
		if err != nil || last.Hash == p.Policy().Hash {
			return err
		}
		row, event := a.policyRow(p, last, changesSince(last, files, p.Policy()))
		err = a.Store.Update(ctx, func(tx *store.Tx) error {
			newest, err := newestPolicy(ctx, tx)
			if kept = newest.N == last.N; err != nil || !kept {
				return err
			}
			return tx.KeepPolicy(ctx, &row, event)
		})
		if err != nil {
			return err
		}
	}
	a.Log.InfoContext(ctx, "a new policy version was kept", "version", p.version())
	return nil
}

func newestPolicy(ctx context.Context, tx *store.Tx) (store.PolicyRow, error) {
	rows, err := tx.Policies(ctx, 1)
	if err != nil || len(rows) == 0 {
		return store.PolicyRow{}, err
	}
	return rows[0], nil
}

// lastKept returns the newest version with its files; its number is 0 where none
// is kept.
func (a *App) lastKept(ctx context.Context) (last store.PolicyRow, files []store.PolicyFile, err error) {
	err = a.Store.View(ctx, func(tx *store.Tx) error {
		if last, err = newestPolicy(ctx, tx); err != nil {
			return err
		}
		files, err = tx.PolicyFiles(ctx, last.N)
		return err
	})
	return last, files, err
}

// changesSince compares a policy with the version before it; nil where there is
// none, or one that this program does not understand any more.
func changesSince(last store.PolicyRow, files []store.PolicyFile, p *rules.Policy) []rules.Change {
	if last.N == 0 {
		return nil
	}
	texts := make([]rules.File, len(files))
	for i, f := range files {
		texts[i] = rules.File{Name: f.Name, Data: []byte(f.Text)}
	}
	before, err := rules.Load(texts, nil)
	if err != nil {
		return nil
	}
	return append([]rules.Change{}, rules.Changes(before, p)...)
}

// policyRow is a policy as it is kept, and the event that says so. changes are
// nil where they cannot be told.
func (a *App) policyRow(p *loadedPolicy, last store.PolicyRow, changes []rules.Change) (store.PolicyRow, audit.Event) {
	policy := p.Policy()
	row := store.PolicyRow{Hash: policy.Hash, LoadedBy: a.Actor, Groups: len(policy.Groups), Rules: len(policy.Rules)}
	for _, f := range p.files {
		row.Files = append(row.Files, store.PolicyFile{Name: f.Name, Text: string(f.Data)})
	}
	detail := map[string]any{
		"hash": policy.Hash, "files": len(p.files), "groups": len(policy.Groups), "rules": len(policy.Rules),
		"templates": len(policy.Templates), "constraints": len(policy.Constraints),
	}
	if last.N > 0 {
		detail["previous"] = last.Version()
	}
	if changes != nil {
		row.Changes, _ = json.Marshal(changes) // structs of strings
		for _, c := range changes {
			n, _ := detail[c.Action].(int)
			detail[c.Action] = n + 1
		}
	}
	return row, audit.Event{Actor: a.Actor, Action: "policy.loaded", Subject: "policy:" + policy.Version, Detail: detail}
}
