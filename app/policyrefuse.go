package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"birthright/audit"
	"birthright/internal/strictyaml"
	"birthright/store"
)

// refusal is a reload that failed.
type refusal struct {
	at     time.Time
	faults []string
	noted  bool // it is in the audit log
}

// refusePolicy says loudly that a reload failed and the old policy stays: in the
// metrics and /readyz until a reload is good again, in the audit log once for
// each failure that is different, in the log each time. The log is last: who
// reads it there finds it everywhere.
func (a *App) refusePolicy(ctx context.Context, err error) {
	now, before := refusal{at: a.Now(), faults: faultsIn(err)}, a.policy.refusal.Load()
	inForce := a.policy.loaded.Load().version()
	now.noted = before != nil && before.noted && slices.Equal(before.faults, now.faults)
	a.policy.refusal.Store(&now)
	if !now.noted {
		noted := now
		noted.noted = a.noteRefusal(ctx, now.faults, inForce)
		a.policy.refusal.Store(&noted)
	}
	a.Log.ErrorContext(ctx, "the policy was not reloaded, the old one stays in force", "in_force", inForce, "faults", len(now.faults))
	for _, fault := range now.faults {
		a.Log.ErrorContext(ctx, "policy", "fault", fault)
	}
}

// noteTimeout is how long the log waits for a database that may be the reason.
const noteTimeout = 5 * time.Second

// noteRefusal puts a failed reload into the audit log and reports whether that
// worked: why not is often why the reload failed.
func (a *App) noteRefusal(ctx context.Context, faults []string, inForce string) bool {
	ctx, cancel := context.WithTimeout(ctx, noteTimeout)
	defer cancel()
	event := audit.Event{
		Actor: a.Actor, Action: "policy.refused", Subject: "policy:" + inForce,
		Detail: map[string]any{"faults": faults, "in_force": inForce},
	}
	err := a.Store.Update(ctx, func(tx *store.Tx) error { return tx.Audit(ctx, event) })
	if err != nil {
		a.Log.ErrorContext(ctx, "note in the audit log that the policy was not reloaded", "error", err)
	}
	return err == nil
}

// faultsIn lists what is wrong, each fault with its place.
func faultsIn(err error) []string {
	var faults strictyaml.Faults
	if !errors.As(err, &faults) {
		return []string{err.Error()}
	}
	texts := make([]string, len(faults))
	for i, f := range faults {
		texts[i] = f.Error()
	}
	return texts
}
